import io
import zipfile

import pytest

from backoffice.kernel import jobs, work
from backoffice.kernel.errors import PermissionRefused
from backoffice.kernel.models import Job, OutboxEvent
from dam.content import archives as checks
from dam.content.names import NamedFile, parse_name
from dam.errors import ArchiveNotFound, ArchiveRefused
from dam.models import Archive, ArchiveEntry, Asset
from dam.operations.archives import store_zip
from dam.permissions import MANAGE_ASSETS
from dam.selectors.archives import get_archive, list_archives
from dam.storage import list_names, private_storage
from tests.factories.actors import merchant_actor, stranger_actor
from tests.factories.dam import pdf_bytes, picture_bytes, zip_bytes

pytestmark = pytest.mark.django_db


def upload(entries: dict[str, bytes]) -> Archive:
    return store_zip(
        zip_bytes(entries),
        filename="pictures.zip",
        owner_merchant_id=5,
        actor=merchant_actor(5, MANAGE_ASSETS),
    )


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("CHAIR-1.jpg", NamedFile("CHAIR-1", "gallery", 1)),
        ("CHAIR-1_3.jpg", NamedFile("CHAIR-1", "gallery", 3)),
        ("CHAIR_1_main.jpg", NamedFile("CHAIR_1", "gallery", 0)),
        ("CHAIR_1_manual_2.pdf", NamedFile("CHAIR_1", "document", 2)),
        ("A_detail_12.webp", NamedFile("A", "gallery", 12)),
        ("main.jpg", NamedFile("main", "gallery", 1)),
        ("2024.jpg", NamedFile("2024", "gallery", 1)),
    ],
)
def test_file_names_tell_sku_role_and_position(filename, expected):
    assert parse_name(filename) == expected


def test_every_file_becomes_an_asset_and_its_product_is_announced():
    archive = upload(
        {
            "CHAIR-1_main.jpg": picture_bytes(),
            "CHAIR-1_manual.pdf": pdf_bytes(),
            "__MACOSX/._x.jpg": b"litter",
        }
    )
    work.drain()
    rows = list(
        ArchiveEntry.objects.values_list(
            "number", "sku", "role", "position", "error", "asset__owner_merchant_id"
        )
    )
    assert rows == [(1, "CHAIR-1", "gallery", 0, "", 5), (2, "CHAIR-1", "document", 1, "", 5)]
    files = OutboxEvent.objects.get(name="dam.named_files_stored.v1").payload["files"]
    assert [file[:3] for file in files] == [["CHAIR-1", "gallery", 0], ["CHAIR-1", "document", 1]]
    archive.refresh_from_db()
    assert archive.stored_as == ""


def test_a_refused_file_is_reported_and_the_others_are_kept():
    upload({"A_1.png": b"<html>not a picture</html>", "B_1.jpg": picture_bytes()})
    work.drain()
    first, second = ArchiveEntry.objects.all()
    assert "is a web page" in first.error
    assert (first.asset, second.error, second.asset.kind) == (None, "", "image")
    assert Job.objects.get(kind="dam.unpack").counts == {"stored": 1, "refused": 1}


def test_the_same_archive_again_makes_no_new_assets():
    upload({"A_1.jpg": picture_bytes()})
    work.drain()
    upload({"A_1.jpg": picture_bytes()})
    work.drain()
    assert (Asset.objects.count(), ArchiveEntry.objects.count()) == (1, 2)


def test_an_interrupted_unpacking_goes_on_where_it_stopped(monkeypatch):
    import dam.jobs

    archive = upload({f"SKU-{n}.jpg": picture_bytes((50 * n, 0, 0), size=(40, 30)) for n in range(5)})
    monkeypatch.setattr(dam.jobs, "UNPACK_CHUNK", 2)
    job = Job.objects.get(ref=archive.job_ref)

    class Killed(BaseException):
        pass

    real, calls = dam.jobs.record_entries, []

    def die_at_the_second_chunk(*args):
        calls.append(args)
        if len(calls) == 2:
            raise Killed
        real(*args)

    monkeypatch.setattr(dam.jobs, "record_entries", die_at_the_second_chunk)
    with pytest.raises(Killed):
        jobs.run_job(job.pk)
    assert ArchiveEntry.objects.count() == 2
    Job.objects.filter(pk=job.pk).update(lease_until=job.created_at)
    work.drain()
    assert list(ArchiveEntry.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert Asset.objects.count() == 5
    job.refresh_from_db()
    assert (job.state, job.counts) == ("done", {"stored": 5, "refused": 0})


def encrypted() -> bytes:
    data = bytearray(zip_bytes({"a.jpg": b"x"}))
    data[6] |= 1
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not a zip at all", "broken"),
        (zip_bytes({"a.jpg": picture_bytes()})[:-40], "broken"),
        (zip_bytes({}), "empty"),
        (zip_bytes({"bomb.jpg": b"\0" * 5_000_000}), "unpacks to far more"),
        (encrypted(), "password"),
    ],
)
def test_dangerous_archives_are_refused_at_the_door(data, words):
    before = set(list_names(private_storage(), "inbox"))
    with pytest.raises(ArchiveRefused, match=words):
        store_zip(data, filename="x.zip", owner_merchant_id=5, actor=merchant_actor(5, MANAGE_ASSETS))
    assert Archive.objects.count() == 0
    assert set(list_names(private_storage(), "inbox")) == before


def test_too_many_files_are_refused(monkeypatch):
    monkeypatch.setattr(checks, "ARCHIVE_MAX_ENTRIES", 2)
    with pytest.raises(ArchiveRefused, match="holds 3 files"):
        upload({f"{n}.jpg": b"x" for n in range(3)})


def test_paths_inside_the_archive_lead_nowhere():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../../CHAIR-1.jpg", picture_bytes())
    store_zip(
        buffer.getvalue(), filename="x.zip", owner_merchant_id=5, actor=merchant_actor(5, MANAGE_ASSETS)
    )
    work.drain()
    assert Asset.objects.get().filename == "CHAIR-1.jpg"


def test_archives_of_others_are_hidden():
    archive = upload({"A.jpg": picture_bytes()})
    stranger = stranger_actor(MANAGE_ASSETS)
    with pytest.raises(ArchiveNotFound):
        get_archive(archive.ref, actor=stranger)
    assert list(list_archives(stranger)) == []
    with pytest.raises(PermissionRefused):
        store_zip(zip_bytes({"a.jpg": b"x"}), filename="x.zip", owner_merchant_id=5, actor=stranger)
