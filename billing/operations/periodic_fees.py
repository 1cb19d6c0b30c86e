"""Subscription and listing fees: charged once per merchant and month, by the clock or by a person who catches up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor, timer_actor
from backoffice.kernel.errors import DomainError, InvalidInput
from backoffice.kernel.periodic import periodic
from billing.entries.adjustments import Decision, periodic_fee
from billing.fees.compute import FeeResult
from billing.fees.matching import find_winner
from billing.fees.periodic import compute_periodic_fee
from billing.fees.rules import ENGINE_VERSION, FeeKind, Rule, Subject
from billing.models import Earning, LegalEntity, PeriodicFee
from billing.operations.ledger import post_entries
from billing.operations.month_volumes import month_bounds
from billing.permissions import CHARGE_FEES
from billing.selectors.entities import get_entity, list_entities
from billing.selectors.fee_tax import decide_fee_tax
from billing.selectors.terms import get_terms
from mas.selectors.merchants import list_merchants_approved_before
from mms.operations.tasks import open_task
from pim.selectors.offers import count_active_offers

KINDS = (FeeKind.SUBSCRIPTION, FeeKind.LISTING)
CHUNK = 500


@dataclass(slots=True)
class Charged:
    """How many fees a run charged, and for whom it could not, with the reason."""

    count: int = 0
    problems: list[str] = field(default_factory=list)


@periodic("billing.periodic_fees", every=timedelta(hours=1))
def charge_due_periodic_fees() -> int:
    """Charge the current month of every company; returns how many fees. Safe to repeat and to be killed."""
    actor = timer_actor("month began")
    charged = 0
    for entity in list_entities():
        month = clock.now().astimezone(ZoneInfo(entity.time_zone)).date().replace(day=1)
        charged += charge_month(entity, month, actor=actor).count
    return charged


def charge_periodic_fees(entity_code: str, month: date, *, actor: Actor) -> Charged:
    """Charge a month that has begun, for a company; who was charged already is left alone."""
    actor.require(CHARGE_FEES)
    entity = get_entity(entity_code)
    today = clock.now().astimezone(ZoneInfo(entity.time_zone)).date()
    if month > today:
        raise InvalidInput(
            _("This month has not begun yet."), fields={"month": _("Choose this month or an earlier one.")}
        )
    return charge_month(entity, month.replace(day=1), actor=actor)


def charge_month(entity: LegalEntity, month: date, *, actor: Actor) -> Charged:
    """Every merchant that was approved when the month began pays by the rules that held then.

    A few hundred merchants per transaction. Somebody who cannot be charged is told to finance and stops nobody else.
    """
    result = Charged()
    starts_at, _ends_at = month_bounds(month, entity.time_zone)
    rules = tuple(rule for rule in get_terms().rules if rule.fee_kind in KINDS)
    if not rules:
        return result
    merchants = list_merchants_approved_before(starts_at)
    for chunk in _chunks(merchants.iterator(chunk_size=CHUNK)):
        _charge_chunk(_Month(entity, month, starts_at, rules), chunk, result, actor)
    if result.problems:
        open_task(
            kind="billing.periodic_fees",
            title=_("%(count)s monthly fees of %(month)s could not be charged: %(first)s")
            % {"count": len(result.problems), "month": f"{month:%Y-%m}", "first": result.problems[0]},
            url_name="console:billing-periodic-fee-list",
            subject_ref=f"{entity.code}:{month:%Y-%m}",
        )
    return result


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


@dataclass(frozen=True, slots=True)
class _Month:
    entity: LegalEntity
    starts_on: date
    starts_at: datetime
    rules: tuple[Rule, ...]


@transaction.atomic
def _charge_chunk(month: _Month, merchants: list[Any], result: Charged, actor: Actor) -> None:
    ids = [merchant.pk for merchant in merchants]
    # Two runs at once: the company's row lets one of them pass first, the other finds what it charged.
    LegalEntity.objects.select_for_update().get(pk=month.entity.pk)
    known = set(
        PeriodicFee.objects.filter(
            entity=month.entity, month=month.starts_on, merchant_id__in=ids
        ).values_list("merchant_id", "fee_kind")
    )
    homes, offers = _homes(ids), count_active_offers(ids)
    fees = []
    for merchant in merchants:
        for kind in KINDS:
            if (merchant.pk, kind) in known:
                continue
            rule = _rule_for(month, merchant, kind, homes.get(merchant.pk))
            if rule is None:
                continue
            try:
                fee = _fee(month, merchant, rule, offers.get(merchant.pk, 0))
            except DomainError as problem:
                result.problems.append(f"{merchant.name}: {problem}")
                continue
            if fee is not None:
                fees.append(fee)
    PeriodicFee.objects.bulk_create(fees)
    post_entries([_draft(fee, month) for fee in fees], actor=actor)
    if fees:
        audit.record(
            "billing.periodic_fees.charged",
            actor=actor,
            subject=month.entity,
            note=f"{month.starts_on:%Y-%m}: {len(fees)}",
        )
    result.count += len(fees)


def _homes(merchant_ids: list[int]) -> dict[int, int]:
    """The company each merchant sold with last: it charges what no rule ties to a company of its own."""
    last = Earning.objects.filter(merchant_id__in=merchant_ids).order_by().values("merchant_id")
    newest = last.annotate(newest=Max("pk")).values("newest")
    return dict(Earning.objects.filter(pk__in=newest).values_list("merchant_id", "entity_id"))


def _rule_for(month: _Month, merchant: Any, kind: FeeKind, home_id: int | None) -> Rule | None:
    """The rule that held when the month began; a rule for everywhere is charged by the merchant's home company only."""
    subject = Subject(
        fee_kind=kind,
        placed_at=month.starts_at,
        currency=merchant.currency,
        merchant_id=merchant.pk,
        entity_id=month.entity.pk,
        website_id=month.entity.website_id,
        country=merchant.country,
    )
    rule = find_winner(month.rules, subject)
    if rule is None or rule.scope.entity_id is not None or rule.scope.website_id is not None:
        return rule
    if home_id is None:
        first = list_entities().order_by("id").first()
        home_id = first.pk if first else None
    return rule if home_id == month.entity.pk else None


