import io

import pytest
from PIL import Image

from backoffice.kernel.actors import system_actor
from dam.content import limits
from dam.errors import FileBroken, FileTooLarge, FileTypeRefused, PictureTooLarge
from dam.models import Original
from dam.operations.assets import store_asset
from dam.storage import list_names, private_storage
from tests.factories.dam import glb_bytes, pdf_bytes, picture_bytes

pytestmark = pytest.mark.django_db


def store(data: bytes, filename: str):
    return store_asset(data, filename=filename, owner_merchant_id=None, actor=system_actor())


def bomb() -> bytes:
    """A one-bit PNG of a few kilobytes that would decode to 400 million pixels."""
    buffer = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "error", "words"),
    [
        (
            b"<!doctype html><html><script>alert(1)</script></html>",
            "chair.png",
            FileTypeRefused,
            "is a web page",
        ),
        (
            b"<?xml version='1.0'?><svg xmlns='x'><script/></svg>",
            "logo.svg",
            FileTypeRefused,
            "is an SVG drawing",
        ),
        (b"PK\x03\x04" + b"0" * 50, "pictures.zip", FileTypeRefused, "ZIP upload"),
        (b"MZ" + b"0" * 50, "setup.exe", FileTypeRefused, "not a kind of file"),
        (b"", "nothing.jpg", FileBroken, "is empty"),
        (picture_bytes(), "invoice.pdf", FileTypeRefused, "named like another kind"),
        (picture_bytes()[:2000], "cut.jpg", FileBroken, "broken or cut off"),
        (picture_bytes(format="PNG")[:300], "cut.png", FileBroken, "broken or cut off"),
        (pdf_bytes()[:30], "cut.pdf", FileBroken, "cut off"),
        (glb_bytes()[:-4], "cut.glb", FileBroken, "glTF 2.0"),
        (bomb(), "bomb.png", PictureTooLarge, "40 million pixels"),
    ],
)
def test_bad_content_is_refused_with_words_and_leaves_nothing(data, name, error, words):
    before = set(list_names(private_storage(), "orig"))
    with pytest.raises(error, match=words) as caught:
        store(data, name)
    assert name in caught.value.message
    assert Original.objects.count() == 0
    assert set(list_names(private_storage(), "orig")) == before


def test_a_picture_named_as_another_picture_format_is_taken_for_what_it_is():
    assert store(picture_bytes(format="WEBP"), "chair.jpg").mime == "image/webp"


def test_only_the_first_frame_of_an_animation_counts():
    frames = [Image.new("P", (40, 30), colour) for colour in range(5)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    info = store(buffer.getvalue(), "wave.gif")
    assert (info.mime, info.width, info.height) == ("image/gif", 40, 30)


def test_too_many_bytes_are_refused(monkeypatch):
    monkeypatch.setitem(limits.MAX_BYTES, "image", 1000)
    with pytest.raises(FileTooLarge, match="at most"):
        store(picture_bytes(size=(900, 900)), "large.jpg")


def test_a_path_in_the_file_name_is_dropped():
    assert store(picture_bytes(), "../../etc/passwd.jpg").filename == "passwd.jpg"
    assert store(picture_bytes((1, 2, 3)), "C:\\temp\\chair.jpg").filename == "chair.jpg"
