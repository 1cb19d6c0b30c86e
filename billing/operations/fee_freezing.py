"""Fees are decided when the order is placed and frozen on its lines with all their reasons."""

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
from billing.fees.tax import Parties, TaxDecision
from billing.models import Earning, FeeSnapshot, LegalEntity
from billing.operations.entities import ensure_entity
from billing.selectors.fee_tax import decide_tax
from billing.selectors.terms import get_terms
from mas.selectors.companies import list_tax_numbers
from mas.selectors.merchants import get_merchants_by_id
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
    snapshots: list[FeeSnapshot] = []
    earnings: list[Earning] = []
    for basis in fresh:
        merchant = merchants[basis.merchant_id]
        entity = ensure_entity(basis.website_id)
        parties = Parties(
            entity.country,
            merchant.country,
            # Asked only where it matters: at home the number changes nothing.
            merchant.country != entity.country and bool(list_tax_numbers(merchant)),
        )
        tax = decide_tax(parties, basis.placed_at.date())
        snapshots += _snapshots(basis, entity, tax)
        earnings.append(_earning(basis, entity, merchant.hold_days))
    FeeSnapshot.objects.bulk_create(snapshots)
    return [*known.values(), *Earning.objects.bulk_create(earnings)]


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


def subject_of(basis: FeeBasis, entity_id: int | None, line: FeeBasisLine | None) -> Subject:
    """What a rule is sought for: an order line, or the shipping when no line is given."""
    return Subject(
        fee_kind=FeeKind.COMMISSION if line else FeeKind.SHIPPING,
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


def amount_of(basis: FeeBasis, line: FeeBasisLine | None) -> Amount:
    if line is None:
        return Amount(basis.shipping_minor, basis.currency, item_tax_bps=basis.shipping_tax_rate_bps)
    return Amount(
        line.goods_gross_minor,
        basis.currency,
        quantity=line.quantity,
        item_tax_bps=line.tax_rate_bps,
        operator_discount_minor=line.operator_discount_minor,
    )


@dataclass(frozen=True, slots=True)
class Decided:
    rule: Rule
    amount: Amount
    result: FeeResult


def decide_fee(
    basis: FeeBasis,
    line: FeeBasisLine | None,
    entity_id: int | None,
    tax: TaxDecision,
    rules: tuple[Rule, ...],
) -> Decided:
    """Which rule wins for a line (or the shipping) and what it charges. Raises `MissingFeeRule`."""
    subject = subject_of(basis, entity_id, line)
    rule = find_winner(rules, subject)
    if rule is None:
        raise MissingFeeRule(
            _("No fee rule applies to this sale (%(kind)s). Finance must publish a default rule under Fees.")
            % {"kind": subject.fee_kind},
            fee_kind=str(subject.fee_kind),
        )
    amount = amount_of(basis, line)
    return Decided(rule, amount, compute_fee(rule, amount, tax))


def _snapshots(basis: FeeBasis, entity: LegalEntity, tax: TaxDecision) -> list[FeeSnapshot]:
    rules = get_terms().rules
    wanted: list[FeeBasisLine | None] = list(basis.lines)
    if basis.shipping_minor:
        wanted.append(None)
    return [_snapshot(basis, line, decide_fee(basis, line, entity.pk, tax, rules)) for line in wanted]


def _snapshot(basis: FeeBasis, line: FeeBasisLine | None, decided: Decided) -> FeeSnapshot:
    result = decided.result
    with translation.override("en"):
        text = "\n".join(explain(result.steps, result.currency))
    return FeeSnapshot(
        merchant_id=basis.merchant_id,
        merchant_order_id=basis.merchant_order_id,
        order_line_id=line.line_id if line else 0,
        line_ref=f"{basis.merchant_order_ref}/{line.line_position if line else 'S'}",
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
