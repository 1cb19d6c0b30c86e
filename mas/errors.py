"""What merchant administration refuses, by stable code."""

from backoffice.kernel.errors import Conflict, InvalidInput, StateRefused


class MerchantStateRefused(StateRefused):
    """The merchant's status does not allow this step; `params` carry the status."""

    code = "merchant_state_refused"


class ItemsOpen(StateRefused):
    """Required items of the checklist are open; `params["items"]` lists their codes."""

    code = "onboarding_items_open"


class ObligationsOpen(StateRefused):
    """Orders, returns or balances are open; `params["obligations"]` lists what and how many."""

    code = "obligations_open"


class ReasonMissing(InvalidInput):
    """The step needs a reason that people can read later."""

    code = "reason_missing"


class InvitationUnusable(StateRefused):
    """The link was used, took too long or was taken back; `params["state"]` says which."""

    code = "invitation_unusable"


class InvitationStateRefused(StateRefused):
    """The invitation was used, so it cannot be sent again or taken back."""

    code = "invitation_state_refused"


class StaleProfile(Conflict):
    """Somebody saved the profile after this form was opened."""

    code = "stale_profile"


class DocumentStateRefused(StateRefused):
    """The document was decided or replaced meanwhile."""

    code = "document_state_refused"


class BankAccountStateRefused(StateRefused):
    """There is no account waiting to be verified, or the one who changed it may not verify it."""

    code = "bank_account_state_refused"


class TermsPublished(StateRefused):
    """A published text is what people accepted, so it never changes."""

    code = "terms_published"
