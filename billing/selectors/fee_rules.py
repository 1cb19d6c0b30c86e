"""Fee rules for people: lists, one rule, which rule wins, and what a draft would have changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.errors import NotFound
from billing.fees.compute import Amount, FeeResult, compute_fee
from billing.fees.explain import explain
from billing.fees.matching import find_candidates
from billing.fees.rules import Rule, Subject
from billing.fees.tax import TaxDecision
from billing.models import FeeRule, RuleState
from billing.selectors.terms import get_terms
from mms.selectors.scopes import list_website_names
from pim.selectors.cards import get_cards_by_id


def list_fee_rules() -> QuerySet[FeeRule]:
    return FeeRule.objects.select_related("merchant", "entity", "replaces")


def get_fee_rule(ref: str) -> FeeRule:
    """One rule. Raises `NotFound`."""
    rule: FeeRule | None = list_fee_rules().filter(ref=ref).first()
    if rule is None:
        raise NotFound(_("There is no such fee rule."))
    attach_scope_names([rule])
    return rule


def attach_scope_names(rules: Iterable[FeeRule]) -> None:
    """Name the websites and products that rules are narrowed to, in a statement each where any is."""
    rows = list(rules)
    websites = list_website_names() if any(row.website_id for row in rows) else {}
    cards = {row.card_id for row in rows if row.card_id}
    titles = {pk: str(card) for pk, card in get_cards_by_id(cards).items()} if cards else {}
    for row in rows:
        names = [websites.get(row.website_id or 0, ""), titles.get(row.card_id or 0, "")]
        row.scope_names = [name for name in names if name]  # type: ignore[attr-defined]


def lock_fee_rule(ref: str) -> FeeRule:
    rule: FeeRule | None = FeeRule.objects.select_for_update(of=("self",)).filter(ref=ref).first()
    if rule is None:
        raise NotFound(_("There is no such fee rule."))
    return rule


def list_live_rules(*, without: int | None = None) -> list[Rule]:
    """Approved and active rules straight from the table, for publishing checks."""
    rows = FeeRule.objects.filter(state__in=[RuleState.APPROVED, RuleState.ACTIVE]).exclude(pk=without or 0)
    return [row.as_rule() for row in rows]


@dataclass(frozen=True, slots=True)
class Preview:
    """The candidates, the winner first, and what the winner would charge."""

    candidates: tuple[Rule, ...]
    result: FeeResult | None
    sentences: tuple[str, ...]


def preview_fee(subject: Subject, amount: Amount, tax: TaxDecision, *, draft: Rule | None = None) -> Preview:
    """“Which rule wins for…”: among the live rules, and `draft` when one is tried out."""
    rules = [rule for rule in get_terms().rules if draft is None or rule.id != draft.id]
    candidates = find_candidates([*rules, draft] if draft else rules, subject)
    if not candidates:
        return Preview((), None, ())
    result = compute_fee(candidates[0], amount, tax)
    return Preview(tuple(candidates), result, tuple(explain(result.steps, result.currency)))


@dataclass(frozen=True, slots=True)
class RehearsedMerchant:
    """What a draft would have meant for one merchant in one currency."""

    merchant_id: int
    merchant_name: str
    currency: str
    lines: int
    before_minor: int
    after_minor: int

    @property
    def difference_minor(self) -> int:
        return self.after_minor - self.before_minor


@dataclass(frozen=True, slots=True)
class Rehearsal:
    since: datetime
    orders: int
    merchants: tuple[RehearsedMerchant, ...]
