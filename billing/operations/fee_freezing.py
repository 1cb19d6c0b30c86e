"""Fees are decided when the order is placed and frozen on its lines with all their reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from billing.errors import MissingFeeRule
from billing.fees.compute import Amount, FeeResult, compute_fee
from billing.fees.explain import explain
from billing.fees.matching import find_winner
from billing.fees.rules import ENGINE_VERSION, FeeKind, Rule, Subject
from billing.fees.tax import TaxDecision
from billing.models import Earning, FeeSnapshot, LegalEntity
from billing.operations.accounts import open_merchant_accounts
from billing.operations.entities import ensure_entity
from billing.operations.month_volumes import VolumeKey, lock_month_volumes, volume_key
from billing.selectors.fee_tax import decide_fee_tax, fee_day
from billing.selectors.terms import get_terms
from mas.selectors.merchants import MerchantsById, get_merchants_by_id
from oms.selectors.fee_basis import FeeBasis, FeeBasisLine, list_fee_bases


@transaction.atomic
def freeze_order_fees(order_id: int) -> list[Earning]:
    """Match every line and shipping of an order against the rules of its moment and keep the result.

    Safe to repeat: what is frozen stays. Raises `MissingFeeRule` when no rule applies, never charges zero silently.
    """
    bases = list_fee_bases(order_id)
    known = {
        row.merchant_order_id: row
        for row in Earning.objects.filter(merchant_order_id__in=[basis.merchant_order_id for basis in bases])
    }
    fresh = [basis for basis in bases if basis.merchant_order_id not in known]
    if not fresh:
        return list(known.values())
    merchants = get_merchants_by_id({basis.merchant_id for basis in fresh})
    return [*known.values(), *freeze_new_fees(fresh, merchants)]


def freeze_new_fees(bases: Sequence[FeeBasis], merchants: MerchantsById) -> list[Earning]:
    """`freeze_order_fees` for an order that is placed in this very transaction: nothing can be frozen yet."""
    snapshots: list[FeeSnapshot] = []
    earnings: list[Earning] = []
    entities = {basis.website_id: ensure_entity(basis.website_id) for basis in bases}
    open_merchant_accounts(
        {(entities[basis.website_id].pk, basis.merchant_id, basis.currency) for basis in bases}
    )
    sold = _month_volumes(bases, entities)
    for basis in bases:
        merchant = merchants[basis.merchant_id]
        entity = entities[basis.website_id]
        tax = decide_fee_tax(entity, merchant, fee_day(entity, basis.placed_at))
        snapshots += _snapshots(basis, entity, tax, sold)
        earnings.append(_earning(basis, entity, merchant.hold_days))
    FeeSnapshot.objects.bulk_create(snapshots)
    return Earning.objects.bulk_create(earnings)


def _month_volumes(
    fresh: Sequence[FeeBasis], entities: dict[int, LegalEntity]
) -> dict[VolumeKey, int] | None:
    """What each merchant sold in the month so far; None while no live rule climbs by month (then nobody counts)."""
    if not any(rule.formula.climbs_by_month for rule in get_terms().rules):
        return None
    keys = {_key(basis, entities[basis.website_id]) for basis in fresh}
    return lock_month_volumes(keys, {entity.pk: entity.time_zone for entity in entities.values()})


def _key(basis: FeeBasis, entity: LegalEntity) -> VolumeKey:
    return volume_key(entity, basis.merchant_id, basis.currency, basis.placed_at)


def _earning(basis: FeeBasis, entity: LegalEntity, hold_days: int) -> Earning:
    return Earning(
        merchant_order_id=basis.merchant_order_id,
        merchant_order_ref=basis.merchant_order_ref,
        order_ref=basis.order_ref,
        merchant_id=basis.merchant_id,
        entity=entity,
        currency=basis.currency,
        goods_minor=sum(line.goods_gross_minor for line in basis.lines),
        shipping_minor=basis.shipping_minor,
        hold_days=hold_days,
        placed_at=basis.placed_at,
    )


def subject_of(basis: FeeBasis, entity_id: int | None, kind: FeeKind, line: FeeBasisLine | None) -> Subject:
    """What a rule is sought for: an order line, or the shipping or payment of the whole when no line is given."""
    return Subject(
        fee_kind=kind,
        placed_at=basis.placed_at,
        currency=basis.currency,
        merchant_id=basis.merchant_id,
        entity_id=entity_id,
        website_id=basis.website_id,
        country=basis.country,
        category_ids=line.category_ids if line else (),
        brand=line.brand if line else "",
        card_id=line.card_id if line else None,
    )


def amount_of(basis: FeeBasis, kind: FeeKind, line: FeeBasisLine | None, *, month_before: int = 0) -> Amount:
    """What the fee is taken of: the line, the shipping, or everything the buyer pays for the merchant order."""
    if kind == FeeKind.PAYMENT:
        goods = sum(each.goods_gross_minor for each in basis.lines)
        return Amount(goods + basis.shipping_minor, basis.currency)
    if line is None:
        return Amount(basis.shipping_minor, basis.currency, item_tax_bps=basis.shipping_tax_rate_bps)
    return Amount(
        line.goods_gross_minor,
        basis.currency,
        quantity=line.quantity,
        item_tax_bps=line.tax_rate_bps,
        operator_discount_minor=line.operator_discount_minor,
        month_before_minor=month_before,
    )


@dataclass(frozen=True, slots=True)
class Decided:
    """The winning rule, what its fee is taken of, and the fee."""

    rule: Rule
    amount: Amount
    result: FeeResult
    line: FeeBasisLine | None = None
    month_before_minor: int | None = None


def _find_rule(subject: Subject, rules: tuple[Rule, ...]) -> Rule:
    rule = find_winner(rules, subject)
    if rule is None:
        raise MissingFeeRule(
            _("No fee rule applies to this sale (%(kind)s). Finance must publish a default rule under Fees.")
            % {"kind": subject.fee_kind},
            fee_kind=str(subject.fee_kind),
        )
    return rule


def _snapshots(
    basis: FeeBasis, entity: LegalEntity, tax: TaxDecision, sold: dict[VolumeKey, int] | None
) -> list[FeeSnapshot]:
    """One frozen fee per line, one for shipping, and one for the payment where a rule charges it."""
    rules = get_terms().rules
    decided = []
    for line in basis.lines:
        rule = _find_rule(subject_of(basis, entity.pk, FeeKind.COMMISSION, line), rules)
        before = sold[_key(basis, entity)] if sold is not None else None
        amount = amount_of(basis, FeeKind.COMMISSION, line, month_before=before or 0)
        decided.append(Decided(rule, amount, compute_fee(rule, amount, tax), line, before))
        if sold is not None:
            sold[_key(basis, entity)] += line.goods_gross_minor
    if basis.shipping_minor:
        rule = _find_rule(subject_of(basis, entity.pk, FeeKind.SHIPPING, None), rules)
        amount = amount_of(basis, FeeKind.SHIPPING, None)
        decided.append(Decided(rule, amount, compute_fee(rule, amount, tax)))
    # Nobody need charge for payments: without a rule there is no such fee.
    payment = find_winner(rules, subject_of(basis, entity.pk, FeeKind.PAYMENT, None))
    if payment is not None:
        amount = amount_of(basis, FeeKind.PAYMENT, None)
        decided.append(Decided(payment, amount, compute_fee(payment, amount, tax)))
    return [_snapshot(basis, row) for row in decided]


def _snapshot(basis: FeeBasis, decided: Decided) -> FeeSnapshot:
    result, line = decided.result, decided.line
    with translation.override("en"):
        text = "\n".join(explain(result.steps, result.currency))
    whole = "P" if decided.rule.fee_kind == FeeKind.PAYMENT else "S"
    return FeeSnapshot(
        merchant_id=basis.merchant_id,
        merchant_order_id=basis.merchant_order_id,
        order_line_id=line.line_id if line else 0,
        line_ref=f"{basis.merchant_order_ref}/{line.line_position if line else whole}",
        fee_kind=decided.rule.fee_kind,
        rule_id=decided.rule.id,
        rule_version=decided.rule.version,
        refund_policy=decided.rule.refund_policy,
        engine_version=ENGINE_VERSION,
        currency=result.currency,
        quantity=decided.amount.quantity,
        paid_minor=decided.amount.paid_minor,
        subsidy_minor=decided.amount.operator_discount_minor,
        base_minor=result.base_minor,
        month_before_minor=decided.month_before_minor,
        raw=str(result.raw),
        fee_minor=result.fee_minor,
        percent_minor=result.percent_minor,
        tax_category=result.tax.category,
        tax_country=result.tax.country,
        tax_rate_bps=result.tax.rate_bps,
        tax_minor=result.tax_minor,
        flags=list(result.flags),
        steps=[[code, params] for code, params in result.steps],
        explanation=text,
        frozen_at=basis.placed_at,
    )


def maturity_day(earning: Earning) -> None:
    """Set the day the order's money leaves pending, once it was received."""
    if earning.received_at is not None:
        earning.matures_at = earning.received_at + timedelta(days=earning.hold_days)
