from typing import Any

import pytest
from django.test import Client

from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused
from backoffice.kernel.models import AuditEntry
from mms.models import PreferenceValue
from mms.operations.preferences import inherit_preference, state_preference
from mms.permissions import MANAGE_PREFERENCES, VIEW_STORES
from mms.preferences import CARDS_PER_PAGE, CONTACT_EMAIL, SHOW_MERCHANT_NAMES
from mms.selectors.preferences import get_preference, list_preferences_at
from mms.selectors.scopes import get_scope
from tests.factories import mms as make
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db
keeper = operator_actor(MANAGE_PREFERENCES, label="Kim Keeper")


def _state(scope: str, code: str, value: Any) -> None:
    state_preference(code, value, scope=get_scope(scope), actor=keeper)


def test_a_key_nobody_stated_has_its_default() -> None:
    views = make.demo_views()
    assert get_preference(CARDS_PER_PAGE, views["en"].scope_path) == 24


def test_the_nearest_scope_wins() -> None:
    views = make.demo_views()
    for scope, value in (
        ("global", 12),
        ("website:nordhaus-group", 24),
        ("store:nordhaus", 36),
        ("view:de", 48),
    ):
        _state(scope, CARDS_PER_PAGE, value)
    assert [get_preference(CARDS_PER_PAGE, views[code].scope_path) for code in ("de", "en", "us")] == [
        48,
        36,
        24,
    ]


def test_blank_here_is_not_inherited() -> None:
    views = make.demo_views()
    _state("global", CONTACT_EMAIL, "help@example.com")
    _state("view:us", CONTACT_EMAIL, None)
    assert get_preference(CONTACT_EMAIL, views["us"].scope_path) is None
    assert get_preference(CONTACT_EMAIL, views["en"].scope_path) == "help@example.com"


def test_stating_one_key_leaves_every_other_inheriting() -> None:
    make.demo_views()
    _state("view:de", CARDS_PER_PAGE, 48)
    assert list(PreferenceValue.objects.values_list("key", flat=True)) == [CARDS_PER_PAGE]


def test_use_inherited_deletes_the_row() -> None:
    views = make.demo_views()
    _state("view:de", CARDS_PER_PAGE, 48)
    for _time in range(2):
        inherit_preference(CARDS_PER_PAGE, scope=get_scope("view:de"), actor=keeper)
    assert PreferenceValue.objects.count() == 0
    assert get_preference(CARDS_PER_PAGE, views["de"].scope_path) == 24
    assert AuditEntry.objects.filter(action="mms.preference.inherited").count() == 1


def test_saying_the_same_again_is_no_change() -> None:
    make.demo_views()
    _state("view:de", CARDS_PER_PAGE, 48)
    _state("view:de", CARDS_PER_PAGE, 48)
    entry = AuditEntry.objects.get(action="mms.preference.stated")
    assert entry.changes == {CARDS_PER_PAGE: ["inherited", 48]}
    assert entry.actor_label == "Kim Keeper"


@pytest.mark.parametrize(
    ("code", "value"),
    [(CARDS_PER_PAGE, "24"), (CARDS_PER_PAGE, True), (CARDS_PER_PAGE, 5), (SHOW_MERCHANT_NAMES, 1)],
)
def test_a_value_of_the_wrong_kind_or_size_is_refused(code: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        _state("global", code, value)
    assert list(refusal.value.fields) == [code]
    assert PreferenceValue.objects.count() == 0


def test_unknown_keys_and_missing_rights_are_refused() -> None:
    with pytest.raises(NotFound):
        _state("global", "no.such.key", 1)
    with pytest.raises(PermissionRefused):
        state_preference(CARDS_PER_PAGE, 30, scope=get_scope("global"), actor=operator_actor(VIEW_STORES))
    assert PreferenceValue.objects.count() == 0


def test_the_page_says_which_scope_supplied_a_value() -> None:
    make.demo_views()
    _state("store:nordhaus", CARDS_PER_PAGE, 36)
    shown = {item.declared.code: item for item in list_preferences_at(get_scope("view:de"))}
    assert (shown[CARDS_PER_PAGE].value, shown[CARDS_PER_PAGE].is_own) == (36, False)
    assert shown[CARDS_PER_PAGE].source == "Nordhaus (Store)"
    assert shown[CONTACT_EMAIL].source == ""


def test_people_state_and_inherit_on_the_page() -> None:
    make.demo_views()
    client = make.sign_in(Client(), make.operator_user())
    url = f"/console/settings/preferences/view:de/{CARDS_PER_PAGE}/"
    assert client.get("/console/settings/preferences/").status_code == 200
    assert client.get(url).status_code == 200
    assert client.post(url, {"value": "500"}).status_code == 422
    assert client.post(url, {"value": "48"}).status_code == 302
    page = client.get("/console/settings/preferences/view:de/").content.decode()
    assert "Stated here" in page
    assert client.post(f"{url}inherit/").status_code == 302
    assert PreferenceValue.objects.count() == 0
