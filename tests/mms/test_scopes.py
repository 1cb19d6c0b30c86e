from datetime import date
from typing import Any

import pytest

from backoffice.kernel.errors import InvalidInput, PermissionRefused
from mms.errors import UnknownView
from mms.models import ReferenceVersion, ScopeNode, StoreView
from mms.operations.scopes import change_store, change_view, change_website
from mms.permissions import MANAGE_STORES, VIEW_STORES
from mms.selectors import versions
from mms.selectors.scopes import get_store_context, list_scopes, list_store_contexts, resolve_view
from mms.selectors.taxes import tax_rate_bps
from tests.factories import mms as make
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db
keeper = operator_actor(MANAGE_STORES)


def test_a_path_prefix_leads_to_its_view() -> None:
    views = make.demo_views()
    assert resolve_view("127.0.0.1:8000", "/de/cart/") == views["de"]
    assert resolve_view("127.0.0.1", "/us") == views["us"]
    assert views["de"].base_path == "/de/"


def test_an_unknown_address_is_nobodys_shop() -> None:
    make.demo_views()
    assert resolve_view("127.0.0.1", "/fr/") is None
    assert resolve_view("127.0.0.1", "/") is None
    assert resolve_view("127.0.0.1", "/design/") is None


def test_a_host_of_its_own_wins_over_shared_prefixes() -> None:
    views = make.demo_views()
    store = make.store()
    make.view(store, "pro", host="pro.example.com", path_prefix="")
    make.view(store, "pro-de", host="pro.example.com", path_prefix="de")
    assert resolve_view("PRO.example.com:443", "/anything") == get_store_context("pro")
    assert resolve_view("pro.example.com", "/de/x") == get_store_context("pro-de")
    assert resolve_view("other.example.com", "/de/") == views["de"]
    assert get_store_context("pro").base_url == "https://pro.example.com"


def test_the_scope_path_runs_from_global_to_view() -> None:
    views = make.demo_views()
    nodes = ScopeNode.objects.in_bulk(views["us"].scope_path)
    codes = [nodes[node_id].code for node_id in views["us"].scope_path]
    assert codes == ["global", "website:nordhaus-group", "store:harbor-pine", "view:us"]
    assert next(node.code for node in list_scopes()) == "global"
    assert len(list_scopes()) == 7


def test_a_store_inherits_from_its_website_until_it_says_otherwise() -> None:
    views = make.demo_views()
    assert (views["en"].country, views["us"].country) == ("DE", "US")
    assert views["us"].prices_include_tax is True
    view = StoreView.objects.select_related("store__website").get(code="us")
    change_website(view.store.website, prices_include_tax=False, actor=keeper)
    assert get_store_context("us").prices_include_tax is False
    change_store(view.store, prices_include_tax=True, actor=keeper)
    assert get_store_context("us").prices_include_tax is True
    assert get_store_context("en").prices_include_tax is False


def test_contexts_are_read_from_memory(django_assert_num_queries: Any) -> None:
    make.demo_views()
    with django_assert_num_queries(0):
        assert len(list_store_contexts()) == 3
        resolve_view("127.0.0.1", "/en/")


def test_one_statement_asks_for_the_tokens_of_all_sets(settings: Any, django_assert_num_queries: Any) -> None:
    make.demo_views()
    make.tax_rate()

    def ask_both() -> tuple[int, int]:
        return len(list_store_contexts()), tax_rate_bps("DE", "standard", date(2026, 1, 1))

    assert ask_both() == (3, 1900)
    settings.REFERENCE_CHECK_SECONDS = 3600
    versions.forget("unknown")
    with django_assert_num_queries(1):
        assert ask_both() == (3, 1900)


def test_a_change_by_another_process_is_found_by_its_token(settings: Any) -> None:
    make.demo_views()
    settings.REFERENCE_CHECK_SECONDS = 0
    StoreView.objects.filter(code="en").update(accent="#ff0000")
    assert get_store_context("en").accent == "#1f6feb"
    ReferenceVersion.objects.filter(name="scopes").update(token="another")
    assert get_store_context("en").accent == "#ff0000"


def test_a_closed_view_is_gone_for_buyers() -> None:
    make.demo_views()
    change_view(StoreView.objects.get(code="de"), is_active=False, actor=keeper)
    assert resolve_view("127.0.0.1", "/de/") is None
    with pytest.raises(UnknownView):
        get_store_context("de")


def test_two_views_cannot_share_an_address() -> None:
    make.demo_views()
    with pytest.raises(InvalidInput) as refusal:
        change_view(StoreView.objects.get(code="de"), path_prefix="en", actor=keeper)
    assert "already" in refusal.value.fields[""]


@pytest.mark.parametrize("prefix", ["console", "portal", "api", "accounts", "static", "media", "welcome"])
def test_a_view_cannot_take_the_address_of_another_audience(prefix: str) -> None:
    make.demo_views()
    with pytest.raises(InvalidInput) as refusal:
        change_view(StoreView.objects.get(code="de"), path_prefix=prefix, actor=keeper)
    assert list(refusal.value.fields) == ["path_prefix"]


def test_a_wrong_colour_is_refused_at_its_field() -> None:
    made = make.store()
    with pytest.raises(InvalidInput) as refusal:
        change_store(made, accent="red; } body { display: none", actor=keeper)
    assert list(refusal.value.fields) == ["accent"]
    made.refresh_from_db()
    assert made.accent == "#1f6feb"


def test_seeing_stores_is_not_changing_them() -> None:
    made = make.store()
    with pytest.raises(PermissionRefused):
        change_store(made, name="Taken", actor=operator_actor(VIEW_STORES))
    made.refresh_from_db()
    assert made.name != "Taken"


def test_fields_outside_the_list_are_refused() -> None:
    with pytest.raises(InvalidInput):
        change_store(make.store(), code="other", actor=keeper)


def test_forgetting_one_set_keeps_the_others() -> None:
    make.tax_rate()
    make.demo_views()
    versions.forget("taxes")
    assert len(list_store_contexts()) == 3
