"""The merchants' pages of all apps below `/portal/`."""

from django.urls import URLPattern, URLResolver, include, path

from backoffice.portal.home import PortalHomeView

APPS = ("mms", "mas", "pim", "dam", "oms", "billing", "reports")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", PortalHomeView.as_view(), name="home"),
    *(path("", include(f"{app}.portal.urls")) for app in APPS),
]
