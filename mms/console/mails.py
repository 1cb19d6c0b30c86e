from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel import audit
from backoffice.ui import badges, formats
from backoffice.ui.filters import DateRangeFilter, FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.pages import ActionPage, ConsolePage, DetailPage, Fact, IndexPage
from backoffice.ui.tables import Column, Table
from mms.models import Mail, MailState
from mms.operations.mails import resend_mail
from mms.permissions import SEND_MAILS, VIEW_MAILS
from mms.selectors.mails import get_mail, list_mails


class MailTable(Table):
    columns = (
        Column("subject", gettext_lazy("Subject"), link=True, sub="to"),
        Column("about_ref", gettext_lazy("About"), priority=2),
        Column("state", gettext_lazy("State"), kind="badge", states="mms.Mail", sort=True),
        Column("created_at", gettext_lazy("Written"), kind="when", sort=True),
        Column("sent_at", gettext_lazy("Sent"), kind="when", sort=True, priority=3),
    )
    default_sort = "-created_at"

    def row_url(self, record: Mail) -> str:
        return reverse("console:mms-mail-detail", args=[record.ref])


class MailFilter(FilterSet):
    q = SearchFilter(
        fields=["to__icontains", "subject__icontains", "about_ref__iexact"],
        label=gettext_lazy("Address, subject or reference"),
    )
    state = MultipleChoiceFilter(label=gettext_lazy("State"), choices=MailState.choices)
    written = DateRangeFilter(field_name="created_at", label=gettext_lazy("Written"))


class MailListView(ConsolePage, IndexPage):
    grant = VIEW_MAILS
    title = gettext_lazy("Mail outbox")
    table_class = MailTable
    filter_class = MailFilter
    empty_title = gettext_lazy("No mail yet")
    empty_text = gettext_lazy("Every mail the marketplace writes appears here, with what became of it.")
    empty_icon = "mail"

    def get_rows(self) -> Any:
        return list_mails()


class MailDetailView(ConsolePage, DetailPage):
    grant = VIEW_MAILS
    template_name = "mms/console/mail_detail.html"
    object_name = "mail"

    def get_object(self) -> Mail:
        return get_mail(self.kwargs["ref"])

    def get_title(self) -> str:
        return str(self.object.subject)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Mail outbox"), reverse("console:mms-mail-list"))]

    def get_badge(self) -> SafeString:
        return badges.badge(self.object.state, "mms.Mail")

    def get_facts(self) -> list[Fact]:
        return [
            Fact(_("Recipient"), self.object.to),
            Fact(_("Written"), formats.when(self.object.created_at)),
            Fact(_("Sent"), formats.when(self.object.sent_at)),
            Fact(_("About"), self.object.about_ref or "–"),
            Fact(_("Attempts"), self.object.attempts),
        ]

    def get_timeline(self) -> Any:
        return audit.list_entries(self.object)[:50]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_send=self.actor.can(SEND_MAILS), **kwargs)


class ResendMailView(ConsolePage, ActionPage):
    grant = SEND_MAILS
    success_message = gettext_lazy("The mail is on its way again.")

    def perform(self) -> None:
        resend_mail(self.kwargs["ref"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:mms-mail-detail", args=[self.kwargs["ref"]])
