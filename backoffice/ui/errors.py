"""Error pages inside the shell of the audience: what happened, why, and where to go next."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from backoffice.kernel.errors import DomainError


def domain_error_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page of a refusal; a missing thing never repeats its message, so it cannot tell whose thing it was."""
    if error.status == 404:
        return not_found(request)
    titles = {
        403: _("You may not do this"),
        409: _("This is not possible now"),
        422: _("Something in this request is not right"),
        503: _("Another system does not answer"),
    }
    title = titles.get(error.status, _("This did not work"))
    return _error(request, status=error.status, title=title, message=error.message, code=error.code)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(
        request,
        status=404,
        title=_("Page not found"),
        message=_(
            "There is nothing at this address, or it belongs to somebody else. Check the address or search for it."
        ),
        code="not_found",
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(
        request,
        status=403,
        title=_("You may not do this"),
        message=_("Your account lacks the right for this page. Ask an administrator for it."),
        code="permission_refused",
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(
        request,
        status=400,
        title=_("This request could not be read"),
        message=_("The browser sent something incomplete. Go back, reload the page and try again."),
        code="bad_request",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """A page without database, session or shell: whatever broke must not break this too."""
    return HttpResponse(loader.render_to_string("ui/500.html", {}), status=500)


def _error(request: HttpRequest, *, status: int, **context: Any) -> HttpResponse:
    return render(request, "ui/error.html", {"status": status, "breadcrumbs": [], **context}, status=status)
