"""Views of a list that people keep: a name for filters, order and columns, personal or shared with a role.

They ride on rows that every request reads anyway (the person, the roles of the actor), so no list pays a statement for
them. Whoever stores them is above; here they are only read and drawn.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse

# What a view does not keep: where one is in it, and asking for a file.
PASSING = ("page", "export")


@dataclass(frozen=True, slots=True)
class SavedView:
    """`role` is the code of the role that shares it; empty for one's own."""

    name: str
    query: str
    role: str = ""


def list_saved_views(request: HttpRequest, page: str) -> list[SavedView]:
    """One's own views of a page, then those shared with one's roles; `page` is its URL name."""
    own = getattr(request.user, "saved_views", None) or {}
    shared = request.actor.shared_views  # type: ignore[attr-defined]
    return [SavedView(item["name"], item["query"]) for item in own.get(page, [])] + [
        SavedView(item["name"], item["query"], role)
        for role, pages in shared.items()
        for item in pages.get(page, [])
    ]


def kept_query(query: QueryDict) -> str:
    """The part of a list's query that a view keeps, in a stable order."""
    return urlencode(sorted((k, v) for k, values in query.lists() if k not in PASSING for v in values if v))


def save_url(audience: str, page: str, query: str) -> str:
    """Where this query gets a name; empty where views cannot be kept."""
    return _url(audience, "save", {"list": page, "query": query}) if query else ""


def forget_url(audience: str, page: str, view: SavedView) -> str:
    return _url(audience, "forget", {"list": page, "name": view.name, "role": view.role})


def undo_forget_url(audience: str, page: str, view: SavedView) -> str:
    values = {"list": page, "name": view.name, "role": view.role, "query": view.query}
    return _url(audience, "restore", values)


def _url(audience: str, verb: str, values: dict[str, Any]) -> str:
    try:
        return f"{reverse(f'{audience}:mms-saved-view-{verb}')}?{urlencode(values)}"
    except NoReverseMatch:
        return ""
