"""The composition root of all pages: each audience's shell below its prefix."""

from django.urls import URLPattern, URLResolver, include, path
from wagtail.admin import urls as wagtailadmin_urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("console/", include(wagtailadmin_urls)),
]
