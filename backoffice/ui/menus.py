"""What the shells collect from the apps: menu entries, home-page cards and searches.

`<app>/<audience>/menu.py` holds `MENU: list[MenuItem]`, `<app>/<audience>/home.py` holds `CARDS: list[HomeCard]`,
where the audience folder is `console` or `portal`. Searches are registered from `ready()`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.http import HttpRequest

from backoffice.kernel.actors import Actor
from backoffice.kernel.counting import Countable
from backoffice.kernel.grants import PUBLIC, SIGNED_IN

Numbers = Mapping[str, int]


@dataclass(frozen=True)
class MenuItem:
    """One entry of an audience's menu; `url_name` is fully qualified (`portal:oms-order-list`).

    `group` names the top-level entry it belongs to (same word, same order in every app that adds to it); without it
    the entry stands at top level itself. `count(actor)` gives the scoped rows whose number is shown beside it; all are
    counted in one statement. `by_place` entries are also for people who hold the grant at a website or store only.
    """

    label: Any
    url_name: str
    icon: str = "dot"
    grant: str = SIGNED_IN
    order: int = 50
    group: Any = ""
    count: Callable[[Actor], Countable] | None = None
    query: str = ""
    by_place: bool = False


@dataclass(frozen=True)
class HomeCard:
    """A card of the home page; `render(request, numbers)` returns the context of `template`, or None to stay away.

    `numbers` are what `counts(request)` names: scoped rows by name, counted for all cards in one statement.
    """

    title: Any
    grant: str
    render: Callable[[HttpRequest, Numbers], Mapping[str, Any] | None]
    template: str
    order: int = 50
    wide: bool = False
    by_place: bool = False
    counts: Callable[[HttpRequest], Mapping[str, Countable]] | None = None


@dataclass(frozen=True)
class Hit:
    """One result of the search box."""

    title: str
    url: str
    detail: str = ""
    badge: Any = ""
    exact: bool = False


@dataclass(frozen=True)
class Search:
    label: Any
    audience: str
    grant: str
    find: Callable[[str, Actor], Iterable[Hit]]
    order: int = 50
    by_place: bool = False


@dataclass
class _Searches:
    items: list[Search] = field(default_factory=list)


_searches = _Searches()


def register_search(
    label: Any,
    audience: str,
    grant: str,
    find: Callable[[str, Actor], Iterable[Hit]],
    *,
    by_place: bool = False,
) -> None:
    """Add a search to the audience's search box; `find(text, actor)` returns at most ten scoped hits, best first."""
    _searches.items.append(Search(label, audience, grant, find, len(_searches.items), by_place))


def may_see(actor: Actor, item: MenuItem | HomeCard | Search, merchant_id: int | None = None) -> bool:
    """Whether an entry, card or search is for this actor."""
    return (
        item.grant in {PUBLIC, SIGNED_IN}
        or actor.can(item.grant, merchant_id=merchant_id)
        or (item.by_place and actor.holds_somewhere(item.grant))
    )


@cache
def _declared(audience: str, module: str, name: str) -> tuple[Any, ...]:
    found: list[Any] = []
    for config in apps.get_app_configs():
        # The audience's own shell is an app too: its package is the audience folder itself.
        package = config.name if config.name.endswith(f".{audience}") else f"{config.name}.{audience}"
        path = f"{package}.{module}"
        if find_spec(package) is not None and find_spec(path) is not None:
            found.extend(getattr(import_module(path), name, ()))
    return tuple(found)


def list_menu(audience: str, actor: Actor, merchant_id: int | None = None) -> list[MenuItem]:
    """The entries of all apps that the actor may use, in order."""
    items = [item for item in _declared(audience, "menu", "MENU") if may_see(actor, item, merchant_id)]
    return sorted(items, key=lambda item: (item.order, str(item.group or item.label)))


def list_cards(audience: str, actor: Actor, merchant_id: int | None = None) -> list[HomeCard]:
    cards = [card for card in _declared(audience, "home", "CARDS") if may_see(actor, card, merchant_id)]
    return sorted(cards, key=lambda card: card.order)


def list_merchant_links(actor: Actor) -> list[MenuItem]:
    """Console pages of other apps about one merchant, opened by its ref: `MERCHANT_LINKS` beside an app's `MENU`."""
    declared = _declared("console", "menu", "MERCHANT_LINKS")
    return sorted((item for item in declared if may_see(actor, item)), key=lambda item: item.order)


def list_searches(audience: str, actor: Actor, merchant_id: int | None = None) -> list[Search]:
    return [s for s in _searches.items if s.audience == audience and may_see(actor, s, merchant_id)]
