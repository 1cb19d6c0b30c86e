from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.db import transaction

from backoffice.kernel import clock, events, work
from backoffice.kernel.invariants import all_invariants
from backoffice.kernel.models import AuditEntry, OutboxEvent
from dam.errors import AssetInUse, AssetNotFound, LinkExpired
from dam.models import Asset, AssetUsage, Original, Rendition
from dam.operations.assets import delete_asset, describe_asset, store_asset
from dam.operations.links import open_file_link, sign_file_link
from dam.operations.usage import drop_usage, drop_usages_of, record_usage, record_usages
from dam.permissions import MANAGE_ASSETS
from dam.selectors.assets import get_asset_info
from dam.storage import private_storage, public_storage
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor
from tests.factories.dam import pdf_bytes, stored_picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return merchant_actor(5, MANAGE_ASSETS)


def violations() -> list[str]:
    return [
        line for item in all_invariants() if item.code == "dam.files_equal_records" for line in item.check()
    ]


def test_a_used_asset_is_not_deleted_and_the_places_are_named(clerk):
    info = stored_picture(5)
    record_usage(info.uuid, "pim.card:CRD-1")
    with pytest.raises(AssetInUse, match="CRD-1"):
        delete_asset(info.uuid, actor=clerk)
    assert Asset.objects.count() == 1
    drop_usage(info.uuid, "pim.card:CRD-1")
    delete_asset(info.uuid, actor=clerk)
    assert Asset.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_bytes_go_with_the_last_owner(clerk):
    mine, theirs = stored_picture(5), stored_picture(6)
    work.drain()
    names = list(Rendition.objects.values_list("name", flat=True))
    kept = Original.objects.get().file.file.name
    delete_asset(mine.uuid, actor=clerk)
    assert get_asset_info(theirs.uuid).renditions != {}
    assert private_storage().exists(kept)
    delete_asset(theirs.uuid, actor=operator_actor(MANAGE_ASSETS))
    assert (Original.objects.count(), Rendition.objects.count()) == (0, 0)
    assert not private_storage().exists(kept)
    assert not any(public_storage().exists(name) for name in names)
    deleted = OutboxEvent.objects.filter(name="dam.asset_deleted.v1").values_list(
        "payload__asset_uuid", flat=True
    )
    assert list(deleted) == [str(mine.uuid), str(theirs.uuid)]


def test_assets_of_others_are_hidden_and_unharmed():
    info = stored_picture(5)
    stranger = stranger_actor(MANAGE_ASSETS)
    with pytest.raises(AssetNotFound):
        delete_asset(info.uuid, actor=stranger)
    with pytest.raises(AssetNotFound):
        describe_asset(info.uuid, {"title": "Mine now"}, actor=stranger)
    assert Asset.objects.get().title == "chair"


def test_describing_writes_only_what_changed_and_is_on_the_record(clerk):
    info = stored_picture(5)
    describe_asset(info.uuid, {"title": "chair", "alt": "A red chair"}, actor=clerk)
    entry = AuditEntry.objects.get(action="dam.asset.described")
    assert entry.changes == {"alt": ["", "A red chair"]}
    describe_asset(info.uuid, {"alt": "A red chair"}, actor=clerk)
    assert AuditEntry.objects.filter(action="dam.asset.described").count() == 1
    assert get_asset_info(info.uuid).alt == "A red chair"


def test_an_expired_licence_ends_the_delivery(clerk):
    info = stored_picture(5)
    work.drain()
    describe_asset(info.uuid, {"licensed_until": clock.now() + timedelta(minutes=1)}, actor=clerk)
    assert get_asset_info(info.uuid).renditions != {}
    with clock.shifted(timedelta(minutes=2)):
        expired = get_asset_info(info.uuid)
        assert (expired.renditions, expired.fallbacks, expired.original_url) == ({}, {}, "")


def test_usage_is_idempotent_and_ignores_unknown_assets():
    info = stored_picture(5)
    record_usage(info.uuid, "pim.card:CRD-1")
    record_usages(
        [(info.uuid, "pim.card:CRD-1"), (info.uuid, "pim.card:CRD-2"), ("0" * 32, "pim.card:CRD-1")]
    )
    assert sorted(AssetUsage.objects.values_list("used_by", flat=True)) == [
        "pim.card:CRD-1",
        "pim.card:CRD-2",
    ]
    drop_usages_of("pim.card:CRD-1")
    drop_usages_of("pim.card:CRD-1")
    assert AssetUsage.objects.get().used_by == "pim.card:CRD-2"


def test_files_and_records_agree_and_differences_are_named():
    info = stored_picture(5)
    work.drain()
    own = [line for line in violations() if Original.objects.get().sha256 in line]
    assert own == []
    original = Original.objects.get()
    private_storage().delete(original.file.file.name)
    gone = original.rendition_rows.first()
    public_storage().delete(gone.name)
    found = violations()
    assert f"the file {original.file.file.name} is missing" in found
    assert f"the file {gone.name} is missing" in found
    assert info.uuid


def test_a_stray_file_counts_only_after_its_grace():
    from django.core.files.base import ContentFile

    name = public_storage().save("r/zz/stray/thumb.webp", ContentFile(b"x"))
    assert f"the file {name} has no record" not in violations()
    with clock.shifted(timedelta(hours=2)):
        assert f"the file {name} has no record" in list(all_stray())
    public_storage().delete(name)


def all_stray():
    from dam.selectors.files import find_broken_pairs

    return find_broken_pairs()


@pytest.fixture
def document():
    return store_asset(
        pdf_bytes(), filename="register.pdf", owner_merchant_id=5, actor=operator_actor(), is_private=True
    )


def test_a_link_to_a_private_file_belongs_to_one_person(document, clerk):
    signature = sign_file_link(document.uuid, actor=clerk).partition("signature=")[2]
    assert open_file_link(document.uuid, unquote(signature), actor=clerk).uuid == document.uuid
    for other in (merchant_actor(5, user_id=77), operator_actor()):
        with pytest.raises(LinkExpired):
            open_file_link(document.uuid, unquote(signature), actor=other)


def test_a_link_to_a_private_file_expires(document, clerk, monkeypatch):
    signature = sign_file_link(document.uuid, actor=clerk).partition("signature=")[2]
    monkeypatch.setattr("dam.operations.links.SECONDS", -1)
    with pytest.raises(LinkExpired):
        open_file_link(document.uuid, unquote(signature), actor=clerk)


def test_a_stranger_gets_no_link(document):
    with pytest.raises(AssetNotFound):
        sign_file_link(document.uuid, actor=stranger_actor())


def test_assets_are_listed_with_the_name_of_their_merchant():
    from dam.selectors.owners import get_owner_names
    from mas.events import MerchantApproved
    from tests.factories import mas

    merchant = mas.merchant(name="Oak & Ash")
    with transaction.atomic():
        events.publish(MerchantApproved(merchant_id=merchant.pk, merchant_ref=merchant.ref))
    work.drain()
    assert get_owner_names([merchant.pk]) == {merchant.pk: "Oak & Ash"}
