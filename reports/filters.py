"""The filter bar of every report: period, currency, store view, merchant, category."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.ui.filters import ChoiceFilter, DateRangeFilter, FilterSet
from mas.models import Merchant
from mms.selectors.scopes import list_store_contexts_for
from oms.models import OrderLine
from pim.models import Category
from reports.periods import Period, last_days
from reports.permissions import VIEW_REPORTS
from reports.selectors.sales import Scope, list_sellers

DEFAULT_DAYS = 30


def _kept(queryset: Any, name: str, value: Any) -> Any:
    """The report itself reads the values; the filter bar only draws and checks them."""
    return queryset


class ReportFilter(FilterSet):
    """Offers the views and currencies of the stores whose sales the reader may see."""

    placed = DateRangeFilter(label=_("Period"), method=_kept)
    currency = ChoiceFilter(label=_("Currency"), method=_kept, choices=(), empty_label=None)
    view = ChoiceFilter(label=_("Store view"), method=_kept, choices=())

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        stores = list_store_contexts_for(request.actor, VIEW_REPORTS)  # type: ignore[attr-defined]
        self.currencies = list(dict.fromkeys(store.currency for store in stores)) or ["EUR"]
        self.filters["currency"].extra["choices"] = [(code, code) for code in self.currencies]
        self.filters["view"].extra["choices"] = [(str(store.view_id), store.name) for store in stores]

    def scope(self, **fixed: Any) -> Scope:
        """What the bar asks for; the last thirty days and the first currency where nothing is chosen."""
        values = self.form.cleaned_data if self.form.is_valid() else {}
        first, last = values.get("placed") or (None, None)
        today = timezone.localtime(clock.now()).date()
        default = last_days(DEFAULT_DAYS, today)
        last = last or (max(first, today) if first else default.last_on)
        period = Period(min(first or default.first_on, last), last)
        return Scope(
            period=period,
            currency=values.get("currency") or self.currencies[0],
            view_id=int(values["view"]) if values.get("view") else None,
            merchant_id=fixed.get("merchant_id", self._merchant_id(values)),
            category_id=self._category_id(values),
        )

    def _merchant_id(self, values: dict[str, Any]) -> int | None:
        ref = values.get("merchant")
        return Merchant.objects.filter(ref=ref).values_list("pk", flat=True).first() if ref else None

    def _category_id(self, values: dict[str, Any]) -> int | None:
        ref = values.get("category")
        return Category.objects.filter(ref=ref).values_list("pk", flat=True).first() if ref else None


def _categories() -> list[tuple[str, str]]:
    return [
        (node.ref, f"{'– ' * (node.depth - 2)}{node.name}")
        for node in Category.objects.filter(depth__gte=2).order_by("path")
    ]


class OperatorReportFilter(ReportFilter):
    merchant = ChoiceFilter(label=_("Merchant"), method=_kept, choices=())
    category = ChoiceFilter(label=_("Category"), method=_kept, choices=_categories)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        self.filters["merchant"].extra["choices"] = list_sellers(request.actor)  # type: ignore[attr-defined]


class MerchantReportFilter(ReportFilter):
    category = ChoiceFilter(label=_("Category"), method=_kept, choices=_categories)


def bind(filter_class: type[ReportFilter], request: HttpRequest) -> ReportFilter:
    """The bar with this request's values; it never touches a row itself."""
    return filter_class(request.GET, queryset=OrderLine.objects.none(), request=request)
