"""Time-machine pricing: past orders run again with a draft rule, and the difference per merchant."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime

from backoffice.kernel.actors import Actor
from billing.fees.compute import compute_fee
from billing.fees.matching import find_winner
from billing.fees.rules import Rule
from billing.fees.tax import TaxDecision
from billing.models import Earning, FeeSnapshot
from billing.operations.fee_freezing import amount_of, subject_of
from billing.permissions import VIEW_FINANCE
from billing.selectors.fee_rules import Rehearsal, RehearsedMerchant, get_fee_rule
from billing.selectors.terms import get_terms
from mas.selectors.merchants import get_merchants_by_id
from oms.selectors.fee_basis import get_fee_basis

LIMIT = 500


def rehearse_fee_rule(ref: str, *, since: datetime, actor: Actor) -> Rehearsal:
    """What the newest 500 merchant orders since a day would have been charged had the draft been live. Writes nothing.

    The draft counts for the whole time; the tax stays as frozen.
    """
    actor.require(VIEW_FINANCE)
    draft = get_fee_rule(ref)
    tried = draft.as_rule()
    replaced = {draft.pk, draft.replaces_id}
    rules = tuple(rule for rule in get_terms().rules if rule.id not in replaced)
    earnings = list(Earning.objects.filter(placed_at__gte=since).order_by("-placed_at", "-id")[:LIMIT])
    frozen: dict[int, list[FeeSnapshot]] = defaultdict(list)
    wanted = [earning.merchant_order_id for earning in earnings]
    for row in FeeSnapshot.objects.filter(merchant_order_id__in=wanted, fee_kind=draft.fee_kind):
        frozen[row.merchant_order_id].append(row)
    sums: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for earning in earnings:
        basis = get_fee_basis(earning.merchant_order_id)
        lines = {line.line_id: line for line in basis.lines}
        for row in frozen[earning.merchant_order_id]:
            line = lines.get(row.order_line_id)
            subject = subject_of(basis, earning.entity_id, line)
            moved = _timeless(tried, subject.placed_at)
            winner = find_winner([*rules, moved], subject)
            tax = TaxDecision(row.tax_category, row.tax_country, row.tax_rate_bps)
            after = compute_fee(winner, amount_of(basis, line), tax).fee_minor if winner else row.fee_minor
            if winner is not moved and row.rule_id not in replaced:
                after = row.fee_minor
            entry = sums[(row.merchant_id, row.currency)]
            entry[0] += 1
            entry[1] += row.fee_minor
            entry[2] += after
    names = get_merchants_by_id({merchant_id for merchant_id, _currency in sums})
    merchants = [
        RehearsedMerchant(merchant_id, names[merchant_id].name, currency, *values)
        for (merchant_id, currency), values in sums.items()
    ]
    merchants.sort(key=lambda row: (-abs(row.difference_minor), row.merchant_name))
    return Rehearsal(since=since, orders=len(earnings), merchants=tuple(merchants))


def _timeless(rule: Rule, placed_at: datetime) -> Rule:
    """The draft as if it had been live when the order was placed."""
    return replace(rule, valid_from=min(rule.valid_from, placed_at), valid_to=None)
