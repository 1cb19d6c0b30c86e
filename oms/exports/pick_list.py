"""Pick lists as PDF: one walk through the warehouse for up to 200 orders."""

import io
from collections.abc import Sequence
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, LongTable, SimpleDocTemplate, Spacer

from backoffice.kernel import clock
from backoffice.ui import formats
from backoffice.ui.pdf import FRAME_PADDING, NumberedCanvas
from oms.exports.pdf import grid, paragraph, pdf_styles
from oms.models import MerchantOrder
from oms.selectors.picking import PickRow, list_pick_rows

COLUMNS = (("text", 8 * mm), ("bold", 20 * mm), ("text", 44 * mm), ("text", 58 * mm), ("small", 44 * mm))
# No row may be higher than a page: the many orders of one article go on in rows below it.
ORDERS_PER_ROW = 12


def pick_list_pdf(parts: Sequence[MerchantOrder]) -> bytes:
    """What to fetch for these orders, by place and SKU, each with a box to tick and the orders it is for."""
    styles = pdf_styles()
    rows = list_pick_rows(parts)
    day = formats.long_moment_text(clock.now())
    head = ngettext("%(n)s order", "%(n)s orders", len(parts)) % {"n": len(parts)}
    story: list[Flowable] = [
        paragraph([_("Pick list")], styles["title"]),
        paragraph([f"{head} · {day}"], styles["small"]),
        Spacer(1, 6 * mm),
    ]
    for location, group in groupby(rows, key=lambda row: row.location):
        story += [
            paragraph([location], styles["bold"]),
            Spacer(1, 2 * mm),
            _table(list(group)),
            Spacer(1, 6 * mm),
        ]
    if not rows:
        story.append(
            paragraph([_("Nothing to pick: none of these orders is ready to ship.")], styles["text"])
        )
    buffer = io.BytesIO()
    SimpleDocTemplate(
        buffer,
        pagesize=A4,
        title=_("Pick list"),
        leftMargin=18 * mm - FRAME_PADDING,
        rightMargin=18 * mm - FRAME_PADDING,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
    ).build(story, canvasmaker=NumberedCanvas)
    return buffer.getvalue()


def _table(rows: list[PickRow]) -> LongTable:
    titles = ("", _("Quantity"), _("SKU"), _("Article"), _("Orders"))
    cells: list[tuple[str, ...]] = []
    for row in rows:
        orders = [ref if n == row.quantity else f"{ref} ({n})" for ref, n in row.orders]
        for start in range(0, len(orders), ORDERS_PER_ROW):
            some = ", ".join(orders[start : start + ORDERS_PER_ROW])
            head = ("", "", "", "") if start else ("[  ]", f"{row.quantity} ×", row.merchant_sku, row.title)
            cells.append((*head, some))
    return grid(titles, cells, COLUMNS)
