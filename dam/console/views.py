"""The console's asset browser."""

from django.utils.translation import gettext_lazy as _

from backoffice.ui.pages import ConsolePage
from dam.browsing.grid import AssetTable, OwnedAssetFilter
from dam.browsing.pages import AssetDetail, AssetFile, AssetIndex, DeleteAsset, DescribeAsset, UploadAssets


class ConsoleAssetTable(AssetTable):
    audience = "console"


class AssetListView(ConsolePage, AssetIndex):
    title = _("Assets")
    table_class = ConsoleAssetTable
    filter_class = OwnedAssetFilter


class AssetDetailView(ConsolePage, AssetDetail):
    pass


class DescribeAssetView(ConsolePage, DescribeAsset):
    pass


class DeleteAssetView(ConsolePage, DeleteAsset):
    pass


class AssetFileView(ConsolePage, AssetFile):
    pass


class UploadAssetsView(ConsolePage, UploadAssets):
    """The operator's own files belong to the marketplace."""
