from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused
from backoffice.kernel.hashing import sha256_hex
from mms.models import ApiKey, KeyAudience, StoreView
from mms.operations.api_keys import create_api_key, revoke_api_key
from mms.permissions import MANAGE_API_KEYS, MANAGE_MERCHANT_KEYS, VIEW_TASKS, VIEW_TEAM
from tests.factories import mms as make
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
MERCHANT_ID = 41
clerk = merchant_actor(MERCHANT_ID, MANAGE_MERCHANT_KEYS, VIEW_TEAM)
admin = operator_actor(MANAGE_API_KEYS, VIEW_TASKS)


def test_only_the_hash_of_a_secret_is_kept() -> None:
    key, secret = create_api_key(name="Shop sync", merchant_id=MERCHANT_ID, grants=[VIEW_TEAM], actor=clerk)
    assert secret.startswith("bo_me_")
    assert key.secret_sha256 == sha256_hex(secret)
    assert secret not in str(ApiKey.objects.values().get())
    assert key.audience == KeyAudience.MERCHANT


def test_a_key_never_holds_more_than_its_maker() -> None:
    with pytest.raises(InvalidInput):
        create_api_key(name="X", merchant_id=MERCHANT_ID, grants=["mms.manage_team"], actor=clerk)
    with pytest.raises(InvalidInput):
        create_api_key(name="X", grants=["mms.manage_users"], actor=admin)
    assert ApiKey.objects.count() == 0


def test_keys_of_other_merchants_are_out_of_reach() -> None:
    key, _secret = create_api_key(name="Shop sync", merchant_id=MERCHANT_ID, grants=[], actor=clerk)
    stranger = stranger_actor(MANAGE_MERCHANT_KEYS)
    with pytest.raises(NotFound):
        revoke_api_key(key.ref, actor=stranger)
    with pytest.raises(NotFound):
        create_api_key(name="Mine", merchant_id=MERCHANT_ID, actor=stranger)
    key.refresh_from_db()
    assert key.is_usable


def test_a_colleague_without_the_right_makes_and_ends_no_keys() -> None:
    key, _secret = create_api_key(name="Shop sync", merchant_id=MERCHANT_ID, grants=[], actor=clerk)
    colleague = merchant_actor(MERCHANT_ID, VIEW_TEAM)
    with pytest.raises(PermissionRefused):
        create_api_key(name="X", merchant_id=MERCHANT_ID, actor=colleague)
    with pytest.raises(PermissionRefused):
        revoke_api_key(key.ref, actor=colleague)


def test_a_revoked_key_stays_revoked() -> None:
    key, _secret = create_api_key(name="Reports", grants=[VIEW_TASKS], actor=admin)
    first = revoke_api_key(key.ref, actor=admin).revoked_at
    assert revoke_api_key(key.ref, actor=admin).revoked_at == first
    assert key.audience == KeyAudience.OPERATOR


def test_a_storefront_key_belongs_to_one_view() -> None:
    make.demo_views()
    key, secret = create_api_key(name="App", view=StoreView.objects.get(code="de"), actor=admin)
    assert secret.startswith("bo_sf_")
    assert key.view == StoreView.objects.get(code="de")


def test_an_expired_key_cannot_be_made_and_is_not_usable() -> None:
    with pytest.raises(InvalidInput):
        create_api_key(name="X", expires_at=clock.now(), actor=admin)
    key, _secret = create_api_key(name="X", expires_at=clock.now() + timedelta(days=1), actor=admin)
    with clock.shifted(timedelta(days=2)):
        assert not key.is_usable
        assert key.state == "expired"
