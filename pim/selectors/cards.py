"""Cards as back-office people and contributing merchants see them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from mms.context import StoreContext
from pim.errors import CardNotFound
from pim.models import Card, CardState
from pim.models.names import name_in
from pim.selectors.layers import Effective, Layer, read_layers, resolve_for_store, resolve_global
from pim.selectors.scopes import list_scopes, locale_chain
from pim.selectors.structure import get_structure
from pim.selectors.value_texts import value_text


def list_cards(actor: Actor) -> QuerySet[Card]:
    """Every card the actor may see, newest first."""
    return Card.objects.visible_to(actor).select_related("family", "brand", "contributed_by").order_by("-pk")


def with_offer_counts(cards: QuerySet[Card]) -> QuerySet[Card]:
    """Adds `offer_count` for lists."""
    return cards.annotate(offer_count=Count("offers"))


def list_contributions(actor: Actor, merchant_id: int) -> QuerySet[Card]:
    """The cards one merchant brought in, in any state."""
    return list_cards(actor).filter(contributed_by_id=merchant_id)


def get_card(ref: str, *, actor: Actor) -> Card:
    """One card the actor may see. Raises `CardNotFound`."""
    card = list_cards(actor).select_related("parent").filter(ref=ref).first()
    if card is None:
        raise CardNotFound(_("There is no such card."))
    return card


def get_cards_by_id(card_ids: Iterable[int]) -> dict[int, Card]:
    """Several cards in one statement, for lists of other apps that show titles."""
    found: dict[int, Card] = Card.objects.in_bulk(set(card_ids))
    return found


def get_contribution(ref: str, *, actor: Actor, merchant_id: int) -> Card:
    """One card that this merchant brought in. Raises `CardNotFound`."""
    card = list_contributions(actor, merchant_id).filter(ref=ref).first()
    if card is None:
        raise CardNotFound(_("There is no such card."))
    return card


def count_cards_by_state(actor: Actor) -> dict[str, int]:
    """How many cards the actor sees in each state; states without any are 0."""
    rows = Card.objects.visible_to(actor).order_by().values_list("state").annotate(n=Count("pk"))
    return {str(state): 0 for state in CardState.values} | dict(rows)


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One attribute of a card as a reader sees it, and where the value comes from."""

    group: str
    code: str
    label: str
    text: str
    source: str
    is_inherited: bool
    is_missing: bool


def list_value_lines(card: Card, *, language: str, store: StoreContext | None = None) -> list[ValueLine]:
    """The values of a card as `store` (or the global reader) sees them, in the family's order, with their
    provenance.
    """
    structure = get_structure()
    family = structure.families[card.family_id]
    layers = read_layers([card.pk, *([card.parent_id] if card.parent_id else [])])
    languages = locale_chain(store.language if store else language)
    found = resolve_for_store(card, layers, store) if store else resolve_global(card, layers, languages)
    scopes = {scope_id: scope.name for scope_id, scope in list_scopes().items()}
    system = [
        code
        for code, spec in structure.attributes.items()
        if spec.is_system and code not in family.attributes
    ]
    lines = []
    for code in [*system, *family.attributes]:
        spec = structure.attributes[code]
        if code in system and code not in found.sources:
            continue
        lines.append(
            ValueLine(
                group=name_in(spec.group_names, locale_chain(language), _("Details")),
                code=code,
                label=spec.name_in(locale_chain(language)),
                text=value_text(spec, found.values.get(code), languages[0], store.country if store else ""),
                source=_source_text(card, found, code, scopes),
                is_inherited=_is_inherited(card, found, code, store),
                is_missing=code in family.required and code not in found.values,
            )
        )
    return sorted(lines, key=lambda line: line.group)


def _source_text(card: Card, found: Effective, code: str, scopes: dict[int, str]) -> str:
    source = found.sources.get(code)
    if source is None:
        return ""
    where = scopes.get(source.layer.scope_id, str(source.layer.scope_id))
    parts = [where, source.layer.locale or _("any language")]
    if source.card_id != card.pk:
        parts.append(_("from the parent"))
    return " · ".join(parts)


def _is_inherited(card: Card, found: Effective, code: str, store: StoreContext | None) -> bool:
    source = found.sources.get(code)
    if source is None:
        return False
    own_scope = store.scope_path[-1] if store else 0
    return source.card_id != card.pk or source.layer.scope_id != own_scope


def read_layer(card: Card, layer: Layer) -> dict[str, Any]:
    """The values set in one layer of a card, nothing inherited."""
    return read_layers([card.pk])[card.pk].get(layer, {})


def inherited_texts(card: Card, layer: Layer, codes: Sequence[str], language: str) -> dict[str, str]:
    """What would show through if these values were not set in this layer: text by attribute."""
    layers = read_layers([card.pk, *([card.parent_id] if card.parent_id else [])])
    layers[card.pk].pop(layer, None)
    structure = get_structure()
    found = resolve_global(card, layers, (layer.locale, language))
    return {
        code: value_text(structure.attributes[code], found.values[code], language)
        for code in codes
        if code in found.values
    }


def find_card_by_gtin(gtin_norm: str) -> Card | None:
    """The live card that holds a normalised GTIN."""
    return Card.objects.filter(
        identifiers__type="gtin", identifiers__value_norm=gtin_norm, identifiers__is_live=True
    ).first()
