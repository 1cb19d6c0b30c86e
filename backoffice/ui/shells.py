"""What console and portal share: shell data, menu counts, the search page and the page of a job."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.grants import SIGNED_IN
from backoffice.kernel.jobs import cancel_job, get_job, retry_job
from backoffice.kernel.phrases import shown
from backoffice.ui.export_jobs import open_export
from backoffice.ui.menus import Hit, list_searches
from backoffice.ui.navigation import build_menu, menu_counts
from backoffice.ui.pages import ActionPage, DetailPage, Page


def shell_data(
    request: HttpRequest, audience: str, actor: Actor, merchant_id: int | None, icons: Mapping[str, str]
) -> dict[str, Any]:
    """Menu, person and language choice as every shell draws them."""
    user = request.user
    name = str(user)
    return {
        "menu": build_menu(request, audience, actor, merchant_id, icons),
        "home_url": f"/{audience}/",
        "user_name": name,
        "user_email": getattr(user, "email", ""),
        "initials": "".join(word[0] for word in name.split()[:2]).upper(),
        "languages": [(code, label, code == get_language()) for code, label in settings.LANGUAGES],
        "keys": key_switch(request),
        "is_home": request.path == f"/{audience}/",
    }


def key_switch(request: HttpRequest) -> str:
    """Whether single keys act: `off` for those who switched them off in the help."""
    return "off" if request.COOKIES.get("bo_keys") == "off" else "on"


class MenuCountsPage(Page):
    """The numbers beside the menu, fetched after the page so that no page waits for them."""

    grant = SIGNED_IN
    template_name = "ui/partials/menu_counts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"counts": menu_counts(self.audience, self.actor, self.merchant_id), **kwargs}


class SearchPage(Page):
    """One box over everything the apps let the actor find; an exact single hit opens at once."""

    grant = SIGNED_IN
    title = _("Search")
    template_name = "ui/search.html"

    @property
    def text(self) -> str:
        return self.request.GET.get("q", "").strip()[:100]

    def get_results(self) -> list[tuple[Any, list[Hit]]]:
        if len(self.text) < 2:
            return []
        searches = list_searches(self.audience, self.actor, self.merchant_id)
        found = [(search.label, list(search.find(self.text, self.actor))[:10]) for search in searches]
        return [(label, hits) for label, hits in found if hits]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        results = self.get_results()
        if self.is_htmx:
            return self.render(template="ui/partials/search_hits.html", results=results)
        exact = [hit for _label, hits in results for hit in hits if hit.exact]
        if len(exact) == 1:
            return self.redirect(exact[0].url)
        return self.render(results=results, text=self.text)


class JobPage(DetailPage):
    """A job while it works and after: progress, counts, log, results; operators see all, merchants their own."""

    grant = SIGNED_IN
    template_name = "ui/job.html"
    object_name = "job"

    def get_object(self) -> Any:
        return get_job(self.kwargs["ref"], actor=self.actor)

    def get_title(self) -> str:
        return str(self.object.title or self.object.ref)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = self.object
        results = list(job.checkpoint.get("results", [])) if job.is_finished else []
        if job.is_finished and "file" in job.checkpoint and job.created_by_user_id == self.actor.user_id:
            results.append({"url": f"{self.request.path}file/", "label": gettext("Download")})
        log = [{**line, "text": shown(line["text"])} for line in reversed(job.log)]
        return super().get_context_data(log=log, results=results, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self.render(template="ui/partials/job_part.html" if self.is_htmx else "")


class JobFilePage(Page):
    """The file an export wrote, for the person who asked for it."""

    grant = SIGNED_IN

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        file, name = open_export(self.kwargs["ref"], actor=self.actor)
        return FileResponse(file, as_attachment=True, filename=name)


class CancelJobPage(ActionPage):
    grant = SIGNED_IN
    success_message = _("The job stops at its next step. What is done stays done.")

    def perform(self) -> None:
        cancel_job(self.kwargs["ref"], actor=self.actor)

    def get_success_url(self) -> str:
        return self.request.path.removesuffix("cancel/")


class RetryJobPage(ActionPage):
    grant = SIGNED_IN
    success_message = _("The job goes on where it stopped.")

    def perform(self) -> None:
        retry_job(self.kwargs["ref"], actor=self.actor)

    def get_success_url(self) -> str:
        return self.request.path.removesuffix("retry/")
