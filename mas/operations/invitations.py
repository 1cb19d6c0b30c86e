"""Inviting a merchant: the record, a single-use link, sending it again, taking it back."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock, events
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.hashing import sha256_hex
from backoffice.kernel.money import exponent
from backoffice.kernel.refs import new_token
from mas.countries import is_country
from mas.errors import InvitationStateRefused
from mas.events import MerchantInvited
from mas.links import registration_link
from mas.models import Invitation, InvitationState, Merchant, MerchantStatus
from mas.operations.checklists import lay_out_checklist
from mas.operations.status import refusal
from mas.permissions import INVITE_MERCHANT
from mas.selectors.invitations import lock_invitation
from mas.selectors.onboarding import get_policy
from mms.operations.mails import queue_mail


@dataclass(frozen=True, slots=True)
class MerchantInvite:
    """What the operator knows about a merchant before it registers."""

    name: str
    email: str
    country: str
    currency: str
    language: str = "en"
    person_name: str = ""
    message: str = ""


@transaction.atomic
def invite_merchant(invite: MerchantInvite, *, actor: Actor) -> Invitation:
    """Create the merchant with its checklist and mail a single-use link; `MerchantInvited` is published.

    Raises `InvalidInput` with the fields at fault, also when a merchant with this address was invited before.
    """
    actor.require(INVITE_MERCHANT)
    invite = _checked(invite)
    merchant = Merchant.objects.create(
        name=invite.name,
        slug=free_slug(invite.name),
        email=invite.email,
        country=invite.country,
        currency=invite.currency,
        language=invite.language,
    )
    lay_out_checklist(merchant)
    invitation = _send(
        Invitation(
            merchant=merchant, email=invite.email, person_name=invite.person_name, message=invite.message
        ),
        actor,
    )
    audit.record("mas.merchant.invited", actor=actor, subject=merchant, note=invite.email)
    events.publish(MerchantInvited(merchant.pk, merchant.ref))
    return invitation


@transaction.atomic
def resend_invitation(ref: str, *, actor: Actor) -> Invitation:
    """Mail a new link to the same address; every link sent before stops working, also an expired or revoked one."""
    invitation = lock_invitation(ref, actor=actor)
    actor.require(INVITE_MERCHANT)
    if invitation.state == InvitationState.ACCEPTED:
        raise InvitationStateRefused(
            _("%(email)s has registered already, so there is nothing to send.") % {"email": invitation.email}
        )
    if invitation.merchant.status != MerchantStatus.INVITED:
        raise refusal(invitation.merchant)
    invitation.resend()
    invitation.sent_count += 1
    _send(invitation, actor)
    audit.record("mas.invitation.resent", actor=actor, subject=invitation, note=invitation.email)
    return invitation


@transaction.atomic
def revoke_invitation(ref: str, *, actor: Actor) -> Invitation:
    """Make the link worthless; repeating it changes nothing. Raises `InvitationStateRefused` when it was used."""
    invitation = lock_invitation(ref, actor=actor)
    actor.require(INVITE_MERCHANT)
    if invitation.state == InvitationState.REVOKED:
        return invitation
    if invitation.state == InvitationState.ACCEPTED:
        raise InvitationStateRefused(
            _("%(email)s has registered already. Reject the merchant instead of taking the invitation back.")
            % {"email": invitation.email}
        )
    invitation.revoke()
    invitation.save(update_fields=["state"])
    audit.record("mas.invitation.revoked", actor=actor, subject=invitation, note=invitation.email)
    return invitation


@transaction.atomic
def expire_invitations() -> int:
    """Write down which links ran out of time; returns how many. The links stopped working by themselves before."""
    overdue = Invitation.objects.filter(state=InvitationState.SENT, expires_at__lte=clock.now())
    return int(overdue.update(state=InvitationState.EXPIRED))


def _send(invitation: Invitation, actor: Actor) -> Invitation:
    token = new_token()
    invitation.token_sha256 = sha256_hex(token)
    invitation.sent_at = clock.now()
    invitation.expires_at = invitation.sent_at + timedelta(days=get_policy().invitation_days)
    invitation.invited_by_label = actor.label
    invitation.save()
    queue_mail(
        to=invitation.email,
        template="mas.invitation",
        context={"invitation": invitation, "merchant": invitation.merchant, "link": registration_link(token)},
        language=invitation.merchant.language,
        about_ref=invitation.ref,
    )
    return invitation


def _checked(invite: MerchantInvite) -> MerchantInvite:
    invite = MerchantInvite(
        name=invite.name.strip(),
        email=invite.email.strip().lower(),
        country=invite.country.strip().upper(),
        currency=invite.currency.strip().upper(),
        language=invite.language or "en",
        person_name=invite.person_name.strip(),
        message=invite.message.strip(),
    )
    fields: dict[str, str] = {}
    if not invite.name:
        fields["name"] = _("Enter the name of the shop.")
    try:
        validate_email(invite.email)
    except ValidationError:
        fields["email"] = _("This is not an e-mail address. It looks like name@example.com.")
    if not is_country(invite.country):
        fields["country"] = _("Choose a country from the list.")
    try:
        exponent(invite.currency)
    except InvalidInput as error:
        fields["currency"] = str(error)
    if "email" not in fields and _is_invited_already(invite.email):
        fields["email"] = _(
            "This address was invited before. Open that invitation and send it again instead."
        )
    if fields:
        raise InvalidInput(
            _("The invitation could not be sent. Please check the marked fields."), fields=fields
        )
    return invite


def _is_invited_already(email: str) -> bool:
    pending = Invitation.objects.filter(email__iexact=email, merchant__status=MerchantStatus.INVITED)
    return bool(pending.exclude(state=InvitationState.REVOKED).exists())


def free_slug(name: str) -> str:
    """An address for the shop page that no other merchant has."""
    base = slugify(name)[:120] or "merchant"
    taken = set(Merchant.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
