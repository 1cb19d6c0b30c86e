"""Columns: how one value of a row is shown, sorted and exported."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from backoffice.kernel.money import Money
from backoffice.ui import badges, formats, pictures

# Kinds whose cells are right-aligned with tabular figures.
NUMERIC = {"money", "count", "percent"}
KINDS = NUMERIC | {"text", "ref", "date", "when", "badge", "thumbnail", "bool", "html"}


@dataclass(frozen=True)
class Column:
    """One column.

    `key` is an attribute path (`merchant.name`) or dict key; `value(record)` replaces it where the value is computed.
    Kinds: text, ref, money, count, percent (basis points), date, when, badge, thumbnail (an AssetInfo), bool, html.
    `link` makes the cell the row's link; `sort` is True or the queryset field; `currency` names the record's currency
    attribute for money; `states` the badge registry kind; `template` draws the cell with `record` and `value`.
    `never_empty` says that every row of the list has it, so an index in the engine's own order serves the sorting.
    `priority` 2 hides the column on tablets, 3 on everything but wide screens.
    """

    key: str
    label: Any
    kind: str = "text"
    sort: bool | str = False
    link: bool = False
    value: Callable[[Any], Any] | None = None
    url: Callable[[Any], str] | None = None
    currency: str = "currency"
    states: str = ""
    template: str = ""
    sub: str | Callable[[Any], Any] = ""
    hint: Any = ""
    priority: int = 1
    export: bool = True
    problem: bool = False
    never_empty: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown column kind {self.kind!r}; known are {', '.join(sorted(KINDS))}")

    @property
    def sort_field(self) -> str:
        if self.sort is True:
            return self.key
        return self.sort or ""

    @property
    def css(self) -> str:
        kind = "num" if self.kind in NUMERIC else self.kind
        return f"bo-cell-{kind} bo-priority-{self.priority}"

    def get(self, record: Any) -> Any:
        return self.value(record) if self.value else value_of(record, self.key)

    def html(self, record: Any, url: str = "") -> Any:
        """The cell's content; escaped unless the value itself is safe HTML."""
        value = self.get(record)
        if self.template:
            return render_to_string(self.template, {"record": record, "value": value, "url": url})
        target = self.url(record) if self.url else url
        shown = self._shown(record, value)
        if target and self.kind not in {"badge", "thumbnail"} and value not in (None, ""):
            css = "bo-ref" if self.kind == "ref" else "bo-link"
            shown = format_html('<a class="{}" href="{}">{}</a>', css, target, shown)
        return self._with_sub(record, shown)

    def _with_sub(self, record: Any, shown: Any) -> Any:
        if not self.sub:
            return shown
        second = self.sub(record) if callable(self.sub) else value_of(record, self.sub)
        return format_html('{}<span class="bo-sub">{}</span>', shown, second) if second else shown

    def _shown(self, record: Any, value: Any) -> Any:
        if value is None or value == "":
            return formats.DASH if self.kind != "thumbnail" else pictures.placeholder("thumb")
        match self.kind:
            case "money":
                return formats.money(value, value_of(record, self.currency) or "", problem=self.problem)
            case "count":
                return formats.number(value)
            case "percent":
                return formats.percent_text(value)
            case "date":
                return formats.day(value)
            case "when":
                return formats.when(value)
            case "badge":
                return value if hasattr(value, "__html__") else badges.badge(value, self.states)
            case "thumbnail":
                return pictures.picture(value, "thumb", "")
            case "bool":
                return formats.icon("check", _("Yes")) if value else formats.DASH
            case "ref":
                return format_html('<span class="bo-ref">{}</span>', value)
        return value

    def export_headings(self) -> list[str]:
        label = str(self.label) or self.key
        return [label, _("%(column)s currency") % {"column": label}] if self.kind == "money" else [label]

    def export_values(self, record: Any) -> list[Any]:
        """What a file holds for this cell, typed: text, int, Decimal, date or datetime (naive local), None."""
        value = self.get(record)
        if self.kind == "money":
            if value is None:
                return [None, ""]
            amount = value if isinstance(value, Money) else Money(value, value_of(record, self.currency))
            return [amount.amount, amount.currency]
        if value is None:
            return [None]
        if self.kind == "badge" and not hasattr(value, "__html__"):
            return [badges.state_label(value, self.states)]
        if self.kind == "percent":
            return [Decimal(value) / 100]
        if isinstance(value, datetime):
            return [timezone.localtime(value).replace(tzinfo=None, microsecond=0)]
        if isinstance(value, bool):
            return [_("Yes") if value else _("No")]
        return [value if isinstance(value, int | Decimal | date) else str(value)]


def value_of(record: Any, path: str) -> Any:
    """Follow a dotted path through attributes and dict keys; a missing link gives None; methods are called."""
    value = record
    for name in path.replace("__", ".").split(".") if "__" in path or "." in path else [path]:
        if value is None:
            return None
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
        if callable(value) and not isinstance(value, type):
            value = value()
    return value
