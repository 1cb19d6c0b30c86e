"""What marketplace management refuses, by stable code."""

from backoffice.kernel.errors import Conflict, InvalidInput, StateRefused


class EmailTaken(Conflict):
    """A user with this address exists."""

    code = "email_taken"


class LastAdministrator(StateRefused):
    """Without this person nobody could administrate the merchant (or the marketplace) any more."""

    code = "last_administrator"


class InvitationInvalid(StateRefused):
    """The link was used, withdrawn or is too old."""

    code = "invitation_invalid"


class TaxRateMissing(InvalidInput):
    """No rate is entered for this country, class and day."""

    code = "tax_rate_missing"


class UnknownView(InvalidInput):
    """There is no store view of this code."""

    code = "unknown_view"
