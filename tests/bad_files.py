"""Files as they should not be: what people send by mistake, and what strangers send on purpose."""

import io
import random
import struct
import zipfile

from PIL import Image

from tests.factories.dam import glb_bytes, pdf_bytes, picture_bytes, zip_bytes
from tests.factories.imports import xlsx_bytes

TABLE = "sku,title,price,currency,stock,lead_time_days\nA,Chair,12.50,EUR,1,1\n"


def _workbook(parts: dict[str, bytes]) -> bytes:
    """A workbook with some of its parts replaced or added."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_bytes([["sku", "title"], ["A", "B"]]))) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, parts.pop(name, None) or source.read(name))
        for name, content in parts.items():
            target.writestr(name, content)
    return made.getvalue()


def _encrypted(data: bytes) -> bytes:
    changed = bytearray(data)
    changed[6] |= 1
    central = changed.index(b"PK\x01\x02")
    while central >= 0:
        changed[central + 8] |= 1
        central = changed.find(b"PK\x01\x02", central + 4)
    return bytes(changed)


def _picture_bomb() -> bytes:
    """A one-bit PNG of a few kilobytes that would decode to 400 million pixels."""
    buffer = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _entity_bomb() -> bytes:
    grown = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{grown}]><x>&a9;</x>'.encode()


SHEET = "xl/worksheets/sheet1.xml"
FILES: dict[str, tuple[str, bytes]] = {
    "empty": ("empty.csv", b""),
    "blank": ("blank.csv", b"\n \n\r\n"),
    "header only": ("header.csv", TABLE.splitlines()[0].encode()),
    "broken quotation mark": ("broken.csv", TABLE.encode() + b'B,"Chair" oops,1,EUR,1,1\n'),
    "open quotation mark": ("open.csv", TABLE.encode() + b'B,"Chair,1,EUR,1,1\n' * 2),
    "huge cell": ("huge.csv", TABLE.encode() + b'B,"' + b"x" * 200_000 + b'",1,EUR,1,1\n'),
    "half UTF-8": ("half.csv", TABLE.encode() + "B,Stühl".encode()[:-2] + b"\x81\x8d"),
    "UTF-16 cut in half": ("cut16.csv", b"\xff\xfe" + TABLE.encode("utf-16-le")[:-1]),
    "UTF-16 with lone surrogates": ("lone16.csv", b"\xff\xfe" + TABLE.encode("utf-16-le") + b"\x00\xd8" * 9),
    "binary": ("binary.csv", random.Random(7).randbytes(5000)),
    "zeros": ("zeros.csv", b"\x00" * 5000),
    "cut XLSX": ("cut.xlsx", xlsx_bytes([["sku", "title"], ["A", "B"]])[:700]),
    "XLSX without sheets": (
        "sheets.xlsx",
        _workbook({"xl/workbook.xml": b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>'}),
    ),
    "XLSX with a broken sheet": ("sheet.xlsx", _workbook({SHEET: b"<worksheet><sheetData><row"})),
    "XLSX with a broken workbook": ("book.xlsx", _workbook({"xl/workbook.xml": b"nothing"})),
    "XLSX with an entity bomb": ("laughs.xlsx", _workbook({SHEET: _entity_bomb()})),
    "XLSX with a password": ("secret.xlsx", _encrypted(xlsx_bytes([["sku", "title"], ["A", "B"]]))),
    "XLSX bomb": ("bomb.xlsx", _workbook({"xl/worksheets/sheet2.xml": b" " * 12_000_000})),
    "XLSX with a bomb of words": (
        "words.xlsx",
        _workbook({"xl/sharedStrings.xml": b"<sst>" + b"<si><t>a</t></si>" * 1_000_000 + b"</sst>"}),
    ),
    "ZIP, not XLSX": ("other.xlsx", zip_bytes({"readme.txt": b"hello"})),
    "ZIP bomb": ("bomb.zip", zip_bytes({"bomb.jpg": b"\0" * 5_000_000})),
    "cut ZIP": ("cut.zip", zip_bytes({"a.jpg": picture_bytes()})[:-40]),
    "old Excel": ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3000),
    "web page": ("chair.png", b"<!doctype html><html><script>alert(1)</script></html>"),
    "SVG with a script": ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    "cut JPEG": ("cut.jpg", picture_bytes()[:2000]),
    "cut PNG": ("cut.png", picture_bytes(format="PNG")[:300]),
    "JPEG head, then noise": ("noise.jpg", b"\xff\xd8\xff\xe0" + random.Random(3).randbytes(4000)),
    "PNG with an edge of four thousand million": (
        "edge.png",
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 2**32 - 1, 1) + b"\x08\x02" + b"\0" * 43,
    ),
    "picture bomb": ("bomb.png", _picture_bomb()),
    "cut PDF": ("cut.pdf", pdf_bytes()[:30]),
    "cut GLB": ("cut.glb", glb_bytes()[:-4]),
    "program": ("setup.exe", b"MZ" + b"\0" * 500),
    "entity bomb": ("laughs.xml", _entity_bomb()),
    "XML of something else": ("other.xml", b"<?xml version='1.0'?><rss><channel/></rss>"),
    "cut XML": ("cut.xml", b"<?xml version='1.0'?><Document><BkToCstmrStmt>"),
}  # fmt: skip
