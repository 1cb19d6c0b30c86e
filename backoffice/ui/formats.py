"""Values as people read them: money, moments, refs, icons; shared by tables and template tags.

Every function returns safe HTML built by `format_html`, or plain text where its name ends in `_text`.
"""

from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import (
    format_date,
    format_datetime,
    format_interval,
    format_skeleton,
    format_time,
    format_timedelta,
)
from babel.numbers import format_decimal
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.counting import AtLeast
from backoffice.kernel.money import Money

DASH = mark_safe('<span class="bo-none" aria-hidden="true">–</span>')
# Older than this a moment is shown by its date, younger by its distance.
RELATIVE_UNTIL = timedelta(days=7)


def babel_locale() -> str:
    return to_locale(get_language() or "en")


def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """A stroke icon of the sprite; decorative unless `label` names it for screen readers."""
    classes = f"bo-icon bo-icon-{size}" if size else "bo-icon"
    source = f"{static('ui/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', classes, label, source
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', classes, source)


def money_text(minor: int, currency: str) -> str:
    return Money(minor, currency).display(babel_locale()).replace("-", "−")


def money(minor: int | Money | None, currency: str = "", *, problem: bool = False) -> SafeString:
    """An amount with its currency, tabular; red only when a negative amount is a problem."""
    if minor is None:
        return DASH
    amount = minor if isinstance(minor, Money) else Money(minor, currency)
    classes = "bo-money bo-money-problem" if problem and amount.minor < 0 else "bo-money"
    return format_html(
        '<data class="{}" value="{}">{}</data>',
        classes,
        str(amount),
        money_text(amount.minor, amount.currency),
    )


def number(value: Any) -> SafeString:
    if value is None:
        return DASH
    return format_html(
        '<span class="{}">{}</span>', "bo-num" if value else "bo-num bo-zero", number_text(value)
    )


def number_text(value: Any) -> str:
    """A number in the reader's format; a plus follows a count that was given up."""
    text = format_decimal(value, locale=babel_locale()).replace("-", "−")
    return f"{text}+" if isinstance(value, AtLeast) else text


def percent_text(bps: int) -> str:
    """Basis points as a percentage: 1250 → `12.5 %`."""
    whole = format_decimal(clean_hundredths(bps), locale=babel_locale())
    return f"{whole} %"


def clean_hundredths(bps: int) -> str:
    """Basis points as a decimal text without trailing zeros: 1250 → `12.5`."""
    sign, units = ("-", -bps) if bps < 0 else ("", bps)
    text = f"{units // 100}.{units % 100:02d}".rstrip("0").rstrip(".")
    return sign + text


def ref(value: Any, url: str = "", *, copy: bool = False) -> SafeString:
    """A public id in monospace, linked when `url` is given, with a copy button when `copy`."""
    if not value:
        return DASH
    text = str(value)
    shown = format_html('<span class="bo-ref">{}</span>', text)
    if url:
        shown = format_html('<a class="bo-ref" href="{}">{}</a>', url, text)
    if not copy:
        return shown
    return format_html(
        '{}<button type="button" class="bo-copy" data-bo-copy="{}" hidden>{}<span class="bo-sr">{}</span></button>',
        shown,
        text,
        icon("copy"),
        _("Copy %(ref)s") % {"ref": text},
    )


def moment_text(value: datetime) -> str:
    """The absolute local moment to the second: `22 Nov 2026, 14:05:33`."""
    return str(format_datetime(timezone.localtime(value), "medium", locale=babel_locale(), tzinfo=None))


def date_text(value: date) -> str:
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return str(format_date(day, "medium", locale=babel_locale()))


def minute_text(value: datetime) -> str:
    """The local moment without seconds: `22 Nov 2026, 14:05`."""
    return f"{date_text(value)}, {_time_text(value)}"


def long_date_text(value: date) -> str:
    """The day with its month in full, for letters: `22 November 2026`."""
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return str(format_date(day, "long", locale=babel_locale()))


def long_moment_text(value: datetime) -> str:
    """The local moment for letters: `22 November 2026, 14:05`."""
    return f"{long_date_text(value)}, {_time_text(value)}"


def _time_text(value: datetime) -> str:
    return str(format_time(timezone.localtime(value).time(), "short", locale=babel_locale()))


def day_range(first: date, last: date) -> SafeString:
    """Two days as short as they can be told apart from today: `Dec 4 – 8`; with the year when it is another one."""
    if first == last:
        return day(first)
    skeleton = "MMMd" if first.year == last.year == clock.today().year else "yMMMd"
    text = format_interval(first, last, skeleton, locale=babel_locale())
    return format_html(
        '<time class="bo-date" datetime="{}/{}">{}</time>', first.isoformat(), last.isoformat(), text
    )


def axis_day(value: date) -> str:
    """A day as short as the axis of a chart needs it: day and month in the reader's order."""
    return str(format_skeleton("MMMd", value, locale=babel_locale()))


def day(value: date | None) -> SafeString:
    if value is None:
        return DASH
    return format_html('<time class="bo-date" datetime="{}">{}</time>', value.isoformat(), date_text(value))


def span_text(value: timedelta) -> str:
    """How long something took or waits, in its largest unit: `7 hours`, `3 days`."""
    return str(format_timedelta(value, locale=babel_locale(), threshold=0.95))


def when(value: datetime | date | None) -> SafeString:
    """Recent moments by their distance (“3 hours ago”), older ones by date; the absolute moment is the title."""
    if value is None:
        return DASH
    if not isinstance(value, datetime):
        return day(value)
    distance = value - clock.now()
    if abs(distance) < RELATIVE_UNTIL:
        shown = str(format_timedelta(distance, add_direction=True, locale=babel_locale(), threshold=0.95))
    else:
        shown = date_text(value)
    return format_html(
        '<time class="bo-when" datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        moment_text(value),
        shown,
    )
