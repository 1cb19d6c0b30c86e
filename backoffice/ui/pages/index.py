from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.kernel.counting import Countable, count_together
from backoffice.kernel.errors import DomainError, NotFound, PermissionRefused
from backoffice.ui import export_jobs, exports
from backoffice.ui.columns import value_of
from backoffice.ui.filters import Chip, FilterSet, list_chips
from backoffice.ui.pages.base import Page
from backoffice.ui.pages.bulk import BulkAction
from backoffice.ui.saved_views import SavedView, forget_url, kept_query, list_saved_views, save_url
from backoffice.ui.tables import Table, changed_query


@dataclass(frozen=True, slots=True)
class Tab:
    """A ready-made view of an index: a query string that sets its filters (`state=waiting_acceptance`).

    `count` is a number, or scoped rows: those of all tabs are counted in one statement.
    """

    label: Any
    query: str = ""
    count: int | Countable | None = None


class IndexPage(Page):
    """A list: search, filters, tabs, sorting, pages, export and bulk actions, all of it in the URL.

    Set `table_class`, optionally `filter_class`, `bulk_actions`, the empty state and `get_main_action()`; give the
    scoped rows by `get_rows()`. htmx requests get the table part only.
    """

    template_name = "ui/index.html"
    part_template = "ui/partials/results.html"
    table_class: ClassVar[type[Table]]
    filter_class: ClassVar[type[FilterSet] | None] = None
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
    export_formats: ClassVar[Sequence[str]] = exports.FORMATS
    empty_title: Any = ""
    empty_text: Any = ""
    empty_icon: str = "inbox"

    _filterset: FilterSet | None = None

    def get_rows(self) -> Any:
        """The scoped queryset or sequence before filters; the selector applies `visible_to(actor)`."""
        return ()

    def get_tabs(self) -> Sequence[Tab]:
        return ()

    def get_main_action(self) -> tuple[Any, str] | None:
        """(label, url) of the one button of this page, for instance “Invite merchant”; None hides it."""
        return None

    def get_empty_action(self) -> tuple[Any, str] | None:
        """The first step offered while the list is empty; by default the main action."""
        return self.get_main_action()

    @property
    def filterset(self) -> FilterSet | None:
        if self._filterset is None and self.filter_class is not None:
            self._filterset = self.filter_class(self.query, queryset=self.get_rows(), request=self.request)
        return self._filterset

    @property
    def query(self) -> QueryDict:
        return self.request.GET

    def get_filtered_rows(self) -> Any:
        """Rows after the filters of the URL; values that make no sense are ignored and named at their filter."""
        return self.filterset.qs if self.filterset is not None else self.get_rows()

    def get_table(self) -> Table:
        return self.table_class(
            self.get_filtered_rows(), self.request, selectable=bool(self.get_bulk_actions())
        )

    def get_bulk_actions(self) -> list[BulkAction]:
        allowed = self.actor.can
        return [a for a in self.bulk_actions if not a.grant or allowed(a.grant, merchant_id=self.merchant_id)]

    def get_chips(self) -> list[Chip]:
        return list_chips(self.filterset, self.query) if self.filterset is not None else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        table = kwargs.pop("table", None) or self.get_table()
        return super().get_context_data(
            table=table,
            filterset=self.filterset,
            chips=self.get_chips(),
            tabs=[(tab, self._is_current(tab)) for tab in self._counted_tabs()],
            bulk_actions=self.get_bulk_actions(),
            saved_views=self.get_saved_views(),
            save_view_url=self.get_save_view_url(),
            main_action=self.get_main_action(),
            empty_action=self.get_empty_action(),
            export_links=[(name.upper(), self._export_url(name)) for name in self.export_formats],
            **kwargs,
        )

    def _counted_tabs(self) -> list[Tab]:
        tabs = self.get_tabs()
        wanted = {tab.query: tab.count for tab in tabs if not isinstance(tab.count, int | None)}
        numbers = count_together(wanted)
        return [replace(tab, count=numbers[tab.query]) if tab.query in numbers else tab for tab in tabs]

    @property
    def list_name(self) -> str:
        """The name under which views of this list are kept; lists below one thing keep none."""
        match = self.request.resolver_match
        return match.view_name if match is not None and not self.kwargs else ""

    def get_saved_views(self) -> list[tuple[SavedView, bool, str]]:
        """Each kept view with whether it is shown now, and where it is removed."""
        here, name = kept_query(self.query), self.list_name
        return [
            (view, view.query == here, forget_url(self.audience, name, view))
            for view in (list_saved_views(self.request, name) if name else ())
        ]

    def get_save_view_url(self) -> str:
        here = kept_query(self.query)
        if not self.list_name or any(
            view.query == here for view in list_saved_views(self.request, self.list_name)
        ):
            return ""
        return save_url(self.audience, self.list_name, here)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = request.GET.get("export", "")
        if wanted in self.export_formats:
            return self.export(wanted)
        return self.render(template=self.part_template if self.is_htmx else "")

    def export(self, file_format: str) -> HttpResponseBase:
        """The rows as a file; a long list is written by a job, whose page shows the progress and then the file."""
        table = self.get_table()
        if export_jobs.is_long(table):
            job = export_jobs.enqueue_export(self.request, file_format, self.get_title(), self.merchant_id)
            return self.redirect(reverse(f"{self.audience}:job-detail", args=[job.ref]))
        return exports.export_response(table, file_format, self.get_title())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A bulk action over the ticked rows, or over all rows that match the filters of the URL."""
        if not self.bulk_actions:
            return self.http_method_not_allowed(request, *args, **kwargs)
        action = next((a for a in self.get_bulk_actions() if a.code == request.POST.get("bulk")), None)
        if action is None:
            raise PermissionRefused(
                _("This bulk action does not exist here or is not yours to use."), grant="bulk"
            )
        everything = request.POST.get("all") == "1"
        keys = request.POST.getlist("selected")
        back = self.redirect(request.get_full_path())
        if not everything and not keys:
            messages.warning(request, _("Select at least one row first."))
            return back
        rows = self.get_filtered_rows() if everything else self.select_rows(keys)
        if action.confirm and request.POST.get("confirmed") != "1":
            return self._ask(action, rows, keys, everything)
        return self._run(action, rows) or back

    def select_rows(self, keys: list[str]) -> Any:
        """The ticked rows among the rows of this page's scope; foreign keys simply match nothing."""
        rows, key = self.get_rows(), self.table_class.key
        if isinstance(rows, QuerySet):
            return rows.filter(**{f"{key.replace('.', '__')}__in": keys})
        return [row for row in rows if str(value_of(row, key)) in set(keys)]

    def _run(self, action: BulkAction, rows: Any) -> HttpResponse | None:
        try:
            result = getattr(self, action.method)(rows)
        except (NotFound, PermissionRefused):
            raise
        except DomainError as error:
            messages.error(self.request, error.message)
            return None
        if isinstance(result, HttpResponse):
            return result
        messages.success(self.request, result or _("Done."))
        return None

    def _ask(self, action: BulkAction, rows: Any, keys: list[str], everything: bool) -> HttpResponse:
        count = rows.count() if isinstance(rows, QuerySet) else len(rows)
        hidden = [("bulk", action.code), ("confirmed", "1"), *(("selected", key) for key in keys)]
        if everything:
            hidden.append(("all", "1"))
        return self.render(
            template="ui/confirm_bulk.html", bulk_action=action, bulk_count=count, hidden_inputs=hidden
        )

    def _export_url(self, name: str) -> str:
        return "?" + changed_query(self.query, {}) + f"&export={name}"

    def _is_current(self, tab: Tab) -> bool:
        wanted = QueryDict(tab.query)
        current = self.query.copy()
        for name in ("page", "sort", "per_page", "hide", "density"):
            current.pop(name, None)
        return {k: v for k, v in current.lists() if any(v)} == dict(wanted.lists())
