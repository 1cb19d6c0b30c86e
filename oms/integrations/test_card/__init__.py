"""A card provider without a bank: the card number selects what goes wrong.

It keeps its own memory (`TestCardOperation`), as a real provider would, so a lost answer can be asked for. Its rows
are written outside the shop's transactions.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.refs import new_ref
from oms.models import TestCardOperation
from oms.ports import Answer, Command, Instrument, NoAnswer, Outcome

# Card number → what happens, shown to people who try the shop.
CARDS: dict[str, tuple[str, Any]] = {
    "4242424242424242": ("approve", _("is approved")),
    "4000000000000002": ("decline", _("is declined")),
    "4000000000000119": ("lost_answer", _("is approved, but the answer is lost")),
    "4000000000000127": ("lost_request", _("the request never arrives")),
    "4000000000000341": ("capture_fails", _("is approved, but charging it fails")),
    "4000000000005126": ("refund_fails", _("is approved, but the first refund fails")),
    "4000000000000259": ("slow", _("is approved, but only the second question is answered")),
}
_MESSAGES = {
    "decline": _("The card was declined by its bank."),
    "capture_fails": _("The bank refused to charge the card."),
    "refund_fails": _("The card's bank did not take the refund."),
}


class TestCard:
    """The faults of a card provider on demand."""

    # Not a test case.
    __test__ = False

    code = "test_card"
    label: Any = _("Test card")
    help_text: Any = _("No money moves. Use 4242 4242 4242 4242 with any date to come.")
    holds_money = True
    fields: tuple[tuple[str, Any], ...] = (("card_number", _("Card number")),)

    def tokenise(self, values: Mapping[str, str]) -> Instrument:
        number = "".join(filter(str.isdigit, values.get("card_number", "")))
        if number not in CARDS:
            message = _t("This is not one of the test cards. Use 4242 4242 4242 4242.")
            raise InvalidInput(message, fields={"card_number": message})
        return Instrument(token=CARDS[number][0], label=f"•••• {number[-4:]}")

    def authorise(self, command: Command) -> Answer:
        card = command.instrument
        if card == "lost_request":
            raise NoAnswer("the connection was closed before the request was sent")
        row = self._do("authorise", command, card, approved=card != "decline")
        if card in {"lost_answer", "slow"}:
            raise NoAnswer("no answer within 10 seconds")
        return _answer(row)

    def capture(self, command: Command) -> Answer:
        card = self._card_of(command)
        return _answer(self._do("capture", command, card, approved=card != "capture_fails"))

    def void(self, command: Command) -> Answer:
        return _answer(self._do("void", command, self._card_of(command), approved=True))

    def refund(self, command: Command) -> Answer:
        card = self._card_of(command)
        failed_before = TestCardOperation.objects.filter(
            authorisation=command.authorisation, kind="refund", approved=False
        ).exists()
        return _answer(self._do("refund", command, card, approved=card != "refund_fails" or failed_before))

    def find(self, key: str) -> Answer | None:
        row = TestCardOperation.objects.filter(key=key).first()
        if row is None:
            return None
        if row.card == "slow" and not row.message:
            TestCardOperation.objects.filter(pk=row.pk).update(message="asked")
            raise NoAnswer("no answer within 10 seconds")
        return _answer(row)

    def _card_of(self, command: Command) -> str:
        row = TestCardOperation.objects.filter(reference=command.authorisation, kind="authorise").first()
        return row.card if row else command.instrument

    def _do(self, kind: str, command: Command, card: str, *, approved: bool) -> TestCardOperation:
        row, _created = TestCardOperation.objects.get_or_create(
            key=command.key,
            defaults={
                "kind": kind,
                "card": card,
                "authorisation": command.authorisation,
                "reference": new_ref("TC"),
                "currency": command.currency,
                "amount_minor": command.amount_minor,
                "approved": approved,
                "message": "" if approved else str(_MESSAGES[card]),
            },
        )
        return row


def _answer(row: TestCardOperation) -> Answer:
    outcome = Outcome.APPROVED if row.approved else Outcome.DECLINED
    return Answer(outcome, reference=row.reference, message="" if row.approved else row.message)
