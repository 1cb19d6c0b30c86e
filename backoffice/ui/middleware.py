"""The one place where a rule's refusal that no page handled becomes a page with the right status."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from backoffice.kernel.errors import DomainError
from backoffice.ui.errors import bad_request, domain_error_page, not_found


class DomainErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # No database keeps this character, so nothing is there; programs are told by their endpoints.
        if "\x00" in request.path and not request.path.startswith("/api/"):
            return not_found(request)
        if not request.path.startswith("/api/") and "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return domain_error_page(request, exception) if isinstance(exception, DomainError) else None
