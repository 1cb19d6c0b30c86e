"""The composition root of all pages: each audience's shell below its prefix.

Storefronts are resolved before this by `StoreContextMiddleware`, which switches to `backoffice.storefront.root`.
"""

from django.urls import URLPattern, URLResolver, include, path
from wagtail.admin import urls as wagtailadmin_urls

from backoffice.console.urls import urlpatterns as console_urls
from backoffice.portal.urls import urlpatterns as portal_urls
from backoffice.welcome import WelcomeView

urlpatterns: list[URLPattern | URLResolver] = [
    path("welcome/", WelcomeView.as_view(), name="welcome"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    # Ours first: Wagtail's catch-all and its own login must not answer for our addresses.
    path("console/", include((console_urls, "console"))),
    path("console/", include(wagtailadmin_urls)),
    path("portal/", include((portal_urls, "portal"))),
]

handler400 = "backoffice.ui.errors.bad_request"
handler403 = "backoffice.ui.errors.forbidden"
handler404 = "backoffice.ui.errors.not_found"
handler500 = "backoffice.ui.errors.server_error"
