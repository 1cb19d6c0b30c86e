"""A merchant's vouchers: the portal's pages, of which the console uses list and end."""

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel import audit
from backoffice.ui import badges, formats
from backoffice.ui.filters import FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.forms import DateTimeField, Form, MoneyField, PercentField
from backoffice.ui.pages import ActionPage, Fact, FormPage, IndexPage, Page, PortalPage
from backoffice.ui.tables import Column, Table
from mas.selectors.merchants import find_merchant_by_id
from mms.selectors.scopes import list_store_contexts
from oms.models import Voucher, VoucherKind, VoucherState
from oms.operations.vouchers import VoucherTerms, VoucherValue, change_voucher, create_voucher, end_voucher
from oms.permissions import MANAGE_VOUCHERS
from oms.selectors.vouchers import get_voucher, list_vouchers


def value_text(record: Voucher) -> Any:
    """What it takes off: a percentage or an amount."""
    if record.rate_bps is not None:
        return formats.percent_text(record.rate_bps)
    return formats.money(record.amount_minor or 0, record.currency)


def uses_text(record: Voucher) -> str:
    if record.max_uses is None:
        return str(record.uses)
    return _("%(uses)s of %(limit)s") % {"uses": record.uses, "limit": record.max_uses}


class VoucherTable(Table):
    columns: ClassVar[tuple[Column, ...]] = (
        Column("code", gettext_lazy("Code"), kind="ref", link=True, sort=True),
        Column("title", gettext_lazy("Title"), sort=True),
        Column("value", gettext_lazy("Takes off"), kind="html", value=value_text),
        Column("valid_until", gettext_lazy("Valid until"), kind="when", sort=True, priority=2),
        Column("uses", gettext_lazy("Uses"), value=uses_text, sort=True),
        Column("turnover_minor", gettext_lazy("Turnover"), kind="money", sort=True, priority=2),
        Column("website.name", gettext_lazy("Website"), priority=3),
        Column("state", gettext_lazy("State"), kind="badge", states="oms.Voucher", sort=True),
    )
    default_sort = ""

    def row_url(self, record: Voucher) -> str:
        return reverse("portal:oms-voucher-edit", args=[record.ref])


class VoucherFilter(FilterSet):
    q = SearchFilter(
        fields=["code__icontains", "title__icontains"], label=gettext_lazy("Code or title"), ref_prefix="VCH"
    )
    state = MultipleChoiceFilter(label=gettext_lazy("State"), choices=VoucherState.choices)


class VoucherListView(PortalPage, IndexPage):
    grant = MANAGE_VOUCHERS
    title = gettext_lazy("Vouchers")
    intro = gettext_lazy(
        "Codes that reduce your part of an order. You bear the discount; other shops' parts stay as they are."
    )
    table_class = VoucherTable
    filter_class = VoucherFilter
    empty_title = gettext_lazy("No vouchers yet")
    empty_text = gettext_lazy("Create a code, hand it to your buyers, and see here how often it is used.")
    empty_icon = "tag"

    def get_rows(self) -> QuerySet[Voucher]:
        return list_vouchers(self.actor).filter(merchant_id=self.merchant_id or 0)

    def get_main_action(self) -> tuple[Any, str] | None:
        return _("New voucher"), reverse("portal:oms-voucher-create")


