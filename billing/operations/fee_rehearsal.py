"""Time-machine pricing: past orders run again with a draft rule, and the difference per merchant."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.db.models import Sum

from backoffice.kernel.actors import Actor
from billing.fees.compute import compute_fee
from billing.fees.matching import find_winner
from billing.fees.rules import FeeKind, Rule
from billing.fees.tax import TaxDecision
from billing.models import Earning, FeeSnapshot, LegalEntity
from billing.operations.fee_freezing import amount_of, subject_of
from billing.operations.month_volumes import VolumeKey, month_bounds, volume_key
from billing.permissions import VIEW_FINANCE
from billing.selectors.fee_rules import Rehearsal, RehearsedMerchant, get_fee_rule
from billing.selectors.terms import get_terms
from mas.selectors.merchants import get_merchants_by_id
from oms.selectors.fee_basis import FeeBasis, FeeBasisLine, get_fee_basis

LIMIT = 500
NO_TAX = TaxDecision("O", "")


def rehearse_fee_rule(ref: str, *, since: datetime, actor: Actor) -> Rehearsal:
    """What the newest 500 merchant orders since a day would have been charged had the draft been live. Writes nothing.

    The draft counts for the whole time; the tax stays as frozen. Monthly fees belong to no order: none is rehearsed.
    """
    actor.require(VIEW_FINANCE)
    draft = get_fee_rule(ref)
    tried, kind = draft.as_rule(), FeeKind(draft.fee_kind)
    replaced = {draft.pk, draft.replaces_id}
    rules = tuple(rule for rule in get_terms().rules if rule.id not in replaced)
    newest = (
        Earning.objects.filter(placed_at__gte=since).select_related("entity").order_by("-placed_at", "-id")
    )
    earnings = sorted(newest[:LIMIT], key=lambda row: row.pk)
    frozen = {
        (row.merchant_order_id, row.order_line_id): row
        for row in FeeSnapshot.objects.filter(
            merchant_order_id__in=[row.merchant_order_id for row in earnings], fee_kind=kind
        )
    }
    sold = _Months(earnings)
    sums: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for earning in earnings:
        basis = get_fee_basis(earning.merchant_order_id)
        for line in _charged_parts(basis, kind):
            row = frozen.get((earning.merchant_order_id, line.line_id if line else 0))
            before = row.fee_minor if row else 0
            subject = subject_of(basis, earning.entity_id, kind, line)
            moved = _timeless(tried, subject.placed_at)
            winner = find_winner([*rules, moved], subject)
            after = before
            if winner is not None and (winner is moved or (row is not None and row.rule_id in replaced)):
                tax = TaxDecision(row.tax_category, row.tax_country, row.tax_rate_bps) if row else NO_TAX
                amount = amount_of(basis, kind, line, month_before=sold.before(earning))
                after = compute_fee(winner, amount, tax).fee_minor
            sold.add(earning, line)
            entry = sums[(earning.merchant_id, earning.currency)]
            entry[0] += 1
            entry[1] += before
            entry[2] += after
    return Rehearsal(since=since, orders=len(earnings), merchants=_by_merchant(sums))


def _charged_parts(basis: FeeBasis, kind: FeeKind) -> Iterator[FeeBasisLine | None]:
    """What a kind of fee is taken of: each line, or the shipping or payment of the whole (None)."""
    if kind == FeeKind.COMMISSION:
        yield from basis.lines
    elif kind == FeeKind.PAYMENT or (kind == FeeKind.SHIPPING and basis.shipping_minor):
        yield None


class _Months:
    """The month's sales of each merchant before every rehearsed line, as the counter would have said."""

    def __init__(self, earnings: list[Earning]) -> None:
        self._sold: dict[VolumeKey, int] = {}
        firsts: dict[VolumeKey, tuple[int, LegalEntity]] = {}
        for row in earnings:
            firsts.setdefault(self._key(row), (row.pk, row.entity))
        for key, (first_id, entity) in firsts.items():
            start, end = month_bounds(key.starts_on, entity.time_zone)
            earlier = Earning.objects.filter(
                pk__lt=first_id,
                entity=entity,
                merchant_id=key.merchant_id,
                currency=key.currency,
                placed_at__gte=start,
                placed_at__lt=end,
            )
            self._sold[key] = earlier.aggregate(total=Sum("goods_minor"))["total"] or 0

    def _key(self, earning: Earning) -> VolumeKey:
        return volume_key(earning.entity, earning.merchant_id, earning.currency, earning.placed_at)

    def before(self, earning: Earning) -> int:
        return self._sold[self._key(earning)]

    def add(self, earning: Earning, line: FeeBasisLine | None) -> None:
        self._sold[self._key(earning)] += line.goods_gross_minor if line else 0


def _by_merchant(sums: dict[tuple[int, str], list[int]]) -> tuple[RehearsedMerchant, ...]:
    names = get_merchants_by_id({merchant_id for merchant_id, _currency in sums})
    merchants = [
        RehearsedMerchant(merchant_id, names[merchant_id].name, currency, *values)
        for (merchant_id, currency), values in sums.items()
    ]
    return tuple(sorted(merchants, key=lambda row: (-abs(row.difference_minor), row.merchant_name)))


def _timeless(rule: Rule, placed_at: datetime) -> Rule:
    """The draft as if it had been live when the order was placed."""
    return replace(rule, valid_from=min(rule.valid_from, placed_at), valid_to=None)