def _fee(month: _Month, merchant: Any, rule: Rule, offers: int) -> PeriodicFee | None:
    """The fee of one merchant and kind; None for a fee of zero. Raises what keeps it from being charged."""
    quantity = offers if rule.fee_kind == FeeKind.LISTING else 1
    if merchant.currency not in rule.formula.amounts:
        raise InvalidInput(
            _("“%(rule)s” states no amount in %(currency)s.")
            % {"rule": rule.name, "currency": merchant.currency}
        )
    tax = decide_fee_tax(month.entity, merchant, month.starts_on)
    result = compute_periodic_fee(rule, merchant.currency, quantity, tax)
    return _frozen(month, merchant, rule, quantity, result) if result.fee_minor else None


def _frozen(month: _Month, merchant: Any, rule: Rule, quantity: int, result: FeeResult) -> PeriodicFee:
    return PeriodicFee(
        entity=month.entity,
        merchant=merchant,
        fee_kind=rule.fee_kind,
        month=month.starts_on,
        rule_id=rule.id,
        rule_version=rule.version,
        engine_version=ENGINE_VERSION,
        currency=result.currency,
        quantity=quantity,
        raw=str(result.raw),
        fee_minor=result.fee_minor,
        tax_category=result.tax.category,
        tax_country=result.tax.country,
        tax_rate_bps=result.tax.rate_bps,
        tax_minor=result.tax_minor,
        flags=list(result.flags),
        steps=[[code, params] for code, params in result.steps],
    )


def _draft(fee: PeriodicFee, month: _Month) -> Any:
    decision = Decision(month.entity.pk, fee.ref, fee.merchant_id, fee.currency, fee.fee_minor, fee.tax_minor)
    key = f"{fee.fee_kind}:{fee.merchant_id}:{month.starts_on:%Y-%m}"
    return periodic_fee(decision, key=key, occurred_at=month.starts_at)
