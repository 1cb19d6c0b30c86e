"""What product information refuses."""

from backoffice.kernel.errors import Conflict, InvalidInput, NotFound


class CardNotFound(NotFound):
    """No such card, or not yours to see."""

    code = "card_not_found"


class CardMoved(NotFound):
    """The address is a former one of the card; `params["slug"]` is where it is now."""

    code = "card_moved"


class OfferNotFound(NotFound):
    """No such offer, or another merchant's."""

    code = "offer_not_found"


class CategoryNotFound(NotFound):
    """No such category."""

    code = "category_not_found"


class ReviewNotFound(NotFound):
    """No such review, or another merchant's."""

    code = "review_not_found"


class InvalidValue(InvalidInput):
    """A value does not fit its attribute; `fields` maps attribute codes to sentences."""

    code = "invalid_value"


class InvalidIdentifier(InvalidInput):
    """A GTIN or manufacturer's number cannot be right."""

    code = "invalid_identifier"


class IdentifierTaken(Conflict):
    """Another live card already has this identifier."""

    code = "identifier_taken"


class StaleCard(Conflict):
    """Somebody changed the same values since they were read; both values are in `params`."""

    code = "stale_card"


class RateMissing(InvalidInput):
    """No exchange rate of this pair is known for the day or before; an operator can enter one."""

    code = "rate_missing"


class UnknownUnit(InvalidInput):
    """The unit is not known in this measure."""

    code = "unknown_unit"
