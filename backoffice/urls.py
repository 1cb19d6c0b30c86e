"""The composition root of all pages: each audience's shell below its prefix.

Storefronts are resolved before this by `StoreContextMiddleware`, which switches to `backoffice.storefront.root`.
"""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from backoffice.console.content import require_content_editor
from backoffice.console.urls import urlpatterns as console_urls
from backoffice.health import livez, readyz
from backoffice.portal.urls import urlpatterns as portal_urls
from backoffice.welcome import WelcomeView
from dam.delivery import PublicFileView

# Only what editing storefront pages needs; people, settings and the sign-in are ours. Wagtail's last pattern catches
# every other address below the prefix and would refuse staff without its grant where there is simply nothing.
wagtail_pages = decorate_urlpatterns(wagtailadmin_urls.urlpatterns[:-1], require_content_editor)

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", livez),
    path("readyz", readyz),
    path("welcome/", WelcomeView.as_view(), name="welcome"),
    path("", include("mms.account.urls")),
    path("hooks/", include("oms.entrance.urls")),
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

handler400 = "backoffice.ui.errors.bad_request"
handler403 = "backoffice.ui.errors.forbidden"
handler404 = "backoffice.ui.errors.not_found"
handler500 = "backoffice.ui.errors.server_error"
