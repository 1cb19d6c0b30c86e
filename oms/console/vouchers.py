"""Vouchers of all merchants: operators see them and can end one."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel import audit
from backoffice.ui import badges, formats
from backoffice.ui.filters import FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.pages import ActionPage, ConsolePage, DetailPage, Fact, IndexPage
from backoffice.ui.tables import Column
from mas.selectors.merchants import get_merchant
from oms.models import Voucher, VoucherState
from oms.operations.vouchers import end_voucher
from oms.permissions import MANAGE_VOUCHERS
from oms.portal.vouchers import VoucherTable, uses_text, value_text
from oms.selectors.vouchers import get_voucher, list_vouchers


class AllVouchersTable(VoucherTable):
    columns: ClassVar[tuple[Column, ...]] = (
        *VoucherTable.columns[:1],
        Column("merchant.name", gettext_lazy("Merchant"), sort="merchant__name"),
        *VoucherTable.columns[1:],
    )

    def row_url(self, record: Voucher) -> str:
        return reverse("console:oms-voucher-detail", args=[record.ref])


class AllVouchersFilter(FilterSet):
    q = SearchFilter(
        fields=["code__icontains", "title__icontains", "merchant__name__icontains"],
        label=gettext_lazy("Code, title or merchant"),
        ref_prefix="VCH",
    )
    state = MultipleChoiceFilter(label=gettext_lazy("State"), choices=VoucherState.choices)


class VoucherListView(ConsolePage, IndexPage):
    grant = MANAGE_VOUCHERS
    title = gettext_lazy("Vouchers")
    intro = gettext_lazy(
        "Codes of merchants; each reduces its own merchant's part of an order, at that merchant's expense."
    )
    table_class = AllVouchersTable
    filter_class = AllVouchersFilter
    empty_title = gettext_lazy("No vouchers yet")
    empty_text = gettext_lazy("The vouchers that merchants create in their portal appear here.")
    empty_icon = "tag"

    def get_rows(self) -> QuerySet[Voucher]:
        return list_vouchers(self.actor)


class MerchantVouchersView(VoucherListView):
    """The vouchers of one merchant, from its page."""

    @cached_property
    def merchant(self) -> Any:
        return get_merchant(self.kwargs["ref"], actor=self.actor)

    def get_rows(self) -> QuerySet[Voucher]:
        return super().get_rows().filter(merchant_id=self.merchant.pk)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(self.merchant.name, reverse("console:mas-merchant-detail", args=[self.merchant.ref]))]


class VoucherPage(ConsolePage):
    grant = MANAGE_VOUCHERS

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Vouchers"), reverse("console:oms-voucher-list"))]


class VoucherDetailView(VoucherPage, DetailPage):
    template_name = "oms/console/voucher.html"
    object_name = "voucher"

    def get_object(self) -> Voucher:
        return get_voucher(self.kwargs["ref"], actor=self.actor)

    def get_title(self) -> str:
        return str(self.object.code)

    def get_badge(self) -> Any:
        return badges.badge(self.object.state, "oms.Voucher")

    def get_facts(self) -> list[Fact]:
        voucher = self.object
        merchant_url = reverse("console:mas-merchant-detail", args=[voucher.merchant.ref])
        return [
            Fact(_("Merchant"), voucher.merchant.name, url=merchant_url),
            Fact(_("Takes off"), value_text(voucher)),
            Fact(_("Website"), voucher.website.name),
            Fact(_("Uses"), uses_text(voucher)),
            Fact(_("Turnover"), formats.money(voucher.turnover_minor, voucher.currency)),
        ]

    def get_timeline(self) -> Any:
        return audit.list_entries(self.object)[:30]


class VoucherEndView(VoucherPage, ActionPage):
    title = gettext_lazy("End voucher")
    confirm = gettext_lazy(
        "Nobody can use it any more, and it cannot be opened again. Orders keep their discount."
    )
    confirm_button = gettext_lazy("End voucher")
    success_message = gettext_lazy("Voucher ended.")

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        get_voucher(self.kwargs["ref"], actor=self.actor)
        return super().get(request, *args, **kwargs)

    def perform(self) -> None:
        end_voucher(self.kwargs["ref"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:oms-voucher-detail", args=[self.kwargs["ref"]])
