"""Where the merchant is paid."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.pages import FormPage, Page
from backoffice.ui.stepup import StepUp
from mas.models import BankAccountState, Merchant
from mas.operations.bank_accounts import BankDetails, set_bank_account
from mas.permissions import EDIT_BANK_ACCOUNT, VIEW_COMPANY
from mas.portal.forms import BankAccountForm
from mas.portal.pages import OwnMerchantPage
from mas.selectors.bank_accounts import find_bank_account, list_bank_accounts
from mas.selectors.companies import find_company
from mas.selectors.payouts import BLOCK_REASONS, list_block_reasons


class BankAccountView(OwnMerchantPage, Page):
    """The current account, what holds payouts, and the accounts before."""

    grant = VIEW_COMPANY
    title = gettext_lazy("Bank account")
    template_name = "mas/portal/bank_account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        accounts = list(list_bank_accounts(self.merchant)[:20])
        account = next((row for row in accounts if row.state != BankAccountState.REPLACED), None)
        return super().get_context_data(
            merchant=self.merchant,
            account=account,
            block_reasons=[BLOCK_REASONS[code] for code in list_block_reasons(self.merchant, account)],
            former_accounts=[row for row in accounts if row != account],
            can_edit=self.actor.can(EDIT_BANK_ACCOUNT, merchant_id=self.merchant.pk),
            **kwargs,
        )


class SetBankAccountView(OwnMerchantPage, StepUp, FormPage):
    grant = EDIT_BANK_ACCOUNT
    title = gettext_lazy("Change bank account")
    intro = gettext_lazy(
        "Payouts wait until we have verified the new account; all administrators get a mail."
    )
    form_class = BankAccountForm
    submit_label = gettext_lazy("Use this account")

    def get_subject(self) -> Merchant:
        return self.merchant

    def get_version(self) -> int | None:
        account = find_bank_account(self.merchant)
        return account.pk if account else None

    def get_initial(self) -> dict[str, Any]:
        account = find_bank_account(self.merchant)
        company = find_company(self.merchant)
        return {"holder": account.holder if account else company.legal_name if company else ""}

    def perform(self, form: Any) -> str:
        before = find_bank_account(self.merchant)
        account = set_bank_account(self.merchant.ref, BankDetails(**form.cleaned_data), actor=self.actor)
        if before is not None and before.pk == account.pk:
            return _("This account is in use already, so nothing changed.")
        return _("The account was changed. Payouts go there as soon as it is verified.")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Bank account"), self.get_success_url())]

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def get_success_url(self) -> str:
        return reverse("portal:mas-bank_account-detail")
