"""The merchant's media page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from backoffice.ui.pages import PortalPage
from dam.browsing.grid import AssetFilter, AssetTable
from dam.browsing.pages import AssetDetail, AssetFile, AssetIndex, DeleteAsset, DescribeAsset, UploadAssets
from dam.permissions import MANAGE_ASSETS


class MediaTable(AssetTable):
    audience = "portal"


class MediaListView(PortalPage, AssetIndex):
    title = _("Media")
    table_class = MediaTable
    filter_class = AssetFilter
    empty_text = _("Upload pictures of your products, one by one or as a ZIP named by SKU.")

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        may_upload = self.actor.can(MANAGE_ASSETS, merchant_id=self.merchant_id)
        return super().get_context_data(archives_url=self.url("archive-list") if may_upload else "", **extra)


class MediaDetailView(PortalPage, AssetDetail):
    list_label = _("Media")


class DescribeMediaView(PortalPage, DescribeAsset):
    list_label = _("Media")


class DeleteMediaView(PortalPage, DeleteAsset):
    list_label = _("Media")


class MediaFileView(PortalPage, AssetFile):
    list_label = _("Media")


class UploadMediaView(PortalPage, UploadAssets):
    list_label = _("Media")
