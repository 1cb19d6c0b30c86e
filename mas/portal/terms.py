"""The terms in force and the versions the merchant accepted."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from backoffice.kernel import clock
from backoffice.kernel.errors import PermissionRefused
from backoffice.ui.pages import FormPage
from mas.operations.terms import accept_terms
from mas.permissions import ACCEPT_TERMS, VIEW_COMPANY
from mas.portal.forms import TermsForm
from mas.portal.pages import OwnMerchantPage
from mas.selectors.terms import find_current_terms, find_terms_to_accept, list_acceptances_of


class TermsView(OwnMerchantPage, FormPage):
    """Read the terms in force and accept them; what was accepted stays listed with person, time and address."""

    grant = VIEW_COMPANY
    title = gettext_lazy("Terms for merchants")
    template_name = "mas/portal/terms.html"
    form_class = TermsForm
    submit_label = gettext_lazy("Accept terms")
    success_message = gettext_lazy("Thank you. The terms are accepted.")

    def get_initial(self) -> dict[str, Any]:
        current = find_current_terms()
        return {"version": current.ref if current else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        current = find_current_terms()
        waiting = find_terms_to_accept(self.merchant)
        return super().get_context_data(
            merchant=self.merchant,
            terms=current,
            terms_body=current.body_in(self.request.LANGUAGE_CODE) if current else "",
            must_accept=waiting is not None,
            is_overdue=bool(waiting and waiting.accept_by and waiting.accept_by < clock.today()),
            can_accept=self.actor.can(ACCEPT_TERMS, merchant_id=self.merchant.pk),
            acceptances=list(list_acceptances_of(self.merchant)[:50]),
            **kwargs,
        )

    def perform(self, form: Any) -> None:
        if not self.actor.can(ACCEPT_TERMS, merchant_id=self.merchant.pk):
            raise PermissionRefused(str(gettext_lazy("Only an administrator of the shop accepts terms.")))
        accept_terms(self.merchant.ref, form.cleaned_data["version"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:mas-terms-detail")
