"""The home page of an audience: one card per thing that waits, drawn from what the apps declare."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from backoffice.kernel.counting import count_together
from backoffice.ui.menus import HomeCard, list_cards
from backoffice.ui.pages.base import Page


@dataclass(frozen=True, slots=True)
class DrawnCard:
    card: HomeCard
    html: str


class HomePage(Page):
    """Draws the audience's home cards that the actor may see; a card without content stays away."""

    template_name = "ui/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cards=self.get_cards(), **kwargs)

    def get_cards(self) -> list[DrawnCard]:
        drawn: list[DrawnCard] = []
        cards = list_cards(self.audience, self.actor, self.merchant_id)
        numbers = self._count(cards)
        for place, card in enumerate(cards):
            context = card.render(self.request, numbers[place])
            if context is not None:
                html = render_to_string(card.template, {"card": card, **context}, request=self.request)
                drawn.append(DrawnCard(card, html))
        return drawn

    def _count(self, cards: list[HomeCard]) -> dict[int, dict[str, int]]:
        """What the cards want counted, by their place and its name; one statement for all of them."""
        wanted = {
            (place, name): rows
            for place, card in enumerate(cards)
            if card.counts is not None
            for name, rows in card.counts(self.request).items()
        }
        found = count_together({f"{place} {name}": rows for (place, name), rows in wanted.items()})
        numbers: dict[int, dict[str, int]] = {place: {} for place in range(len(cards))}
        for place, name in wanted:
            numbers[place][name] = found[f"{place} {name}"]
        return numbers
