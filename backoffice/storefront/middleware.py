"""Which store view a request is for: host and path prefix decide, nothing falls back to a default store."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.cache import patch_vary_headers

from mms.context import StoreContext
from mms.selectors.scopes import list_store_contexts, resolve_view

URLCONF = "backoffice.storefront.root"
# First path segments that belong to the other audiences and to the server itself.
RESERVED = frozenset(
    {
        "console",
        "portal",
        "api",
        "accounts",
        "static",
        "media",
        "files",
        "hooks",
        "welcome",
        "livez",
        "readyz",
        "i18n",
    }
)


class StoreContextMiddleware:
    """Sets `request.store`, activates the view's language and hides the view's prefix from the URL conf.

    The prefix becomes the script prefix, so `reverse()` and `{% url %}` add it again by themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.lstrip("/").partition("/")[0] in RESERVED:
            return self.get_response(request)
        host = request.get_host().partition(":")[0]
        store = resolve_view(host, request.path_info)
        if store is None:
            return self._without_view(request, host)
        return self._within(request, store)

    def _within(self, request: HttpRequest, store: StoreContext) -> HttpResponse:
        request.store = store  # type: ignore[attr-defined]
        request.urlconf = URLCONF
        request.path_info = "/" + request.path_info.removeprefix(store.base_path.rstrip("/")).lstrip("/")
        outer_prefix = get_script_prefix()
        set_script_prefix(store.base_path)
        try:
            with translation.override(store.language):
                return self.get_response(request)
        finally:
            set_script_prefix(outer_prefix)

    def _without_view(self, request: HttpRequest, host: str) -> HttpResponse:
        # A view may live on any path of its host, so the host's views are found by asking for each one's own path.
        here = [store for store in list_store_contexts() if resolve_view(host, store.base_path) == store]
        if here and request.path_info == "/":
            wanted = translation.get_language_from_request(request).partition("-")[0]
            matching = [store for store in here if store.language.partition("-")[0] == wanted]
            response: HttpResponse = HttpResponseRedirect((matching or here)[0].base_path)
            patch_vary_headers(response, ["Accept-Language"])
            return response
        return render(request, "storefront/no_store.html", {"stores": here}, status=404)
