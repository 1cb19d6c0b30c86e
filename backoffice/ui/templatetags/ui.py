"""Template tags of the toolkit; builtins, so templates use them without loading anything."""

import json
from typing import Any

from django import forms, template
from django.http import HttpRequest
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.safestring import SafeString

from backoffice.ui import badges, formats, pictures
from backoffice.ui.charts import Chart
from backoffice.ui.columns import Column, value_of
from backoffice.ui.counts import count_word
from backoffice.ui.forms import FormMixin, country_name
from backoffice.ui.iban import grouped, masked
from backoffice.ui.pages.action import UNDO
from backoffice.ui.sparklines import sparkline_svg
from backoffice.ui.tables import PER_PAGE, Row, Table, changed_query
from backoffice.ui.timeline import by_day, split_days

# A thing's timeline shows so many entries; earlier ones are folded away.
SHOWN_ENTRIES = 8
register = template.Library()


@register.filter
def country(code: str) -> str:
    """The name of a country in the reader's language: `{{ address.country|country }}`."""
    return country_name(code)


@register.filter
def long_date(value: Any) -> str:
    """A day as a letter writes it, without markup: `{{ document.expires_on|long_date }}`."""
    return formats.long_date_text(value) if value else ""


@register.filter
def long_moment(value: Any) -> str:
    """A moment as a letter writes it, without markup."""
    return formats.long_moment_text(value) if value else ""


@register.filter
def money_text(minor: int, currency: str) -> str:
    """An amount without markup: `{{ line.total_minor|money_text:part.currency }}`."""
    return formats.money_text(minor, currency)


@register.simple_tag
def badge(value: Any, kind: str = "", tone: str = "") -> SafeString:
    """`{% badge order.state "oms.Order" %}`, `{% badge order %}` or `{% badge "Late" tone="danger" %}`."""
    return badges.badge(value, kind, tone)


@register.simple_tag
def money(minor: Any, currency: str = "", problem: bool = False) -> SafeString:
    """`{% money order.total_minor order.currency %}` or `{% money amount %}` for a Money."""
    return formats.DASH if minor == "" else formats.money(minor, currency, problem=problem)


@register.simple_tag
def number(value: Any) -> SafeString:
    return formats.number(value)


@register.simple_tag
def percent(bps: int | None) -> SafeString | str:
    """Basis points as a percentage."""
    return formats.DASH if bps is None else formats.percent_text(bps)


@register.simple_tag
def ref(value: Any, url: str = "", copy: bool = False) -> SafeString:
    """`{% ref order.ref url copy=True %}`."""
    return formats.ref(value, url, copy=copy)


@register.simple_tag
def when(value: Any) -> SafeString:
    """A moment: relative when recent, absolute on hover."""
    return formats.when(value)


@register.simple_tag
def day(value: Any) -> SafeString:
    return formats.day(value)


@register.simple_tag
def day_range(first: Any, last: Any) -> SafeString:
    """`{% day_range from until %}`: two days in the fewest words."""
    return formats.day_range(first, last)


@register.simple_tag
def moment(value: Any) -> str | SafeString:
    """The absolute local moment as text."""
    return formats.moment_text(value) if value else formats.DASH


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    return formats.icon(name, label, size)


@register.simple_tag
def picture(info: Any, preset: str = "thumb", alt: str | None = None, eager: bool = False) -> SafeString:
    """`{% picture asset "card" title %}`: width, height and srcset from the record; placeholder without one."""
    return pictures.picture(info, preset, alt, eager=eager)


@register.simple_tag
def sparkline(values: Any, label: str = "") -> SafeString:
    return sparkline_svg(list(values or []), label)


@register.filter(name="iban")
def iban_filter(value: str) -> str:
    return grouped(value or "")


@register.filter
def masked_iban(value: str) -> str:
    return masked(value or "")


@register.filter
def at(record: Any, path: Any) -> Any:
    """`record|at:"a.b"`: an attribute path, or a dict's key of any type."""
    return value_of(record, path) if isinstance(path, str) else record.get(path)


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """This page's query string with changes: `{% query page=2 sort=None %}`."""
    request: HttpRequest = context["request"]
    return "?" + changed_query(request.GET, changes)


@register.simple_tag(takes_context=True)
def kept_state(context: Context) -> list[tuple[str, str]]:
    """What a new search keeps of the address: order, rows per page, columns, density; never the page number."""
    request: HttpRequest = context["request"]
    return [
        (name, request.GET[name]) for name in ("sort", "per_page", "hide", "density") if request.GET.get(name)
    ]


@register.simple_tag
def toggle_column(table: Table, column: Column) -> str:
    """The address that shows a hidden column or hides a shown one."""
    return table.url(hide=",".join(sorted(table.hidden_keys ^ {column.key})))


@register.simple_tag
def toggle_density(table: Table) -> str:
    """The address with rows close together, or back at ease."""
    return table.url(density=None if table.is_compact else "compact")


