"""The things of one merchant that another must not reach, offered by each app's factories.

`tests/factories/<app>.py` may define

    def isolation_objects(merchant: Merchant) -> dict[str, object]:
        made = order(merchant)
        return {
            "oms-order": made.ref,                       # all routes named oms-order-…, one kwarg
            "console:oms-order": whole.ref,              # the same name means another thing in the console
            "oms-shipment-ship": {"ref": s.ref, "line": 1},  # a route with several kwargs
            "/orders": made.ref,                         # all API paths that begin with /orders/
            "category": Shared("garden"),                # any route's kwarg of that name; everybody's
        }

It builds rows that belong to `merchant` (and what they stand on). Keys are tried from the most precise to the least:
the whole route name with its audience, its beginnings at hyphens, both without the audience, for API paths their
beginnings at slashes, then the name of the kwarg.
`Shared(value)` marks what every merchant may see (categories, locales, languages): such a route must not fail and must
change nothing of the other merchant's, but it need not answer 404. A plain value is the other merchant's own: whoever
holds the right for the page must get 404.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

APPS = ("mms", "mas", "dam", "pim", "oms", "billing", "reports")


@dataclass(frozen=True, slots=True)
class Shared:
    """A value that is nobody's in particular."""

    value: object


@dataclass(frozen=True, slots=True)
class Filled:
    """The kwargs of one route; `is_foreign` when at least one of them is the other merchant's."""

    kwargs: dict[str, Any]
    is_foreign: bool


class Missing(LookupError):
    """Nobody offers a value for a kwarg of a route."""


def collect(merchant: Any) -> dict[str, Any]:
    """What all apps offer for this merchant."""
    found: dict[str, Any] = {}
    for app in APPS:
        name = f"tests.factories.{app}"
        offer = getattr(import_module(name), "isolation_objects", None) if find_spec(name) else None
        if offer is not None:
            found.update(offer(merchant))
    return found


def fill(route: str, names: list[str], objects: Mapping[str, Any]) -> Filled:
    """Values for the kwargs `names` of a route (`oms-order-ship` or `/orders/{ref}/ship`). Raises `Missing`."""
    kwargs: dict[str, Any] = {}
    is_foreign = False
    for name in names:
        value = _find(route, name, objects)
        is_foreign = is_foreign or not isinstance(value, Shared)
        kwargs[name] = value.value if isinstance(value, Shared) else value
    return Filled(kwargs, is_foreign)


def _find(route: str, name: str, objects: Mapping[str, Any]) -> Any:
    for key in (*_beginnings(route), name):
        if key not in objects:
            continue
        value = objects[key]
        if not isinstance(value, dict):
            return value
        if name in value:
            return value[name]
    raise Missing(f"{route}: nobody offers a value for “{name}”")


def _beginnings(route: str) -> Iterator[str]:
    namespace, colon, name = route.rpartition(":")
    if colon:
        yield from (f"{namespace}:{beginning}" for beginning in _beginnings(name))
        route = name
    separator = "/" if route.startswith("/") else "-"
    parts = route.split(separator)
    for length in range(len(parts), 0, -1):
        beginning = separator.join(parts[:length])
        if beginning:
            yield beginning
