"""The base of every web page: who may enter, which shell it wears, what its template gets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import get_script_prefix, reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import View

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import PermissionRefused
from backoffice.kernel.grants import PUBLIC, SIGNED_IN

CONSOLE, PORTAL, STOREFRONT = "console", "portal", "storefront"
# The session key of the merchant a person of several merchants works for; set by the portal's switcher.
MERCHANT_SESSION_KEY = "merchant_id"


@dataclass(frozen=True, slots=True)
class Crumb:
    label: Any
    url: str = ""


class Page(View):
    """One page for one audience, guarded by one grant.

    Set `grant` (a grant code, SIGNED_IN or PUBLIC), `title` and `template_name`; the audience comes from the base.
    Signed-out people go to the sign-in page, a missing grant answers 403, another tenant's thing 404.
    """

    audience: ClassVar[str] = ""
    grant: ClassVar[str] = ""
    # True where the selectors and operations behind the page honour rights held at a website or store.
    by_place: ClassVar[bool] = False
    title: Any = ""
    template_name: str = ""
    # A word or two under the title that says what the page is for.
    intro: Any = ""

    request: HttpRequest

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        if not cls.audience or not (initkwargs.get("grant") or cls.grant):
            raise ImproperlyConfigured(
                f"{cls.__module__}.{cls.__qualname__} must declare its audience and grant."
            )
        return super().as_view(**initkwargs)

    @property
    def actor(self) -> Actor:
        return self.request.actor  # type: ignore[attr-defined, no-any-return]

    @property
    def merchant_id(self) -> int | None:
        """The merchant this page works for; None outside the portal."""
        return None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        request.audience = self.audience  # type: ignore[attr-defined]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refusal = self.check_entry()
        return refusal if refusal is not None else super().dispatch(request, *args, **kwargs)

    def check_entry(self) -> HttpResponse | None:
        """Let the actor in (None), send them to the sign-in page, or raise `PermissionRefused`."""
        if self.grant == PUBLIC:
            return None
        if not self.request.user.is_authenticated:
            return self.redirect_to_sign_in()
        self.check_audience()
        if self.grant != SIGNED_IN and not (self.by_place and self.actor.holds_somewhere(self.grant)):
            self.actor.require(self.grant, merchant_id=self.merchant_id)
        return None

    def check_audience(self) -> None:
        """Refuse signed-in people who do not belong to this audience at all."""

    def redirect_to_sign_in(self) -> HttpResponse:
        # A store view's prefix belongs to its own pages only, not to the sign-in page.
        sign_in = "/" + reverse(settings.LOGIN_URL, urlconf=settings.ROOT_URLCONF).removeprefix(
            get_script_prefix()
        )
        back = self.request.get_full_path() if self.request.method == "GET" else self.request.path
        return self.redirect(f"{sign_in}?{urlencode({'next': back})}")

    @property
    def is_htmx(self) -> bool:
        details = getattr(self.request, "htmx", None)
        return (
            details is not None and bool(details) and not (details.boosted or details.history_restore_request)
        )

    def redirect(self, url: str) -> HttpResponse:
        """A redirect that htmx follows as a whole page, so both ways end at the same place."""
        if self.is_htmx:
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)

    def safe_next(self, default: str) -> str:
        """The `next` of the request when it stays on this host, else `default`."""
        target = self.request.POST.get("next") or self.request.GET.get("next") or ""
        allowed = url_has_allowed_host_and_scheme(
            target, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )
        return target if allowed else default

    def get_title(self) -> str:
        return str(self.title)

    def get_breadcrumbs(self) -> Sequence[Crumb | tuple[Any, str]]:
        """The way down to this page, without the page itself: `[(_("Orders"), reverse("portal:oms-order-list"))]`."""
        return ()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the template gets; extend it by overriding and calling super."""
        crumbs = [item if isinstance(item, Crumb) else Crumb(*item) for item in self.get_breadcrumbs()]
        return {
            "page": self,
            "view": self,
            "title": self.get_title(),
            "breadcrumbs": crumbs,
            "actor": self.actor,
            **kwargs,
        }

    def render(self, *, status: int = 200, template: str = "", **extra: Any) -> HttpResponse:
        response = TemplateResponse(
            self.request,
            template or self.template_name,
            self.get_context_data(**{**self.kwargs, **extra}),
            status=status,
        )
        patch_vary_headers(response, ["HX-Request"])
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render()


class ConsolePage(Page):
    """A page for operators inside the console shell."""

    audience = CONSOLE

    def check_audience(self) -> None:
        if not getattr(self.request.user, "is_staff", False):
            raise PermissionRefused(
                _("The console is for the marketplace's staff. Merchants work in the portal."),
                grant="console",
            )


class PortalPage(Page):
    """A page for merchants inside the portal shell, always about one merchant."""

    audience = PORTAL

    @property
    def merchant_id(self) -> int | None:
        """The merchant chosen in the session, or the first one of the actor."""
        return chosen_merchant_id(self.request)

    def check_audience(self) -> None:
        if self.merchant_id is None:
            raise PermissionRefused(
                _("Your account belongs to no merchant. Ask your administrator for an invitation."),
                grant="portal",
            )


class StorefrontPage(Page):
    """A page for buyers inside the storefront shell of one store view."""

    audience = STOREFRONT

    @property
    def store(self) -> Any:
        """The `StoreContext` that the middleware resolved for this host and path."""
        return self.request.store  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"store": self.store, **kwargs})


def chosen_merchant_id(request: HttpRequest) -> int | None:
    """The merchant a portal request works for: the session's choice if still allowed, else the first, else None."""
    allowed = request.actor.merchant_ids  # type: ignore[attr-defined]
    chosen = request.session.get(MERCHANT_SESSION_KEY)
    if isinstance(chosen, int) and chosen in allowed:
        return chosen
    return min(allowed, default=None)
