"""Sales from order lines: what was agreed, what of it was withdrawn before payment, what was given back.

Every grouping sums the rows of `list_sold_lines`, so a figure and its drill-down cannot disagree.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import TruncDate

from backoffice.kernel.actors import STORE, WEBSITE, Actor
from mas.models import Merchant
from mms.selectors.scopes import list_store_contexts
from oms.models import MerchantOrder, OrderLine
from pim.models import Category
from reports.periods import Period
from reports.permissions import VIEW_REPORTS


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about: a period, one currency, and optionally one merchant, category subtree or view."""

    period: Period
    currency: str
    merchant_id: int | None = None
    category_id: int | None = None
    view_id: int | None = None


@dataclass(frozen=True, slots=True)
class SalesFigure:
    """One row of a sales report, in minor units of the scope's currency."""

    key: Any
    label: str
    orders: int
    units: int
    sold_minor: int
    withdrawn_minor: int
    refunded_minor: int
    currency: str
    query: str = field(default="", compare=False)

    @property
    def net_minor(self) -> int:
        """What buyers paid and did not get back."""
        return self.sold_minor - self.withdrawn_minor - self.refunded_minor


SUMS = {
    "orders": Count("merchant_order__order_id", distinct=True),
    "units": Sum("quantity"),
    "sold_minor": Sum("total_minor"),
    "withdrawn_minor": Sum("withdrawn_minor"),
    "refunded_minor": Sum("refunded_minor"),
}


def sees_some_stores(actor: Actor) -> bool:
    """Whether the actor reads the sales of some websites or stores only."""
    return bool(actor.place_grants) and VIEW_REPORTS not in actor.grants


def _in_stores_of(actor: Actor, path: str) -> Q:
    return Q((f"{path}website_id__in", sorted(actor.places(WEBSITE, VIEW_REPORTS)))) | Q(
        (f"{path}store_id__in", sorted(actor.places(STORE, VIEW_REPORTS)))
    )


def list_sellers(actor: Actor) -> list[tuple[str, str]]:
    """(ref, name) of the merchants whose sales an operator may ask for, by name."""
    merchants = Merchant.objects.order_by("name")
    if sees_some_stores(actor):
        sold = MerchantOrder.objects.filter(_in_stores_of(actor, "order__"))
        merchants = merchants.filter(pk__in=sold.values("merchant_id"))
    return list(merchants.values_list("ref", "name"))


def list_sold_lines(actor: Actor, scope: Scope) -> QuerySet[OrderLine]:
    """The lines of orders placed in the period that the actor may see.

    All for operators, those of their websites and stores for people who look after these, own ones for merchants.
    """
    lines = OrderLine.objects.filter(
        merchant_order__order__placed_at__gte=scope.period.start,
        merchant_order__order__placed_at__lt=scope.period.end,
        merchant_order__currency=scope.currency,
    )
    if sees_some_stores(actor):
        lines = lines.filter(_in_stores_of(actor, "merchant_order__order__"))
    elif not actor.is_global:
        lines = lines.filter(merchant_order__merchant_id__in=sorted(actor.merchant_ids))
    if scope.merchant_id is not None:
        lines = lines.filter(merchant_order__merchant_id=scope.merchant_id)
    if scope.view_id is not None:
        lines = lines.filter(merchant_order__order__view_id=scope.view_id)
    if scope.category_id is not None:
        lines = lines.annotate(leaf=KT("category_ids__0")).filter(leaf__in=_subtree(scope.category_id))
    return lines


def _lines(actor: Actor, scope: Scope) -> Any:
    """The same rows, untyped: the stubs cannot follow sums that are named by a mapping."""
    return list_sold_lines(actor, scope)


def total_sales(actor: Actor, scope: Scope) -> SalesFigure:
    """The whole scope as one figure."""
    row = _lines(actor, scope).aggregate(**SUMS)
    return _figure("total", "", row, scope.currency)


