"""Bringing people into a merchant's team by a single-use link."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor, system_actor
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.grants import MERCHANT
from backoffice.kernel.hashing import sha256_hex
from backoffice.kernel.refs import new_token
from mms.errors import InvitationInvalid
from mms.models import Invitation, Role, User
from mms.operations.access import assign_role, create_user
from mms.operations.checking import check_model
from mms.operations.mails import queue_mail
from mms.permissions import MANAGE_TEAM
from mms.selectors.access import find_user_by_email

VALID_FOR = timedelta(days=7)


@transaction.atomic
def invite_member(
    merchant: models.Model, *, email: str, role_codes: Sequence[str], actor: Actor
) -> Invitation:
    """Send a person a link into the merchant's team; a new invitation replaces an open one to the same address."""
    if not actor.is_global and merchant.pk not in actor.merchant_ids:
        raise NotFound(_("There is no such merchant."))
    actor.require(MANAGE_TEAM, merchant_id=merchant.pk)
    known = set(Role.objects.filter(audience=MERCHANT, code__in=role_codes).values_list("code", flat=True))
    if not role_codes or set(role_codes) - known:
        raise InvalidInput(
            _("Choose at least one role for this person."),
            fields={"role_codes": _("Choose at least one role.")},
        )
    Invitation.objects.filter(
        merchant_id=merchant.pk, email__iexact=email, accepted_at=None, revoked_at=None
    ).update(revoked_at=clock.now())
    token = new_token()
    invitation = Invitation(
        merchant_id=merchant.pk,
        email=email.strip().lower(),
        role_codes=sorted(known),
        token_sha256=sha256_hex(token),
        invited_by_id=actor.user_id,
        expires_at=clock.now() + VALID_FOR,
    )
    check_model(invitation, exclude=["role_codes", "invited_by"])
    invitation.save()
    audit.record(
        "mms.member.invited",
        actor=actor,
        subject=invitation,
        note=f"{invitation.email}: {', '.join(sorted(known))}",
    )
    invited_by = User.objects.filter(pk=actor.user_id).first() if actor.user_id else None
    queue_mail(
        to=invitation.email,
        template="mms.team_invitation",
        context={
            "merchant": merchant,
            "invited_by": actor.label,
            "link": settings.BASE_URL + reverse("mms-invitation", args=[token]),
            "expires_at": invitation.expires_at,
        },
        language=invited_by.language if invited_by else "",
        about_ref=invitation.ref,
    )
    return invitation


@transaction.atomic
def revoke_invitation(ref: str, *, actor: Actor) -> Invitation:
    """Make the link useless; repeating it changes nothing. Raises `NotFound`."""
    invitation = Invitation.objects.visible_to(actor).filter(ref=ref).first()
    if invitation is None:
        raise NotFound(_("There is no such invitation."))
    actor.require(MANAGE_TEAM, merchant_id=invitation.merchant_id)
    if invitation.is_open:
        invitation.revoked_at = clock.now()
        invitation.save(update_fields=["revoked_at"])
        audit.record("mms.member.invitation_revoked", actor=actor, subject=invitation, note=invitation.email)
    return invitation


def find_open_invitation(token: str) -> Invitation:
    """The invitation behind a link. Raises `InvitationInvalid` with what to do next."""
    invitation = Invitation.objects.filter(token_sha256=sha256_hex(token)).first()
    if invitation is None or not invitation.is_open:
        raise InvitationInvalid(
            _(
                "This invitation was used, withdrawn or has expired. Ask the person who invited you for a new one."
            )
        )
    return invitation


@transaction.atomic
def accept_invitation(
    token: str,
    *,
    merchant: models.Model,
    name: str = "",
    password: str | None = None,
    user: User | None = None,
) -> User:
    """Join the team: as the signed-in `user` the mail was sent to, or as a new person with name and password.

    The link works once; a second call raises `InvitationInvalid`.
    """
    invitation = find_open_invitation(token)
    used = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
        accepted_at=clock.now()
    )
    if not used or merchant.pk != invitation.merchant_id:
        raise InvitationInvalid(_("This invitation was just used."))
    member = user or find_user_by_email(invitation.email)
    if member is not None and (user is None or member.email.lower() != invitation.email.lower()):
        raise InvitationInvalid(
            _("Sign in as %(email)s first, then follow the link again.") % {"email": invitation.email}
        )
    acting = system_actor("team invitation")
    if member is None:
        if not password:
            raise InvalidInput(_("Choose a password."), fields={"password": _("Choose a password.")})
        member = create_user(invitation.email, name=name, password=password, actor=acting)
    for code in invitation.role_codes:
        assign_role(member, code, on=merchant, actor=acting)
    audit.record("mms.member.joined", actor=acting, subject=invitation, note=member.email)
    return member
