from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, ConsolePage, FormPage
from mas.models import Merchant
from mas.selectors.merchants import get_merchant


class MerchantPage(ConsolePage):
    """A console page about the merchant named in the address."""

    @cached_property
    def merchant(self) -> Merchant:
        return get_merchant(self.kwargs["ref"], actor=self.actor)

    @property
    def merchant_url(self) -> str:
        return reverse("console:mas-merchant-detail", args=[self.merchant.ref])

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("Merchants"), reverse("console:mas-merchant-list")),
            (self.merchant.name, self.merchant_url),
        ]


class ReasonForm(Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The merchant and your colleagues read it."),
    )


class MerchantFormPage(MerchantPage, FormPage):
    """A form about one merchant that leads back to its page."""

    def get_success_url(self) -> str:
        return self.safe_next(self.merchant_url)

    def get_cancel_url(self) -> str:
        return self.merchant_url


class ReasonPage(MerchantFormPage):
    """A named step that needs a reason: the form asks for it, `operation` takes the step."""

    form_class = ReasonForm

    # The operation that takes the step: `operation(ref, actor=…, reason=…)`.
    operation: ClassVar[Callable[..., Any]]

    def perform(self, form: Any) -> None:
        type(self).operation(self.merchant.ref, actor=self.actor, reason=form.cleaned_data["reason"])


class MerchantActionPage(MerchantPage, ActionPage):
    """A named step without questions."""

    def get_success_url(self) -> str:
        return self.merchant_url
