"""Pages of the buyers' shell itself: home, information pages, theme, robots."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from backoffice.kernel.errors import NotFound
from backoffice.kernel.grants import PUBLIC
from backoffice.storefront.models import StoreContentPage, StoreHomePage
from backoffice.storefront.selectors import find_home_page, list_content_pages
from backoffice.ui.pages import StorefrontPage


class HomeView(StorefrontPage):
    """The view's home page, made of blocks by an editor; without one, the catalogue's newest cards."""

    grant = PUBLIC
    template_name = "storefront/home.html"

    @cached_property
    def content(self) -> StoreHomePage | None:
        return find_home_page(self.store.view_code)

    def get_title(self) -> str:
        return str(self.content.seo_title if self.content and self.content.seo_title else _("Welcome"))

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        return super().get_context_data(content=self.content, store=self.store, **extra)


class ContentPageView(StorefrontPage):
    grant = PUBLIC
    template_name = "storefront/content_page.html"

    @cached_property
    def content(self) -> StoreContentPage:
        found = list_content_pages(self.store.view_code).filter(slug=self.kwargs["slug"]).first()
        if found is None:
            raise NotFound(_("There is no such page."))
        return found

    def get_title(self) -> str:
        return str(self.content.title)

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        return super().get_context_data(content=self.content, **extra)


class ThemeView(StorefrontPage):
    """The view's accent colours as CSS variables: a stylesheet of its own, so no inline style is needed."""

    grant = PUBLIC

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        light = f"--bo-accent:{self.store.accent}"
        dark = f"--bo-accent:{self.store.accent_dark}"
        css = (
            f":root{{{light}}}"
            f"@media(prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
            f":root[data-theme=dark]{{{dark}}}"
        )
        return HttpResponse(css, content_type="text/css", headers={"Cache-Control": "public, max-age=300"})


class RobotsView(StorefrontPage):
    grant = PUBLIC

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lines = ["User-agent: *", "Disallow: /cart/", "Disallow: /checkout/", "Disallow: /orders/"]
        return HttpResponse("\n".join(lines), content_type="text/plain")
