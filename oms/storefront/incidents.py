"""The buyer reports a problem with one article and says whether the shop's answer solved it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, FormPage
from oms.models import IncidentReason, OrderLine
from oms.operations.incidents import Report, answer_as_buyer, open_incident_as_buyer
from oms.portal.incidents import text_field
from oms.selectors.incidents import list_reportable
from oms.storefront.orders import OnePartPage


class ProblemForm(Form):
    position = forms.TypedChoiceField(label=gettext_lazy("Article"), coerce=int)
    reason = forms.ChoiceField(
        label=gettext_lazy("What is wrong"), choices=IncidentReason.choices, widget=forms.RadioSelect
    )
    text = text_field(gettext_lazy("What happened"), gettext_lazy("The shop reads it."))

    def __init__(self, *args: Any, lines: list[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["position"].choices = [(line.position, line.title) for line in lines]  # type: ignore[attr-defined]


class ReportProblemView(OnePartPage, FormPage):
    template_name = "oms/storefront/problem.html"
    title = gettext_lazy("Report a problem")
    intro = gettext_lazy(
        "The shop has to answer, and is paid for this article only when the problem is settled."
    )
    form_class = ProblemForm
    submit_label = gettext_lazy("Report the problem")
    success_message = gettext_lazy("We told the shop. You get an e-mail when it answers.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"lines": list_reportable(self.part)}

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        report = Report(data["reason"], data["text"])
        open_incident_as_buyer(
            self.order.pk, self.part.position, data["position"], report, actor=self.buyer()
        )


class ProblemSolvedView(OnePartPage, ActionPage):
    success_message = gettext_lazy("Thank you. The problem is closed.")

    def perform(self) -> None:
        answer_as_buyer(
            self.order.pk, self.part.position, self.kwargs["line"], is_solved=True, actor=self.buyer()
        )


class ObjectionForm(Form):
    text = text_field(gettext_lazy("What is still wrong"), gettext_lazy("The shop reads it."), required=True)


class ProblemNotSolvedView(OnePartPage, FormPage):
    template_name = "oms/storefront/problem.html"
    title = gettext_lazy("It is not solved")
    intro = gettext_lazy("The shop is asked to answer again.")
    form_class = ObjectionForm
    submit_label = gettext_lazy("Tell the shop")
    success_message = gettext_lazy("We told the shop that the problem is still there.")

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def perform(self, form: Any) -> None:
        answer_as_buyer(
            self.order.pk,
            self.part.position,
            self.kwargs["line"],
            is_solved=False,
            text=form.cleaned_data["text"],
            actor=self.buyer(),
        )
