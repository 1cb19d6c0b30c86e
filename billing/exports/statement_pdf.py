"""A statement as PDF: who, which cycle, the figures and every movement, in the reader's language and number format."""

import io
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.utils.html import escape
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from backoffice.ui import formats
from backoffice.ui.pdf import FRAME_PADDING, NumberedCanvas, Section
from billing.models import Settlement
from billing.selectors.earnings import attach_order_refs
from billing.selectors.settlements import get_totals, list_statement_lines

REGULAR, BOLD = "Vera", "VeraBd"
# Beyond this a PDF is no longer read; the CSV has every movement.
MAX_LINES = 2000
RULE = HexColor("#cccccc")
# The outer columns end where the text above them ends.
FLUSH = (("LEFTPADDING", (0, 0), (0, -1), 0), ("RIGHTPADDING", (-1, 0), (-1, -1), 0))


@cache
def _styles() -> dict[str, ParagraphStyle]:
    pdfmetrics.registerFont(TTFont(REGULAR, "Vera.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, "VeraBd.ttf"))
    text = ParagraphStyle("text", fontName=REGULAR, fontSize=8.5, leading=12)
    bold = ParagraphStyle("bold", text, fontName=BOLD)
    return {
        "text": text,
        "bold": bold,
        "right": ParagraphStyle("right", text, alignment=TA_RIGHT),
        "bold_right": ParagraphStyle("bold_right", bold, alignment=TA_RIGHT),
        "small": ParagraphStyle("small", text, fontSize=7, leading=9.5, textColor=HexColor("#555555")),
        "title": ParagraphStyle("title", text, fontName=BOLD, fontSize=15, leading=20),
    }


def statement_pdf(settlement: Settlement) -> HttpResponse:
    """The download."""
    response = HttpResponse(render_statement(settlement), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="statement-{settlement.ref}.pdf"'
    return response


def render_statement(settlement: Settlement) -> bytes:
    styles = _styles()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=20 * mm - FRAME_PADDING,
        rightMargin=20 * mm - FRAME_PADDING,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
        title=f"{_('Statement')} {settlement.ref}",
        author=settlement.entity.name,
    )
    document.build(_story(settlement, styles), canvasmaker=NumberedCanvas)
    return buffer.getvalue()


def _story(settlement: Settlement, styles: dict[str, ParagraphStyle]) -> list[Flowable]:
    span = _("%(start)s until before %(end)s (%(zone)s)") % {
        "start": formats.minute_text(settlement.from_at),
        "end": formats.minute_text(settlement.to_at),
        "zone": settlement.time_zone,
    }
    story: list[Flowable] = [
        Section(settlement.ref),
        Paragraph(escape(settlement.entity.name), styles["small"]),
        Paragraph(f"{_('Statement')} {settlement.ref}", styles["title"]),
        *_number(settlement, styles),
        Paragraph(escape(settlement.merchant.name), styles["bold"]),
        Paragraph(escape(span), styles["text"]),
        Spacer(1, 6 * mm),
        _figures(settlement, styles),
        Spacer(1, 8 * mm),
    ]
    if settlement.n_lines:
        story.append(_movements(settlement, styles))
    if settlement.n_lines > MAX_LINES:
        more = _("The first %(shown)s of %(all)s movements; the CSV has all of them.")
        story.append(Paragraph(more % {"shown": MAX_LINES, "all": settlement.n_lines}, styles["small"]))
    story += [
        Spacer(1, 6 * mm),
        Paragraph(f"{_('Fingerprint (sha256)')}: {settlement.statement_sha256}", styles["small"]),
    ]
    return story


def _number(settlement: Settlement, styles: dict[str, ParagraphStyle]) -> list[Flowable]:
    """The number it got when it was approved; a statement in review has none."""
    if not settlement.number:
        return []
    return [Paragraph(escape(f"{_('Number')} {settlement.number}"), styles["text"])]


def _figures(settlement: Settlement, styles: dict[str, ParagraphStyle]) -> Table:
    currency = settlement.currency
    rows: list[tuple[str, int, bool]] = [(_("Opening balance"), settlement.opening_minor, True)]
    rows += [(label, amount, False) for label, amount in get_totals(settlement)]
    rows.append((_("Closing balance"), settlement.closing_minor, True))
    if settlement.kept_minor:
        rows.append((_("Stays on your balance"), settlement.kept_minor, False))
    rows.append((_("Paid out"), settlement.payable_minor, True))
    cells = [
        [
            Paragraph(escape(label), styles["bold" if strong else "text"]),
            Paragraph(
                escape(formats.money_text(amount, currency)), styles["bold_right" if strong else "right"]
            ),
        ]
        for label, amount, strong in rows
    ]
    table = Table(cells, colWidths=[120 * mm, 50 * mm])
    table.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE), *FLUSH]))
    return table


def _movements(settlement: Settlement, styles: dict[str, ParagraphStyle]) -> LongTable:
    lines = list(list_statement_lines(settlement)[:MAX_LINES])
    attach_order_refs(line.posting for line in lines)
    head = [Paragraph(text, styles["bold"]) for text in (_("Date"), _("What"), _("Order"))]
    rows: list[list[Any]] = [[*head, Paragraph(_("Amount"), styles["bold_right"])]]
    for line in lines:
        posting: Any = line.posting
        rows.append(
            [
                Paragraph(formats.minute_text(posting.entry.occurred_at), styles["text"]),
                Paragraph(escape(posting.get_kind_display()), styles["text"]),
                Paragraph(escape(posting.order_ref or posting.entry.source_id), styles["text"]),
                Paragraph(
                    escape(formats.money_text(posting.shown_minor, settlement.currency)), styles["right"]
                ),
            ]
        )
    table = LongTable(rows, colWidths=[42 * mm, 52 * mm, 46 * mm, 30 * mm], repeatRows=1)
    table.setStyle(
        TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.3, RULE), ("VALIGN", (0, 0), (-1, -1), "TOP"), *FLUSH])
    )
    return table
