"""The home page of an audience: one card per thing that waits, drawn from what the apps declare."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

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
        for card in list_cards(self.audience, self.actor, self.merchant_id):
            context = card.render(self.request)
            if context is not None:
                html = render_to_string(card.template, {"card": card, **context}, request=self.request)
                drawn.append(DrawnCard(card, html))
        return drawn
