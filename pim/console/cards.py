"""The list of cards and everything about one of them."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from backoffice.kernel import audit
from backoffice.ui import badges, formats
from backoffice.ui.filters import ChoiceFilter, FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.forms import Form
from backoffice.ui.pages import (
    ActionPage,
    BulkAction,
    ConsolePage,
    DetailPage,
    Fact,
    FormPage,
    IndexPage,
    Tab,
)
from backoffice.ui.tables import Column, Table
from pim.console.card_parts import card_parts
from pim.models import Card, CardKind, CardState, IdentifierType
from pim.operations.categories import place_card
from pim.operations.identifiers import add_identifier
from pim.operations.reverts import revert_field
from pim.operations.reviews import archive_card, hide_card, publish_cards
from pim.permissions import EDIT_CARDS, REVIEW_CARDS, VIEW_CATALOGUE
from pim.selectors.cards import count_cards_by_state, get_card, list_cards
from pim.selectors.category_tree import get_tree
from pim.selectors.history import list_change_lines
from pim.selectors.structure import get_structure


def _family_choices() -> list[tuple[str, str]]:
    families = get_structure().families.values()
    return [(str(family.id), family.names.get(get_language() or "en") or family.code) for family in families]


class ReadinessFilter(ChoiceFilter):
    """Complete, or with something missing."""

    def filter(self, qs: QuerySet[Card], value: str) -> QuerySet[Card]:
        if value == "complete":
            return qs.filter(readiness=100)
        return qs.filter(readiness__lt=100) if value == "missing" else qs


class CategoryFilter(ChoiceFilter):
    """In a category or below it."""

    def filter(self, qs: QuerySet[Card], value: str) -> QuerySet[Card]:
        node = get_tree().by_ref.get(value or "")
        return qs.filter(placements__category__path__startswith=node.path).distinct() if node else qs


def _category_choices() -> list[tuple[str, str]]:
    tree = get_tree()
    language = get_language() or "en"
    nodes = sorted(tree.by_id.values(), key=lambda node: node.path)[:500]
    return [(node.ref, f"{'– ' * (node.depth - 1)}{node.name_in(language)}") for node in nodes]


class CardFilter(FilterSet):
    q = SearchFilter(
        fields=["title__icontains", "ref__iexact", "identifiers__value_norm__iendswith"],
        label=gettext_lazy("Title, card or GTIN"),
    )
    state = MultipleChoiceFilter(label=gettext_lazy("State"), choices=CardState.choices)
    family_id = ChoiceFilter(label=gettext_lazy("Family"), choices=lazy(_family_choices, list)())
    category = CategoryFilter(label=gettext_lazy("Category"), choices=lazy(_category_choices, list)())
    readiness = ReadinessFilter(
        label=gettext_lazy("Readiness"),
        choices=[("complete", gettext_lazy("Complete")), ("missing", gettext_lazy("Values missing"))],
    )
    kind = ChoiceFilter(label=gettext_lazy("Kind"), choices=CardKind.choices)


class CardTable(Table):
    columns = (
        Column("title", gettext_lazy("Card"), link=True, sort=True, sub="ref"),
        Column("family.name", gettext_lazy("Family"), priority=2),
        Column("brand.name", gettext_lazy("Brand"), sort="brand__name", priority=3),
        Column("contributed_by.name", gettext_lazy("From"), priority=3),
        Column(
            "readiness",
            gettext_lazy("Complete"),
            value=lambda row: f"{row.readiness} %",
            sort="readiness",
            priority=2,
        ),
        Column("updated_at", gettext_lazy("Changed"), kind="when", sort=True, priority=2),
        Column("state", gettext_lazy("State"), kind="badge", states="pim.Card", sort=True),
    )
    default_sort = "-updated_at"

    def row_url(self, record: Card) -> str:
        return reverse("console:pim-card-detail", args=[record.ref])


class CardListView(ConsolePage, IndexPage):
    grant = VIEW_CATALOGUE
    title = gettext_lazy("Cards")
    intro = gettext_lazy("One card per product; merchants hang their offers on it.")
    table_class = CardTable
    filter_class = CardFilter
    empty_title = gettext_lazy("No cards yet")
    empty_text = gettext_lazy("Cards appear when merchants upload products, or when you import a catalogue.")
    empty_icon = "box"
    bulk_actions = (
        BulkAction("publish", gettext_lazy("Publish"), "publish_rows", icon="check", grant=REVIEW_CARDS),
    )

    def get_rows(self) -> Any:
        return list_cards(self.actor)

    def get_tabs(self) -> list[Tab]:
        counts = count_cards_by_state(self.actor)
        shown = (
            CardState.PUBLISHED,
            CardState.IN_REVIEW,
            CardState.DRAFT,
            CardState.HIDDEN,
            CardState.REJECTED,
        )
        return [
            Tab(_("All"), "", sum(counts.values())),
            *(Tab(state.label, f"state={state.value}", counts[state]) for state in shown),
        ]

    def publish_rows(self, rows: Any) -> str:
        ids = list(rows.values_list("pk", flat=True))
        return _("%(count)s cards published.") % {"count": publish_cards(ids, actor=self.actor)}


class CardPage(ConsolePage):
    """What the pages about one card share."""

    _card: Card | None = None

    @property
    def card(self) -> Card:
        if self._card is None:
            self._card = get_card(self.kwargs["ref"], actor=self.actor)
        return self._card

    def get_success_url(self) -> str:
        return reverse("console:pim-card-detail", args=[self.card.ref])

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Cards"), reverse("console:pim-card-list"))]


class CardDetailView(CardPage, DetailPage):
    grant = VIEW_CATALOGUE
    template_name = "pim/console/card.html"
    object_name = "card"

    def get_object(self) -> Card:
        return self.card

    def get_title(self) -> str:
        return self.card.title or self.card.ref

    def get_badge(self) -> Any:
        return badges.badge(self.card.state, "pim.Card")

    def get_facts(self) -> list[Fact]:
        card = self.card
        facts = [
            Fact(_("Card"), formats.ref(card.ref)),
            Fact(_("Kind"), card.get_kind_display()),
            Fact(_("Family"), card.family.name),
            Fact(
                _("Complete"),
                f"{card.readiness} %",
                hint=_("Share of the family's required values that are filled."),
            ),
            Fact(_("Version"), card.version),
        ]
        if card.contributed_by:
            facts.append(Fact(_("Brought in by"), card.contributed_by.name))
        if card.parent:
            url = reverse("console:pim-card-detail", args=[card.parent.ref])
            facts.append(Fact(_("Variant of"), card.parent.title, url=url))
        return facts

    def get_timeline(self) -> Any:
        return audit.list_entries(self.card)[:30]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            changes=list_change_lines(self.card, get_language() or "en"),
            can_review=self.actor.can(REVIEW_CARDS),
            **card_parts(self.card, self.actor, self.request),
            **kwargs,
        )


class PublishCardView(CardPage, ActionPage):
    grant = REVIEW_CARDS
    success_message = gettext_lazy("Card published.")

    def perform(self) -> None:
        publish_cards([self.card.pk], actor=self.actor)


class HideCardView(CardPage, ActionPage):
    grant = EDIT_CARDS
    success_message = gettext_lazy("Card hidden. Publish it again at any time.")

    def perform(self) -> None:
        hide_card(self.card.ref, actor=self.actor)


class ArchiveCardView(CardPage, ActionPage):
    grant = EDIT_CARDS
    title = gettext_lazy("Archive card")
    confirm = gettext_lazy(
        "The card leaves every store view for good and its numbers become free for another card."
    )
    confirm_button = gettext_lazy("Archive card")
    success_message = gettext_lazy("Card archived.")

    def perform(self) -> None:
        archive_card(self.card.ref, actor=self.actor)


class RevertFieldView(CardPage, ActionPage):
    grant = EDIT_CARDS
    success_message = gettext_lazy("Value put back.")

    def perform(self) -> str | None:
        done = revert_field(self.card, self.kwargs["change_id"], self.kwargs["code"], actor=self.actor)
        return None if done else _("Nothing to do: the value is already as it was.")


class IdentifierForm(Form):
    type = forms.ChoiceField(label=gettext_lazy("Number"), choices=IdentifierType.choices)
    value = forms.CharField(label=gettext_lazy("Value"), max_length=80)


class AddIdentifierView(CardPage, FormPage):
    grant = EDIT_CARDS
    title = gettext_lazy("Add a number")
    form_class = IdentifierForm
    success_message = gettext_lazy("Number added.")

    def perform(self, form: Any) -> None:
        add_identifier(self.card, actor=self.actor, **form.cleaned_data)


class PlaceCardForm(Form):
    main = forms.ChoiceField(label=gettext_lazy("Main category"))
    others = forms.MultipleChoiceField(
        label=gettext_lazy("Also in"), required=False, widget=forms.SelectMultiple(attrs={"size": 10})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = _category_choices()
        self.fields["main"].choices = choices  # type: ignore[attr-defined]
        self.fields["others"].choices = choices  # type: ignore[attr-defined]


class PlaceCardView(CardPage, FormPage):
    grant = EDIT_CARDS
    title = gettext_lazy("Categories of the card")
    form_class = PlaceCardForm
    success_message = gettext_lazy("Categories saved.")

    def get_initial(self) -> dict[str, Any]:
        refs = list(self.card.placements.order_by("-is_main", "pk").values_list("category__ref", flat=True))
        return {"main": refs[0] if refs else "", "others": refs[1:]}

    def perform(self, form: Any) -> None:
        place_card(self.card, [form.cleaned_data["main"], *form.cleaned_data["others"]], actor=self.actor)
