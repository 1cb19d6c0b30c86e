"""What lies on the desks of the demo: parcels that went wrong, a chargeback, money held back, debts, payments without
an answer, and an account statement with riddles. All of it through the operations a person or a bank would use."""

from dataclasses import dataclass
from datetime import timedelta

from backoffice.demo import bank
from backoffice.kernel import clock
from backoffice.kernel.actors import Actor, buyer_actor
from backoffice.kernel.money import Money
from backoffice.kernel.phrases import gettext as _
from billing.models import Earning, LegalEntity, Payout, PayoutState
from billing.operations.bank_files import import_bank_file, upload_bank_file
from billing.operations.disputes import Case, open_dispute
from billing.operations.holds import hold_payouts
from mas.models import Merchant
from oms.models import MerchantOrder, MerchantOrderState
from oms.operations.incidents import Answer, Report, open_incident_as_buyer, resolve_incident
from oms.operations.refunds import RefundPart, RefundWish, request_refund

DELIVERED = (MerchantOrderState.SHIPPED, MerchantOrderState.RECEIVED)


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose desks are filled: finance, and the shop whose login is printed."""

    finance: Actor
    shop: Merchant
    seller: Actor


def receive_statement(entity_code: str, finance: Actor) -> None:
    """The bank confirms every payout so far, sends one back, and brings two movements that nobody expected."""
    entity = LegalEntity.objects.get(code=entity_code)
    day = clock.today().isoformat()
    payouts = list(
        Payout.objects.filter(entity=entity, currency="EUR", state=PayoutState.EXECUTED)
        .select_related("merchant")
        .order_by("pk")
    )
    booked = [
        _transfer(payout, -payout.amount_minor, f"OUT{number:05d}")
        for number, payout in enumerate(payouts, start=1)
    ]
    if payouts:
        last = payouts[-1]
        booked.append(_transfer(last, last.amount_minor, "BACK00001", text="Account closed", reason="AC04"))
    booked += [
        bank.Booked(4990, "IN00001", text="Order of last week, thank you", name="Bettina Sommer"),
        bank.Booked(-1250, "FEE0001", text="Account keeping"),
    ]
    lines = [(entry.minor, bank.movement(entry, day)) for entry in booked]
    content = bank.camt(
        bank.statement(f"{day}/1", 18_245_000, *lines, iban=entity.iban, day=day),
        message=f"STMT-{day}",
        day=day,
    )
    file = upload_bank_file(f"statement-{day}.xml", content, actor=finance)
    import_bank_file(file.ref, actor=finance)


def _transfer(payout: Payout, minor: int, ref: str, **said: str) -> bank.Booked:
    return bank.Booked(
        minor, ref, end_to_end=payout.ref, iban=payout.iban, name=payout.account_holder, **said
    )


def refund_what_was_paid_out(shop: Merchant, operator: Actor) -> None:
    """Two other shops give back a sale whose money has left, so they owe it until they sell again."""
    paid = Payout.objects.filter(state=PayoutState.EXECUTED).values("merchant_id")
    sales = Earning.objects.filter(
        merchant_id__in=paid,
        currency="EUR",
        psp="test_card",
        refunded_minor=0,
        matured_at__lt=clock.now() - timedelta(days=3),
    ).exclude(merchant=shop)
    owing: set[int] = set()
    for sale in sales.order_by("-captured_minor", "pk"):
        part = MerchantOrder.objects.get(ref=sale.merchant_order_ref)
        if sale.merchant_id in owing or part.state != MerchantOrderState.RECEIVED:
            continue
        parts = [
            RefundPart(line.position, line.quantity_refundable) for line in part.lines.order_by("position")
        ]
        request_refund(
            part.ref, RefundWish(parts=parts, reason="returned", note="Sent back late."), actor=operator
        )
        owing.add(sale.merchant_id)
        if len(owing) == 2:
            return


def fill_desks(desk: Desk) -> None:
    """Two problems with parcels, a chargeback that waits for its evidence, and an amount kept back meanwhile."""
    parts = _delivered_parts(desk)
    if len(parts) < 3:
        return
    damaged, late, disputed = parts[:3]
    _report(damaged, Report("damaged", "One handle is broken off; the box was dented."))
    answered = _report(late, Report("incomplete", "One piece of the set is missing."))
    resolve_incident(
        answered,
        Answer("sent_again", "The missing piece left today by parcel."),
        actor=desk.seller,
    )
    open_dispute(
        disputed.ref,
        case=Case(
            case_number="CB-2026-0117",
            amount=Money(disputed.total_minor, disputed.currency),
            fee_minor=1500,
            reason="not_received",
            answer_by=clock.today() + timedelta(days=9),
        ),
        actor=desk.finance,
    )
    hold_payouts(
        desk.shop.ref,
        reason=_("Returned packaging of the spring campaign is still to be counted."),
        actor=desk.finance,
        amount_minor=4500,
        currency="EUR",
        lapses_at=clock.now() + timedelta(days=14),
    )


def _delivered_parts(desk: Desk) -> list[MerchantOrder]:
    """Of the printed merchant, what buyers have or await by card, newest first."""
    parts = MerchantOrder.objects.filter(
        merchant=desk.shop,
        state__in=DELIVERED,
        currency="EUR",
        refunds=None,
        order__payment__provider="test_card",
    )
    return list(parts.select_related("order").order_by("-pk")[:3])


def _report(part: MerchantOrder, report: Report) -> str:
    line = part.lines.order_by("position").first()
    position = line.position if line else 1
    incident = open_incident_as_buyer(
        part.order_id, part.position, position, report, actor=buyer_actor(part.order.buyer_name)
    )
    return incident.ref
