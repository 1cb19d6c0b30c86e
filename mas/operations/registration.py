"""The invited person becomes the first administrator of the merchant."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor, ActorKind, system_actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.phrases import gettext as _
from mas.events import MerchantRegistered
from mas.models import Merchant
from mas.operations.status import Step, take_step
from mas.selectors.invitations import find_usable_invitation
from mms.operations.access import assign_role, create_user
from mms.permissions import MERCHANT_ADMIN
from mms.selectors.access import find_user_by_email

if TYPE_CHECKING:
    from mms.models import User

REGISTER = Step("register", "mas.merchant.registered", MerchantRegistered)


@dataclass(frozen=True, slots=True)
class Registration:
    """The person and merchant after registering; `is_new_person` is False for somebody who had an account."""

    merchant: Merchant
    user: "User"
    is_new_person: bool


@transaction.atomic
def register_from_invitation(token: str, *, name: str, password: str, ip: str | None = None) -> Registration:
    """Use the link once: make (or recognise) the person, give them the merchant's administration, start the checklist.

    A person who has an account already proves it with its password. Raises `InvitationUnusable`, `InvalidInput`.
    """
    invitation = find_usable_invitation(token, lock=True)
    merchant = invitation.merchant
    user = find_user_by_email(invitation.email)
    is_new_person = user is None
    if user is None:
        if not name.strip():
            message = _("Enter your name.")
            raise InvalidInput(message, fields={"name": message})
        user = create_user(
            invitation.email,
            name=name,
            password=password,
            language=merchant.language,
            actor=system_actor("registration"),
        )
    elif not user.is_active or not user.check_password(password):
        message = _("You have an account with this e-mail address already. Enter its password.")
        raise InvalidInput(message, fields={"password": message})
    invitation.accept()
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["state", "accepted_at"])
    assign_role(user, MERCHANT_ADMIN, on=merchant, actor=system_actor("registration"))
    person = Actor(kind=ActorKind.USER, id=user.ref, label=str(user), user_id=user.pk, ip=ip)
    take_step(merchant, REGISTER, actor=person)
    audit.record("mas.invitation.accepted", actor=person, subject=invitation, note=invitation.email)
    return Registration(merchant, user, is_new_person)
