"""The demo's fees and settlements: rules by two people, two closed runs, one that waits for approval."""

from datetime import datetime, timedelta

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from billing.errors import PayoutHeld, SamePerson
from billing.models import Payout, Settlement
from billing.operations.chain import chain_entries
from billing.operations.entities import change_entity, ensure_entity
from billing.operations.fee_rules import approve_fee_rule, draft_fee_rule
from billing.operations.payout_files import create_batch
from billing.operations.payouts import execute_batch
from billing.operations.settlement_review import approve_settlement
from billing.operations.settlement_run import run_settlements
from mms.models import Website
from pim.selectors.category_tree import get_tree

# category code → (percent in basis points, fixed per line in minor units)
CATEGORY_FEES = {"furniture": (900, 0), "lighting": (1200, 30), "kitchen": (1400, 30), "fashion": (1500, 50)}


def publish_fees(author: Actor, approver: Actor, operator: Actor) -> str:
    """The entity's bank account and the fee rules: one for everything, one per category. Returns the entity's code."""
    entity = ensure_entity(Website.objects.get(code="nordhaus-group").pk)
    change_entity(
        entity.code,
        changes={"iban": "DE89370400440532013000", "bic": "COBADEFFXXX", "minimum_payout_minor": 1000},
        actor=operator,
    )
    _publish(
        author,
        approver,
        {"name": "Standard commission", "fee_kind": "commission", "rate_bps": 1200, "amounts": _fixed(30)},
    )
    for code, (rate, fixed) in CATEGORY_FEES.items():
        node = get_tree().by_code[code]
        _publish(
            author,
            approver,
            {
                "name": f"Commission on {node.name_in('en').lower()}",
                "fee_kind": "commission",
                "rate_bps": rate,
                "amounts": _fixed(fixed),
                "category_id": node.id,
                "category_depth": node.depth,
                "category_label": node.name_in("en"),
            },
        )
    return entity.code


def _fixed(minor: int) -> dict[str, dict[str, int]]:
    return {"EUR": {"per_line_minor": minor}, "USD": {"per_line_minor": minor}} if minor else {}


def _publish(author: Actor, approver: Actor, values: dict[str, object]) -> None:
    rule = draft_fee_rule(values={**values, "priority": 1, "valid_from": clock.now()}, actor=author)
    approve_fee_rule(rule.ref, actor=approver)


def settle(entity_code: str, *, preparer: Actor, approver: Actor, pay: bool) -> str:
    """Cut the cycle; with `pay`, approve every statement, write the bank file and let the bank execute it."""
    chain_entries()
    result = run_settlements(entity_code, actor=preparer)
    if not pay:
        return f"{result}"
    for settlement in Settlement.objects.filter(state="in_review").order_by("pk"):
        try:
            approve_settlement(settlement.ref, statement_sha256=settlement.statement_sha256, actor=approver)
        except (PayoutHeld, SamePerson):
            continue
    refs = list(
        Payout.objects.filter(state="created", currency="EUR").order_by("pk").values_list("ref", flat=True)
    )
    if refs:
        on = (clock.now() + timedelta(days=1)).date()
        batch = create_batch(refs, file_format="pain.001.001.09", execution_on=on, actor=preparer)
        execute_batch(batch.ref, actor=preparer)
    return f"{len(refs)} payouts"


def settlement_days(until: datetime) -> list[tuple[datetime, bool]]:
    """When the runs happen: two that are paid, and the last one that waits for the second person."""
    return [
        (until - timedelta(days=18), True),
        (until - timedelta(days=9), True),
        (until - timedelta(hours=5), False),
    ]
