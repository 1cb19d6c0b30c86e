"""Links to private files: bound to one asset and one person, and only for minutes."""

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from dam.errors import LinkExpired
from dam.models import Asset
from dam.selectors.assets import AssetKey, get_asset

SALT = "dam.file"
SECONDS = 15 * 60


def sign_file_link(key: AssetKey, *, actor: Actor) -> str:
    """An address under the actor's own shell that delivers the original for 15 minutes, to this actor only.

    Raises `AssetNotFound` for assets the actor may not see; who shows private documents has checked their rights.
    """
    asset = get_asset(key, actor=actor)
    signature = signing.dumps([str(asset.uuid), _who(actor)], salt=SALT, compress=True)
    audience = "console" if actor.is_global else "portal"
    return reverse(f"{audience}:dam-asset-file", args=[asset.uuid]) + f"?signature={signature}"


def open_file_link(key: AssetKey, signature: str, *, actor: Actor) -> Asset:
    """The asset behind a link, if the link is fresh and was made for this actor. Raises `LinkExpired`."""
    try:
        signed = signing.loads(signature, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        signed = None
    if signed != [str(key), _who(actor)]:
        raise LinkExpired(
            _("This link has expired. Go back to the page it came from and open the file from there.")
        )
    return get_asset(key, actor=actor)


def _who(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id}"
