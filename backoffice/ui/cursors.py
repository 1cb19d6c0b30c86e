"""Pages of long lists for programs: a cursor stands at the last row seen, so new rows shift nothing."""

import base64
import binascii
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from pydantic import Field

from backoffice.kernel.errors import InvalidInput
from backoffice.ui.endpoints import StrictSchema

T = TypeVar("T")
M = TypeVar("M", bound=Model)
MAX_LIMIT = 200


class PageQuery(StrictSchema):
    """`cursor` is the `next` of the page before; `limit` rows per page."""

    cursor: str = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=MAX_LIMIT)
    example: ClassVar[dict[str, Any]] = {"cursor": "", "limit": 50}


class PageOut(StrictSchema, Generic[T]):
    """One page of a list; `next` is null on the last one."""

    items: list[T]
    next: str | None

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """A page's example holds the example of what it lists."""
        super().__pydantic_init_subclass__(**kwargs)
        for item in cls.__pydantic_generic_metadata__["args"]:
            if getattr(item, "example", None):
                cls.example = {"items": [item.example], "next": "cGs6MTI"}


def paginate(rows: QuerySet[M], page: PageQuery, *, newest_first: bool = True) -> dict[str, Any]:
    """One page of `rows` by primary key, in one query. Raises `InvalidInput` for a cursor that is not ours."""
    rows = rows.order_by("-pk" if newest_first else "pk")
    if page.cursor:
        last = _read(page.cursor)
        rows = rows.filter(pk__lt=last) if newest_first else rows.filter(pk__gt=last)
    found = list(rows[: page.limit + 1])
    items = found[: page.limit]
    return {"items": items, "next": _write(items[-1].pk) if len(found) > page.limit else None}


def _write(pk: int) -> str:
    return base64.urlsafe_b64encode(f"pk:{pk}".encode()).decode().rstrip("=")


def _read(cursor: str) -> int:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
        kind, _separator, number = text.partition(":")
        if kind == "pk" and number.isdecimal() and len(number) < 19:
            return int(number)
    except (binascii.Error, ValueError):
        pass
    message = _("This cursor is not one of ours. Start without a cursor and follow “next”.")
    raise InvalidInput(message, fields={"cursor": message})
