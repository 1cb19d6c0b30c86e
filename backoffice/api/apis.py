"""The three APIs: one per audience, each with its own keys, collected from every app's `api/routes.py`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from ninja import NinjaAPI, Router

from backoffice.api.auth import KeyAuth
from backoffice.ui.api_errors import install_error_handlers

AUDIENCES = {
    "operator": "For the marketplace's own programs: everything a role of the operator may do.",
    "merchant": "For merchants' programs: offers, stock, orders, shipments and money of one merchant.",
    "storefront": "For shop front ends: catalogue, cart and checkout of one store view.",
}
VERSION = "1.0.0"


def _collect(api: NinjaAPI, audience: str) -> NinjaAPI:
    for config in apps.get_app_configs():
        name = f"{config.name}.api.routes"
        # Most packages of others have no `api` at all, and find_spec would import their parents.
        if (
            "site-packages" in config.path
            or find_spec(f"{config.name}.api") is None
            or find_spec(name) is None
        ):
            continue
        router: Router | None = getattr(import_module(name), audience, None)
        if router is not None:
            api.add_router("", router)
    return api


def _build(audience: str) -> NinjaAPI:
    api = NinjaAPI(
        title=f"{settings.WAGTAIL_SITE_NAME}: {audience} API",
        version=VERSION,
        description=AUDIENCES[audience],
        urls_namespace=f"api-{audience}",
        auth=KeyAuth(audience),
        # The usual interactive page loads its scripts from a foreign host.
        docs_url=None,
        openapi_url="/openapi.json",
    )
    install_error_handlers(api)
    return _collect(api, audience)


operator = _build("operator")
merchant = _build("merchant")
storefront = _build("storefront")

APIS: dict[str, NinjaAPI] = {"operator": operator, "merchant": merchant, "storefront": storefront}
