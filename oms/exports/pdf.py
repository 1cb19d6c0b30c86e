"""What the PDFs of the order system share: an embedded font that knows umlauts, text styles, safe paragraphs."""

from collections.abc import Sequence
from functools import cache

from django.utils.html import escape
from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

REGULAR, BOLD = "Vera", "VeraBd"


@cache
def pdf_styles() -> dict[str, ParagraphStyle]:
    pdfmetrics.registerFont(TTFont(REGULAR, "Vera.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, "VeraBd.ttf"))
    text = ParagraphStyle("text", fontName=REGULAR, fontSize=9, leading=13)
    return {
        "text": text,
        "bold": ParagraphStyle("bold", text, fontName=BOLD),
        "small": ParagraphStyle("small", text, fontSize=7.5, leading=10, textColor=HexColor("#555555")),
        "title": ParagraphStyle("title", text, fontName=BOLD, fontSize=15, leading=20),
    }


def paragraph(texts: Sequence[str], style: ParagraphStyle) -> Paragraph:
    """Lines of text as one paragraph, whatever characters they hold."""
    return Paragraph("<br/>".join(escape(text) for text in texts), style)
