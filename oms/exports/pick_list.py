"""Pick lists as PDF: one walk through the warehouse for up to 200 orders."""

import io
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, LongTable, SimpleDocTemplate, Spacer, TableStyle

from backoffice.kernel import clock
from oms.exports.pdf import paragraph, pdf_styles
from oms.models import MerchantOrder
from oms.selectors.picking import PickRow, list_pick_rows

GRID = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, "#bbbbbb"),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
    ]
)


def pick_list_pdf(parts: Sequence[MerchantOrder]) -> bytes:
    """What to fetch for these orders, by place and SKU, each with a box to tick and the orders it is for."""
    styles = pdf_styles()
    rows = list_pick_rows(parts)
    day = date_format(timezone.localtime(clock.now()), "DATETIME_FORMAT")
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
        buffer, pagesize=A4, title=_("Pick list"), leftMargin=18 * mm, rightMargin=18 * mm, topMargin=18 * mm
    ).build(story)
    return buffer.getvalue()


def _table(rows: list[PickRow]) -> LongTable:
    styles = pdf_styles()
    titles = ("", _("Quantity"), _("SKU"), _("Article"), _("Orders"))
    cells: list[list[Any]] = [[paragraph([text], styles["bold"]) for text in titles]]
    for row in rows:
        orders = ", ".join(ref if n == row.quantity else f"{ref} ({n})" for ref, n in row.orders)
        cells.append(
            [
                paragraph(["[  ]"], styles["text"]),
                paragraph([f"{row.quantity} ×"], styles["bold"]),
                paragraph([row.merchant_sku], styles["text"]),
                paragraph([row.title], styles["text"]),
                paragraph([orders], styles["small"]),
            ]
        )
    widths = [8 * mm, 20 * mm, 34 * mm, 62 * mm, 50 * mm]
    table = LongTable(cells, colWidths=widths, repeatRows=1)
    table.setStyle(GRID)
    return table
