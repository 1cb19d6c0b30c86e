"""A payment provider's message: checked, kept, answered; handled after the answer."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from backoffice.kernel.errors import DomainError, NotFound
from backoffice.kernel.grants import PUBLIC
from backoffice.ui.pages import Page
from oms.operations.payment_notifications import keep_notification
from oms.ports import find_provider

MAX_BYTES = 256 * 1024


# The sender has no session; its signature over the body is what counts.
@method_decorator(csrf_exempt, name="dispatch")
class PaymentNotificationView(Page):
    """POST only; 200 means kept, also when it was kept before. Anything else makes the provider send it again."""

    audience = "entrance"
    grant = PUBLIC
    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        provider = find_provider(self.kwargs["provider"])
        if provider is None or not provider.is_available():
            raise NotFound(_("Nobody sends messages of this kind."))
        if int(request.headers.get("Content-Length") or 0) > MAX_BYTES:
            return JsonResponse({"code": "too_large"}, status=413)
        try:
            message = provider.read_notification(request.body, request.headers)
        except DomainError as error:
            return JsonResponse({"code": error.code, "message": error.message}, status=400)
        is_new = keep_notification(provider.code, message)
        return JsonResponse({"received": True, "new": is_new})
