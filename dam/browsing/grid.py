"""The grid of assets: tiles with thumbnail, filters in the URL, pages; also as a table for export."""

from typing import Any

from django.db.models import Q, QuerySet
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.ui.badges import DANGER, DONE, ENDED, INFO, WAITING, State, register_states
from backoffice.ui.columns import Column
from backoffice.ui.filters import (
    ChoiceFilter,
    DateRangeFilter,
    FilterSet,
    MultipleChoiceFilter,
    SearchFilter,
    YesNoFilter,
)
from backoffice.ui.tables import Table
from dam.models import Asset, Kind
from dam.selectors.assets import info_of
from dam.selectors.owners import get_owner_names, list_owner_choices

register_states(
    "dam.Render",
    {
        "none": State(_("Kept"), ENDED),
        "pending": State(_("Waiting for sizes"), WAITING),
        "running": State(_("Making sizes"), INFO),
        "ready": State(_("Ready"), DONE),
        "failed": State(_("Cannot be shown"), DANGER),
    },
)


def dimensions(asset: Asset) -> str:
    """Width × height for pictures, nothing for the rest."""
    original = asset.original
    return f"{original.width} × {original.height}" if original.width else ""


class AssetTable(Table):
    key = "uuid"
    per_page = 50
    columns = (
        Column("info", "", kind="thumbnail", export=False),
        Column("title", _("Title"), link=True, sort=True, value=str, sub="filename"),
        Column("kind", _("Kind"), value=lambda asset: asset.get_kind_display(), sort="kind"),
        Column("size", _("Size"), value=dimensions),
        Column(
            "bytes",
            _("Bytes"),
            value=lambda asset: filesizeformat(asset.original.bytes),
            sort="original__bytes",
        ),
        Column("usage_count", _("Used"), kind="count", sort=True),
        Column(
            "render", _("State"), kind="badge", states="dam.Render", value=lambda a: a.original.render_state
        ),
        Column("created_at", _("Uploaded"), kind="when", sort="id"),
    )
    default_sort = "-created_at"
    audience = "console"

    def row_url(self, record: Asset) -> str:
        return reverse(f"{self.audience}:dam-asset-detail", args=[record.uuid])

    def prepare(self, records: list[Any]) -> list[Any]:
        names = (
            get_owner_names(asset.owner_merchant_id for asset in records)
            if self.audience == "console"
            else {}
        )
        for asset in records:
            asset.info = info_of(asset)
            asset.owner_name = names.get(asset.owner_merchant_id, "")
        return records


class AssetFilter(FilterSet):
    q = SearchFilter(
        fields=["title__icontains", "filename__icontains", "alt__icontains"], label=_("Title, file name")
    )
    kind = MultipleChoiceFilter(label=_("Kind"), choices=Kind.choices)
    used = YesNoFilter(label=_("Used somewhere"), yes=Q(usage_count__gt=0))
    alt = YesNoFilter(label=_("Has a text for people who do not see it"), yes=~Q(alt=""))
    uploaded = DateRangeFilter(field_name="created_at", label=_("Uploaded"))


class OwnedAssetFilter(AssetFilter):
    """Operators also filter by owner."""

    owner = ChoiceFilter(
        label=_("Merchant"), method="of_owner", choices=list_owner_choices, empty_label=_("Everybody")
    )

    def of_owner(self, rows: QuerySet[Asset], name: str, value: str) -> QuerySet[Asset]:
        return rows.filter(owner_merchant_id=int(value))
