"""Products a merchant brought in: created by hand, mended after a rejection, submitted for review."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from backoffice.kernel.errors import InvalidInput
from backoffice.ui import badges, formats
from backoffice.ui.filters import ChoiceFilter, FilterSet, SearchFilter
from backoffice.ui.forms import MoneyField
from backoffice.ui.pages import ActionPage, DetailPage, Fact, FormPage, IndexPage, Page, PortalPage, Tab
from backoffice.ui.tables import Column, Table
from dam.selectors.assets import get_asset_infos
from mas.selectors.merchants import get_own_merchant
from pim.models import Card, CardState, ChangeSource
from pim.operations.cards import CardDraft, create_card
from pim.operations.change_sets import open_change_set
from pim.operations.identifiers import read_identifier
from pim.operations.offers import OfferRow, state_offers
from pim.operations.proposals import propose_values
from pim.operations.reviews import submit_cards
from pim.operations.values import set_values
from pim.permissions import CONTRIBUTE_CARDS
from pim.selectors.cards import (
    find_card_by_gtin,
    get_contribution,
    list_contributions,
    list_value_lines,
    read_layer,
)
from pim.selectors.category_lists import list_category_choices
from pim.selectors.category_tree import get_category_node, get_tree
from pim.selectors.history import find_last_change
from pim.selectors.layers import INHERIT, PLAIN
from pim.selectors.offer_lists import with_shown_states
from pim.selectors.offers import list_offers
from pim.selectors.proposals import find_last_proposal, list_proposal_lines
from pim.selectors.reviews import list_reviews
from pim.selectors.structure import FamilySpec, get_structure
from pim.value_forms import ValueForm


class CardFilter(FilterSet):
    q = SearchFilter(fields=["title__icontains", "ref__iexact"], label=gettext_lazy("Product"))
    state = ChoiceFilter(label=gettext_lazy("State"), choices=CardState.choices)


class CardTable(Table):
    columns = (
        Column("title", gettext_lazy("Product"), link=True, sort=True, sub="ref"),
        Column("family.name", gettext_lazy("Family"), priority=2),
        Column(
            "readiness", gettext_lazy("Complete"), value=lambda row: f"{row.readiness} %", sort="readiness"
        ),
        Column("updated_at", gettext_lazy("Changed"), kind="when", sort=True, priority=2),
        Column("state", gettext_lazy("State"), kind="badge", states="pim.Card", sort=True),
    )
    default_sort = "-updated_at"

    def row_url(self, record: Card) -> str:
        return reverse("portal:pim-card-detail", args=[record.ref])


class CardListView(PortalPage, IndexPage):
    grant = CONTRIBUTE_CARDS
    title = gettext_lazy("My products")
    intro = gettext_lazy("Products you brought into the catalogue, and what the review said about them.")
    table_class = CardTable
    filter_class = CardFilter
    empty_title = gettext_lazy("No products of your own yet")
    empty_text = gettext_lazy(
        "Products that are new to the catalogue appear here with the state of their review."
    )
    empty_icon = "box"

    def get_rows(self) -> Any:
        return list_contributions(self.actor, self.merchant_id or 0)

    def get_tabs(self) -> list[Tab]:
        return [
            Tab(_("All"), ""),
            Tab(_("In review"), "state=in_review"),
            Tab(_("Rejected"), "state=rejected"),
            Tab(_("Published"), "state=published"),
        ]

    def get_main_action(self) -> tuple[Any, str] | None:
        return _("Add product"), reverse("portal:pim-card-create")


class CardPage(PortalPage):
    """What the pages about one own product share."""

    grant = CONTRIBUTE_CARDS
    _card: Card | None = None

    @property
    def card(self) -> Card:
        if self._card is None:
            self._card = get_contribution(
                self.kwargs["ref"], actor=self.actor, merchant_id=self.merchant_id or 0
            )
        return self._card

    def get_success_url(self) -> str:
        return reverse("portal:pim-card-detail", args=[self.card.ref])

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("My products"), reverse("portal:pim-card-list"))]


class CardDetailView(CardPage, DetailPage):
    template_name = "pim/portal/card.html"
    object_name = "card"

    def get_object(self) -> Card:
        return self.card

    def get_title(self) -> str:
        return self.card.title or self.card.ref

    def get_badge(self) -> Any:
        return badges.badge(self.card.state, "pim.Card")

    def get_facts(self) -> list[Fact]:
        card = self.card
        return [
            Fact(_("Product"), formats.ref(card.ref)),
            Fact(_("Family"), card.family.name),
            Fact(_("Complete"), f"{card.readiness} %"),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        card, language = self.card, get_language() or "en"
        links = list(card.asset_links.all())
        infos = get_asset_infos([link.asset_uuid for link in links])
        tree = get_tree()
        proposal = find_last_proposal(card, merchant_id=self.merchant_id or 0)
        return super().get_context_data(
            lines=list_value_lines(card, language=language),
            pictures=[infos[link.asset_uuid] for link in links if link.asset_uuid in infos],
            identifiers=list(card.identifiers.select_related("brand")),
            category_paths=[
                " › ".join(node.name_in(language) for node in tree.lineage(tree.by_id[placement.category_id]))
                for placement in card.placements.order_by("-is_main", "pk")
                if placement.category_id in tree.by_id
            ],
            offers=with_shown_states(list_offers(self.actor, merchant_id=self.merchant_id).filter(card=card)),
            last_review=list_reviews(self.actor).filter(card=card).order_by("-pk").first(),
            proposal=proposal,
            proposed=list_proposal_lines(proposal, language) if proposal else [],
            is_editable=card.state in (CardState.DRAFT, CardState.IN_REVIEW, CardState.REJECTED),
            **kwargs,
        )


class ChooseFamilyView(PortalPage, Page):
    """First step of adding a product: what kind of thing it is."""

    grant = CONTRIBUTE_CARDS
    title = gettext_lazy("Add product")
    template_name = "pim/portal/choose_family.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        language = get_language() or "en"
        families = [
            (family.code, family.names.get(language) or family.names.get("en") or family.code)
            for family in get_structure().families.values()
        ]
        return super().get_context_data(families=sorted(families, key=lambda pair: pair[1]), **kwargs)


class NewCardForm(ValueForm):
    """The values, and what makes the first offer: category, numbers, SKU, price and stock."""

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "—"), *list_category_choices(get_language() or "en")]
        self.fields["_category"] = forms.ChoiceField(label=_("Category"), choices=choices)
        self.fields["_gtin"] = forms.CharField(
            label=_("GTIN"),
            required=False,
            max_length=20,
            help_text=_("The number under the barcode, when it has one."),
        )
        self.fields["_sku"] = forms.CharField(label=_("Your SKU"), max_length=80)
        self.fields["_price"] = MoneyField(label=_("Price"), currency=currency, min_minor=1)
        self.fields["_quantity"] = forms.IntegerField(label=_("Stock"), min_value=0, initial=0)
        self.groups = (
            *self.groups,
            (_("Place and number"), ("_category", "_gtin")),
            (_("Your offer"), ("_sku", "_price", "_quantity")),
        )


class CreateCardView(PortalPage, FormPage):
    """Second step: values by family, and the first offer with them; the product goes to review."""

    grant = CONTRIBUTE_CARDS
    form_class = NewCardForm
    submit_label = gettext_lazy("Send for review")
    success_message = gettext_lazy(
        "Product sent for review. Your offer goes on sale as soon as it is accepted."
    )

    @property
    def family(self) -> FamilySpec:
        code = self.kwargs["family"]
        found = next((family for family in get_structure().families.values() if family.code == code), None)
        if found is None:
            raise InvalidInput(_("There is no such family."))
        return found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        codes = {family.code for family in get_structure().families.values()}
        if kwargs["family"] not in codes:
            return self.redirect(reverse("portal:pim-card-create"))
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        family = self.family
        return _("Add product: %(family)s") % {
            "family": family.names.get(get_language() or "en") or family.code
        }

    @property
    def currency(self) -> str:
        return get_own_merchant(self.merchant_id or 0, actor=self.actor).currency

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"family": self.family, "currency": self.currency}

    def perform(self, form: Any) -> None:
        merchant_id, data = self.merchant_id or 0, form.cleaned_data
        values = {code: value for code, value in form.patch().items() if value is not INHERIT}
        numbers = self._numbers(data["_gtin"])
        change_set = open_change_set(self.actor, source=ChangeSource.FORM, merchant_id=merchant_id)
        card = create_card(
            CardDraft(
                family_id=self.family.id,
                values={PLAIN: values},
                identifiers=numbers,
                category_ids=(get_category_node(data["_category"]).id,),
            ),
            actor=self.actor,
            change_set=change_set,
            merchant_id=merchant_id,
        )
        row = OfferRow(
            merchant_sku=data["_sku"],
            card_id=card.pk,
            price_minor=data["_price"],
            currency=self.currency,
            quantity=data["_quantity"],
        )
        result = state_offers([row], actor=self.actor, merchant_id=merchant_id, change_set=change_set)[0]
        if result.outcome != "created":
            sentence = result.error or _("You already have an offer with this SKU.")
            raise InvalidInput(sentence, fields={"_sku": sentence})
        submit_cards([card.pk], actor=self.actor)

    def _numbers(self, gtin: str) -> tuple[Any, ...]:
        if not gtin:
            return ()
        try:
            item = read_identifier("gtin", gtin)
        except InvalidInput as error:
            raise InvalidInput(error.message, fields={"_gtin": error.message}) from error
        holder = find_card_by_gtin(item.value_norm)
        if holder is not None:
            sentence = _(
                "This GTIN is already in the catalogue as %(title)s. Offer that product by a product file."
            ) % {"title": holder.title}
            raise InvalidInput(sentence, fields={"_gtin": sentence})
        return (item,)

    def get_success_url(self) -> str:
        return reverse("portal:pim-card-list")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("My products"), reverse("portal:pim-card-list"))]


class EditCardView(CardPage, FormPage):
    form_class = ValueForm
    success_message = gettext_lazy("Product saved.")

    def get_title(self) -> str:
        return _("Edit %(title)s") % {"title": self.card.title or self.card.ref}

    def get_version(self) -> Any:
        return self.card.version

    def get_last_save(self, names: set[str]) -> tuple[str, datetime] | None:
        return find_last_change(self.card)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            "family": get_structure().families[self.card.family_id],
            "stored": read_layer(self.card, PLAIN),
        }

    def perform(self, form: Any) -> str | None:
        merchant_id = self.merchant_id or 0
        if self.card.state == CardState.PUBLISHED:
            sent = propose_values(self.card, PLAIN, form.patch(), actor=self.actor, merchant_id=merchant_id)
            return _("Your changes wait for the marketplace's answer.") if sent else _("Nothing was changed.")
        change_set = open_change_set(self.actor, source=ChangeSource.FORM, merchant_id=merchant_id)
        set_values(self.card, PLAIN, form.patch(), actor=self.actor, change_set=change_set)
        return None


class SubmitCardView(CardPage, ActionPage):
    success_message = gettext_lazy("Sent for review.")

    def perform(self) -> None:
        submit_cards([self.card.pk], actor=self.actor)
