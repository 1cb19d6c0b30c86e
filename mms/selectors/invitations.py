from django.db.models import QuerySet

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from mms.models import Invitation


def list_open_invitations(actor: Actor) -> QuerySet[Invitation]:
    """Links that were sent and not followed yet, of the merchants the actor may see."""
    open_ones = Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=clock.now())
    return open_ones.visible_to(actor).order_by("-id")
