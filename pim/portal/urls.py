from django.urls import URLPattern, URLResolver

from pim.portal import imports_urls

urlpatterns: list[URLPattern | URLResolver] = [*imports_urls.urlpatterns]
