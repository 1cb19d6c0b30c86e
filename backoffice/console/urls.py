"""The operators' pages of all apps below `/console/`, beside Wagtail's own."""

from django.urls import URLPattern, URLResolver, include, path

from backoffice.console.home import ConsoleHomeView

APPS = ("mms", "mas", "pim", "dam", "oms", "billing", "reports")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", ConsoleHomeView.as_view(), name="home"),
    *(path("", include(f"{app}.console.urls")) for app in APPS),
]
