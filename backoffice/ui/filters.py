"""Filters drawn as one bar with removable chips; a FilterSet is declared as django-filter does.

class OrderFilter(FilterSet):
    q = SearchFilter(fields=["ref__iexact", "buyer_email__icontains"], label=_("Order, buyer"))
    state = MultipleChoiceFilter(label=_("State"), choices=OrderState.choices)
    placed = DateRangeFilter(field_name="placed_at", label=_("Placed"))
    total = MoneyRangeFilter(field_name="total_minor", currency="EUR", label=_("Total"))
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, ModelChoiceFilter

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.money import Money
from backoffice.kernel.refs import LENGTH
from backoffice.ui.tables import changed_query

__all__ = [
    "BooleanFilter",
    "CharFilter",
    "Chip",
    "ChoiceFilter",
    "DateRangeFilter",
    "FilterSet",
    "ModelChoiceFilter",
    "MoneyRangeFilter",
    "MultipleChoiceFilter",
    "SearchFilter",
    "YesNoFilter",
    "list_chips",
]


class FilterSet(django_filters.FilterSet):
    """Our base: the search field `q` (if declared) is drawn as the search box, the rest as filters."""

    @property
    def search_field(self) -> forms.BoundField | None:
        return self.form["q"] if "q" in self.filters else None

    @property
    def filter_fields(self) -> list[forms.BoundField]:
        return [self.form[name] for name in self.filters if name != "q"]

    @property
    def is_active(self) -> bool:
        return any(bool(value) for value in getattr(self.form, "cleaned_data", {}).values())


class SearchFilter(django_filters.CharFilter):
    """One text over several lookups (`fields=["ref__iexact", "name__icontains"]`); every word must match somewhere.

    With `ref_prefix="ORD"`, a word that is such a ref as a whole is looked up by its beginning alone: an index
    serves it, however many rows there are.
    """

    def __init__(self, *args: Any, fields: Sequence[str], ref_prefix: str = "", **kwargs: Any) -> None:
        self.lookups = list(fields)
        self.whole_ref = re.compile(rf"{ref_prefix}-[0-9A-Z]{{{LENGTH}}}(-\d+)?") if ref_prefix else None
        super().__init__(*args, **kwargs)
        self.extra["widget"] = forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": kwargs.get("label", gettext_lazy("Search")),
                "autocomplete": "off",
                "maxlength": 100,
                "data-bo-search": True,
            }
        )

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        for word in (value or "").split()[:8]:
            if self.whole_ref is not None and self.whole_ref.fullmatch(word.upper()):
                qs = qs.filter(ref__startswith=word.upper())
                continue
            qs = qs.filter(reduce(or_, (Q(**{lookup: word}) for lookup in self.lookups)))
        return qs


class MultipleChoiceFilter(django_filters.MultipleChoiceFilter):
    """Rows whose own column (or that of a row they point at) holds one of the chosen values."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # No row can be found twice, and making rows distinct means sorting all of them.
        kwargs.setdefault("distinct", False)
        super().__init__(*args, **kwargs)


class YesNoFilter(django_filters.ChoiceFilter):
    """A yes/no choice over a boolean column, or over any condition given as `yes=Q(...)`.

    A condition that asks the clock is given as a function: it is made when it is asked.
    """

    def __init__(self, *args: Any, yes: Q | Callable[[], Q] | None = None, **kwargs: Any) -> None:
        self.yes = yes
        kwargs.setdefault("choices", [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))])
        super().__init__(*args, **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if value not in {"yes", "no"}:
            return qs
        given = self.yes() if callable(self.yes) else self.yes
        condition = given if given is not None else Q(**{self.field_name: True})
        return qs.filter(condition if value == "yes" else ~condition)


DATE_PRESETS = (
    ("today", gettext_lazy("Today")),
    ("yesterday", gettext_lazy("Yesterday")),
    ("7d", gettext_lazy("Last 7 days")),
    ("30d", gettext_lazy("Last 30 days")),
    ("month", gettext_lazy("This month")),
    ("last_month", gettext_lazy("Last month")),
    ("year", gettext_lazy("This year")),
)


def preset_range(preset: str, today: date) -> tuple[date, date] | None:
    """First and last day (both included) of a preset, seen from `today`; None for an unknown one."""
    first = today.replace(day=1)
    ranges = {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "7d": (today - timedelta(days=6), today),
        "30d": (today - timedelta(days=29), today),
        "month": (first, today),
        "last_month": ((first - timedelta(days=1)).replace(day=1), first - timedelta(days=1)),
        "year": (today.replace(month=1, day=1), today),
    }
    return ranges.get(preset)


class DateRangeWidget(forms.MultiWidget):
    """A preset, or a first and a last day: `placed=30d` and `placed_from`/`placed_to` in the URL."""

    template_name = "ui/widgets/range.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {
                "": forms.Select(choices=[("", gettext_lazy("Any time")), *DATE_PRESETS]),
                "from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                "to": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            },
            attrs,
        )
        self.widgets_names = ["", "_from", "_to"]
        self.labels = [gettext_lazy("Period"), gettext_lazy("From"), gettext_lazy("To")]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for part, label in zip(context["widget"]["subwidgets"], self.labels, strict=True):
            part["attrs"]["aria-label"] = label
        return context

    def decompress(self, value: Any) -> list[Any]:
        return list(value) if value else [None, None, None]


