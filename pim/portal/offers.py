"""A merchant's offers: prices and stock at a glance and quick to change."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.kernel import audit, clock
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.money import Money
from backoffice.ui import badges, formats
from backoffice.ui.filters import ChoiceFilter, FilterSet, SearchFilter, YesNoFilter
from backoffice.ui.pages import ActionPage, BulkAction, DetailPage, Fact, FormPage, IndexPage, PortalPage, Tab
from backoffice.ui.tables import Column, Table
from dam.selectors.assets import get_asset_infos
from mas.selectors.merchants import get_own_merchant
from pim.models import Condition, Offer, OfferState
from pim.operations.offer_prices import Discount, schedule_discount
from pim.operations.offers import OfferRow, change_offer_state, state_offers
from pim.permissions import EDIT_OFFERS, VIEW_OFFERS
from pim.portal.offer_forms import DiscountForm, OfferForm
from pim.portal.quick_edit import price_text, save_typed
from pim.selectors.offer_lists import (
    count_offers_by_state,
    inactive_reason,
    list_merchant_offers,
    read_base_prices,
)
from pim.selectors.offers import get_offer
from pim.selectors.price_history import list_price_log, lowest_prices_before
from pim.selectors.prices import read_prices


class OfferFilter(FilterSet):
    q = SearchFilter(
        fields=["merchant_sku__icontains", "card__title__icontains", "ref__iexact"],
        label=gettext_lazy("SKU or product"),
    )
    state = ChoiceFilter(label=gettext_lazy("State"), choices=OfferState.choices)
    condition = ChoiceFilter(label=gettext_lazy("Condition"), choices=Condition.choices)
    stock = YesNoFilter(field_name="available_quantity__gt", label=gettext_lazy("In stock"))

    def filter_queryset(self, queryset: Any) -> Any:
        stock = self.form.cleaned_data.pop("stock", "")
        found = super().filter_queryset(queryset)
        if stock == "yes":
            return found.filter(available_quantity__gt=0)
        return found.filter(available_quantity__lte=0) if stock == "no" else found


class OfferTable(Table):
    columns = (
        Column("picture", "", kind="thumbnail"),
        Column("card.title", gettext_lazy("Product"), link=True, sort="card__title", sub="merchant_sku"),
        Column("price_minor", gettext_lazy("Price"), kind="money"),
        Column("available_quantity", gettext_lazy("Available"), kind="count", sort=True),
        Column("quick", gettext_lazy("Change"), template="pim/portal/quick_edit.html", priority=2),
        Column("shown_state", gettext_lazy("State"), kind="badge", states="pim.Offer"),
    )
    default_sort = ""

    def row_url(self, record: Offer) -> str:
        return reverse("portal:pim-offer-detail", args=[record.ref])

    def prepare(self, records: Any) -> list[Any]:
        rows: list[Any] = list(records)
        prices = read_base_prices([record.pk for record in rows])
        typed = getattr(self.request, "typed_offers", {})
        pictures = get_asset_infos({record.picture_uuid for record in rows if record.picture_uuid})
        for record in rows:
            record.picture = pictures.get(record.picture_uuid)
            price = prices.get(record.pk)
            record.can_edit = self.request.actor.can(EDIT_OFFERS, merchant_id=record.merchant_id)  # type: ignore[attr-defined]
            record.price_minor = price.amount_minor if price else None
            record.currency = price.currency if price else record.merchant.currency
            record.shown_state = inactive_reason(record, has_price=price is not None) or record.state
            record.price_text = price_text(price)
            record.typed = typed.get(record.ref)
        return rows


class OfferListView(PortalPage, IndexPage):
    grant = VIEW_OFFERS
    title = gettext_lazy("Offers")
    template_name = "pim/portal/offers.html"
    table_class = OfferTable
    filter_class = OfferFilter
    empty_title = gettext_lazy("No offers yet")
    empty_text = gettext_lazy(
        "Upload a product file, or add a product by hand: your price and stock make it an offer."
    )
    empty_icon = "tag"
    bulk_actions = (
        BulkAction("pause", gettext_lazy("Pause"), "pause_rows", icon="pause", grant=EDIT_OFFERS),
        BulkAction("resume", gettext_lazy("Put on sale"), "resume_rows", icon="play", grant=EDIT_OFFERS),
    )

    def get_rows(self) -> Any:
        return list_merchant_offers(self.actor, self.merchant_id or 0)

    def get_tabs(self) -> list[Tab]:
        counts = count_offers_by_state(self.actor, self.merchant_id or 0)
        return [
            Tab(_("All"), "", sum(counts.values())),
            *(Tab(state.label, f"state={state.value}", counts[state]) for state in OfferState),
        ]

    def get_main_action(self) -> tuple[Any, str] | None:
        if not self.actor.can(EDIT_OFFERS, merchant_id=self.merchant_id):
            return None
        return _("Add product"), reverse("portal:pim-card-create")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_edit = self.actor.can(EDIT_OFFERS, merchant_id=self.merchant_id)
        return super().get_context_data(can_edit=can_edit, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "quick" not in request.POST:
            return super().post(request, *args, **kwargs)
        saved, wrong = save_typed(request.POST, merchant_id=self.merchant_id or 0, actor=self.actor)
        if saved or not wrong:
            messages.success(request, _("Saved."))
        if not wrong:
            return self.redirect(request.get_full_path())
        messages.error(request, _("Some rows were not saved. Each says why; what you typed is still there."))
        request.typed_offers = wrong  # type: ignore[attr-defined]
        return self.render(status=422)

    def _move(self, rows: Any, to: str) -> int:
        offers = [offer for offer in rows if offer.state not in (to, OfferState.REMOVED)]
        return len([change_offer_state(offer.ref, to=to, actor=self.actor) for offer in offers])

    def pause_rows(self, rows: Any) -> str:
        count = self._move(rows, OfferState.PAUSED)
        return ngettext("%(count)s offer paused.", "%(count)s offers paused.", count) % {"count": count}

    def resume_rows(self, rows: Any) -> str:
        count = self._move(rows, OfferState.ACTIVE)
        return ngettext("%(count)s offer put on sale.", "%(count)s offers put on sale.", count) % {
            "count": count
        }


class OfferPage(PortalPage):
    """What the pages about one offer share."""

    _offer: Offer | None = None

    @property
    def offer(self) -> Offer:
        if self._offer is None:
            self._offer = get_offer(self.kwargs["ref"], actor=self.actor, merchant_id=self.merchant_id)
        return self._offer

    def get_success_url(self) -> str:
        return reverse("portal:pim-offer-detail", args=[self.offer.ref])

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Offers"), reverse("portal:pim-offer-list"))]


class OfferDetailView(OfferPage, DetailPage):
    grant = VIEW_OFFERS
    template_name = "pim/portal/offer.html"
    object_name = "offer"

    def get_object(self) -> Offer:
        return self.offer

    def get_title(self) -> str:
        return self.offer.card.title or self.offer.ref

    def get_badge(self) -> Any:
        reason = inactive_reason(self.offer, has_price=bool(read_base_prices([self.offer.pk])))
        return badges.badge(reason or self.offer.state, "pim.Offer")

    def get_facts(self) -> list[Fact]:
        offer = self.offer
        return [
            Fact(_("Your SKU"), offer.merchant_sku),
            Fact(_("Offer"), formats.ref(offer.ref)),
            Fact(_("Condition"), offer.get_condition_display()),
            Fact(
                _("Available"),
                offer.available_quantity,
                hint=_("What buyers can order now; held pieces are taken off."),
            ),
            Fact(_("Dispatch"), _days(offer.lead_time_days)),
        ]

    def get_timeline(self) -> Any:
        return audit.list_entries(self.offer)[:20]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offer = self.offer
        rows = sorted(read_prices([offer.pk])[offer.pk], key=lambda row: (row.currency, row.min_quantity))
        currency = rows[0].currency if rows else offer.merchant.currency
        return super().get_context_data(
            prices=rows,
            price_log=list(list_price_log(offer)[:20]),
            lowest_minor=lowest_prices_before([offer.pk], currency, clock.now()).get(offer.pk),
            lowest_currency=currency,
            can_edit=self.actor.can(EDIT_OFFERS, merchant_id=self.merchant_id),
            **kwargs,
        )


class EditOfferView(OfferPage, FormPage):
    grant = EDIT_OFFERS
    form_class = OfferForm
    success_message = gettext_lazy("Offer saved.")

    def get_title(self) -> str:
        return _("Edit offer %(sku)s") % {"sku": self.offer.merchant_sku}

    def get_subject(self) -> Offer:
        return self.offer

    @property
    def currency(self) -> str:
        price = read_base_prices([self.offer.pk]).get(self.offer.pk)
        return price.currency if price else self.offer.merchant.currency

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"currency": self.currency}

    def get_initial(self) -> dict[str, Any]:
        offer, currency = self.offer, self.currency
        rows = [
            row
            for row in read_prices([offer.pk])[offer.pk]
            if row.currency == currency and not row.valid_from
        ]
        base = next((row for row in rows if row.min_quantity == 1), None)
        steps = [
            f"{row.min_quantity}: {Money(row.amount_minor, currency).amount}"
            for row in rows
            if row.min_quantity > 1
        ]
        names = ("condition", "condition_note", "lead_time_days", "min_quantity", "max_quantity", "pack_size")
        return {
            **{name: getattr(offer, name) for name in names},
            "price": base.amount_minor if base else None,
            "list_price": base.list_amount_minor if base else None,
            "tiers": "\n".join(steps),
        }

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        has_price = data["price"] is not None
        row = OfferRow(
            merchant_sku=self.offer.merchant_sku,
            price_minor=data["price"],
            currency=self.currency,
            list_price_minor=(data["list_price"] or 0) if has_price else None,
            tiers=data["tiers"] if has_price else None,
            quantity=data["quantity"],
            condition=data["condition"],
            condition_note=data["condition_note"],
            lead_time_days=data["lead_time_days"],
            min_quantity=data["min_quantity"],
            max_quantity=data["max_quantity"] or 0,
            pack_size=data["pack_size"],
        )
        result = state_offers([row], actor=self.actor, merchant_id=self.offer.merchant_id, source="form")[0]
        if result.outcome == "refused":
            raise InvalidInput(result.error, fields={result.field: result.error})


class MoveOfferView(OfferPage, ActionPage):
    """Pause, resume or remove, by the last word of the address."""

    grant = EDIT_OFFERS
    to = OfferState.PAUSED

    def perform(self) -> str:
        change_offer_state(self.offer.ref, to=self.to, actor=self.actor)
        words = {
            OfferState.PAUSED: _("Offer paused."),
            OfferState.ACTIVE: _("Offer put on sale."),
            OfferState.REMOVED: _("Offer removed."),
        }
        return words[self.to]


class ScheduleDiscountView(OfferPage, FormPage):
    grant = EDIT_OFFERS
    title = gettext_lazy("Schedule a discount")
    form_class = DiscountForm
    success_message = gettext_lazy("Discount scheduled.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"currency": get_own_merchant(self.merchant_id or 0, actor=self.actor).currency}

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        base = read_base_prices([self.offer.pk]).get(self.offer.pk)
        struck = None
        if base is not None and base.currency == form.currency and base.amount_minor > data["price"]:
            # The prior price a discount must name is the lowest of the last 30 days.
            lowest = lowest_prices_before([self.offer.pk], form.currency, data["valid_from"]).get(
                self.offer.pk
            )
            prior = lowest if lowest is not None and lowest > data["price"] else base.amount_minor
            struck = Money(prior, form.currency)
        schedule_discount(
            self.offer.ref,
            Discount(
                price=Money(data["price"], form.currency),
                valid_from=data["valid_from"],
                valid_to=data["valid_to"],
                list_price=struck,
            ),
            actor=self.actor,
        )


def _days(count: int) -> str:
    return ngettext("%(days)s day", "%(days)s days", count) % {"days": count}
