"""Who acts, with which grants, over which merchants: passed explicitly to every operation and selector.

A grant is a stable code such as `oms.ship_order`. An actor holds grants globally (operators, timers), per merchant
(merchant staff, merchant API keys) or per place: a website or a store (operators who look after one shop). Rows are
filtered by `visible_to(actor)`; acts are guarded by `actor.require`. A grant held at a place counts only where the
thing's places are named, so what knows nothing of places stays closed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from backoffice.kernel.errors import PermissionRefused
from backoffice.kernel.phrases import gettext as _


class ActorKind(StrEnum):
    USER = "user"
    API_KEY = "api_key"
    BUYER = "buyer"
    TIMER = "timer"
    SYSTEM = "system"


class _Everything:
    """The set that contains every grant; held by timers and the system itself."""

    def __contains__(self, grant: object) -> bool:
        return True


EVERYTHING = _Everything()
GrantSet = frozenset[str] | _Everything

# A website or a store by its id: ("website", 3), ("store", 7).
Place = tuple[str, int]
WEBSITE, STORE = "website", "store"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who = kind + id + label; may = grants held everywhere + grants held per merchant id."""

    kind: ActorKind
    id: str
    label: str
    grants: GrantSet = frozenset()
    merchant_grants: Mapping[int, frozenset[str]] = field(default_factory=dict)
    # The merchants a person of several may change over to; nothing of theirs may be seen or done meanwhile.
    other_merchant_ids: frozenset[int] = frozenset()
    place_grants: Mapping[Place, frozenset[str]] = field(default_factory=dict)
    # Views of lists that roles of this actor share: {role code: {URL name of the list: [{"name", "query"}]}}.
    shared_views: Mapping[str, Mapping[str, list[dict[str, str]]]] = field(default_factory=dict)
    # The audience the actor came through; a portal session never acts with console rights.
    audience: str = ""
    # The user behind an API key or session, where there is one.
    user_id: int | None = None
    # Where the request came from, for the audit trail.
    ip: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For work that goes on in this person's name; only people and keys are written down, never the system."""
        if isinstance(self.grants, _Everything):
            raise TypeError("the system's own work needs no actor written down")
        return {
            "who": [self.kind, self.id, self.label, self.audience, self.user_id],
            "grants": sorted(self.grants),
            "merchants": [[pk, sorted(held)] for pk, held in self.merchant_grants.items()],
            "places": [[*place, sorted(held)] for place, held in self.place_grants.items()],
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Actor":
        kind, id, label, audience, user_id = kept["who"]
        return cls(
            kind=ActorKind(kind),
            id=id,
            label=label,
            audience=audience,
            user_id=user_id,
            grants=frozenset(kept["grants"]),
            merchant_grants={pk: frozenset(held) for pk, held in kept["merchants"]},
            place_grants={(place, pk): frozenset(held) for place, pk, held in kept["places"]},
        )

    @property
    def is_global(self) -> bool:
        """Sees the rows of every merchant (operators, timers): grants then decide what may be done."""
        return isinstance(self.grants, _Everything) or bool(self.grants)

    @property
    def is_operator(self) -> bool:
        """Works for the marketplace: for all of it, or for some of its websites and stores."""
        return self.is_global or bool(self.place_grants)

    @property
    def merchant_ids(self) -> frozenset[int]:
        return frozenset(self.merchant_grants)

    def places(self, kind: str, grant: str) -> frozenset[int]:
        """The ids of the websites or stores where the grant is held."""
        return frozenset(
            id for (held, id), grants in self.place_grants.items() if held == kind and grant in grants
        )

    def holds_somewhere(self, grant: str) -> bool:
        """Whether the grant is held everywhere or at some website or store: opens a list, not yet a thing."""
        return grant in self.grants or any(grant in grants for grants in self.place_grants.values())

    def can(self, grant: str, *, merchant_id: int | None = None, places: Iterable[Place] = ()) -> bool:
        """Whether the grant is held everywhere, at one of the thing's places or for its merchant.

        Without a merchant, holding it for any merchant is enough; a place must always be named.
        """
        if grant in self.grants:
            return True
        if self.place_grants and any(grant in self.place_grants.get(place, ()) for place in places):
            return True
        if merchant_id is None:
            return any(grant in held for held in self.merchant_grants.values())
        return grant in self.merchant_grants.get(merchant_id, frozenset())

    def require(self, grant: str, *, merchant_id: int | None = None, places: Iterable[Place] = ()) -> None:
        """Raise `PermissionRefused` unless the actor `can`."""
        if not self.can(grant, merchant_id=merchant_id, places=places):
            raise PermissionRefused(
                _("You do not have the right for this (%(grant)s). Ask an administrator for it.")
                % {"grant": grant},
                grant=grant,
            )


def system_actor(label: str = "system") -> Actor:
    """The product itself: migrations of data, demo loading, subscribers."""
    return Actor(kind=ActorKind.SYSTEM, id=label, label=label, grants=EVERYTHING)


def timer_actor(label: str) -> Actor:
    """A time limit that ran out, named after its rule (`auto-received`)."""
    return Actor(kind=ActorKind.TIMER, id=label, label=label, grants=EVERYTHING)


def buyer_actor(label: str = "buyer", *, id: str = "guest", ip: str | None = None) -> Actor:
    """A buyer on the storefront; what a buyer may touch is decided by signed links and the session's cart."""
    return Actor(kind=ActorKind.BUYER, id=id, label=label, audience="storefront", ip=ip)
