"""Every route of ours, walked from the URL confs; what it declares about who may come in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.trees import APPS, AUDIENCES

# Storefront pages have a URL conf of their own, chosen by the host and path of a store view.
URL_CONFS = ("backoffice.urls", "backoffice.storefront.root")
OWN = ("backoffice", *APPS)


@dataclass(frozen=True, slots=True)
class Route:
    path: str
    view: Any
    module: str

    @property
    def name(self) -> str:
        return f"{self.path} ({self.module}.{getattr(self.view, '__qualname__', self.view)})"

    @property
    def is_own(self) -> bool:
        return self.module.partition(".")[0] in OWN


def walk(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[Route]:
    for item in patterns:
        path = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from walk(item.url_patterns, path)
            continue
        view = getattr(item.callback, "view_class", item.callback)
        yield Route(path, view, getattr(view, "__module__", "") or type(view).__module__)


def all_routes() -> list[Route]:
    return [route for conf in URL_CONFS for route in walk(get_resolver(conf).url_patterns)]


def undeclared(routes: Iterable[Route]) -> list[str]:
    """Own routes that do not say for whom they are, or by which grant one enters."""
    return [
        route.name
        for route in routes
        if route.is_own
        and not (
            getattr(route.view, "audience", "") in AUDIENCES | {"entrance"}
            and getattr(route.view, "grant", "")
        )
    ]
