"""Packing slips as PDF: one page or more per merchant order, with an embedded font that knows umlauts."""

import io
from collections.abc import Sequence

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    Flowable,
    LongTable,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from oms.exports.pdf import grid, paragraph, pdf_styles
from oms.models import MerchantOrder, OrderLine

COLUMNS = (("bold", 22 * mm), ("text", 103 * mm), ("text", 45 * mm))


def packing_slip_pdf(parts: Sequence[MerchantOrder]) -> bytes:
    """The slips of these merchant orders (lines prefetched) in the buyer's language; 200 take a few seconds."""
    styles = pdf_styles()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
        title=_("Packing slip"),
        author=parts[0].merchant_name if parts else "",
    )
    story: list[Flowable] = []
    for number, part in enumerate(parts):
        if number:
            story.append(PageBreak())
        with translation.override(part.order.language):
            story += _slip(part, styles)
    document.build(story or [Paragraph(_("Nothing to pack."), styles["text"])])
    return buffer.getvalue()


def _slip(part: MerchantOrder, styles: dict[str, ParagraphStyle]) -> list[Flowable]:
    order = part.order
    placed_on = date_format(timezone.localtime(order.placed_at or order.created_at), "DATE_FORMAT")
    head = [
        [
            paragraph([part.merchant_name], styles["bold"]),
            paragraph([_("Packing slip"), part.ref], styles["bold"]),
        ],
        [
            paragraph(address_lines(part), styles["text"]),
            paragraph(
                [
                    _("Ordered on %(day)s") % {"day": placed_on},
                    _("Delivery: %(name)s") % {"name": part.delivery_name},
                ],
                styles["text"],
            ),
        ],
    ]
    frame = Table(head, colWidths=[105 * mm, 65 * mm])
    frame.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return [
        Paragraph(escape(order.store_copy.get("name", "")), styles["small"]),
        Paragraph(_("Packing slip"), styles["title"]),
        Spacer(1, 4 * mm),
        frame,
        Spacer(1, 8 * mm),
        _line_table(part),
        Spacer(1, 8 * mm),
        Paragraph(_("Thank you for your order."), styles["text"]),
    ]


def address_lines(part: MerchantOrder) -> list[str]:
    """The delivery address line by line; hidden until the merchant accepted."""
    if not part.shows_address:
        return [_("The address is shown after you accept the order.")]
    address = part.order.shipping_address
    return [
        line
        for line in (
            address.get("name") or part.order.buyer_name,
            address.get("company", ""),
            address.get("street", ""),
            address.get("street2", ""),
            f"{address.get('postcode', '')} {address.get('city', '')}".strip(),
            address.get("region", ""),
            address.get("country", ""),
        )
        if line
    ]


def _line_table(part: MerchantOrder) -> LongTable:
    rows = [
        (f"{pieces} ×", "\n".join([line.title, *_inside(line)]), line.merchant_sku)
        for line in sorted(part.lines.all(), key=lambda item: item.position)
        if (pieces := line.quantity - line.quantity_refused - line.quantity_cancelled)
    ]
    return grid((_("Quantity"), _("Article"), _("SKU")), rows, COLUMNS)


def _inside(line: OrderLine) -> list[str]:
    """What makes one piece, when the line is a kit."""
    return [f"  {part['quantity']} × {part['title']} ({part['merchant_sku']})" for part in line.components]
