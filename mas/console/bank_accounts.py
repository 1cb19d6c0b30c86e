"""Verifying where a merchant is paid."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import Form
from backoffice.ui.stepup import StepUp
from mas.console.pages import MerchantFormPage
from mas.operations.bank_accounts import verify_bank_account
from mas.permissions import VERIFY_BANK_ACCOUNT
from mas.selectors.bank_accounts import find_bank_account
from mas.selectors.companies import find_company


class VerifyForm(Form):
    account = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("How did you check it?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Such as: bank letter of 3 March, holder equals the register."),
    )


class VerifyBankAccountView(StepUp, MerchantFormPage):
    """Compare the holder with the company, say how it was checked, let payouts leave."""

    grant = VERIFY_BANK_ACCOUNT
    title = gettext_lazy("Verify bank account")
    template_name = "mas/console/verify_bank_account.html"
    form_class = VerifyForm
    submit_label = gettext_lazy("Verify account")
    success_message = gettext_lazy("The account is verified. Payouts may leave.")

    def get_initial(self) -> dict[str, Any]:
        account = find_bank_account(self.merchant)
        return {"account": account.ref if account else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            account=find_bank_account(self.merchant), company=find_company(self.merchant), **kwargs
        )

    def perform(self, form: Any) -> None:
        verify_bank_account(
            self.merchant.ref,
            form.cleaned_data["account"],
            actor=self.actor,
            note=form.cleaned_data["note"],
        )
