"""A tiny line of the recent past, drawn on the server."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

WIDTH, HEIGHT = 96, 24


def sparkline_svg(values: Sequence[int], label: str = "") -> SafeString:
    """The values as a polyline scaled to the box; nothing for fewer than two."""
    if len(values) < 2:
        return SafeString("")
    low, high = min(values), max(values)
    span = (high - low) or 1
    points = " ".join(
        f"{index * WIDTH // (len(values) - 1)},{HEIGHT - 2 - (value - low) * (HEIGHT - 4) // span}"
        for index, value in enumerate(values)
    )
    name = label or _("Trend from %(first)s to %(last)s") % {"first": values[0], "last": values[-1]}
    return format_html(
        '<svg class="bo-spark" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<polyline points="{}"></polyline></svg>',
        WIDTH, HEIGHT, WIDTH, HEIGHT, name, points,
    )  # fmt: skip
