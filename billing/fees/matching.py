"""Which rule wins: priority, then specificity, then the later start, then the lower id (a guard only)."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from billing.fees.rules import Rule, Scope, Subject


def applies(rule: Rule, subject: Subject) -> bool:
    """Whether every dimension of the rule holds for the subject at the moment the order was placed."""
    scope = rule.scope
    return (
        rule.fee_kind == subject.fee_kind
        and rule.valid_from <= subject.placed_at
        and (rule.valid_to is None or subject.placed_at < rule.valid_to)
        and scope.entity_id in (None, subject.entity_id)
        and scope.website_id in (None, subject.website_id)
        and scope.country in ("", subject.country)
        and scope.currency in ("", subject.currency)
        and scope.merchant_id in (None, subject.merchant_id)
        and (scope.category_id is None or scope.category_id in subject.category_ids)
        and (not scope.brand or scope.brand.casefold() == subject.brand.casefold())
        and scope.card_id in (None, subject.card_id)
    )


def specificity(scope: Scope) -> Fraction:
    """What the scope names, weighed: card 64, merchant 32, brand 8, category 4 + depth/100, website 2…"""
    weight = Fraction(0)
    weight += 64 if scope.card_id is not None else 0
    weight += 32 if scope.merchant_id is not None else 0
    weight += 8 if scope.brand else 0
    weight += (4 + Fraction(scope.category_depth, 100)) if scope.category_id is not None else 0
    weight += 2 if scope.website_id is not None else 0
    weight += 1 if scope.country else 0
    weight += 1 if scope.currency else 0
    return weight


def rank(rule: Rule) -> tuple[int, Fraction, float, int]:
    """Sort descending by this; the id is negative so that the older rule wins a tie that should not exist."""
    return (int(rule.priority), specificity(rule.scope), rule.valid_from.timestamp(), -rule.id)


def find_candidates(rules: Iterable[Rule], subject: Subject) -> list[Rule]:
    """Every rule that applies, the winner first."""
    return sorted((rule for rule in rules if applies(rule, subject)), key=rank, reverse=True)


def find_winner(rules: Iterable[Rule], subject: Subject) -> Rule | None:
    candidates = [rule for rule in rules if applies(rule, subject)]
    return max(candidates, key=rank, default=None)


def find_tie(rule: Rule, others: Sequence[Rule]) -> Rule | None:
    """A rule that would meet this one with equal priority, specificity and start, so that chance would decide."""
    for other in others:
        if (
            other.id != rule.id
            and other.fee_kind == rule.fee_kind
            and rank(other)[:3] == rank(rule)[:3]
            and _overlap(rule, other)
            and _can_meet(rule.scope, other.scope)
        ):
            return other
    return None


def _overlap(one: Rule, other: Rule) -> bool:
    return (one.valid_to is None or other.valid_from < one.valid_to) and (
        other.valid_to is None or one.valid_from < other.valid_to
    )


def _can_meet(one: Scope, other: Scope) -> bool:
    """Whether one subject can fall under both scopes: no dimension is named differently by both."""
    pairs = [
        (one.entity_id, other.entity_id),
        (one.website_id, other.website_id),
        (one.country, other.country),
        (one.currency, other.currency),
        (one.merchant_id, other.merchant_id),
        (one.brand.casefold(), other.brand.casefold()),
        (one.card_id, other.card_id),
    ]
    if any(left not in (None, "") and right not in (None, "") and left != right for left, right in pairs):
        return False
    same_depth = one.category_depth == other.category_depth
    both = one.category_id is not None and other.category_id is not None
    return not (both and same_depth and one.category_id != other.category_id)
