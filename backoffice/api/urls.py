from django.urls import URLPattern, URLResolver, path

from backoffice.api.apis import APIS

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{audience}/v1/", api.urls) for audience, api in APIS.items()
]
