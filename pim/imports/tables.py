"""Imports and their rows as tables."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.money import Money
from backoffice.ui.badges import DANGER, DONE, ENDED, INFO, WAITING, State, register_states
from backoffice.ui.columns import Column
from backoffice.ui.filters import FilterSet, MultipleChoiceFilter, SearchFilter, YesNoFilter
from backoffice.ui.tables import Table
from pim.imports.errors import told
from pim.models import ImportRow, ImportRun, ImportState, RowOutcome

register_states(
    "pim.ImportRun",
    {
        "received": State(gettext_lazy("Waits for the mapping"), WAITING),
        "checking": State(gettext_lazy("Checking"), INFO),
        "previewed": State(gettext_lazy("Ready to apply"), WAITING),
        "applying": State(gettext_lazy("Applying"), INFO),
        "done": State(gettext_lazy("Done"), DONE),
        "failed": State(gettext_lazy("Failed"), DANGER),
        "cancelled": State(gettext_lazy("Cancelled"), ENDED),
        "undone": State(gettext_lazy("Undone"), ENDED),
    },
)
register_states(
    "pim.ImportRow",
    {
        "new": State(gettext_lazy("New"), DONE, "plus"),
        "changed": State(gettext_lazy("Changed"), INFO),
        "unchanged": State(gettext_lazy("Unchanged"), ENDED),
        "merged": State(gettext_lazy("Added to an earlier row"), ENDED),
        "failed": State(gettext_lazy("Failed"), DANGER),
    },
)


def count_of(name: str) -> Any:
    return lambda run: (run.counts or run.preview_counts).get(name)


class ImportTable(Table):
    columns: ClassVar[Sequence[Column]] = (
        Column("filename", gettext_lazy("File"), link=True, sort=True, sub="ref"),
        Column("state", gettext_lazy("State"), kind="badge", states="pim.ImportRun", sort=True),
        Column("new", gettext_lazy("New"), kind="count", value=count_of("new")),
        Column("changed", gettext_lazy("Changed"), kind="count", value=count_of("changed")),
        Column("unchanged", gettext_lazy("Unchanged"), kind="count", value=count_of("unchanged"), priority=2),
        Column("failed", gettext_lazy("Failed"), kind="count", value=count_of("failed")),
        Column("created_by_label", gettext_lazy("By"), priority=2),
        Column("created_at", gettext_lazy("Sent"), kind="when", sort="id"),
    )
    default_sort = "-created_at"
    audience = "portal"

    def row_url(self, record: ImportRun) -> str:
        return reverse(f"{self.audience}:pim-import-detail", args=[record.ref])


class ImportFilter(FilterSet):
    q = SearchFilter(fields=["filename__icontains", "ref__iexact"], label=gettext_lazy("File"))
    state = MultipleChoiceFilter(label=gettext_lazy("State"), choices=ImportState.choices)


def shown_diff(row: ImportRow) -> Any:
    """What a row changes, one line per field: old → new; values of published products are only proposed."""
    lines = []
    for name, pair in row.diff.items():
        place = name.removeprefix("proposed.").replace("_", " ")
        label = _("%(field)s (proposed)") % {"field": place} if name.startswith("proposed.") else place
        lines.append((label, _plain(pair, 0), _plain(pair, 1)))
    return format_html(
        '<ul class="bo-changes">{}</ul>',
        format_html_join("", "<li>{}: <del>{}</del> → <ins>{}</ins></li>", lines),
    ) if lines else ""  # fmt: skip


def _plain(pair: list[Any], place: int) -> str:
    value = pair[place]
    if value is None or value == "":
        return "–"
    if len(pair) == 3:
        return Money(int(value), str(pair[2])).display()
    if isinstance(value, list):
        return " ".join(str(part) for part in value[:2])
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def shown_problems(row: ImportRow) -> Any:
    """What is wrong with a row and what to do, one line per problem."""
    items = [told(item) for item in (*row.errors, *row.warnings)]
    lines = [
        # A row may name several pictures: the address tells which of them is meant.
        (
            item["column"],
            item["value"] if item["code"] == "picture_unreachable" else "",
            item["message"],
            item["hint"],
        )
        for item in items
    ]
    return format_html(
        '<ul class="bo-changes">{}</ul>',
        format_html_join("", "<li><strong>{}</strong> {} {} <span class=\"bo-quiet\">{}</span></li>", lines),
    ) if lines else ""  # fmt: skip


class RowTable(Table):
    key = "number"
    columns = (
        Column("number", gettext_lazy("Row"), kind="count", sort=True),
        Column("outcome", gettext_lazy("Result"), kind="badge", states="pim.ImportRow", sort=True),
        Column("merchant_sku", gettext_lazy("SKU"), kind="ref", sort=True),
        Column("title", gettext_lazy("Title"), value=lambda row: row_title(row)),
        Column("diff", gettext_lazy("Changes"), kind="html", value=shown_diff, export=False),
        Column("problems", gettext_lazy("Problems"), kind="html", value=shown_problems, export=False),
    )
    default_sort = "number"
    caption = gettext_lazy("Rows of the file")


def row_title(row: ImportRow) -> str:
    """What the row calls its product."""
    values, shared = row.read.get("values", {}), row.read.get("parent", {}).get("values", {})
    return str(values.get("title") or shared.get("title") or "")[:120]


class RowFilter(FilterSet):
    q = SearchFilter(fields=["merchant_sku__icontains"], label=gettext_lazy("SKU"))
    outcome = MultipleChoiceFilter(label=gettext_lazy("Result"), choices=RowOutcome.choices)
    warned = YesNoFilter(label=gettext_lazy("With warnings"), yes=~Q(warnings=[]))


def outcome_tabs(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """(label, query, count) of each outcome that has rows."""
    labels = {str(value): str(label) for value, label in RowOutcome.choices}
    tabs = [(_("All"), "", sum(counts.get(name, 0) for name in labels))]
    return tabs + [(labels[name], f"outcome={name}", counts[name]) for name in labels if counts.get(name)]