class DateRangeField(forms.MultiValueField):
    widget = DateRangeWidget

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        fields = (
            forms.CharField(required=False),
            forms.DateField(required=False),
            forms.DateField(required=False),
        )
        super().__init__(fields, *args, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[Any]) -> tuple[date | None, date | None] | None:
        if not data_list or not any(data_list):
            return None
        preset, first, last = data_list
        if first or last:
            if first and last and first > last:
                raise forms.ValidationError(_("The first day lies after the last one. Swap them."))
            return first, last
        return preset_range(preset or "", timezone.localtime(clock.now()).date())


class DateRangeFilter(django_filters.Filter):
    """Rows whose moment or date lies in a range of local days, both included."""

    field_class = DateRangeField

    def __init__(self, *args: Any, dates: bool = False, **kwargs: Any) -> None:
        # `dates=True` for a DateField; moments are compared with the local midnights.
        self.dates = dates
        super().__init__(*args, **kwargs)

    def filter(self, qs: QuerySet[Any], value: tuple[date | None, date | None] | None) -> QuerySet[Any]:
        if not value:
            return qs
        first, last = value
        if first:
            qs = qs.filter(**{f"{self.field_name}__gte": first if self.dates else _midnight(first)})
        if last:
            end = last + timedelta(days=1)
            qs = qs.filter(**{f"{self.field_name}__lt": end if self.dates else _midnight(end)})
        return qs


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class AmountRangeWidget(forms.MultiWidget):
    """From and to amount: `total_from` and `total_to` in the URL."""

    template_name = "ui/widgets/range.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        box = {"inputmode": "decimal", "size": 8}
        super().__init__(
            {
                "from": forms.TextInput(
                    attrs={**box, "placeholder": gettext_lazy("from"), "aria-label": gettext_lazy("From")}
                ),
                "to": forms.TextInput(
                    attrs={**box, "placeholder": gettext_lazy("to"), "aria-label": gettext_lazy("To")}
                ),
            },
            attrs,
        )

    def decompress(self, value: Any) -> list[Any]:
        return list(value) if value else [None, None]


class AmountRangeField(forms.MultiValueField):
    widget = AmountRangeWidget

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        parts = (forms.CharField(required=False), forms.CharField(required=False))
        super().__init__(parts, *args, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> tuple[str, str] | None:
        return (data_list[0], data_list[1]) if data_list and any(data_list) else None


class MoneyRangeFilter(django_filters.Filter):
    """Rows whose minor-unit column lies between two amounts written in major units of `currency`."""

    field_class = AmountRangeField

    def __init__(self, *args: Any, currency: str = "EUR", **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(*args, **kwargs)

    def filter(self, qs: QuerySet[Any], value: tuple[str, str] | None) -> QuerySet[Any]:
        for text, lookup in zip(value or (), ("gte", "lte"), strict=False):
            if not text:
                continue
            try:
                amount = Money.parse(text.replace(",", "."), self.currency)
            except InvalidInput:
                # Shown at the field by its own text; a senseless amount filters nothing.
                continue
            qs = qs.filter(**{f"{self.field_name}__{lookup}": amount.minor})
        return qs


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter value as words, with the address that removes it."""

    label: Any
    value: str
    remove_url: str


def list_chips(filterset: FilterSet, query: QueryDict) -> list[Chip]:
    """The active filters as removable chips, in the order of the filter bar."""
    chips: list[Chip] = []
    cleaned = getattr(filterset.form, "cleaned_data", {}) if filterset.form.is_bound else {}
    for name, item in filterset.filters.items():
        value = cleaned.get(name)
        if not value and value is not False:
            continue
        label = item.label or name
        if isinstance(value, list):
            chips += [_list_chip(filterset, query, name, label, part) for part in value]
            continue
        gone = {name: None, f"{name}_from": None, f"{name}_to": None, "page": None}
        chips.append(Chip(label, _words(filterset, name, value, query), "?" + changed_query(query, gone)))
    return chips


def _list_chip(filterset: FilterSet, query: QueryDict, name: str, label: Any, part: Any) -> Chip:
    rest = [text for text in query.getlist(name) if text != str(part)]
    url = "?" + changed_query(query, {name: rest or None, "page": None})
    return Chip(label, _choice_label(filterset, name, part), url)


def _words(filterset: FilterSet, name: str, value: Any, query: QueryDict) -> str:
    if isinstance(value, tuple):
        preset = dict(DATE_PRESETS).get(query.get(name, ""))
        low, high = query.get(f"{name}_from"), query.get(f"{name}_to")
        if preset and not low and not high:
            return str(preset)
        if low and high:
            return f"{low} – {high}"
        return _("from %(value)s") % {"value": low} if low else _("to %(value)s") % {"value": high}
    return _choice_label(filterset, name, value)


def _choice_label(filterset: FilterSet, name: str, value: Any) -> str:
    choices = getattr(filterset.form.fields[name], "choices", None)
    if choices and not hasattr(value, "_meta"):
        flat = {str(code): str(label) for code, label in choices if not isinstance(label, list | tuple)}
        return flat.get(str(value), str(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value)
