"""The list of merchants and everything about one of them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel import audit
from backoffice.kernel.grants import MERCHANT
from backoffice.ui import badges, formats
from backoffice.ui.filters import (
    ChoiceFilter,
    DateRangeFilter,
    FilterSet,
    MultipleChoiceFilter,
    SearchFilter,
    YesNoFilter,
)
from backoffice.ui.menus import list_merchant_links
from backoffice.ui.pages import ConsolePage, DetailPage, Fact, IndexPage, Tab
from backoffice.ui.tables import Column, Table
from mas.console.pages import MerchantPage
from mas.countries import country_name
from mas.models import AddressKind, KycStatus, Merchant, MerchantStatus
from mas.permissions import (
    INVITE_MERCHANT,
    REVIEW_MERCHANT,
    SET_MERCHANT_TERMS,
    VERIFY_BANK_ACCOUNT,
    VIEW_MERCHANTS,
)
from mas.selectors.bank_accounts import find_bank_account
from mas.selectors.companies import find_company, list_addresses
from mas.selectors.documents import list_documents_of
from mas.selectors.merchants import count_merchants_by_status, list_merchants, with_checklist_counts
from mas.selectors.onboarding import list_checklist
from mas.selectors.payouts import BLOCK_REASONS, get_payout_profile
from mas.selectors.steps import list_steps
from mas.selectors.terms import list_acceptances_of
from mms.selectors.access import list_roles, list_team


class MerchantFilter(FilterSet):
    q = SearchFilter(
        fields=["name__icontains", "ref__iexact", "email__icontains", "counterparty__legal_name__icontains"],
        label=gettext_lazy("Name, number or e-mail"),
    )
    status = MultipleChoiceFilter(label=gettext_lazy("Status"), choices=MerchantStatus.choices)
    kyc_status = ChoiceFilter(label=gettext_lazy("Identity check"), choices=KycStatus.choices)
    is_premium = YesNoFilter(field_name="is_premium", label=gettext_lazy("Premium"))
    created = DateRangeFilter(field_name="created_at", label=gettext_lazy("Invited"))


def _onboarding(merchant: Any) -> str:
    if merchant.status in {MerchantStatus.APPROVED, MerchantStatus.SUSPENDED, MerchantStatus.CLOSED}:
        return ""
    return f"{merchant.items_settled}/{merchant.items_total}"


class MerchantTable(Table):
    columns = (
        Column("name", gettext_lazy("Merchant"), link=True, sort=True, sub="email"),
        Column("ref", gettext_lazy("Number"), kind="ref", priority=3),
        Column("status", gettext_lazy("Status"), kind="badge", states="mas.Merchant", sort=True),
        Column("onboarding", gettext_lazy("Onboarding"), value=_onboarding, priority=2),
        Column("kyc_status", gettext_lazy("Identity"), kind="badge", states="mas.Kyc", sort=True, priority=2),
        Column("country", gettext_lazy("Country"), value=lambda row: country_name(row.country), priority=3),
        Column("status_changed_at", gettext_lazy("Since"), kind="when", sort=True, priority=2),
    )
    default_sort = "name"

    def row_url(self, record: Merchant) -> str:
        if record.status == MerchantStatus.IN_REVIEW:
            return reverse("console:mas-merchant-review", args=[record.ref])
        return reverse("console:mas-merchant-detail", args=[record.ref])


class MerchantListView(ConsolePage, IndexPage):
    grant = VIEW_MERCHANTS
    title = gettext_lazy("Merchants")
    table_class = MerchantTable
    filter_class = MerchantFilter
    empty_title = gettext_lazy("No merchants yet")
    empty_text = gettext_lazy("Invite the first one by e-mail: it registers itself and you approve it.")
    empty_icon = "store"

    def get_rows(self) -> Any:
        return with_checklist_counts(list_merchants(self.actor))

    def get_tabs(self) -> list[Tab]:
        counts = count_merchants_by_status(self.actor)
        shown = ("in_review", "registering", "invited", "approved", "suspended", "rejected", "closed")
        return [
            Tab(_("All"), "", sum(counts.values())),
            *(Tab(MerchantStatus(code).label, f"status={code}", counts[code]) for code in shown),
        ]

    def get_main_action(self) -> tuple[Any, str] | None:
        if not self.actor.can(INVITE_MERCHANT):
            return None
        return _("Invite merchant"), reverse("console:mas-merchant-invite")


class MerchantDetailView(MerchantPage, DetailPage):
    """Who the merchant is, what it gave, what was done with it, and what can be done now."""

    grant = VIEW_MERCHANTS
    template_name = "mas/console/merchant.html"
    object_name = "merchant"

    def get_object(self) -> Merchant:
        return self.merchant

    def get_title(self) -> str:
        return self.merchant.name

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Merchants"), reverse("console:mas-merchant-list"))]

    def get_badge(self) -> Any:
        return badges.badge(self.merchant.status, "mas.Merchant")

    def get_facts(self) -> list[Fact]:
        merchant = self.merchant
        return [
            Fact(_("Number"), formats.ref(merchant.ref)),
            Fact(_("Country"), country_name(merchant.country)),
            Fact(_("Payouts in"), merchant.currency),
            Fact(
                _("Identity check"),
                badges.badge(merchant.kyc_status, "mas.Kyc"),
                hint=_("Payouts leave only while it is approved; selling is not affected."),
            ),
            Fact(_("Hold days"), merchant.hold_days, hint=_("Days between receipt and payout.")),
        ]

    def get_timeline(self) -> Any:
        return audit.list_entries(self.merchant)[:50]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        merchant = self.merchant
        items = list_checklist(merchant)
        profile = get_payout_profile(merchant.pk)
        found = {address.kind: address for address in list_addresses(merchant)}
        company = find_company(merchant)
        return super().get_context_data(
            steps=list_steps(merchant, actor=self.actor),
            items=items,
            open_count=sum(item.rule.is_required and not item.is_settled for item in items),
            documents=list(list_documents_of(merchant)[:30]),
            company=company,
            tax_numbers=list(company.tax_numbers.all()) if company else [],
            addresses=[(label, found[code]) for code, label in AddressKind.choices if code in found],
            account=find_bank_account(merchant),
            block_reasons=[BLOCK_REASONS[code] for code in profile.block_reasons],
            team=_team(merchant),
            acceptances=list(list_acceptances_of(merchant)[:5]),
            links=list_merchant_links(self.actor),
            can_review=self.actor.can(REVIEW_MERCHANT),
            can_verify=self.actor.can(VERIFY_BANK_ACCOUNT),
            can_set_terms=self.actor.can(SET_MERCHANT_TERMS),
            **kwargs,
        )


def _team(merchant: Merchant) -> list[tuple[Any, list[str]]]:
    """The people of the merchant with the names of their roles."""
    names = dict(list_roles(MERCHANT).values_list("code", "name"))
    return [(person, [names.get(code, code) for code in codes]) for person, codes in list_team(merchant.pk)]
