"""Who acts in this request: `request.actor`, built once and only when asked for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from backoffice.kernel.actors import buyer_actor


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = buyer_actor()  # type: ignore[attr-defined]
        return self.get_response(request)
