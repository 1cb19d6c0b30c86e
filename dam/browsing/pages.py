"""Page kinds over assets; the audiences mix them with their base and name themselves in addresses."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.kernel import audit
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.grants import SIGNED_IN
from backoffice.ui.badges import badge
from backoffice.ui.pages import ActionPage, DetailPage, Fact, FormPage, IndexPage, Page
from dam.browsing.forms import DescribeForm, UploadForm
from dam.browsing.grid import dimensions
from dam.errors import FileRefused
from dam.models import Asset
from dam.operations.assets import delete_asset, describe_asset, store_asset
from dam.operations.links import open_file_link, sign_file_link
from dam.permissions import MANAGE_ASSETS, VIEW_ASSETS
from dam.selectors.assets import get_asset, info_of, list_assets
from dam.selectors.owners import get_owner_names
from dam.selectors.usages import list_renditions, list_usages


class AssetPage(Page):
    """What all pages over assets share: addresses under their own audience."""

    list_label: Any = gettext_lazy("Assets")

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"{self.audience}:dam-{name}", args=args)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(self.list_label, self.url("asset-list"))]

    def get_asset(self) -> Asset:
        return get_asset(self.kwargs["uuid"], actor=self.actor)

    @property
    def may_manage(self) -> bool:
        return self.actor.can(MANAGE_ASSETS, merchant_id=self.merchant_id)


class AssetIndex(AssetPage, IndexPage):
    grant = VIEW_ASSETS
    template_name = "dam/asset_list.html"
    part_template = "dam/partials/results.html"
    empty_icon = "image"
    empty_title = gettext_lazy("No pictures yet")
    empty_text = gettext_lazy("Pictures, videos and documents of products appear here.")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return []

    def get_rows(self) -> Any:
        return list_assets(self.actor)

    def get_main_action(self) -> tuple[Any, str] | None:
        return (_("Upload files"), self.url("asset-upload")) if self.may_manage else None


class AssetDetail(AssetPage, DetailPage):
    grant = VIEW_ASSETS
    template_name = "dam/asset_detail.html"
    object_name = "asset"

    def get_object(self) -> Asset:
        return self.get_asset()

    def get_title(self) -> str:
        return str(self.object)

    def get_badge(self) -> Any:
        return badge(self.object.original.render_state, "dam.Render")

    def get_facts(self) -> list[Fact]:
        asset = self.object
        facts = [
            Fact(_("Kind"), asset.get_kind_display()),
            Fact(_("Original"), f"{filesizeformat(asset.original.bytes)} · {asset.original.mime}"),
            Fact(_("Owner"), owner_name(asset)),
            Fact(_("Uploaded by"), asset.created_by_label),
        ]
        if dimensions(asset):
            facts.insert(1, Fact(_("Size"), dimensions(asset)))
        if asset.rights_holder:
            facts.append(Fact(_("Rights holder"), asset.rights_holder))
        return facts

    def get_timeline(self) -> Iterable[Any]:
        return audit.list_entries(self.object)[:50]

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        asset = self.object
        usages = list_usages(asset)
        return super().get_context_data(
            info=info_of(asset),
            renditions=list_renditions(asset),
            usages=usages,
            file_url=sign_file_link(asset.uuid, actor=self.actor),
            edit_url=self.url("asset-edit", asset.uuid),
            delete_url=self.url("asset-delete", asset.uuid),
            delete_refused=_("It is still shown somewhere; remove it there first.") if usages else "",
            may_manage=self.may_manage,
            **extra,
        )


class DescribeAsset(AssetPage, FormPage):
    grant = MANAGE_ASSETS
    title = gettext_lazy("Describe file")
    form_class = DescribeForm
    success_message = gettext_lazy("Saved.")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [*super().get_breadcrumbs(), (str(self.get_asset()), self.get_success_url())]

    def get_subject(self) -> Asset:
        return self.get_asset()

    def get_initial(self) -> dict[str, Any]:
        asset = self.get_asset()
        return {name: getattr(asset, name) for name in ("title", "alt", "rights_holder", "licensed_until")}

    def perform(self, form: Any) -> None:
        describe_asset(self.kwargs["uuid"], form.cleaned_data, actor=self.actor)

    def get_success_url(self) -> str:
        return self.url("asset-detail", self.kwargs["uuid"])

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class DeleteAsset(AssetPage, ActionPage):
    grant = MANAGE_ASSETS
    title = gettext_lazy("Delete file")
    confirm = gettext_lazy("The file and all its sizes are deleted for good.")
    confirm_button = gettext_lazy("Delete file")
    success_message = gettext_lazy("The file was deleted.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.get_asset()
        return super().get(request, *args, **kwargs)

    def perform(self) -> None:
        delete_asset(self.kwargs["uuid"], actor=self.actor)

    def get_success_url(self) -> str:
        return self.url("asset-list")


class AssetFile(AssetPage):
    """The original, by a signed link that belongs to this actor."""

    grant = SIGNED_IN

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asset = open_file_link(kwargs["uuid"], request.GET.get("signature", ""), actor=self.actor)
        response = FileResponse(
            asset.original.file.file.storage.open(asset.original.file.file.name),
            filename=asset.filename,
            content_type=asset.original.mime,
        )
        # The file came from outside: even when a browser shows it, it may not run anything.
        response["Content-Security-Policy"] = (
            "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
        )
        response["Cache-Control"] = "private, no-store"
        return response


class UploadAssets(AssetPage, FormPage):
    """One or many files; those that are refused are named with their reason, the others are kept."""

    grant = MANAGE_ASSETS
    title = gettext_lazy("Upload files")
    template_name = "dam/asset_upload.html"
    form_class = UploadForm
    submit_label = gettext_lazy("Upload")
    # Each file is its own piece of work; sending the same file again stores nothing twice.
    once = False

    def perform(self, form: Any) -> str:
        files: list[Any] = form.cleaned_data["uploads"]
        refused: list[str] = []
        for file in files:
            try:
                store_asset(
                    file.chunks(),
                    filename=file.name or "",
                    owner_merchant_id=self.merchant_id,
                    actor=self.actor,
                )
            except FileRefused as error:
                refused.append(error.message)
        if len(refused) == len(files):
            raise InvalidInput("", fields={"uploads": " ".join(refused)})
        for message in refused:
            messages.error(self.request, message)
        kept = len(files) - len(refused)
        return ngettext("%(count)s file was stored.", "%(count)s files were stored.", kept) % {"count": kept}

    def get_success_url(self) -> str:
        return self.url("asset-list")

    def get_cancel_url(self) -> str:
        return self.get_success_url()


def owner_name(asset: Asset) -> str:
    """Whose file it is, in words."""
    if asset.owner_merchant_id is None:
        return _("Marketplace")
    return get_owner_names([asset.owner_merchant_id]).get(asset.owner_merchant_id, _("Merchant"))
