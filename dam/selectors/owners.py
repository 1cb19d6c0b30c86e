"""Who owns assets."""

from collections.abc import Iterable

from dam.models import Asset, Owner


def list_owner_choices() -> list[tuple[str, str]]:
    """(merchant id, name) of merchants that own assets, by name."""
    owning = Asset.objects.filter(owner_merchant_id__isnull=False).values("owner_merchant_id")
    rows = Owner.objects.filter(merchant_id__in=owning).order_by("name")
    return [(str(row.merchant_id), row.name) for row in rows]


def get_owner_names(merchant_ids: Iterable[int | None]) -> dict[int, str]:
    """Names by merchant id; unknown ones are left out."""
    wanted = {merchant_id for merchant_id in merchant_ids if merchant_id is not None}
    return (
        {row.merchant_id: row.name for row in Owner.objects.filter(merchant_id__in=wanted)} if wanted else {}
    )
