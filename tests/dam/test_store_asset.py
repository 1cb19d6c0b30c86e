import pytest

from backoffice.kernel import work
from backoffice.kernel.actors import Actor, ActorKind, system_actor
from backoffice.kernel.errors import PermissionRefused
from dam.models import Asset, Original, Rendition
from dam.operations.assets import store_asset
from dam.permissions import MANAGE_ASSETS
from dam.selectors.assets import get_asset_info, get_asset_infos
from dam.storage import private_storage, public_storage
from tests.factories.dam import (
    glb_bytes,
    mp4_bytes,
    pdf_bytes,
    picture_bytes,
    picture_with_gps,
    stored_picture,
)

pytestmark = pytest.mark.django_db


def clerk(merchant_id: int) -> Actor:
    return Actor(
        kind=ActorKind.USER, id="7", label="Clerk", merchant_grants={merchant_id: frozenset({MANAGE_ASSETS})}
    )


def test_a_picture_is_kept_byte_for_byte_with_its_size_and_colour():
    data = picture_bytes((200, 30, 40), size=(400, 300))
    info = store_asset(data, filename="red chair.jpg", owner_merchant_id=5, actor=clerk(5))
    assert (info.kind, info.mime, info.width, info.height, info.bytes) == (
        "image",
        "image/jpeg",
        400,
        300,
        len(data),
    )
    assert info.title == "red chair"
    red, green, blue = (int(info.dominant_colour[i : i + 2], 16) for i in (1, 3, 5))
    assert abs(red - 200) < 12
    assert abs(green - 30) < 12
    assert abs(blue - 40) < 12
    original = Original.objects.get()
    with private_storage().open(original.file.file.name) as stream:
        assert stream.read() == data
    assert original.file.file.name == f"orig/{original.sha256[:2]}/{original.sha256}"


def test_the_worker_publishes_every_preset_in_both_formats_and_announces_it():
    info = stored_picture(size=(2000, 1000))
    assert info.renditions == {}
    assert not info.is_ready
    work.drain()
    info = get_asset_info(info.uuid)
    assert {code: (item.width, item.height) for code, item in info.renditions.items()} == {
        "thumb": (96, 48),
        "card": (320, 160),
        "card2x": (640, 320),
        "gallery": (960, 480),
        "zoom": (1600, 800),
    }
    assert set(info.fallbacks) == set(info.renditions)
    assert all(item.url.endswith(".webp") for item in info.renditions.values())
    assert all(public_storage().exists(row.name) for row in Rendition.objects.all())


def test_a_small_picture_is_never_enlarged():
    info = stored_picture(size=(200, 100))
    work.drain()
    assert get_asset_info(info.uuid).renditions["zoom"][1:] == (200, 100)


def test_renditions_are_upright_and_hold_no_metadata():
    info = store_asset(
        picture_with_gps(orientation=6), filename="gps.jpg", owner_merchant_id=None, actor=system_actor()
    )
    assert (info.width, info.height) == (300, 600)
    work.drain()
    info = get_asset_info(info.uuid)
    assert info.renditions["card"][1:] == (160, 320)
    for row in Rendition.objects.all():
        with public_storage().open(row.name) as stream:
            content = stream.read()
        assert b"Exif" not in content, row.name
        assert b"SecretCameraMaker" not in content, row.name


def test_the_same_bytes_of_the_same_owner_give_the_same_asset():
    first, second = stored_picture(5), stored_picture(5)
    assert first.uuid == second.uuid
    assert Asset.objects.count() == 1


def test_the_same_bytes_of_two_merchants_are_two_assets_over_one_original():
    first, second = stored_picture(5), stored_picture(6)
    assert first.uuid != second.uuid
    assert (Original.objects.count(), Asset.objects.count()) == (1, 2)


def test_a_merchant_cannot_store_for_another():
    with pytest.raises(PermissionRefused):
        store_asset(picture_bytes(), filename="a.jpg", owner_merchant_id=6, actor=clerk(5))
    assert Asset.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (pdf_bytes(), "manual.pdf", "document"),
        (glb_bytes(), "chair.glb", "model"),
        (mp4_bytes(), "chair.mp4", "video"),
    ],
)
def test_what_browsers_open_themselves_is_published_unchanged(data, name, kind):
    info = store_asset(data, filename=name, owner_merchant_id=None, actor=system_actor())
    work.drain()
    info = get_asset_info(info.uuid)
    assert info.kind == kind
    assert info.renditions == {}
    row = Rendition.objects.get()
    assert info.original_url == public_storage().url(row.name)
    with public_storage().open(row.name) as stream:
        assert stream.read() == data


def test_private_files_get_no_public_address():
    info = store_asset(
        pdf_bytes(), filename="register.pdf", owner_merchant_id=5, actor=system_actor(), is_private=True
    )
    work.drain()
    info = get_asset_info(info.uuid)
    assert (info.renditions, info.original_url, Rendition.objects.count()) == ({}, "", 0)


@pytest.mark.parametrize("count", [1, 3])
def test_many_records_are_read_in_one_query(count, django_assert_num_queries):
    uuids = [stored_picture(colour=(10 * number, 20, 30)).uuid for number in range(count)]
    work.drain()
    with django_assert_num_queries(1):
        infos = get_asset_infos(uuids)
        assert [infos[key].renditions["card"].width for key in uuids] == [320] * count
