"""The operator's own onboarding: checklist, kinds of papers, automatic approval."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, ConsolePage, FormPage, Page
from mas.models import ChecklistRule, DocumentType, ItemKind
from mas.operations.checklist_rules import save_checklist_rule, save_document_type, set_onboarding_policy
from mas.operations.starter_checklist import start_usual_checklist
from mas.permissions import CONFIGURE_ONBOARDING
from mas.selectors.onboarding import get_document_type, get_policy, get_rule, list_document_types, list_rules

RULE_FIELDS = (
    "kind",
    "code",
    "title",
    "help_text",
    "position",
    "is_required",
    "is_active",
    "document_type",
    "statement",
    "minimum_products",
)
TYPE_FIELDS = ("code", "name", "help_text", "has_expiry", "max_megabytes", "is_active")
FILE_TYPES = [("pdf", "PDF"), ("jpg", "JPEG"), ("png", "PNG"), ("webp", "WebP"), ("txt", "TXT")]


class OnboardingConfigPage(ConsolePage):
    grant = CONFIGURE_ONBOARDING

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Onboarding"), reverse("console:mas-onboarding-detail"))]

    def get_success_url(self) -> str:
        return reverse("console:mas-onboarding-detail")

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class OnboardingView(ConsolePage, Page):
    """Everything a new merchant is asked, in order, with the kinds of papers and the rules around it."""

    grant = CONFIGURE_ONBOARDING
    title = gettext_lazy("Onboarding")
    intro = gettext_lazy("What you ask of new merchants. Changes reach merchants who are still registering.")
    template_name = "mas/console/onboarding.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            rules=list(list_rules()),
            document_types=list(list_document_types()),
            policy=get_policy(),
            **kwargs,
        )


class StartChecklistView(OnboardingConfigPage, ActionPage):
    success_message = gettext_lazy("The usual checklist is in place. Change it as you like.")

    def perform(self) -> None:
        start_usual_checklist(actor=self.actor)


class RuleForm(Form):
    kind = forms.ChoiceField(label=gettext_lazy("What is asked for"), choices=ItemKind.choices)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=60, help_text=gettext_lazy("Part of the step's address.")
    )
    help_text = forms.CharField(
        label=gettext_lazy("Explanation for the merchant"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    position = forms.IntegerField(label=gettext_lazy("Position"), min_value=0, max_value=30000, initial=100)
    is_required = forms.BooleanField(label=gettext_lazy("Required"), required=False, initial=True)
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)
    document_type: forms.ModelChoiceField[DocumentType] = forms.ModelChoiceField(
        label=gettext_lazy("Document (for documents)"), queryset=None, required=False
    )
    statement = forms.CharField(
        label=gettext_lazy("Statement to confirm (for attestations)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    minimum_products = forms.IntegerField(
        label=gettext_lazy("Products needed (for minimum products)"), required=False, min_value=1
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document_type"].queryset = list_document_types()  # type: ignore[attr-defined]


class SaveRuleView(OnboardingConfigPage, FormPage):
    """Add a line of the checklist, or change the one in the address."""

    form_class = RuleForm
    success_message = gettext_lazy("The checklist item is saved.")

    @property
    def rule(self) -> ChecklistRule | None:
        ref = self.kwargs.get("ref")
        return get_rule(ref) if ref else None

    def get_title(self) -> str:
        rule = self.rule
        return rule.title if rule else _("Add checklist item")

    def get_initial(self) -> dict[str, Any]:
        rule = self.rule
        return {name: getattr(rule, name) for name in RULE_FIELDS} if rule else {}

    def perform(self, form: Any) -> None:
        save_checklist_rule(form.cleaned_data, actor=self.actor, ref=self.kwargs.get("ref", ""))


class DocumentTypeForm(Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    code = forms.SlugField(label=gettext_lazy("Code"), max_length=60)
    help_text = forms.CharField(
        label=gettext_lazy("Explanation for the merchant"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    file_types = forms.MultipleChoiceField(
        label=gettext_lazy("Allowed file types"),
        choices=FILE_TYPES,
        widget=forms.CheckboxSelectMultiple,
        initial=["pdf", "jpg", "png"],
    )
    max_megabytes = forms.IntegerField(
        label=gettext_lazy("Largest file (MB)"), min_value=1, max_value=100, initial=20
    )
    has_expiry = forms.BooleanField(label=gettext_lazy("Has an expiry date"), required=False)
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)


class SaveDocumentTypeView(OnboardingConfigPage, FormPage):
    """Add a kind of paper, or change the one in the address."""

    form_class = DocumentTypeForm
    success_message = gettext_lazy("The document type is saved.")

    @property
    def document_type(self) -> DocumentType | None:
        code = self.kwargs.get("code")
        return get_document_type(code) if code else None

    def get_title(self) -> str:
        found = self.document_type
        return found.name if found else _("Add document type")

    def get_initial(self) -> dict[str, Any]:
        found = self.document_type
        if found is None:
            return {}
        return {name: getattr(found, name) for name in (*TYPE_FIELDS, "file_types")}

    def perform(self, form: Any) -> None:
        save_document_type(form.cleaned_data, actor=self.actor, code=self.kwargs.get("code", ""))


class PolicyForm(Form):
    invitation_days = forms.IntegerField(
        label=gettext_lazy("Invitations are valid for (days)"), min_value=1, max_value=365
    )
    auto_approve = forms.BooleanField(
        label=gettext_lazy("Approve automatically"),
        required=False,
        help_text=gettext_lazy(
            "As soon as everything required is there and every required document is accepted."
        ),
    )


class SetPolicyView(OnboardingConfigPage, FormPage):
    title = gettext_lazy("Rules of onboarding")
    form_class = PolicyForm
    success_message = gettext_lazy("Saved.")

    def get_initial(self) -> dict[str, Any]:
        policy = get_policy()
        return {"auto_approve": policy.auto_approve, "invitation_days": policy.invitation_days}

    def perform(self, form: Any) -> None:
        set_onboarding_policy(actor=self.actor, **form.cleaned_data)
