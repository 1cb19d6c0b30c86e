"""Invitations: lists for the operator, and the link a person follows."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from backoffice.kernel.hashing import sha256_hex
from mas.errors import InvitationUnusable
from mas.models import Invitation, InvitationState


def list_invitations(actor: Actor) -> QuerySet[Invitation]:
    """Newest first, with their merchants."""
    invitations: QuerySet[Invitation] = (
        Invitation.objects.visible_to(actor).select_related("merchant").order_by("-id")
    )
    return invitations


def in_shown_state(invitations: QuerySet[Invitation], state: str) -> QuerySet[Invitation]:
    """Narrow to the state people see: sent links past their time count as expired at once."""
    late = Q(state=InvitationState.SENT, expires_at__lte=clock.now())
    if state == InvitationState.EXPIRED:
        return invitations.filter(Q(state=InvitationState.EXPIRED) | late)
    if state == InvitationState.SENT:
        return invitations.filter(state=InvitationState.SENT).exclude(late)
    return invitations.filter(state=state)


def lock_invitation(ref: str, *, actor: Actor) -> Invitation:
    """One invitation for writing. Raises `NotFound`."""
    invitation: Invitation | None = (
        Invitation.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("merchant")
        .filter(ref=ref)
        .first()
    )
    if invitation is None:
        raise NotFound(_("There is no invitation %(ref)s.") % {"ref": ref})
    return invitation


def find_usable_invitation(token: str, *, lock: bool = False) -> Invitation:
    """The invitation behind a link. Raises `InvitationUnusable`, whose message says what to do next."""
    invitations = Invitation.objects.select_related("merchant").filter(token_sha256=sha256_hex(token))
    if lock:
        invitations = invitations.select_for_update(of=("self",))
    invitation: Invitation | None = invitations.first()
    state = invitation.shown_state if invitation else "unknown"
    if invitation is None or state != InvitationState.SENT:
        raise InvitationUnusable(_UNUSABLE[state](), state=state)
    return invitation


_UNUSABLE = {
    "unknown": lambda: _(
        "This link is not complete or a newer one was sent. Use the link of the latest mail, or ask for a new one."
    ),
    "expired": lambda: _(
        "This link has expired. Ask the marketplace for a new one; answering the mail is enough."
    ),
    "revoked": lambda: _(
        "The marketplace took this invitation back. Ask them if you think that is a mistake."
    ),
    "accepted": lambda: _(
        "This link was used already. Sign in with the e-mail address and password you chose."
    ),
}