class VoucherTermsForm(Form):
    """What may change while a voucher is active; amounts in its currency."""

    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=120, help_text=gettext_lazy("Buyers see it in their cart.")
    )
    valid_from = DateTimeField(
        label=gettext_lazy("Valid from"), required=False, help_text=gettext_lazy("Empty = at once.")
    )
    valid_until = DateTimeField(
        label=gettext_lazy("Valid until"), required=False, help_text=gettext_lazy("Empty = until you end it.")
    )
    max_uses = forms.IntegerField(
        label=gettext_lazy("Uses in all"),
        required=False,
        min_value=1,
        max_value=10**9,
        help_text=gettext_lazy("Empty = any number."),
    )
    max_uses_per_buyer = forms.IntegerField(
        label=gettext_lazy("Uses per buyer"),
        required=False,
        min_value=1,
        max_value=10**9,
        help_text=gettext_lazy("Counted by e-mail address. Empty = any number."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minimum_minor"] = MoneyField(
            label=_("Goods for at least"),
            currency=currency,
            min_minor=0,
            required=False,
            help_text=_("Your goods in the cart, before the discount. Empty = any value."),
        )

    def terms(self) -> VoucherTerms:
        data = self.cleaned_data
        names = [name for name in VoucherTerms.__dataclass_fields__ if name != "minimum_minor"]
        return VoucherTerms(minimum_minor=data["minimum_minor"] or 0, **{name: data[name] for name in names})


class VoucherForm(VoucherTermsForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy(
            "Buyers may write it in capitals or small letters. It cannot be changed later."
        ),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Takes off"), choices=VoucherKind.choices, widget=forms.RadioSelect
    )
    rate_bps = PercentField(label=gettext_lazy("Percentage"), min_bps=1, max_bps=9999, required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, currency=currency, **kwargs)
        self.fields["amount_minor"] = MoneyField(
            label=_("Amount"),
            currency=currency,
            min_minor=1,
            required=False,
            help_text=_("An amount needs goods worth more than it, below."),
        )
        websites = {view.website_code: view.website_name for view in list_store_contexts()}
        self.fields["website_code"] = forms.ChoiceField(label=_("Website"), choices=list(websites.items()))
        self.order_fields(
            ["code", "title", "website_code", "kind", "rate_bps", "amount_minor", "minimum_minor"]
        )


class VoucherEditing(Page):
    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Vouchers"), reverse("portal:oms-voucher-list"))]

    def get_success_url(self) -> str:
        return reverse("portal:oms-voucher-list")

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class VoucherCreateView(PortalPage, VoucherEditing, FormPage):
    grant = MANAGE_VOUCHERS
    title = gettext_lazy("New voucher")
    intro = gettext_lazy("It reduces the goods of your part of an order, never the delivery.")
    form_class = VoucherForm
    success_message = gettext_lazy("Voucher created. Buyers can use it as soon as it is valid.")

    @cached_property
    def currency(self) -> str:
        merchant = find_merchant_by_id(self.merchant_id or 0)
        return merchant.currency if merchant else "EUR"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"currency": self.currency}

    def get_initial(self) -> dict[str, Any]:
        return {"kind": VoucherKind.PERCENT}

    def perform(self, form: VoucherForm) -> None:
        names = ("code", "website_code", "kind", "rate_bps", "amount_minor")
        facts = {name: form.cleaned_data[name] for name in names}
        create_voucher(
            VoucherValue(currency=self.currency, **facts),
            form.terms(),
            merchant_id=self.merchant_id or 0,
            actor=self.actor,
        )


class OneVoucher(VoucherEditing):
    """A page about one voucher."""

    @cached_property
    def voucher(self) -> Voucher:
        return get_voucher(self.kwargs["ref"], actor=self.actor)

    def get_title(self) -> str:
        return self.voucher.code

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        voucher = self.voucher
        facts = [
            Fact(_("State"), badges.badge(voucher.state, "oms.Voucher")),
            Fact(_("Takes off"), value_text(voucher)),
            Fact(_("Website"), voucher.website.name),
            Fact(_("Uses"), uses_text(voucher)),
            Fact(_("Turnover"), formats.money(getattr(voucher, "turnover_minor", 0), voucher.currency)),
        ]
        return super().get_context_data(
            voucher=voucher, facts=facts, timeline=audit.list_entries(voucher)[:30], **kwargs
        )


class VoucherEditView(PortalPage, OneVoucher, FormPage):
    """What may still change; of one that ended, what it was."""

    grant = MANAGE_VOUCHERS
    template_name = "oms/portal/voucher.html"
    form_class = VoucherTermsForm
    success_message = gettext_lazy("Voucher saved. Orders keep the discount they were placed with.")

    def get_subject(self) -> Voucher:
        return self.voucher

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"currency": self.voucher.currency}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.voucher, name) for name in VoucherTerms.__dataclass_fields__}

    def perform(self, form: VoucherTermsForm) -> None:
        change_voucher(self.kwargs["ref"], form.terms(), actor=self.actor)


class VoucherEndView(PortalPage, OneVoucher, ActionPage):
    grant = MANAGE_VOUCHERS
    confirm = gettext_lazy(
        "Nobody can use it any more, and it cannot be opened again. Orders keep their discount."
    )
    confirm_button = gettext_lazy("End voucher")
    success_message = gettext_lazy("Voucher ended.")

    def perform(self) -> None:
        end_voucher(self.kwargs["ref"], actor=self.actor)
