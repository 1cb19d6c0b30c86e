"""Pictures from asset facts alone: sizes and addresses come with the record, no file is read while drawing."""

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from backoffice.ui import formats

# Renditions that may stand in for a preset on dense screens.
DENSER = {"thumb": ("card",), "card": ("card2x",), "gallery": ("zoom",)}
SQUARE = {"thumb": 96, "card": 320, "card2x": 640, "gallery": 960, "zoom": 1600}


def placeholder(preset: str) -> SafeString:
    """What stands where a picture is missing."""
    return format_html(
        '<span class="bo-picture bo-picture-{} bo-picture-none">{}</span>', preset, formats.icon("image")
    )


def picture(info: Any, preset: str, alt: str | None = None, *, eager: bool = False) -> SafeString:
    """An `<img>` with width, height and srcset of an `AssetInfo`, or a placeholder while there is no rendition."""
    renditions = getattr(info, "renditions", None) or {}
    chosen = renditions.get(preset)
    if chosen is None:
        return placeholder(preset)
    url, width, height = chosen[0], chosen[1], chosen[2]
    sources = [(url, width)]
    for other in DENSER.get(preset, ()):
        if other in renditions:
            sources.append((renditions[other][0], renditions[other][1]))
    srcset = ""
    if len(sources) > 1:
        srcset = format_html(
            ' srcset="{}" sizes="{}px"',
            format_html_join(", ", "{} {}w", sources),
            width,
        )
    return format_html(
        '<img class="bo-picture bo-picture-{}" src="{}" alt="{}" width="{}" height="{}"{}{}>',
        preset,
        url,
        (getattr(info, "alt", "") or "") if alt is None else alt,
        width,
        height,
        srcset,
        "" if eager else format_html(' loading="{}" decoding="{}"', "lazy", "async"),
    )
