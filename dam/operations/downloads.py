"""Pictures by web address, fetched through the one client that never enters private networks."""

from urllib.parse import unquote, urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import http
from backoffice.kernel.actors import Actor
from backoffice.kernel.hashing import sha256_hex
from dam.content.limits import MAX_BYTES
from dam.models import Asset, SourceAddress
from dam.operations.assets import clean_filename, store_asset
from dam.selectors.assets import AssetInfo, info_of


def store_asset_from_url(
    url: str, *, owner_merchant_id: int | None, actor: Actor, title: str = "", again: bool = False
) -> AssetInfo:
    """Download a file and store it as `store_asset` does; an address the owner used before is not fetched again.

    Raises `AddressRefused`, `FetchFailed` or `FileRefused`. Does network, so never call it inside a transaction.
    """
    digest = sha256_hex(url)
    known = _known(digest, owner_merchant_id)
    if known is not None and not again:
        return info_of(known)
    response = http.fetch(url, max_bytes=MAX_BYTES["image"])
    if response.status != 200:
        raise http.FetchFailed(
            _("%(url)s answered with status %(status)s instead of the file.")
            % {"url": url[:200], "status": response.status}
        )
    filename = clean_filename(unquote(urlsplit(response.url).path))
    info = store_asset(
        response.body, filename=filename, owner_merchant_id=owner_merchant_id, actor=actor, title=title
    )
    with transaction.atomic():
        asset = Asset.objects.get(uuid=info.uuid)
        SourceAddress.objects.update_or_create(
            owner_merchant_id=owner_merchant_id, url_sha256=digest, defaults={"url": url, "asset": asset}
        )
    return info


def _known(digest: str, owner_merchant_id: int | None) -> Asset | None:
    row = (
        SourceAddress.objects.select_related("asset__original")
        .filter(url_sha256=digest, owner_merchant_id=owner_merchant_id)
        .first()
    )
    return row.asset if row else None
