"""Grants over assets and which ready-made roles hold them."""

from django.utils.translation import gettext_lazy as _

from backoffice.kernel.grants import grant

VIEW_ASSETS = grant("dam.view_assets", _("See pictures and files"))
MANAGE_ASSETS = grant("dam.manage_assets", _("Upload, describe and delete pictures and files"))

ROLE_GRANTS: dict[str, set[str]] = {
    "operator-admin": {VIEW_ASSETS, MANAGE_ASSETS},
    "catalogue": {VIEW_ASSETS, MANAGE_ASSETS},
    "support": {VIEW_ASSETS},
    "merchant-admin": {VIEW_ASSETS, MANAGE_ASSETS},
    "merchant-stock": {VIEW_ASSETS, MANAGE_ASSETS},
    "merchant-support": {VIEW_ASSETS},
}
