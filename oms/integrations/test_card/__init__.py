"""A card provider without a bank: the card number selects what goes wrong.

It keeps its own memory (`TestCardOperation`), as a real provider would, so a lost answer can be asked for, and it sends
messages about what it did (`send_test_card_notifications`). Its rows are written outside the shop's transactions.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.phrases import gettext
from backoffice.kernel.refs import new_ref
from oms.integrations.test_card.cards import CARDS, MESSAGES
from oms.models import DebitMoment, TestCardOperation
from oms.ports import (
    Answer,
    Command,
    Instrument,
    NoAnswer,
    Notification,
    NotificationRefused,
    Outcome,
)

HELD_FOR = timedelta(days=7)
LATE = timedelta(minutes=10)
# By card and kind of command: the act happens, the answer is lost.
LOST_ANSWERS = {
    ("lost_answer", "authorise"),
    ("slow", "authorise"),
    ("late", "authorise"),
    ("capture_lost", "capture"),
    ("refund_lost", "refund"),
}


class TestCard:
    """The faults of a card provider on demand."""

    # Not a test case.
    __test__ = False

    code = "test_card"
    label: Any = _("Test card")
    help_text: Any = _("No money moves. Use 4242 4242 4242 4242 with any date to come.")
    holds_money = True
    charges_in_parts = True
    debit_moments: tuple[str, ...] = (
        DebitMoment.ACCEPTANCE.value,
        DebitMoment.SHIPMENT.value,
        DebitMoment.PARCEL.value,
        DebitMoment.ORDER.value,
    )
    fields: tuple[tuple[str, Any], ...] = (("card_number", _("Card number")),)
    # (number, what happens), listed at the checkout.
    fault_menu: tuple[tuple[str, Any], ...] = tuple((number, words) for number, (_c, words) in CARDS.items())

    def is_available(self) -> bool:
        return True

    def tokenise(self, values: Mapping[str, str]) -> Instrument:
        number = "".join(filter(str.isdigit, values.get("card_number", "")))
        if number not in CARDS:
            message = gettext("This is not one of the test cards. Use 4242 4242 4242 4242.")
            raise InvalidInput(message, fields={"card_number": message})
        return Instrument(token=CARDS[number][0], label=f"•••• {number[-4:]}")

    def authorise(self, command: Command) -> Answer:
        card = command.instrument
        if card == "lost_request":
            raise NoAnswer("the connection was closed before the request was sent")
        if card == "never":
            self._do(command, card, approved=True, notify_times=0)
            raise NoAnswer(gettext("No answer within 10 seconds."))
        row = self._do(
            command,
            card,
            approved=card != "decline",
            is_decided=card != "confirm",
            silent_until=clock.now() + LATE if card == "late" else None,
        )
        return self._told(row, command)

    def capture(self, command: Command) -> Answer:
        card = self._card_of(command)
        return self._told(self._do(command, card, approved=card != "capture_fails"), command)

    def void(self, command: Command) -> Answer:
        return self._told(self._do(command, self._card_of(command), approved=True), command)

    def refund(self, command: Command) -> Answer:
        card = self._card_of(command)
        failed_before = TestCardOperation.objects.filter(
            authorisation=command.authorisation, kind="refund", approved=False
        ).exists()
        approved = card != "refund_fails" or failed_before
        return self._told(self._do(command, card, approved=approved), command)

    def find(self, command: Command) -> Answer | None:
        row = TestCardOperation.objects.filter(key=command.key).first()
        if row is None:
            return None
        if (row.card == "never" and row.kind == "authorise") or (
            row.silent_until is not None and row.silent_until > clock.now()
        ):
            raise NoAnswer(gettext("No answer within 10 seconds."))
        if row.card == "slow" and not row.message:
            TestCardOperation.objects.filter(pk=row.pk).update(message="asked")
            raise NoAnswer(gettext("No answer within 10 seconds."))
        return _answer(row, command)

    def read_notification(self, body: bytes, headers: Mapping[str, str]) -> Notification:
        raise NotificationRefused(gettext("The test card's bank sends its messages from inside."))

    def _card_of(self, command: Command) -> str:
        row = TestCardOperation.objects.filter(reference=command.authorisation, kind="authorise").first()
        return row.card if row else command.instrument

    def _do(self, command: Command, card: str, *, approved: bool, **fault: Any) -> TestCardOperation:
        row, _created = TestCardOperation.objects.get_or_create(
            key=command.key,
            defaults={
                "kind": command.kind,
                "card": card,
                "authorisation": command.authorisation,
                "reference": new_ref("TC"),
                "currency": command.currency,
                "amount_minor": command.amount_minor,
                "approved": approved,
                "message": "" if approved else str(MESSAGES[card]),
                "notify_at": _notify_at(card, command.kind),
                "notify_times": 2 if card == "twice" else 1,
                **fault,
            },
        )
        return row

    def _told(self, row: TestCardOperation, command: Command) -> Answer:
        if (row.card, row.kind) in LOST_ANSWERS:
            raise NoAnswer(gettext("No answer within 10 seconds."))
        return _answer(row, command)


def _notify_at(card: str, kind: str) -> datetime:
    if card == "late" or (card == "out_of_order" and kind == "authorise"):
        return clock.now() + LATE
    return clock.now()


def _answer(row: TestCardOperation, command: Command) -> Answer:
    if not row.is_decided:
        if row.created_at < clock.now() - timedelta(minutes=30):
            return Answer(Outcome.DECLINED, message=gettext("The payment was not confirmed in time."))
        return Answer(
            Outcome.REDIRECT,
            reference=row.reference,
            action_url=command.return_url.removesuffix("return/") + "test-bank/",
        )
    outcome = Outcome.APPROVED if row.approved else Outcome.DECLINED
    is_held = row.kind == "authorise" and row.approved
    return Answer(
        outcome,
        reference=row.reference,
        message="" if row.approved else row.message,
        valid_until=row.created_at + HELD_FOR if is_held else None,
    )
