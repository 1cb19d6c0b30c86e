"""Pages over the kernel's jobs, mounted beside the real ones: each kind of page once, for both inner audiences."""

from typing import ClassVar

from django import forms
from django.urls import path, reverse

import backoffice.urls as root
from backoffice.kernel.errors import InvalidInput, NotFound, StateRefused
from backoffice.kernel.grants import PUBLIC, SIGNED_IN
from backoffice.kernel.models import Job, JobState
from backoffice.ui.filters import DateRangeFilter, FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.forms import Form, IbanField, MoneyField
from backoffice.ui.pages import (
    ActionPage,
    BulkAction,
    ConsolePage,
    DetailPage,
    FormPage,
    IndexPage,
    PortalPage,
    Tab,
)
from backoffice.ui.tables import Column, Table
from mms.permissions import MANAGE_TEAM, VIEW_AUDIT


class JobTable(Table):
    columns = (
        Column("ref", "Job", kind="ref", link=True, sort=True),
        Column("title", "Title", sort=True),
        Column("done_count", "Rows", kind="count", sort=True),
        Column("total_count", "Fee", kind="money", value=lambda job: job.total_count, currency="kind"),
        Column("state", "State", kind="badge", states="kernel.Job", sort=True),
        Column("created_at", "Created", kind="when", sort=True),
    )
    default_sort = "-done_count"

    def row_url(self, record):
        return reverse("try-job-detail", args=[record.ref])


class JobFilter(FilterSet):
    q = SearchFilter(fields=["ref__iexact", "title__icontains"], label="Job or title")
    state = MultipleChoiceFilter(label="State", choices=JobState.choices)
    created = DateRangeFilter(field_name="created_at", label="Created")


class JobListView(ConsolePage, IndexPage):
    grant = VIEW_AUDIT
    title = "Jobs"
    table_class = JobTable
    filter_class = JobFilter
    empty_title = "No jobs yet"
    bulk_actions = (
        BulkAction("rename", "Rename", "rename"),
        BulkAction("wipe", "Wipe", "wipe", confirm="Wipe these titles?"),
        BulkAction("refuse", "Refuse", "refuse"),
    )

    def get_rows(self):
        return Job.objects.all()

    def get_tabs(self):
        return [Tab("All"), Tab("Failed", "state=failed")]

    def rename(self, rows):
        return f"{rows.update(title='renamed')} renamed."

    def wipe(self, rows):
        rows.update(title="")

    def refuse(self, rows):
        raise StateRefused("None of these can be refused.")


class JobDetailView(ConsolePage, DetailPage):
    grant = VIEW_AUDIT

    def get_object(self):
        found = Job.objects.filter(ref=self.kwargs["ref"]).first()
        if found is None:
            raise NotFound("There is no such job.")
        return found


class TitleForm(Form):
    title = forms.CharField(label="Title", max_length=40)
    fee = MoneyField(label="Fee", currency="EUR", required=False)
    iban = IbanField(label="IBAN", required=False)
    fieldsets: ClassVar = (("Words", ("title",)),)


class ChangeTitleView(PortalPage, FormPage):
    grant = MANAGE_TEAM
    title = "Change title"
    form_class = TitleForm
    success_message = "Saved."

    def job(self):
        return Job.objects.get(ref=self.kwargs["ref"])

    def get_initial(self):
        return {"title": self.job().title}

    def get_version(self):
        return self.job().attempts

    def perform(self, form):
        title = form.cleaned_data["title"]
        if title == "taken":
            raise InvalidInput(
                "Not now.", fields={"title": "This title is taken.", "elsewhere": "And this too."}
            )
        if title == "closed":
            raise StateRefused("The job is closed.")
        job = self.job()
        job.title, job.attempts, job.done_count = title, job.attempts + 1, job.done_count + 1
        job.save()


class StopView(PortalPage, ActionPage):
    grant = MANAGE_TEAM
    success_message = "Stopped."

    def perform(self):
        if self.request.POST.get("fail"):
            raise StateRefused("It has already ended.")

    def get_success_url(self):
        return "/portal/"


class CloseView(PortalPage, ActionPage):
    grant = MANAGE_TEAM
    title = "Close"
    confirm = "This cannot be undone."
    confirm_word = "CLOSE"
    success_message = "Closed."

    def perform(self):
        pass

    def get_success_url(self):
        return "/portal/"


class RefusedView(ConsolePage):
    grant = SIGNED_IN

    def get(self, request, *args, **kwargs):
        raise StateRefused("The period is closed.")


class PublicView(ConsolePage):
    grant = PUBLIC
    title = "Open to all"
    template_name = "ui/page.html"


urlpatterns = [
    path("console/try/jobs/", JobListView.as_view(), name="try-job-list"),
    path("console/try/jobs/<str:ref>/", JobDetailView.as_view(), name="try-job-detail"),
    path("console/try/refused/", RefusedView.as_view()),
    path("console/try/public/", PublicView.as_view()),
    path("portal/try/<str:ref>/title/", ChangeTitleView.as_view()),
    path("portal/try/stop/", StopView.as_view()),
    path("portal/try/close/", CloseView.as_view()),
    *root.urlpatterns,
]
handler404, handler403, handler500 = root.handler404, root.handler403, root.handler500
