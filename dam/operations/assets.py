"""Taking files in, describing them, deleting them."""

from pathlib import PurePosixPath
from typing import Any

from django.db import transaction

from backoffice.kernel import audit, events
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.phrases import gettext as _
from dam.content.signatures import recognise
from dam.errors import AssetInUse, FileRefused
from dam.events import AssetDeleted, AssetStored
from dam.models import Asset, Original, Rendition
from dam.operations.originals import keep
from dam.operations.renditions import request_renditions
from dam.operations.spool import Source, SpooledFile, spooled
from dam.permissions import MANAGE_ASSETS
from dam.rendering import client
from dam.selectors.assets import AssetInfo, AssetKey, get_asset, info_of
from dam.storage import delete_quietly, private_storage, public_storage

DESCRIPTIVE = ("title", "alt", "rights_holder", "licensed_until")


def store_asset(
    source: Source,
    *,
    filename: str,
    owner_merchant_id: int | None,
    actor: Actor,
    title: str = "",
    is_private: bool = False,
) -> AssetInfo:
    """Check a file by its content and keep it as an asset of its owner; `AssetStored` is announced, renditions follow.

    The same bytes of the same owner give the asset that is already there. `source` is bytes, a path, or chunks.
    Private files need no grant here: the operation that asks for them has checked. Raises `FileRefused`.
    """
    if not is_private:
        actor.require(MANAGE_ASSETS, merchant_id=owner_merchant_id)
    filename = clean_filename(filename)
    with spooled(source) as file:
        found = _find(file, owner_merchant_id, is_private)
        if found is not None:
            return info_of(found)
        original = Original.objects.filter(sha256=file.sha256).first()
        facts = _facts_of(file, filename) if original is None else {}
        with transaction.atomic():
            original = keep(file, filename=filename, facts=facts)
            asset, is_new = Asset.objects.get_or_create(
                original=original,
                owner_merchant_id=owner_merchant_id,
                is_private=is_private,
                defaults={
                    "kind": original.kind,
                    "filename": filename,
                    "title": title[:200] or _title_of(filename),
                    "created_by_label": actor.label,
                },
            )
            if is_new:
                events.publish(
                    AssetStored(str(asset.uuid), kind=asset.kind, owner_merchant_id=asset.owner_merchant_id)
                )
                if not is_private:
                    request_renditions(original, actor=actor)
    return info_of(asset)


@transaction.atomic
def describe_asset(key: AssetKey, patch: dict[str, Any], *, actor: Actor) -> Asset:
    """Change title, text, rights holder or the end of the licence; only the fields sent are written."""
    asset = get_asset(key, actor=actor)
    actor.require(MANAGE_ASSETS, merchant_id=asset.owner_merchant_id)
    if unknown := set(patch) - set(DESCRIPTIVE):
        raise InvalidInput(_("These fields cannot be changed."), fields=dict.fromkeys(sorted(unknown), ""))
    changes = {
        name: [getattr(asset, name), new] for name, new in patch.items() if getattr(asset, name) != new
    }
    if changes:
        for name, (_old, new) in changes.items():
            setattr(asset, name, new)
        asset.save(update_fields=sorted(changes))
        told = {name: [str(old or ""), str(new or "")] for name, (old, new) in changes.items()}
        audit.record("dam.asset.described", actor=actor, subject=asset, changes=told)
    return asset


@transaction.atomic
def delete_asset(key: AssetKey, *, actor: Actor) -> None:
    """Delete an asset that nothing shows; its bytes go with the last owner. Raises `AssetInUse` naming the places."""
    asset = get_asset(key, actor=actor)
    actor.require(MANAGE_ASSETS, merchant_id=asset.owner_merchant_id)
    used_by = list(asset.usages.order_by("id").values_list("used_by", flat=True)[:5])
    if used_by:
        raise AssetInUse(
            _("“%(asset)s” is still shown by %(places)s. Remove it there first.")
            % {"asset": asset, "places": ", ".join(place.partition(":")[2] or place for place in used_by)},
            used_by=used_by,
        )
    audit.record(
        "dam.asset.deleted", actor=actor, subject=asset, changes={"filename": [asset.filename, None]}
    )
    original = asset.original
    asset.delete()
    if not original.assets.exists():
        _forget_original(original)
    events.publish(AssetDeleted(asset_uuid=str(asset.uuid), owner_merchant_id=asset.owner_merchant_id))


def clean_filename(filename: str) -> str:
    """The last part of a path, printable, at most 200 characters, never empty."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    name = "".join(character for character in name if character.isprintable()).strip()
    return name[-200:] or "file"


def _title_of(filename: str) -> str:
    return filename.rpartition(".")[0].replace("_", " ").replace("-", " ").strip() or filename


def _find(file: SpooledFile, owner_merchant_id: int | None, is_private: bool) -> Asset | None:
    rows = Asset.objects.select_related("original").filter(
        original__sha256=file.sha256, is_private=is_private
    )
    return rows.filter(owner_merchant_id=owner_merchant_id).first()


def _facts_of(file: SpooledFile, filename: str) -> dict[str, Any]:
    """What the content says about itself; pictures are decoded once here, so a broken one is refused at the door."""
    with file.path.open("rb") as stream:
        found = recognise(stream, size=file.bytes, filename=filename)
    facts: dict[str, Any] = {"kind": found.kind, "mime": found.mime}
    if found.kind == "image":
        try:
            probed = client.probe(str(file.path))
        except FileRefused as error:
            error.message = f"“{filename}”: {error.message}"
            raise
        facts |= {key: probed[key] for key in ("width", "height", "dominant_colour")}
    return facts


def _forget_original(original: Original) -> None:
    published = list(Rendition.objects.filter(original=original).values_list("name", flat=True))
    kept = original.file.file.name
    file = original.file
    original.delete()
    # The row only: the bytes are removed after the commit, so a rolled back deletion loses nothing.
    type(file)._base_manager.filter(pk=file.pk).delete()

    def remove_bytes() -> None:
        delete_quietly(public_storage(), published)
        if not Original.objects.filter(sha256=original.sha256).exists():
            delete_quietly(private_storage(), [kept])

    transaction.on_commit(remove_bytes)
