"""The composition root of all pages: each audience's shell below its prefix.

Storefronts are resolved before this by `StoreContextMiddleware`, which switches to `backoffice.storefront.root`.
"""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from backoffice.console.content import require_content_editor
from backoffice.console.urls import urlpatterns as console_urls
from backoffice.health import livez, readyz
from backoffice.portal.urls import urlpatterns as portal_urls
from backoffice.welcome import WelcomeView
from dam.delivery import PublicFileView

# Only what editing storefront pages needs; people, settings and the sign-in are ours.
wagtail_pages = decorate_urlpatterns(wagtailadmin_urls.urlpatterns, require_content_editor)

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", livez),
    path("readyz", readyz),
    path("welcome/", WelcomeView.as_view(), name="welcome"),
    path("", include("mms.account.urls")),
    path("media/<path:path>", PublicFileView.as_view(), name="media-file"),
    path("accounts/", include("allauth.urls")),
    path("api/", include("backoffice.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    # Wagtail's own form would open a session without the second factor.
    path("console/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    # Ours first: Wagtail's catch-all and its own login must not answer for our addresses.
    path("console/", include((console_urls, "console"))),
    path("console/", include(wagtail_pages)),
    path("portal/", include((portal_urls, "portal"))),
]

if settings.SERVE_MEDIA:
    # The embedded installation has no web server in front; in production that one serves the renditions.
    urlpatterns.append(re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT}))

handler400 = "backoffice.ui.errors.bad_request"
handler403 = "backoffice.ui.errors.forbidden"
handler404 = "backoffice.ui.errors.not_found"
handler500 = "backoffice.ui.errors.server_error"
