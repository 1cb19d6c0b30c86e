"""Entities and live fee rules, kept in memory: every order asks for them."""

from dataclasses import dataclass

from billing.fees.rules import Rule
from billing.models import FeeRule, LegalEntity, RuleState
from mms.selectors.versions import VersionedMap

TERMS = "billing.terms"


@dataclass(frozen=True, slots=True)
class Terms:
    entities: dict[int | None, LegalEntity]
    rules: tuple[Rule, ...]


def _load() -> Terms:
    live = FeeRule.objects.filter(state__in=[RuleState.APPROVED, RuleState.ACTIVE]).order_by("id")
    return Terms(
        entities={entity.website_id: entity for entity in LegalEntity.objects.all()},
        rules=tuple(row.as_rule() for row in live),
    )


_terms = VersionedMap(TERMS, _load)


def get_terms() -> Terms:
    """The entities by website and every rule that is approved or active."""
    return _terms.get()


def find_entity(website_id: int | None) -> LegalEntity | None:
    """The entity that books a website's orders: its own, or the one for all others."""
    entities = get_terms().entities
    return entities.get(website_id) or entities.get(None)