def sales_by_day(actor: Actor, scope: Scope) -> list[SalesFigure]:
    """One figure per local day of the period, days without orders included."""
    rows = (
        _lines(actor, scope)
        .annotate(day=TruncDate("merchant_order__order__placed_at"))
        .values("day")
        .annotate(**SUMS)
    )
    by_day: dict[date, dict[str, Any]] = {row["day"]: row for row in rows}
    return [
        _figure(
            day, day.isoformat(), by_day.get(day, {}), scope.currency, f"placed_from={day}&placed_to={day}"
        )
        for day in scope.period.days
    ]


def sales_by_merchant(actor: Actor, scope: Scope) -> list[SalesFigure]:
    """One figure per merchant that sold something, the largest first."""
    rows = (
        _lines(actor, scope)
        .values(key=F("merchant_order__merchant_id"), ref=F("merchant_order__merchant__ref"))
        .annotate(label=F("merchant_order__merchant__name"), **SUMS)
        .order_by("-sold_minor", "key")
    )
    return [_figure(row["key"], row["label"], row, scope.currency, f"merchant={row['ref']}") for row in rows]


def sales_by_view(actor: Actor, scope: Scope) -> list[SalesFigure]:
    """One figure per store view, the largest first."""
    rows = (
        _lines(actor, scope)
        .values(key=F("merchant_order__order__view_id"))
        .annotate(**SUMS)
        .order_by("-sold_minor", "key")
    )
    names = {store.view_id: store.name for store in list_store_contexts()}
    return [
        _figure(row["key"], names.get(row["key"], str(row["key"])), row, scope.currency, f"view={row['key']}")
        for row in rows
    ]


def sales_by_category(actor: Actor, scope: Scope) -> list[SalesFigure]:
    """One figure per top category (below the trees' roots), from the category a line was sold under."""
    rows = _lines(actor, scope).values(leaf=KT("category_ids__0")).annotate(**SUMS)
    categories = {str(node.pk): node for node in Category.objects.all()}
    by_path = {node.path: node for node in categories.values()}
    sums: dict[int, dict[str, Any]] = {}
    for row in rows:
        node = categories.get(str(row["leaf"]))
        top = by_path.get(_top_path(node), node) if node else None
        key = top.pk if top else 0
        held = sums.setdefault(key, {"top": top})
        for name in SUMS:
            held[name] = held.get(name, 0) + (row[name] or 0)
    figures = [
        _figure(
            key,
            held["top"].name if held["top"] else "",
            held,
            scope.currency,
            f"category={held['top'].ref}" if held["top"] else "",
        )
        for key, held in sums.items()
    ]
    return sorted(figures, key=lambda figure: (-figure.sold_minor, str(figure.label)))


def sales_by_card(actor: Actor, scope: Scope, limit: int = 200) -> list[SalesFigure]:
    """The products that sold most."""
    rows = (
        _lines(actor, scope)
        .values(key=F("card_ref"))
        .annotate(label=F("title"), **SUMS)
        .order_by("-sold_minor", "key")[:limit]
    )
    return [_figure(row["key"], row["label"], row, scope.currency) for row in rows]


def _figure(key: Any, label: str, row: dict[str, Any], currency: str, query: str = "") -> SalesFigure:
    return SalesFigure(
        key=key,
        label=label,
        orders=row.get("orders") or 0,
        units=row.get("units") or 0,
        sold_minor=row.get("sold_minor") or 0,
        withdrawn_minor=row.get("withdrawn_minor") or 0,
        refunded_minor=row.get("refunded_minor") or 0,
        currency=currency,
        query=query,
    )


def _top_path(node: Category) -> str:
    """The path of the node one below the tree's root; a root stands for itself."""
    return str(node.path)[: node.steplen * 2]


def _subtree(category_id: int) -> list[str]:
    node = Category.objects.filter(pk=category_id).first()
    if node is None:
        return []
    return [
        str(pk) for pk in Category.objects.filter(path__startswith=node.path).values_list("pk", flat=True)
    ]
