"""The places a merchant ships from, and which stores each of them feeds."""

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import CountryField, Form
from backoffice.ui.pages import ActionPage, FormPage, IndexPage, PortalPage
from backoffice.ui.tables import Column, Table
from mms.selectors.scopes import list_store_contexts
from oms.models import StockLocation
from oms.operations.pools import FeedTerms, feed_store, stop_feeding
from oms.operations.stock import LocationTerms, change_location, create_location
from oms.permissions import MANAGE_STOCK, VIEW_STOCK
from oms.portal.stock_section import StockSection
from oms.selectors.pools import list_pools
from oms.selectors.stock import get_location, list_locations


class LocationTable(Table):
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", gettext_lazy("Place"), link=True, sort=True),
        Column("country", gettext_lazy("Country"), priority=2),
        Column("rank", gettext_lazy("Order of use"), kind="count", sort=True),
        Column("is_default", gettext_lazy("Receives stated stock"), kind="bool", priority=2),
        Column("is_active", gettext_lazy("In use"), kind="bool"),
    )
    default_sort = "rank"

    def row_url(self, record: StockLocation) -> str:
        return reverse("portal:oms-location-edit", args=[record.ref])


class LocationListView(StockSection, IndexPage):
    grant = VIEW_STOCK
    title = gettext_lazy("Places")
    intro = gettext_lazy(
        "Where you ship from. Orders draw on the lowest number first, in as few parcels as possible."
    )
    table_class = LocationTable
    empty_title = gettext_lazy("No places yet")
    empty_text = gettext_lazy("The first one appears by itself when you state stock.")
    empty_icon = "store"

    def get_rows(self) -> QuerySet[StockLocation]:
        return list_locations(self.actor, merchant_id=self.merchant_id or 0)

    def get_main_action(self) -> tuple[Any, str] | None:
        return (_("Open another place"), reverse("portal:oms-location-create")) if self.can_manage else None


class LocationForm(Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    country = CountryField(
        label=gettext_lazy("Country"),
        required=False,
        help_text=gettext_lazy("Stores may prefer places in the buyer's country."),
    )
    rank = forms.IntegerField(
        label=gettext_lazy("Order of use"),
        min_value=1,
        max_value=99,
        initial=2,
        help_text=gettext_lazy("Orders draw on the place with the lowest number first."),
    )


class LocationEditForm(LocationForm):
    is_active = forms.BooleanField(
        label=gettext_lazy("In use"),
        required=False,
        help_text=gettext_lazy("Out of use, nothing is sold from it; promises are still kept."),
    )


class LocationCreateView(PortalPage, FormPage):
    grant = MANAGE_STOCK
    title = gettext_lazy("New place")
    form_class = LocationForm
    success_message = gettext_lazy("The place is open.")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Places"), reverse("portal:oms-location-list"))]

    def perform(self, form: Any) -> None:
        create_location(self.merchant_id or 0, LocationTerms(**form.cleaned_data), actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:oms-location-list")


class OnePlace(PortalPage):
    """Pages about the place of the address."""

    @cached_property
    def location(self) -> StockLocation:
        return get_location(self.kwargs["ref"], actor=self.actor)

    def get_place_url(self) -> str:
        return reverse("portal:oms-location-edit", args=[self.kwargs["ref"]])


class LocationEditView(OnePlace, FormPage):
    grant = MANAGE_STOCK
    template_name = "oms/portal/location.html"
    form_class = LocationEditForm
    success_message = gettext_lazy("Place saved.")

    def get_title(self) -> str:
        return self.location.name

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Places"), reverse("portal:oms-location-list"))]

    def get_subject(self) -> StockLocation:
        return self.location

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.location, name) for name in ("name", "country", "rank", "is_active")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pools = list_pools(self.actor, merchant_id=self.location.merchant_id)
        return super().get_context_data(
            location=self.location,
            pools=[pool for pool in pools if pool.location_id == self.location.pk],
            has_pools=bool(pools),
            **kwargs,
        )

    def perform(self, form: Any) -> None:
        change_location(self.kwargs["ref"], LocationTerms(**form.cleaned_data), actor=self.actor)


class FeedForm(Form):
    store = forms.ChoiceField(label=gettext_lazy("Store"))
    rank = forms.IntegerField(label=gettext_lazy("Order of use"), min_value=1, max_value=99, initial=1)
    buffer = forms.IntegerField(
        label=gettext_lazy("Keep for other stores"),
        min_value=0,
        max_value=10_000_000,
        initial=0,
        help_text=gettext_lazy("Pieces of each article that this store never sells."),
    )
    cap = forms.IntegerField(
        label=gettext_lazy("Show at most"),
        min_value=1,
        max_value=10_000_000,
        required=False,
        help_text=gettext_lazy("The most pieces of an article that this store shows. Empty = all."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stores = {store.store_code: store.store_name or store.name for store in list_store_contexts()}
        self.fields["store"].choices = sorted(stores.items(), key=lambda pair: pair[1])  # type: ignore[attr-defined]


class FeedStoreView(OnePlace, FormPage):
    grant = MANAGE_STOCK
    form_class = FeedForm
    intro = gettext_lazy("From the first place on, the store is served by the places you choose only.")
    success_message = gettext_lazy("The place feeds the store.")

    def get_title(self) -> str:
        return str(_("Feed a store from %(place)s") % {"place": self.location.name})

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("Places"), reverse("portal:oms-location-list")),
            (self.location.name, self.get_place_url()),
        ]

    def perform(self, form: Any) -> None:
        data = dict(form.cleaned_data)
        feed_store(self.kwargs["ref"], data.pop("store"), FeedTerms(**data), actor=self.actor)

    def get_success_url(self) -> str:
        return self.get_place_url()


class StopFeedingView(OnePlace, ActionPage):
    grant = MANAGE_STOCK
    success_message = gettext_lazy("The place no longer feeds the store.")

    def perform(self) -> None:
        stop_feeding(self.kwargs["ref"], self.kwargs["store"], actor=self.actor)

    def get_success_url(self) -> str:
        return self.get_place_url()
