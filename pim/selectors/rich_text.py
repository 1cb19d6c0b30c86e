"""Formatted text from strangers, reduced to a closed list of harmless elements."""

import re

import nh3
from django.utils.html import strip_tags

TAGS = {
    "p",
    "br",
    "ul",
    "ol",
    "li",
    "b",
    "strong",
    "i",
    "em",
    "h3",
    "h4",
    "sub",
    "sup",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}

# Text in which a reader of HTML finds neither markup nor anything it writes differently.
PLAIN = re.compile("[^<>&\\r\\0\u00a0\ufeff]*")


def clean_rich_text(html: str) -> str:
    """The text with allowed elements only and no attributes at all; links, scripts, styles and pictures are dropped."""
    if PLAIN.fullmatch(html):
        # Most descriptions of files; parsing them costs more than all other checks of their row.
        return html.strip()
    cleaned = nh3.clean(html, tags=TAGS, attributes={}, clean_content_tags={"script", "style", "title"})
    return cleaned.strip() if strip_tags(cleaned).strip() else ""


def plain_text(html: str) -> str:
    """The words of a formatted text, for search and for descriptions of pages."""
    return " ".join(strip_tags(html.replace("<", " <")).split())
