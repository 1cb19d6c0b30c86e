"""Looking at a registration and deciding about it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.errors import InvalidInput
from backoffice.ui.forms import Form
from backoffice.ui.pages import Fact
from mas.console.merchants import MerchantDetailView
from mas.console.pages import MerchantActionPage, MerchantFormPage, MerchantPage, ReasonForm, ReasonPage
from mas.models import ItemKind, SuspensionType
from mas.operations import kyc, reviews, suspensions
from mas.operations.approvals import approve_merchant
from mas.operations.checklists import complete_operator_check, waive_item
from mas.operations.profiles import OPERATOR_FIELDS, set_merchant_terms
from mas.permissions import CLOSE_MERCHANT, REVIEW_MERCHANT, SET_MERCHANT_TERMS, SUSPEND_MERCHANT
from mas.selectors.onboarding import get_checklist_item, list_checklist, list_points_before_approval


class ReviewView(MerchantDetailView):
    """The registration as it was handed in, with everything that still needs a look."""

    grant = REVIEW_MERCHANT
    template_name = "mas/console/review.html"

    def get_title(self) -> str:
        return _("Review %(merchant)s") % {"merchant": self.merchant.name}

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return MerchantPage.get_breadcrumbs(self)

    def get_facts(self) -> list[Fact]:
        return super().get_facts()[:4]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(points=list_points_before_approval(self.merchant), **kwargs)


class ApproveView(MerchantActionPage):
    grant = REVIEW_MERCHANT
    success_message = gettext_lazy("The merchant may sell now and got a mail.")

    def perform(self) -> None:
        approve_merchant(self.merchant.ref, actor=self.actor)


class ApproveAnywayView(ReasonPage):
    grant = REVIEW_MERCHANT
    title = gettext_lazy("Approve although points are open")
    template_name = "mas/console/approve_anyway.html"
    submit_label = gettext_lazy("Approve anyway")
    success_message = gettext_lazy("The merchant may sell now. The open points and your reason are recorded.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(points=list_points_before_approval(self.merchant), **kwargs)

    def perform(self, form: Any) -> None:
        approve_merchant(self.merchant.ref, actor=self.actor, reason=form.cleaned_data["reason"], anyway=True)


class ReturnForm(ReasonForm):
    items = forms.MultipleChoiceField(
        label=gettext_lazy("Open these points again"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["items"]


class ReturnView(MerchantFormPage):
    grant = REVIEW_MERCHANT
    title = gettext_lazy("Send registration back")
    intro = gettext_lazy(
        "The merchant gets your reason by mail, changes what is needed and hands it in again."
    )
    form_class = ReturnForm
    submit_label = gettext_lazy("Send back")
    success_message = gettext_lazy("The registration is with the merchant again.")

    def get_form_kwargs(self) -> dict[str, Any]:
        items = [item for item in list_checklist(self.merchant) if item.rule.kind != ItemKind.OPERATOR_CHECK]
        return {"choices": [(item.rule.code, item.rule.title) for item in items]}

    def perform(self, form: Any) -> None:
        reviews.return_onboarding(
            self.merchant.ref,
            actor=self.actor,
            reason=form.cleaned_data["reason"],
            item_codes=form.cleaned_data.get("items", ()),
        )


class RejectView(ReasonPage):
    grant = REVIEW_MERCHANT
    title = gettext_lazy("Reject registration")
    intro = gettext_lazy("This is final: to work together after all, invite the merchant again.")
    submit_label = gettext_lazy("Reject registration")
    success_message = gettext_lazy("The registration is rejected and the merchant got a mail.")
    operation = staticmethod(reviews.reject_merchant)


class SuspendForm(ReasonForm):
    type = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=SuspensionType.choices, initial=SuspensionType.MANUAL
    )


class SuspendView(MerchantFormPage):
    grant = SUSPEND_MERCHANT
    title = gettext_lazy("Suspend merchant")
    intro = gettext_lazy(
        "Nothing new can be bought from now on. Open orders go on; listings stay as they are."
    )
    form_class = SuspendForm
    submit_label = gettext_lazy("Suspend merchant")
    success_message = gettext_lazy("The merchant is suspended and got a mail.")

    def perform(self, form: Any) -> None:
        suspensions.suspend_merchant(
            self.merchant.ref,
            actor=self.actor,
            reason=form.cleaned_data["reason"],
            type=form.cleaned_data["type"],
        )


class ReinstateView(ReasonPage):
    grant = SUSPEND_MERCHANT
    title = gettext_lazy("Lift suspension")
    intro = gettext_lazy("The merchant sells again at once, each listing in the state it had.")
    submit_label = gettext_lazy("Lift suspension")
    success_message = gettext_lazy("The merchant sells again and got a mail.")
    operation = staticmethod(suspensions.reinstate_merchant)


class CloseForm(ReasonForm):
    word = forms.CharField(label=gettext_lazy("Type the shop's name to confirm"), max_length=120)


class CloseView(MerchantFormPage):
    grant = CLOSE_MERCHANT
    title = gettext_lazy("Close merchant")
    intro = gettext_lazy("This is final. It is refused while orders, returns or balances are open.")
    form_class = CloseForm
    submit_label = gettext_lazy("Close merchant for good")
    success_message = gettext_lazy("The merchant is closed.")

    def perform(self, form: Any) -> None:
        if form.cleaned_data["word"].strip() != self.merchant.name:
            message = _("Type exactly “%(name)s”.") % {"name": self.merchant.name}
            raise InvalidInput(message, fields={"word": message})
        suspensions.close_merchant(self.merchant.ref, actor=self.actor, reason=form.cleaned_data["reason"])


class ApproveKycView(MerchantActionPage):
    grant = REVIEW_MERCHANT
    success_message = gettext_lazy("The identity is approved. Payouts may leave.")

    def perform(self) -> None:
        kyc.approve_kyc(self.merchant.ref, actor=self.actor)


class RefuseKycView(ReasonPage):
    grant = REVIEW_MERCHANT
    title = gettext_lazy("Refuse identity")
    intro = gettext_lazy(
        "Payouts are held until the merchant hands its papers in again and you approve them."
    )
    submit_label = gettext_lazy("Refuse identity")
    success_message = gettext_lazy("The identity check is refused and the merchant got a mail.")
    operation = staticmethod(kyc.refuse_kyc)


class WaiveKycView(ReasonPage):
    grant = REVIEW_MERCHANT
    title = gettext_lazy("No identity check required")
    submit_label = gettext_lazy("Do without the check")
    success_message = gettext_lazy("No check is required of this merchant. Payouts may leave.")
    operation = staticmethod(kyc.waive_kyc)


class WaiveItemView(MerchantFormPage):
    """Do without one line of the checklist for this merchant."""

    grant = REVIEW_MERCHANT
    form_class = ReasonForm
    submit_label = gettext_lazy("Waive this point")
    success_message = gettext_lazy("The point is waived; your name and reason stay with it.")

    def get_title(self) -> str:
        item = get_checklist_item(self.merchant, self.kwargs["code"], actor=self.actor)
        return _("Waive “%(item)s”") % {"item": item.rule.title}

    def perform(self, form: Any) -> None:
        waive_item(
            self.merchant.ref, self.kwargs["code"], actor=self.actor, reason=form.cleaned_data["reason"]
        )


class OperatorCheckView(MerchantActionPage):
    grant = REVIEW_MERCHANT
    success_message = gettext_lazy("The point is done.")

    def perform(self) -> None:
        complete_operator_check(self.merchant.ref, self.kwargs["code"], actor=self.actor)


class MerchantTermsForm(Form):
    slug = forms.SlugField(label=gettext_lazy("Address of the shop page"), max_length=140)
    hold_days = forms.IntegerField(
        label=gettext_lazy("Hold days"),
        min_value=0,
        max_value=180,
        help_text=gettext_lazy("Days between receipt by the buyer and the money becoming payable."),
    )
    is_premium = forms.BooleanField(label=gettext_lazy("Premium merchant"), required=False)
    is_trusted = forms.BooleanField(
        label=gettext_lazy("Trusted merchant"),
        required=False,
        help_text=gettext_lazy("New products go live without a review."),
    )


class SetMerchantTermsView(MerchantFormPage):
    grant = SET_MERCHANT_TERMS
    title = gettext_lazy("What we agreed with the merchant")
    form_class = MerchantTermsForm
    success_message = gettext_lazy("Saved.")

    def get_subject(self) -> Any:
        return self.merchant

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.merchant, name) for name in OPERATOR_FIELDS}

    def get_version(self) -> int:
        return self.merchant.version

    def perform(self, form: Any) -> None:
        set_merchant_terms(self.merchant.ref, form.cleaned_data, actor=self.actor)
