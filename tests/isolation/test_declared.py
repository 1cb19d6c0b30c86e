"""A route without a declared audience and grant does not get in."""

from django.views.generic import View

from backoffice.api.apis import APIS
from backoffice.kernel.grants import PUBLIC, SIGNED_IN, all_grants
from tests.isolation.routes import STOREFRONT, all_routes, declared, is_library, own_pages

AUDIENCES = {"console", "portal", "storefront", "entrance"}


def _undeclared(routes: list[tuple[str, object]]) -> list[str]:
    known = {item.code for item in all_grants()} | {PUBLIC, SIGNED_IN}
    problems = []
    for place, callback in routes:
        audience, grant = declared(callback)
        if audience not in AUDIENCES or grant not in known:
            problems.append(f"{place} declares audience {audience!r} and grant {grant!r}")
    return problems


def test_every_own_route_declares_its_audience_and_grant() -> None:
    own = [
        (place, callback)
        for _conf, _name, place, _kwargs, callback in all_routes()
        # Endpoints declare theirs by @endpoint, see below.
        if not is_library(callback) and not place.startswith("api/")
    ]
    assert len(own) > 20
    assert _undeclared(own) == []


def test_the_check_finds_a_route_that_declares_nothing() -> None:
    class Forgotten(View):
        pass

    assert _undeclared([("portal/forgotten/", Forgotten.as_view())]) == [
        "portal/forgotten/ declares audience '' and grant ''"
    ]


def test_a_page_stands_below_the_prefix_of_its_audience() -> None:
    for route in own_pages("console", "portal"):
        assert route.pattern.startswith(f"{route.audience}/"), route.pattern
        assert route.full_name.startswith(f"{route.audience}:"), (
            f"{route.pattern} has no name in its namespace"
        )
    for route in own_pages("storefront"):
        # Files are the same in every store view, so they have an address outside of all of them.
        expected = "storefront:" if route.urlconf == STOREFRONT else "media-"
        assert route.full_name.startswith(expected), f"{route.pattern} has no name in its namespace"


def test_merchant_pages_ask_for_merchant_rights_and_console_pages_for_operator_rights() -> None:
    allowed = {item.code: item.audiences for item in all_grants()}
    wanted = {"console": "operator", "portal": "merchant"}
    for route in own_pages("console", "portal"):
        if route.grant not in {PUBLIC, SIGNED_IN}:
            assert wanted[route.audience] in allowed[route.grant], (
                f"{route.full_name}: no such role can hold it"
            )
        assert route.grant != PUBLIC, f"{route.full_name} is open to everybody"


def test_every_endpoint_declares_a_grant_of_its_audience() -> None:
    allowed = {item.code: item.audiences for item in all_grants()}
    for audience, api in APIS.items():
        for _prefix, router in api._routers:
            for path, view in router.path_operations.items():
                for operation in view.operations:
                    grant = getattr(operation.view_func, "grant", "")
                    assert grant, f"{audience} {path} was not registered with @endpoint"
                    if grant not in {PUBLIC, SIGNED_IN}:
                        assert audience in allowed[grant], f"{audience} {path}: no key can hold {grant}"
