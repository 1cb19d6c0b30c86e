"""Cards through Stripe: the buyer pays on Stripe's page, the money is held, charged and paid back by its API.

A command is a Checkout Session (authorise), a capture or cancellation of its PaymentIntent, or a Refund. Each leaves
its own key in Stripe's metadata, so a lost answer is looked up exactly and never guessed.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from oms.integrations.stripe import client
from oms.integrations.stripe.client import StripeRefused
from oms.integrations.stripe.signatures import check_signature
from oms.models import DebitMoment
from oms.ports import (
    Answer,
    Command,
    Instrument,
    NoAnswer,
    Notification,
    NotificationRefused,
    NotSent,
    Outcome,
)

# Stripe's shortest life of a page is 30 minutes; one more for clocks that differ.
PAGE_OPEN_FOR = timedelta(minutes=31)
# When Stripe does not say until when the card's bank holds the money.
HELD_FOR = timedelta(days=7)


class Stripe:
    code = "stripe"
    label: Any = _("Card")
    help_text: Any = _("You enter your card on the page of our payment provider Stripe.")
    holds_money = True
    debit_moments: tuple[str, ...] = (
        DebitMoment.ACCEPTANCE.value,
        DebitMoment.SHIPMENT.value,
        DebitMoment.PARCEL.value,
        DebitMoment.ORDER.value,
    )
    fields: tuple[tuple[str, Any], ...] = ()

    @property
    def charges_in_parts(self) -> bool:
        """Stripe allows several captures of one authorisation only to accounts it enabled for that."""
        return bool(settings.STRIPE_MULTICAPTURE)

    def is_available(self) -> bool:
        return bool(settings.STRIPE_SECRET_KEY)

    def tokenise(self, values: Mapping[str, str]) -> Instrument:
        # Card numbers never come near us.
        return Instrument(token="", label="")

    def authorise(self, command: Command) -> Answer:
        try:
            session = client.post(
                "/v1/checkout/sessions", command.key, **_session_of(command, self.charges_in_parts)
            )
        except StripeRefused as refused:
            return _declined(refused)
        return _of_session(session)

    def capture(self, command: Command) -> Answer:
        final = {"final_capture": False} if command.in_parts and self.charges_in_parts else {}
        try:
            intent = client.post(
                f"/v1/payment_intents/{command.authorisation}/capture",
                command.key,
                amount_to_capture=command.amount_minor,
                metadata={command.key: command.amount_minor},
                **final,
            )
        except StripeRefused as refused:
            return _declined(refused)
        return _of_capture(intent, command.key) or Answer(
            Outcome.DECLINED, message=gettext("Stripe did not charge it.")
        )

    def void(self, command: Command) -> Answer:
        intent = client.get(f"/v1/payment_intents/{command.authorisation}")
        if intent.get("status") in {"canceled", "succeeded"}:
            # Released already, by us or by the last charge.
            return Answer(Outcome.APPROVED, reference=str(intent["id"]))
        try:
            if intent.get("amount_received"):
                done = client.post(
                    f"/v1/payment_intents/{command.authorisation}/capture",
                    command.key,
                    amount_to_capture=0,
                    final_capture=True,
                )
            else:
                done = client.post(f"/v1/payment_intents/{command.authorisation}/cancel", command.key)
        except StripeRefused as refused:
            return _declined(refused)
        return Answer(Outcome.APPROVED, reference=str(done["id"]))

    def refund(self, command: Command) -> Answer:
        try:
            refund = client.post(
                "/v1/refunds",
                command.key,
                payment_intent=command.authorisation,
                amount=command.amount_minor,
                metadata={"command": command.key},
            )
        except StripeRefused as refused:
            return _declined(refused)
        return _of_refund(refund)

    def find(self, command: Command) -> Answer | None:
        try:
            return self._find(command)
        except StripeRefused as refused:
            raise NoAnswer(f"Stripe does not tell: {refused.message}") from refused
        except NotSent as unheard:
            # The first sending is still an open question.
            raise NoAnswer(str(unheard)) from unheard

    def _find(self, command: Command) -> Answer | None:
        if command.kind == "authorise":
            if not command.reference:
                # The answer was lost: the same key gets the same page again.
                return self.authorise(command)
            path = f"/v1/checkout/sessions/{command.reference}"
            return _of_session(client.get(path, expand=["payment_intent.latest_charge"]))
        if command.kind == "refund":
            found = client.get("/v1/refunds", payment_intent=command.authorisation, limit=100)
            rows = [row for row in found["data"] if row.get("metadata", {}).get("command") == command.key]
            return _of_refund(rows[0]) if rows else None
        intent = client.get(f"/v1/payment_intents/{command.authorisation}")
        if command.kind == "capture":
            return _of_capture(intent, command.key)
        is_over = intent.get("status") in {"canceled", "succeeded"}
        return Answer(Outcome.APPROVED, reference=str(intent["id"])) if is_over else None

    def read_notification(self, body: bytes, headers: Mapping[str, str]) -> Notification:
        check_signature(body, headers.get("Stripe-Signature", ""), settings.STRIPE_WEBHOOK_SECRETS)
        try:
            event = json.loads(body)
            thing = event["data"]["object"]
            names = [thing.get("id"), _id_of(thing.get("payment_intent"))]
            names += [*thing.get("metadata", {}).values(), *thing.get("metadata", {})]
            return Notification(
                str(event["id"]), str(event["type"]), tuple(str(name) for name in names if name)
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotificationRefused(gettext("The message cannot be read.")) from error


def _session_of(command: Command, in_parts: bool) -> dict[str, Any]:
    card = {"request_multicapture": "if_available"} if in_parts else None
    return {
        "mode": "payment",
        "client_reference_id": command.order_ref,
        "customer_email": command.buyer_email or None,
        "success_url": command.return_url,
        "cancel_url": command.return_url,
        # The same whenever it is sent again: Stripe refuses a key with other contents.
        "expires_at": int((command.created_at + PAGE_OPEN_FOR).timestamp()),
        "payment_method_types": ["card"],
        "payment_method_options": {"card": card} if card else None,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": command.currency.lower(),
                    "unit_amount": command.amount_minor,
                    "product_data": {"name": command.order_ref},
                },
            }
        ],
        "metadata": {"command": command.key},
        "payment_intent_data": {
            "capture_method": "manual",
            "description": command.order_ref,
            "metadata": {"order": command.order_ref, "command": command.key},
        },
    }


def _of_session(session: Mapping[str, Any]) -> Answer:
    reference, intent = str(session["id"]), session.get("payment_intent")
    if session.get("status") == "expired":
        return Answer(Outcome.DECLINED, reference, gettext("The payment was not completed in time."))
    if session.get("status") != "complete" or not isinstance(intent, Mapping):
        if session.get("url"):
            return Answer(Outcome.REDIRECT, reference, action_url=str(session["url"]))
        return Answer(Outcome.WORKING, reference)
    status = intent.get("status")
    if status in {"requires_capture", "succeeded"}:
        return Answer(Outcome.APPROVED, str(intent["id"]), valid_until=_held_until(intent))
    if status == "canceled":
        return Answer(Outcome.DECLINED, reference, gettext("The payment was cancelled."))
    return Answer(Outcome.WORKING, reference)


def _held_until(intent: Mapping[str, Any]) -> datetime:
    charge = intent.get("latest_charge")
    card = charge.get("payment_method_details", {}).get("card", {}) if isinstance(charge, Mapping) else {}
    if card.get("capture_before"):
        return datetime.fromtimestamp(card["capture_before"], UTC)
    return datetime.fromtimestamp(intent.get("created", 0), UTC) + HELD_FOR


def _of_capture(intent: Mapping[str, Any], key: str) -> Answer | None:
    if key not in intent.get("metadata", {}):
        return None
    if intent.get("status") == "processing":
        return Answer(Outcome.WORKING, str(intent["id"]))
    return Answer(Outcome.APPROVED, _id_of(intent.get("latest_charge")) or str(intent["id"]))


def _of_refund(refund: Mapping[str, Any]) -> Answer:
    reference, status = str(refund["id"]), refund.get("status")
    if status == "succeeded":
        return Answer(Outcome.APPROVED, reference)
    if status in {"failed", "canceled"}:
        why = str(refund.get("failure_reason") or status)
        return Answer(
            Outcome.DECLINED, reference, gettext("Stripe could not pay it back: %(why)s") % {"why": why}
        )
    return Answer(Outcome.WORKING, reference)


def _id_of(thing: Any) -> str:
    return str(thing.get("id", "") if isinstance(thing, Mapping) else thing or "")


def _declined(refused: StripeRefused) -> Answer:
    return Answer(Outcome.DECLINED, message=refused.message)
