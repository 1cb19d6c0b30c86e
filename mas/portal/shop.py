"""How the shop presents itself, and when it rests."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.ui.pages import ActionPage, FormPage
from dam.content.signatures import recognise
from dam.errors import FileRefused, FileTypeRefused
from dam.operations.assets import store_asset
from dam.selectors.assets import find_asset_info
from mas.models import Merchant
from mas.operations.profiles import TEXT_FIELDS, set_holidays, set_logo, set_shop_text
from mas.permissions import EDIT_SHOP, SET_HOLIDAYS
from mas.portal.forms import HolidayForm, LogoForm, ShopTextForm
from mas.portal.pages import OwnMerchantPage
from mas.selectors.companies import get_shop_text


class ShopTextView(OwnMerchantPage, FormPage):
    """Texts of the public page in one language."""

    grant = EDIT_SHOP
    title = gettext_lazy("Shop page")
    template_name = "mas/portal/shop.html"
    form_class = ShopTextForm
    success_message = gettext_lazy("The texts are saved and live.")

    @property
    def language(self) -> str:
        return str(self.kwargs.get("language") or self.merchant.language)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if kwargs.get("language") not in {None, *dict(settings.LANGUAGES)}:
            raise NotFound(_("The shop page is not available in this language."))
        return super().dispatch(request, *args, **kwargs)

    def get_subject(self) -> Merchant:
        return self.merchant

    def get_initial(self) -> dict[str, Any]:
        row = get_shop_text(self.merchant, self.language)
        return {name: getattr(row, name) for name in TEXT_FIELDS}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            merchant=self.merchant,
            languages=settings.LANGUAGES,
            logo=find_asset_info(self.merchant.logo_asset_uuid) if self.merchant.logo_asset_uuid else None,
            # The address may name the language too.
            **{**kwargs, "language": self.language},
        )

    def perform(self, form: Any) -> None:
        set_shop_text(self.merchant.ref, self.language, form.cleaned_data, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:mas-shop-edit", args=[self.language])


class SetLogoView(OwnMerchantPage, FormPage):
    """The picture beside the shop's name."""

    grant = EDIT_SHOP
    title = gettext_lazy("Logo")
    form_class = LogoForm
    success_message = gettext_lazy("Logo saved.")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Shop page"), self.get_success_url())]

    def perform(self, form: Any) -> None:
        if form.cleaned_data.get("remove"):
            set_logo(self.merchant.ref, None, actor=self.actor)
            return
        file = form.cleaned_data.get("logo")
        if file is None:
            message = _("Choose a picture.")
            raise InvalidInput(message, fields={"logo": message})
        filename = file.name or "logo"
        try:
            if recognise(file, size=file.size, filename=filename).kind != "image":
                raise FileTypeRefused(_("“%(name)s” is not a picture.") % {"name": filename})
            info = store_asset(
                file.chunks(),
                filename=filename,
                owner_merchant_id=self.merchant.pk,
                actor=self.actor,
                title=_("Logo of %(merchant)s") % {"merchant": self.merchant.name},
            )
        except FileRefused as error:
            raise InvalidInput(error.message, fields={"logo": error.message}) from error
        set_logo(self.merchant.ref, info.uuid, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:mas-shop-edit", args=[self.merchant.language])

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class HolidaysView(OwnMerchantPage, FormPage):
    """First and last day without new orders."""

    grant = SET_HOLIDAYS
    title = gettext_lazy("Holidays")
    template_name = "mas/portal/holidays.html"
    form_class = HolidayForm
    submit_label = gettext_lazy("Save holidays")

    def get_subject(self) -> Merchant:
        return self.merchant

    def get_initial(self) -> dict[str, Any]:
        return {"first": self.merchant.holiday_from, "last": self.merchant.holiday_to}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(merchant=self.merchant, **kwargs)

    def perform(self, form: Any) -> str:
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        set_holidays(self.merchant.ref, first=first, last=last, actor=self.actor)
        if first is None:
            return _("You take orders without a break.")
        return _("Saved. New orders pause on these days and resume by themselves.")


class EndHolidaysView(OwnMerchantPage, ActionPage):
    grant = SET_HOLIDAYS
    success_message = gettext_lazy("You take orders again.")

    def perform(self) -> None:
        set_holidays(self.merchant.ref, first=None, last=None, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:mas-holiday-edit")
