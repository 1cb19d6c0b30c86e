"""A small catalogue on sale, made through the operations: what tests of lists and pages stand on."""

from dataclasses import dataclass, field

from backoffice.kernel import events
from backoffice.kernel.actors import system_actor
from mas.models import Merchant
from mms.context import StoreContext
from pim.models import Card, Category, Family, MeasureFamily
from pim.operations.cards import CardDraft, create_cards
from pim.operations.change_sets import open_change_set
from pim.operations.identifiers import Identifier
from pim.operations.offers import Availability, OfferResult, OfferRow, set_offer_availability, state_offers
from pim.operations.reviews import publish_cards
from pim.selectors.layers import Layer
from tests.factories import mas, mms, pim

SYSTEM = system_actor("tests")


@dataclass
class Catalogue:
    """Chairs in two colours and three widths below "Furniture" > "Chairs"."""

    store: StoreContext
    merchant: Merchant
    family: Family
    furniture: Category
    chairs: Category
    cards: list[Card] = field(default_factory=list)

    def add_card(
        self,
        title: str,
        *,
        colour: str = "red",
        width: str = "40 cm",
        identifiers: tuple[Identifier, ...] = (),
        translations: dict[str, str] | None = None,
        is_published: bool = True,
        **extra: object,
    ) -> Card:
        values = {Layer(): {"title": title, "colour": colour, "width": width, **extra}}
        for locale, text in (translations or {}).items():
            values[Layer(0, locale)] = {"title": text}
        made = create_cards(
            [
                CardDraft(
                    family_id=self.family.pk,
                    values=values,
                    category_ids=(self.chairs.pk,),
                    identifiers=identifiers,
                )
            ],
            actor=SYSTEM,
            change_set=open_change_set(SYSTEM, source="import", merchant_id=self.merchant.pk),
            merchant_id=self.merchant.pk,
        )
        card = made.cards[0]
        assert card is not None, made.refused
        if is_published:
            publish_cards([card.pk], actor=SYSTEM)
        card.refresh_from_db()
        self.cards.append(card)
        return card

    def sell(
        self, card: Card, price: int, *, quantity: int = 5, merchant: Merchant | None = None, **terms: object
    ) -> OfferResult:
        merchant = merchant or self.merchant
        row = OfferRow(
            merchant_sku=f"{card.ref}-{merchant.pk}",
            card_id=card.pk,
            price_minor=price,
            currency=str(terms.pop("currency", "EUR")),
            quantity=quantity,
            **terms,  # type: ignore[arg-type]
        )
        result = state_offers([row], actor=SYSTEM, merchant_id=merchant.pk)[0]
        assert result.outcome != "refused", result
        set_offer_availability([result.offer_id], lambda: {result.offer_id: Availability(quantity, quantity)})
        return result


def build(**view: object) -> Catalogue:
    colour = pim.attribute("select", code="colour", names={"en": "Colour", "de": "Farbe"}, is_filterable=True)
    for position, (code, name) in enumerate([("red", "Rot"), ("blue", "Blau")]):
        pim.option(colour, code, names={"en": code.capitalize(), "de": name}, position=position)
    width = pim.attribute(
        "measure",
        code="width",
        names={"en": "Width"},
        is_filterable=True,
        measure_family=MeasureFamily.objects.get(code="length"),
    )
    family = pim.family(colour, width, code="chairs", axes=("colour",))
    furniture = pim.category(code="furniture", names={"en": "Furniture", "de": "Möbel"})
    chairs = pim.category(furniture, code="chairs", names={"en": "Chairs", "de": "Stühle"})
    store = mms.store_context(**view)
    return Catalogue(store, mas.merchant(), family, furniture, chairs)


def refresh() -> None:
    """Deliver what is due: the lists follow their sources."""
    while events.deliver_due():
        pass
