"""Who may write values of a card directly: the rule in one place."""

from backoffice.kernel.actors import Actor
from pim.models import Card, CardState
from pim.permissions import CONTRIBUTE_CARDS, EDIT_CARDS, IMPORT_PRODUCTS

# Until it is published, a card is its contributor's to work on; afterwards changes are proposed.
CONTRIBUTOR_STATES = (CardState.DRAFT, CardState.IN_REVIEW, CardState.REJECTED)


def is_contributor_of(card: Card, actor: Actor) -> bool:
    """Whether the actor works for the merchant that brought the card in and may still change it."""
    merchant_id = card.contributed_by_id
    return (
        merchant_id is not None
        and card.state in CONTRIBUTOR_STATES
        and any(actor.can(code, merchant_id=merchant_id) for code in (CONTRIBUTE_CARDS, IMPORT_PRODUCTS))
        and (actor.is_global or merchant_id in actor.merchant_ids)
    )


def may_write_values(card: Card, actor: Actor) -> bool:
    return EDIT_CARDS in actor.grants or is_contributor_of(card, actor)
