"""Terms for merchants: drafts, versions in force, who accepted."""

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.errors import InvalidInput
from backoffice.ui import badges
from backoffice.ui.forms import DateField, Form
from backoffice.ui.pages import ConsolePage, DetailPage, Fact, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from mas.models import TermsVersion
from mas.operations.terms import draft_terms, publish_terms
from mas.permissions import PUBLISH_TERMS, VIEW_MERCHANTS
from mas.selectors.terms import count_missing_acceptances, get_terms, list_terms


def terms_badge(version: TermsVersion) -> Any:
    if not version.is_published:
        return badges.badge(_("Draft"), tone=badges.ENDED)
    return badges.badge(_("Version %(number)d") % {"number": version.number}, tone=badges.DONE)


class TermsTable(Table):
    columns = (
        Column("title", gettext_lazy("Title"), link=True),
        Column("number", gettext_lazy("State"), kind="badge", value=terms_badge),
        Column("published_at", gettext_lazy("Published"), kind="when"),
        Column("accept_by", gettext_lazy("To be accepted by"), kind="date", priority=2),
        Column("acceptance_count", gettext_lazy("Accepted by merchants"), kind="count", priority=2),
    )

    def row_url(self, record: TermsVersion) -> str:
        return reverse("console:mas-terms-detail", args=[record.ref])


class TermsListView(ConsolePage, IndexPage):
    grant = VIEW_MERCHANTS
    title = gettext_lazy("Terms for merchants")
    table_class = TermsTable
    empty_title = gettext_lazy("No terms yet")
    empty_text = gettext_lazy(
        "Write the terms merchants accept when they register. You can publish new versions later."
    )
    empty_icon = "book"

    def get_rows(self) -> Any:
        return list_terms()

    def get_main_action(self) -> tuple[Any, str] | None:
        if not self.actor.can(PUBLISH_TERMS):
            return None
        return _("Write new version"), reverse("console:mas-terms-create")


class TermsPage(ConsolePage):
    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Terms for merchants"), reverse("console:mas-terms-list"))]


class TermsDetailView(TermsPage, DetailPage):
    grant = VIEW_MERCHANTS
    template_name = "mas/console/terms.html"
    object_name = "terms"

    def get_object(self) -> TermsVersion:
        return get_terms(self.kwargs["ref"])

    def get_title(self) -> str:
        return str(self.object.title)

    def get_badge(self) -> Any:
        return terms_badge(self.object)

    def get_facts(self) -> list[Fact]:
        if not self.object.is_published:
            return []
        return [
            Fact(_("Published by"), self.object.published_by_label),
            Fact(_("To be accepted by"), self.object.accept_by or _("no date")),
            Fact(
                _("Not accepted yet"),
                count_missing_acceptances(self.object),
                hint=_("Merchants who trade and have not accepted this version."),
            ),
            Fact(_("Fingerprint"), self.object.text_sha256[:12], hint=_("Start of the SHA-256 of the text.")),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = dict(settings.LANGUAGES)
        return super().get_context_data(
            texts=[(names.get(code, code), text) for code, text in self.object.bodies.items()],
            can_publish=self.actor.can(PUBLISH_TERMS),
            **kwargs,
        )


class TermsForm(Form):
    """Title, what changed, and one text per language."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=150)
    summary_of_changes = forms.CharField(
        label=gettext_lazy("What changed"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Goes into the mail that tells merchants of the new version."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES:
            self.fields[f"body_{code}"] = forms.CharField(
                label=_("Text in %(language)s") % {"language": _(str(name))},
                required=False,
                widget=forms.Textarea(attrs={"rows": 16}),
            )


class DraftTermsView(TermsPage, FormPage):
    """Write a new draft, or go on with the one in the address."""

    grant = PUBLISH_TERMS
    form_class = TermsForm
    submit_label = gettext_lazy("Save draft")
    success_message = gettext_lazy("The draft is saved. Merchants see it once you publish it.")

    saved: TermsVersion | None = None

    def get_title(self) -> str:
        return _("Change draft") if self.kwargs.get("ref") else _("Write new version")

    def get_initial(self) -> dict[str, Any]:
        ref = self.kwargs.get("ref")
        version = get_terms(ref) if ref else list_terms().first()
        if version is None:
            return {"title": _("Terms for merchants")}
        bodies = {f"body_{code}": text for code, text in version.bodies.items()}
        changes = version.summary_of_changes if ref else ""
        return {"title": version.title, "summary_of_changes": changes, **bodies}

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        bodies = {code: data[f"body_{code}"] for code, _name in settings.LANGUAGES}
        try:
            self.saved = draft_terms(
                title=data["title"],
                bodies=bodies,
                summary_of_changes=data["summary_of_changes"],
                ref=self.kwargs.get("ref", ""),
                actor=self.actor,
            )
        except InvalidInput as error:
            first = f"body_{settings.LANGUAGES[0][0]}"
            fields = {first if name == "bodies" else name: text for name, text in error.fields.items()}
            raise InvalidInput(error.message, fields=fields) from error

    def get_success_url(self) -> str:
        if self.saved is None:
            return reverse("console:mas-terms-list")
        return reverse("console:mas-terms-detail", args=[self.saved.ref])

    def get_cancel_url(self) -> str:
        return reverse("console:mas-terms-list")


class PublishForm(Form):
    accept_by = DateField(
        label=gettext_lazy("To be accepted by"),
        required=False,
        help_text=gettext_lazy(
            "Merchants who have not accepted by then pause until they do. Empty: nobody pauses."
        ),
    )


class PublishTermsView(TermsPage, FormPage):
    grant = PUBLISH_TERMS
    title = gettext_lazy("Publish terms")
    intro = gettext_lazy("The text cannot be changed afterwards, and every merchant gets a mail.")
    form_class = PublishForm
    submit_label = gettext_lazy("Publish terms")
    success_message = gettext_lazy("The terms are in force and merchants are told.")

    def perform(self, form: Any) -> None:
        publish_terms(self.kwargs["ref"], accept_by=form.cleaned_data["accept_by"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:mas-terms-detail", args=[self.kwargs["ref"]])

    def get_cancel_url(self) -> str:
        return self.get_success_url()
