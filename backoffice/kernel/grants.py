"""The catalogue of grants: apps declare theirs in `permissions.py`, roles are sets of them.

Declaring returns the code itself, so `permissions.py` reads as constants:
`SHIP_ORDER = grant("oms.ship_order", _("…"))`.
"""

from dataclasses import dataclass
from typing import Any

OPERATOR = "operator"
MERCHANT = "merchant"


@dataclass(frozen=True, slots=True)
class Grant:
    code: str
    label: Any
    audiences: frozenset[str]


_registry: dict[str, Grant] = {}

# What needs no grant: public pages, and pages that any signed-in person of the audience may see.
PUBLIC = "public"
SIGNED_IN = "signed_in"


def grant(code: str, label: Any, *audiences: str) -> str:
    """Declare a grant; `audiences` says whose roles may contain it (default: operator and merchant)."""
    if code in _registry:
        raise ValueError(f"grant {code} is declared twice")
    _registry[code] = Grant(code, label, frozenset(audiences or (OPERATOR, MERCHANT)))
    return code


def all_grants() -> list[Grant]:
    """Every declared grant, by code."""
    return [_registry[code] for code in sorted(_registry)]


def grants_of(audience: str) -> frozenset[str]:
    """The codes that a role of this audience may contain."""
    return frozenset(code for code, item in _registry.items() if audience in item.audiences)
