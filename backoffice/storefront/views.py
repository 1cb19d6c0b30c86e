"""Pages of the buyers' shell itself: home, information pages, theme, robots."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views import View
from django.views.generic import TemplateView

from backoffice.kernel.grants import PUBLIC
from backoffice.storefront.models import StoreContentPage, StoreHomePage
from backoffice.ui.pages import StorefrontPage


class HomeView(StorefrontPage, TemplateView):
    """The view's home page, made of blocks by an editor; without one, the catalogue's newest cards."""

    grant = PUBLIC
    template_name = "storefront/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = StoreHomePage.objects.live().filter(view_code=self.store.view_code).first()
        return {**super().get_context_data(**kwargs), "page": page}


class ContentPageView(StorefrontPage, TemplateView):
    grant = PUBLIC
    template_name = "storefront/content_page.html"

    def get_context_data(self, slug: str, **kwargs: Any) -> dict[str, Any]:
        home = StoreHomePage.objects.live().filter(view_code=self.store.view_code).first()
        page = StoreContentPage.objects.live().child_of(home).filter(slug=slug).first() if home else None
        if page is None:
            raise Http404
        return {**super().get_context_data(**kwargs), "page": page}


class ThemeView(StorefrontPage, View):
    """The view's accent colours as CSS variables: a stylesheet of its own, so no inline style is needed."""

    grant = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        light = f"--bo-accent:{self.store.accent}"
        dark = f"--bo-accent:{self.store.accent_dark}"
        css = (
            f":root{{{light}}}"
            f"@media(prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
            f":root[data-theme=dark]{{{dark}}}"
        )
        return HttpResponse(css, content_type="text/css", headers={"Cache-Control": "public, max-age=300"})


class RobotsView(StorefrontPage, View):
    grant = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        lines = ["User-agent: *", "Disallow: /cart/", "Disallow: /checkout/", "Disallow: /orders/"]
        return HttpResponse("\n".join(lines), content_type="text/plain")
