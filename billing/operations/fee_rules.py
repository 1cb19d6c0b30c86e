"""Fee rules: written by one person, published by another, never edited afterwards."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, StateRefused
from backoffice.kernel.periodic import periodic
from billing.errors import RuleTie
from billing.fees.matching import find_tie
from billing.fees.rules import Scope
from billing.models import FeeKind, FeeRule, RuleState
from billing.operations.second_person import require_second_person
from billing.permissions import APPROVE_FEES, EDIT_FEES
from billing.selectors.fee_rules import get_fee_rule, list_live_rules, lock_fee_rule
from billing.selectors.terms import TERMS
from mms.operations.versions import announce_change

FIELDS = (
    "name",
    "fee_kind",
    "priority",
    "entity",
    "website_id",
    "country",
    "currency",
    "merchant",
    "category_id",
    "category_depth",
    "category_label",
    "brand",
    "card_id",
    "rate_bps",
    "amounts",
    "tiers",
    "tier_mode",
    "tier_measure",
    "base",
    "capped_at_proceeds",
    "includes_tax",
    "refund_policy",
    "valid_from",
    "valid_to",
)


# Charged by the month, not by the sale.
PERIODIC = frozenset({FeeKind.SUBSCRIPTION, FeeKind.LISTING})


@transaction.atomic
def draft_fee_rule(*, values: dict[str, Any], actor: Actor, replaces: str = "") -> FeeRule:
    """Write a draft; `replaces` names the live rule whose next version it is. Nothing changes until it is approved."""
    actor.require(EDIT_FEES)
    rule = FeeRule(created_by_user_id=actor.user_id, created_by_label=actor.label)
    _fill(rule, values)
    if replaces:
        old = get_fee_rule(replaces)
        rule.replaces, rule.version = old, old.version + 1
    rule.save()
    audit.record("billing.fee_rule.drafted", actor=actor, subject=rule)
    return rule


@transaction.atomic
def edit_fee_rule(ref: str, *, values: dict[str, Any], actor: Actor) -> FeeRule:
    """Change a draft; whoever edits it counts as its author. Approved rules are never edited: draft a new version."""
    actor.require(EDIT_FEES)
    rule = lock_fee_rule(ref)
    if rule.state != RuleState.DRAFT:
        raise StateRefused(_("Only a draft can be changed. Write a new version instead."))
    before = model_to_dict(rule, fields=list(values))
    _fill(rule, values)
    rule.created_by_user_id, rule.created_by_label = actor.user_id, actor.label
    rule.save()
    audit.record(
        "billing.fee_rule.edited",
        actor=actor,
        subject=rule,
        changes={name: [str(before.get(name)), str(value)] for name, value in values.items()},
    )
    return rule


def _fill(rule: FeeRule, values: dict[str, Any]) -> None:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise InvalidInput(_("Unknown fields: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    for name, value in values.items():
        setattr(rule, name, value)
    if rule.valid_to is not None and rule.valid_to <= rule.valid_from:
        raise InvalidInput(
            _("The rule would end before it starts."), fields={"valid_to": _("Choose a later moment.")}
        )
    if rule.rate_bps > 10_000:
        raise InvalidInput(
            _("A rate above 100 % is not possible."), fields={"rate_bps": _("Enter at most 100.")}
        )
    _check_formula(rule)
    rule.as_rule()


def _check_formula(rule: FeeRule) -> None:
    """A periodic fee is a fixed amount; tiers rise and end with one for everything above."""
    if rule.fee_kind in PERIODIC:
        if rule.rate_bps or rule.tiers:
            raise InvalidInput(
                _("A subscription or listing fee is a fixed amount per month, not a percentage."),
                fields={"rate_bps": _("Leave percent and tiers empty.")},
            )
        stated = [
            row for row in rule.amounts.values() if row.get("per_line_minor") or row.get("per_unit_minor")
        ]
        if not stated:
            raise InvalidInput(
                _("State the amount per month."),
                fields={"per_line": _("The amount per month, or per offer below.")},
            )
    if bool(rule.tiers) != bool(rule.tier_mode):
        raise InvalidInput(
            _("Tiers need both their lines and their kind."),
            fields={"tiers": _("Enter the tiers and choose how they count, or leave both empty.")},
        )
    tops = [top for top, _rate in rule.tiers]
    if tops and (tops[-1] is not None or None in tops[:-1] or tops[:-1] != sorted(set(tops[:-1]))):
        raise InvalidInput(
            _("The tiers are not in order."),
            fields={"tiers": _("Rising amounts, the last line “above”.")},
        )


@transaction.atomic
def approve_fee_rule(ref: str, *, actor: Actor) -> FeeRule:
    """Publish a draft as second person: refused for its author, and with `RuleTie` when chance would have to decide.

    The version it replaces ends when this one starts. Safe to repeat.
    """
    actor.require(APPROVE_FEES)
    rule = lock_fee_rule(ref)
    if rule.state in (RuleState.APPROVED, RuleState.ACTIVE):
        return rule
    require_second_person(
        actor,
        rule.created_by_user_id,
        _("A fee rule is approved by another person than the one who wrote it."),
    )
    if rule.replaces is not None:
        _end(rule.replaces, rule)
    tie = find_tie(rule.as_rule(), list_live_rules(without=rule.pk))
    if tie is not None:
        raise RuleTie(
            _(
                "This rule and “%(name)s” (%(ref)s) have the same priority, the same precision and the same start, "
                "so chance would decide. Change the priority, the scope or the start."
            )
            % {"name": tie.name, "ref": tie.ref},
            ref=tie.ref,
        )
    rule.approve()
    rule.approved_at = clock.now()
    rule.approved_by_user_id, rule.approved_by_label = actor.user_id, actor.label
    if rule.valid_from <= clock.now():
        rule.activate()
    rule.save()
    audit.record("billing.fee_rule.approved", actor=actor, subject=rule)
    announce_change(TERMS)
    return rule


def _end(old: FeeRule, new: FeeRule) -> None:
    locked = lock_fee_rule(old.ref)
    if locked.valid_to is None or locked.valid_to > new.valid_from:
        locked.valid_to = max(locked.valid_from, new.valid_from)
        locked.save(update_fields=["valid_to"])


@transaction.atomic
def retire_fee_rule(ref: str, *, actor: Actor) -> FeeRule:
    """Stop a rule for new orders; frozen fees stay. The last default rule of a kind cannot be retired."""
    actor.require(APPROVE_FEES)
    rule = lock_fee_rule(ref)
    if rule.state == RuleState.RETIRED:
        return rule
    now = clock.now()
    others = list_live_rules(without=rule.pk)
    is_default = rule.as_rule().scope == Scope()
    covered = any(
        other.fee_kind == rule.fee_kind
        and other.scope == Scope()
        and other.valid_from <= now
        and (other.valid_to is None or other.valid_to > now)
        for other in others
    )
    if is_default and not covered:
        raise StateRefused(
            _(
                "This is the last rule that holds everywhere. Publish another default first: every sale needs one."
            )
        )
    rule.retire()
    rule.valid_to = max(rule.valid_from, min(rule.valid_to or now, now))
    rule.save(update_fields=["state", "valid_to"])
    audit.record("billing.fee_rule.retired", actor=actor, subject=rule)
    announce_change(TERMS)
    return rule


@periodic("billing.fee_rules", every=timedelta(minutes=10))
def turn_fee_rules() -> int:
    """Mark rules active when their start has come and retired when their end has; matching itself goes by dates."""
    now = clock.now()
    turned = 0
    starting = FeeRule.objects.filter(state=RuleState.APPROVED, valid_from__lte=now)
    ending = FeeRule.objects.filter(state__in=[RuleState.APPROVED, RuleState.ACTIVE], valid_to__lte=now)
    for ref in starting.values_list("ref", flat=True):
        turned += _turn(ref, "activate")
    for ref in ending.values_list("ref", flat=True):
        turned += _turn(ref, "retire")
    if turned:
        announce_change(TERMS)
    return turned


@transaction.atomic
def _turn(ref: str, step: str) -> bool:
    rule = lock_fee_rule(ref)
    if step == "activate" and rule.state == RuleState.APPROVED:
        rule.activate()
    elif step == "retire" and rule.state in (RuleState.APPROVED, RuleState.ACTIVE):
        rule.retire()
    else:
        return False
    rule.save(update_fields=["state"])
    return True
