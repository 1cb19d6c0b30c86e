"""What the PDFs of the order system share: an embedded font that knows umlauts, text styles, safe paragraphs."""

from collections.abc import Sequence
from functools import cache

from django.utils.html import escape
from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import LongTable, Paragraph, TableStyle

REGULAR, BOLD = "Vera", "VeraBd"
# What a table keeps free at both sides of a cell.
PADDING = 12


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


def grid(
    titles: Sequence[str], rows: Sequence[Sequence[str]], columns: Sequence[tuple[str, float]]
) -> LongTable:
    """A ruled table whose head repeats on each page; `columns` are (text style, width).

    Text that fits on its line is drawn as it is, which is several times quicker than a paragraph; other text wraps.
    """
    styles = pdf_styles()
    bold = styles["bold"]
    cells: list[list[str | Paragraph]] = [
        [_cell(title, bold, width) for title, (_style, width) in zip(titles, columns, strict=True)]
    ]
    cells += [
        [_cell(text, styles[style], width) for text, (style, width) in zip(row, columns, strict=True)]
        for row in rows
    ]
    table = LongTable(cells, colWidths=[width for _style, width in columns], repeatRows=1)
    table.setStyle(_look([styles[style] for style, _width in columns], bold))
    return table


def _cell(text: str, style: ParagraphStyle, width: float) -> str | Paragraph:
    fits = (
        "\n" not in text and pdfmetrics.stringWidth(text, style.fontName, style.fontSize) <= width - PADDING
    )
    return text if fits else paragraph(text.split("\n"), style)


def _look(styles: Sequence[ParagraphStyle], head: ParagraphStyle) -> TableStyle:
    look = TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, "#bbbbbb"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
        ]
    )
    for column, style in enumerate(styles):
        look.add("FONT", (column, 1), (column, -1), style.fontName, style.fontSize, style.leading)
        look.add("TEXTCOLOR", (column, 1), (column, -1), style.textColor)
    look.add("FONT", (0, 0), (-1, 0), head.fontName, head.fontSize, head.leading)
    return look
