"""Packing slips as PDF: one page or more per merchant order or parcel, with an embedded font that knows umlauts."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone, translation
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

from backoffice.ui import formats
from backoffice.ui.forms import country_name
from backoffice.ui.pdf import FRAME_PADDING, NumberedCanvas, Section
from oms.exports.pdf import grid, paragraph, pdf_styles
from oms.models import MerchantOrder, OrderLine, Shipment

COLUMNS = (("bold", 22 * mm), ("text", 103 * mm), ("text", 45 * mm))


@dataclass(frozen=True)
class Slip:
    """What one slip tells: the merchant's part of the order, or one parcel of it with what is in it."""

    part: MerchantOrder
    contents: Sequence[tuple[int, OrderLine]]
    parcel: Shipment | None = None

    @property
    def name(self) -> str:
        return f"{self.part.ref} · {self.parcel.ref}" if self.parcel else self.part.ref

    @property
    def is_partial(self) -> bool:
        """Whether other pieces of this part travel in another parcel."""
        wanted = sum(pieces for pieces, _line in wanted_pieces(self.part)) if self.parcel else 0
        return wanted > sum(pieces for pieces, _line in self.contents)


def packing_slip_pdf(parts: Sequence[MerchantOrder]) -> bytes:
    """The slips of these merchant orders (lines prefetched) in the buyer's language; 200 take a few seconds."""
    return _pdf([Slip(part, wanted_pieces(part)) for part in parts])


def parcel_slip_pdf(parcel: Shipment) -> bytes:
    """The slip of one parcel: its own contents, in the buyer's language."""
    lines = parcel.lines.select_related("line").order_by("line__position")
    return _pdf([Slip(parcel.merchant_order, [(item.quantity, item.line) for item in lines], parcel)])


def wanted_pieces(part: MerchantOrder) -> list[tuple[int, OrderLine]]:
    """What is sent of the part: each line with its pieces that were neither refused nor cancelled."""
    return [
        (pieces, line)
        for line in sorted(part.lines.all(), key=lambda item: item.position)
        if (pieces := line.quantity - line.quantity_refused - line.quantity_cancelled)
    ]


def _pdf(slips: Sequence[Slip]) -> bytes:
    styles = pdf_styles()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=20 * mm - FRAME_PADDING,
        rightMargin=20 * mm - FRAME_PADDING,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
        title=_("Packing slip"),
        author=slips[0].part.merchant_name if slips else "",
    )
    story: list[Flowable] = []
    for number, slip in enumerate(slips):
        if number:
            story.append(PageBreak())
        with translation.override(slip.part.order.language):
            story += _slip(slip, styles)
    document.build(
        story or [Paragraph(_("Nothing to pack."), styles["text"])],
        canvasmaker=NumberedCanvas,
    )
    return buffer.getvalue()


def _slip(slip: Slip, styles: dict[str, ParagraphStyle]) -> list[Flowable]:
    part = slip.part
    head = [
        [
            paragraph([part.merchant_name], styles["bold"]),
            paragraph([_("Order %(ref)s") % {"ref": part.ref}], styles["bold"]),
        ],
        [paragraph(address_lines(part), styles["text"]), paragraph(_facts(slip), styles["text"])],
    ]
    frame = Table(head, colWidths=[105 * mm, 65 * mm])
    frame.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0)]))
    thanks = [_("Thank you for your order.")]
    if slip.is_partial:
        thanks.append(_("Your order comes in more than one parcel; this slip names what is in this one."))
    return [
        Section(slip.name),
        Paragraph(escape(part.order.store_copy.get("name", "")), styles["small"]),
        Paragraph(_("Packing slip"), styles["title"]),
        Spacer(1, 4 * mm),
        frame,
        Spacer(1, 8 * mm),
        _line_table(slip),
        Spacer(1, 8 * mm),
        paragraph(thanks, styles["text"]),
    ]


def _facts(slip: Slip) -> list[str]:
    order, parcel = slip.part.order, slip.parcel
    ordered = timezone.localtime(order.placed_at or order.created_at)
    facts = [
        _("Ordered on %(day)s") % {"day": formats.long_date_text(ordered)},
        _("Delivery: %(name)s") % {"name": slip.part.delivery_name},
    ]
    if parcel:
        facts.append(_("Parcel %(ref)s") % {"ref": parcel.package_ref or parcel.ref})
        facts.append(f"{parcel.carrier_name} {parcel.tracking_number}".strip())
    return [fact for fact in facts if fact]


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
            country_name(address.get("country", "")),
        )
        if line
    ]


def _line_table(slip: Slip) -> LongTable:
    rows = [
        (f"{pieces} ×", "\n".join([line.title, *_inside(line)]), line.merchant_sku)
        for pieces, line in slip.contents
    ]
    return grid((_("Quantity"), _("Article"), _("SKU")), rows, COLUMNS)


def _inside(line: OrderLine) -> list[str]:
    """What makes one piece, when the line is a kit."""
    return [f"  {part['quantity']} × {part['title']} ({part['merchant_sku']})" for part in line.components]
