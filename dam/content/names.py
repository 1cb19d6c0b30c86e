"""File names that tell what a picture shows: `SKU.jpg`, `SKU_2.jpg`, `SKU_role_2.jpg`."""

from dataclasses import dataclass

# What people write → the role of the asset.
ROLES = {
    "main": "gallery",
    "gallery": "gallery",
    "detail": "gallery",
    "front": "gallery",
    "back": "gallery",
    "video": "video",
    "model": "model",
    "3d": "model",
    "manual": "document",
    "document": "document",
    "label": "document",
}


@dataclass(frozen=True, slots=True)
class NamedFile:
    sku: str
    role: str
    position: int


def parse_name(filename: str) -> NamedFile:
    """Read from the right: a number is the position, a known word the role, the rest is the SKU (`_` allowed).

    `main` is position 0, everything without a number position 1.
    """
    parts = filename.rpartition(".")[0].split("_") if "." in filename else filename.split("_")
    position, word = None, ""
    if len(parts) > 1 and parts[-1].isascii() and parts[-1].isdigit() and len(parts[-1]) <= 3:
        position = int(parts.pop())
    if len(parts) > 1 and parts[-1].lower() in ROLES:
        word = parts.pop().lower()
    if position is None:
        position = 0 if word == "main" else 1
    return NamedFile(sku="_".join(parts).strip()[:80], role=ROLES.get(word, "gallery"), position=position)
