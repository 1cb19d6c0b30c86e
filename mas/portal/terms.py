"""The terms in force and the versions the merchant accepted."""

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from backoffice.kernel import clock
from backoffice.kernel.errors import PermissionRefused
from backoffice.ui.pages import FormPage
from mas.models import TermsVersion
from mas.operations.terms import accept_terms
from mas.permissions import ACCEPT_TERMS, VIEW_COMPANY
from mas.portal.forms import TermsForm
from mas.portal.pages import OwnMerchantPage
from mas.selectors.terms import find_current_terms, list_acceptances_of


class TermsView(OwnMerchantPage, FormPage):
    """Read the terms in force and accept them; what was accepted stays listed with person, time and address."""

    grant = VIEW_COMPANY
    title = gettext_lazy("Terms for merchants")
    template_name = "mas/portal/terms.html"
    form_class = TermsForm
    submit_label = gettext_lazy("Accept terms")
    success_message = gettext_lazy("Thank you. The terms are accepted.")

    @cached_property
    def current(self) -> TermsVersion | None:
        return find_current_terms()

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.current.ref if self.current else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        current, acceptances = self.current, list(list_acceptances_of(self.merchant)[:50])
        is_accepted = current is None or any(row.version_id == current.pk for row in acceptances)
        waiting = None if is_accepted else current
        return super().get_context_data(
            merchant=self.merchant,
            terms=current,
            terms_body=current.body_in(self.request.LANGUAGE_CODE) if current else "",
            must_accept=waiting is not None,
            is_overdue=bool(waiting and waiting.accept_by and waiting.accept_by < clock.today()),
            can_accept=self.actor.can(ACCEPT_TERMS, merchant_id=self.merchant.pk),
            acceptances=acceptances,
            **kwargs,
        )

    def perform(self, form: Any) -> None:
        if not self.actor.can(ACCEPT_TERMS, merchant_id=self.merchant.pk):
            raise PermissionRefused(str(gettext_lazy("Only an administrator of the shop accepts terms.")))
        accept_terms(self.merchant.ref, form.cleaned_data["version"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:mas-terms-detail")
