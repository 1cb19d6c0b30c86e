"""Where an asset is shown: reported by whoever shows it, so deletion can be refused and the place be named."""

from collections.abc import Iterable

from django.db import transaction

from dam.models import Asset, AssetUsage
from dam.selectors.assets import AssetKey


@transaction.atomic
def record_usage(key: AssetKey, used_by: str) -> None:
    """Note that `used_by` (such as `pim.card:CRD-…`) shows the asset; repeating it changes nothing."""
    record_usages([(key, used_by)])


@transaction.atomic
def record_usages(pairs: Iterable[tuple[AssetKey, str]]) -> None:
    """Note many places at once, in two statements; unknown assets are left out."""
    wanted = [(str(key), used_by) for key, used_by in pairs]
    ids = {str(row.uuid): row.pk for row in Asset.objects.filter(uuid__in={key for key, _place in wanted})}
    AssetUsage.objects.bulk_create(
        [AssetUsage(asset_id=ids[key], used_by=place) for key, place in wanted if key in ids],
        ignore_conflicts=True,
    )


@transaction.atomic
def drop_usage(key: AssetKey, used_by: str) -> None:
    """The place does not show the asset any more; repeating it changes nothing."""
    AssetUsage.objects.filter(asset__uuid=key, used_by=used_by).delete()


@transaction.atomic
def drop_usages_of(used_by: str) -> None:
    """The place is gone: none of the assets is shown there any more."""
    AssetUsage.objects.filter(used_by=used_by).delete()
