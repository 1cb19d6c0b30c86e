from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, events
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound, StateRefused
from backoffice.kernel.models import Delivery, DeliveryState
from mms.permissions import MANAGE_WORK


@transaction.atomic
def replay_delivery(delivery_id: int, *, actor: Actor) -> Delivery:
    """Let a parked share of an event be tried again. Raises `NotFound`, `StateRefused` when it is not parked."""
    actor.require(MANAGE_WORK)
    delivery = Delivery.objects.filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound(_("There is no such delivery."))
    if delivery.state != DeliveryState.PARKED:
        raise StateRefused(
            _("Only a parked delivery can be replayed; this one is still being tried or done.")
        )
    events.replay(delivery.pk)
    audit.record("mms.delivery.replayed", actor=actor, subject=delivery, note=delivery.subscriber)
    delivery.refresh_from_db()
    return delivery