@register.simple_tag
def row_class(table: Table, row: Row) -> str:
    return table.row_class(row.record)


@register.simple_tag
def page_sizes(table: Table) -> list[tuple[int, str]]:
    return [(size, table.url(per_page=size, page=None)) for size in PER_PAGE]


@register.inclusion_tag("ui/partials/field.html")
def field(bound: Any, label: str = "", help: str = "") -> dict[str, Any]:
    """A form field: label above, control, help under it, error at it; what is stored now when the form was stale."""
    widget = bound.field.widget
    stored = getattr(bound.form, "stored_values", {}).get(bound.name)
    return {
        "field": bound,
        "label": label or bound.label,
        "help": help or bound.help_text,
        "is_checkbox": isinstance(widget, forms.CheckboxInput),
        "is_group": widget.use_fieldset,
        "unit": getattr(bound.field, "unit", ""),
        "stored": stored,
        "show_optional": not bound.field.required and isinstance(bound.form, FormMixin),
        "control": _control(bound),
    }


def _control(bound: Any) -> SafeString:
    attrs: dict[str, Any] = {}
    described = [bound.auto_id + "_help"] if bound.help_text else []
    if bound.errors:
        described.insert(0, bound.auto_id + "_error")
        attrs["aria-invalid"] = "true"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    base = {"select": "bo-select", "checkbox": "bo-check", "radio": "bo-radio", "file": "bo-file"}
    kind = getattr(bound.field.widget, "input_type", "")
    own = bound.field.widget.attrs.get("class", "")
    attrs["class"] = f"{base.get(kind, 'bo-input')} {own}".strip()
    return SafeString(bound.as_widget(attrs=attrs))


@register.inclusion_tag("ui/partials/timeline.html")
def timeline(items: Any) -> dict[str, Any]:
    """Audit rows or `timeline.Entry` items, newest first, grouped by day."""
    days = list(by_day(items))
    shown, earlier = split_days(days, SHOWN_ENTRIES)
    return {
        "days": shown,
        "earlier": earlier,
        "earlier_count": sum(len(entries) for _day, entries in earlier),
    }


@register.inclusion_tag("ui/partials/empty_state.html")
def empty_state(
    title: Any, text: Any = "", icon: str = "inbox", action: Any = "", url: str = ""
) -> dict[str, Any]:
    """What will appear here, and the first step: `{% empty_state "No orders yet" text action="…" url=… %}`."""
    return {"title": title, "text": text, "icon": icon, "action": action, "url": url}


@register.inclusion_tag("ui/partials/job.html", takes_context=True)
def job_progress(context: Context, job: Any, url: str = "") -> dict[str, Any]:
    """Progress of a job, polled while it runs when `url` (its part) is given."""
    return {
        "job": job,
        "part_url": url,
        "csrf_token": context.get("csrf_token"),
        "audience": context.get("audience"),
    }


register.filter("count_word", count_word)


@register.filter
def undo_url(message: Any) -> str:
    """Where the act behind a message is taken back; empty when it cannot be."""
    tags = str(message.extra_tags or "")
    return tags.removeprefix(UNDO) if tags.startswith(UNDO) else ""


@register.inclusion_tag("ui/partials/chart.html")
def chart(chart: Chart) -> dict[str, Any]:
    """A figure with canvas and table; Chart.js is fetched only where one stands."""
    return {"chart": chart, "data": json.dumps(chart.as_data()), "rows": chart.table_rows()}


@register.inclusion_tag("ui/partials/action.html", takes_context=True)
def action(context: Context, url: str, label: Any, **options: Any) -> dict[str, Any]:
    """A POST button: `{% action url "Approve merchant" icon="check" tone="primary" %}`.

    Options: `icon`, `tone`, and `refused`, with which it is drawn greyed with that reason on hover and focus. Further
    keywords become hidden inputs.
    """
    icon, tone, refused = (options.pop(name, "") for name in ("icon", "tone", "refused"))
    return {
        "url": url,
        "label": label,
        "icon": icon,
        "tone": tone,
        "refused": refused,
        "hidden": options.items(),
        "csrf_token": context.get("csrf_token"),
    }


class ExplainNode(template.Node):
    """`{% explain "Where it comes from" %}…{% endexplain %}`: a small “?” that opens an explanation."""

    def __init__(self, nodes: NodeList, title: FilterExpression | None) -> None:
        self.nodes, self.title = nodes, title

    def render(self, context: Context) -> SafeString:
        title = self.title.resolve(context) if self.title else ""
        found = context.template.engine.get_template("ui/partials/explain.html")  # type: ignore[union-attr]
        with context.push(explain_title=title, explain_body=self.nodes.render(context)):
            return found.render(context)


@register.tag
def explain(parser: Parser, token: Token) -> ExplainNode:
    words = token.split_contents()[1:]
    title = parser.compile_filter(words[0]) if words and not token_kwargs(words[:1], parser) else None
    nodes = parser.parse(("endexplain",))
    parser.delete_first_token()
    return ExplainNode(nodes, title)
