"""Every page route of the installation, read from the URL confs; nothing is listed by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from backoffice.ui.pages import Page

ROOT, STOREFRONT = "backoffice.urls", "backoffice.storefront.root"
# Libraries guard their own pages; the console's door stands before Wagtail's.
LIBRARIES = ("allauth.", "wagtail.", "django.", "ninja.")


@dataclass(frozen=True, slots=True)
class Route:
    """One own page: where it is, for whom, behind which grant."""

    urlconf: str
    full_name: str
    pattern: str
    kwargs: tuple[str, ...]
    audience: str
    grant: str
    by_place: bool = False

    @property
    def name(self) -> str:
        return self.full_name.rpartition(":")[2]

    def path(self, kwargs: dict[str, Any]) -> str:
        return reverse(self.full_name, urlconf=self.urlconf, kwargs=kwargs)


def _walk(
    patterns: list[URLPattern | URLResolver],
    namespace: str = "",
    prefix: str = "",
    kwargs: tuple[str, ...] = (),
) -> Iterator[tuple[str, str, tuple[str, ...], Any]]:
    for item in patterns:
        place = prefix + str(item.pattern)
        names = (*kwargs, *item.pattern.regex.groupindex)
        if isinstance(item, URLResolver):
            inner = f"{namespace}{item.namespace}:" if item.namespace else namespace
            yield from _walk(item.url_patterns, inner, place, names)
        else:
            yield f"{namespace}{item.name or ''}", place, names, item.callback


def all_routes() -> Iterator[tuple[str, str, str, tuple[str, ...], Any]]:
    """(urlconf, full name, pattern, kwargs, callback) of every route of both URL confs."""
    for urlconf in (ROOT, STOREFRONT):
        for name, place, kwargs, callback in _walk(get_resolver(urlconf).url_patterns):
            yield urlconf, name, place, kwargs, callback


def declared(callback: Any) -> tuple[str, str]:
    """The audience and grant a view declares, as a class or as attributes of a function; empty when it does not."""
    view = getattr(callback, "view_class", callback)
    initial = getattr(callback, "view_initkwargs", {})
    return getattr(view, "audience", ""), initial.get("grant") or getattr(view, "grant", "")


def is_library(callback: Any) -> bool:
    view = getattr(callback, "view_class", callback)
    return bool(str(getattr(view, "__module__", "")).startswith(LIBRARIES))


def own_pages(*audiences: str) -> list[Route]:
    """Our own pages of these audiences."""
    found = []
    for urlconf, name, place, kwargs, callback in all_routes():
        audience, grant = declared(callback)
        view = getattr(callback, "view_class", None)
        if audience in audiences and view is not None and issubclass(view, Page):
            found.append(Route(urlconf, name, place, kwargs, audience, grant, view.by_place))
    return found
