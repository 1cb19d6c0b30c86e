from typing import Any

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from backoffice.kernel.errors import DomainError, NotFound, PermissionRefused
from backoffice.ui.pages.base import Page

# How a message says where its act is taken back.
UNDO = "undo:"


class ActionPage(Page):
    """One business verb by POST: `perform()` calls one operation, then a message and a redirect.

    A refused rule becomes an error message on the page one came from. Where `confirm` is set, GET asks first on a page
    of its own (for acts that cannot be undone); `confirm_word` must then be typed. Without `confirm`, GET answers 405.
    """

    success_message: Any = ""
    confirm: Any = ""
    confirm_word: str = ""
    confirm_button: Any = ""
    # How the confirmation button looks: "danger" or "primary".
    confirm_tone = "danger"
    template_name = "ui/confirm.html"

    def perform(self) -> Any:
        """Call the operation; a returned text replaces `success_message`, a returned response replaces the redirect."""
        raise ImproperlyConfigured(f"{type(self).__name__} must say what it performs.")

    def get_success_url(self) -> str:
        """Where to go afterwards when the request names no `next`."""
        return "/"

    def get_undo_url(self) -> str:
        """The address whose POST takes the act back; offered for ten seconds beside the message. Empty: no way back."""
        return ""

    def get_confirm(self) -> str:
        return str(self.confirm)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.get_confirm():
            return self.http_method_not_allowed(request, *args, **kwargs)
        return self.render(next=self.safe_next(self.get_success_url()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.confirm_word and request.POST.get("word", "").strip() != self.confirm_word:
            return self.render(status=422, next=self.safe_next(self.get_success_url()), word_missing=True)
        try:
            result = self.perform()
        except (NotFound, PermissionRefused):
            raise
        except DomainError as error:
            messages.error(request, error.message)
            return self.redirect(self.safe_next(self.get_success_url()))
        if isinstance(result, HttpResponse):
            return result
        text = result if isinstance(result, str) else self.success_message
        if text:
            undo_url = self.get_undo_url()
            messages.success(request, text, extra_tags=f"{UNDO}{undo_url}" if undo_url else "")
        return self.redirect(self.safe_next(self.get_success_url()))
