"""Endpoints: the operator invites and decides, merchants read and change their own profile."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import StrictSchema, endpoint
from mas.api import schemas
from mas.models import Invitation, Merchant
from mas.operations import reviews, suspensions
from mas.operations.approvals import approve_merchant
from mas.operations.invitations import MerchantInvite, invite_merchant, resend_invitation, revoke_invitation
from mas.operations.profiles import change_profile, set_holidays, set_merchant_terms
from mas.permissions import (
    CLOSE_MERCHANT,
    EDIT_COMPANY,
    INVITE_MERCHANT,
    REVIEW_MERCHANT,
    SET_HOLIDAYS,
    SET_MERCHANT_TERMS,
    SUSPEND_MERCHANT,
    VIEW_COMPANY,
    VIEW_MERCHANTS,
)
from mas.selectors.invitations import list_invitations
from mas.selectors.merchants import get_merchant, get_own_merchant, list_merchants
from mas.selectors.onboarding import list_checklist
from mas.selectors.payouts import get_payout_profile

operator = Router()
merchant = Router()


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _own(request: HttpRequest) -> Merchant:
    actor = _actor(request)
    merchant_id = min(actor.merchant_ids, default=None)
    if merchant_id is None:
        raise NotFound("There is no merchant behind this key.")
    return get_own_merchant(merchant_id, actor=actor)


def _sent(payload: StrictSchema) -> tuple[dict[str, Any], int | None]:
    """The fields a patch really holds, and the version it was made on."""
    patch = payload.model_dump(exclude_unset=True, exclude_none=True)
    return patch, patch.pop("version", None)


def _invitation(row: Invitation) -> dict[str, Any]:
    names = ("ref", "email", "sent_at", "expires_at", "sent_count")
    return {name: getattr(row, name) for name in names} | {
        "merchant_ref": row.merchant.ref,
        "state": row.shown_state,
    }


def _checklist(row: Merchant) -> dict[str, Any]:
    return {
        "items": [
            {
                "code": item.rule.code,
                "title": item.rule.title,
                "kind": item.rule.kind,
                "is_required": item.rule.is_required,
                "state": item.state,
                "note": item.note,
                "done_at": item.done_at,
            }
            for item in list_checklist(row)
        ]
    }


@endpoint(operator, "GET", "/merchants", grant=VIEW_MERCHANTS, response=PageOut[schemas.OperatorMerchantOut])
def list_all_merchants(request: HttpRequest, page: Query[PageQuery], status: str = "") -> dict[str, Any]:
    """Every merchant, newest first; `status` narrows."""
    found = list_merchants(_actor(request))
    return paginate(found.filter(status=status) if status else found, page)


@endpoint(operator, "GET", "/merchants/{ref}", grant=VIEW_MERCHANTS, response=schemas.OperatorMerchantOut)
def get_one_merchant(request: HttpRequest, ref: str) -> Merchant:
    """One merchant."""
    return get_merchant(ref, actor=_actor(request))


@endpoint(operator, "GET", "/merchants/{ref}/checklist", grant=VIEW_MERCHANTS, response=schemas.ChecklistOut)
def get_merchant_checklist(request: HttpRequest, ref: str) -> dict[str, Any]:
    """What was asked of the merchant and what is open."""
    return _checklist(get_merchant(ref, actor=_actor(request)))


@endpoint(
    operator, "PATCH", "/merchants/{ref}", grant=SET_MERCHANT_TERMS, response=schemas.OperatorMerchantOut
)
def change_agreement(request: HttpRequest, ref: str, payload: schemas.AgreementPatch) -> Merchant:
    """Change what only the operator sets. A status in the body is refused: it changes by named steps only."""
    patch, version = _sent(payload)
    return set_merchant_terms(ref, patch, actor=_actor(request), expected_version=version)


@endpoint(operator, "GET", "/invitations", grant=VIEW_MERCHANTS, response=PageOut[schemas.InvitationOut])
def list_all_invitations(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Every invitation, newest first."""
    found = paginate(list_invitations(_actor(request)), page)
    return {"items": [_invitation(row) for row in found["items"]], "next": found["next"]}


@endpoint(
    operator,
    "POST",
    "/invitations",
    grant=INVITE_MERCHANT,
    creates=True,
    response=schemas.InvitationOut,
)
def send_invitation(request: HttpRequest, payload: schemas.InviteMerchantIn) -> dict[str, Any]:
    """Create a merchant and mail it a single-use link."""
    return _invitation(invite_merchant(MerchantInvite(**payload.model_dump()), actor=_actor(request)))


@endpoint(
    operator,
    "POST",
    "/invitations/{ref}/resend",
    grant=INVITE_MERCHANT,
    response=schemas.InvitationOut,
)
def send_invitation_again(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Mail a new link; the one before stops working."""
    return _invitation(resend_invitation(ref, actor=_actor(request)))


@endpoint(
    operator,
    "POST",
    "/invitations/{ref}/revoke",
    grant=INVITE_MERCHANT,
    response=schemas.InvitationOut,
)
def take_invitation_back(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Make the link worthless."""
    return _invitation(revoke_invitation(ref, actor=_actor(request)))


@endpoint(
    operator,
    "POST",
    "/merchants/{ref}/approve",
    grant=REVIEW_MERCHANT,
    response=schemas.OperatorMerchantOut,
)
def approve(request: HttpRequest, ref: str, payload: schemas.ApproveMerchantIn) -> Merchant:
    """Let the merchant sell; open required points refuse it unless `anyway` with a reason."""
    return approve_merchant(ref, actor=_actor(request), reason=payload.reason, anyway=payload.anyway)


@endpoint(
    operator,
    "POST",
    "/merchants/{ref}/return",
    grant=REVIEW_MERCHANT,
    response=schemas.OperatorMerchantOut,
)
def send_back(request: HttpRequest, ref: str, payload: schemas.ReturnOnboardingIn) -> Merchant:
    """Send the registration back with a reason."""
    return reviews.return_onboarding(
        ref, actor=_actor(request), reason=payload.reason, item_codes=payload.items
    )


@endpoint(
    operator,
    "POST",
    "/merchants/{ref}/reject",
    grant=REVIEW_MERCHANT,
    response=schemas.OperatorMerchantOut,
)
def reject(request: HttpRequest, ref: str, payload: schemas.ReasonIn) -> Merchant:
    """Turn the registration down for good."""
    return reviews.reject_merchant(ref, actor=_actor(request), reason=payload.reason)


@endpoint(
    operator,
    "POST",
    "/merchants/{ref}/suspend",
    grant=SUSPEND_MERCHANT,
    response=schemas.OperatorMerchantOut,
)
def suspend(request: HttpRequest, ref: str, payload: schemas.SuspendMerchantIn) -> Merchant:
    """Stop new orders; open ones go on."""
    return suspensions.suspend_merchant(ref, actor=_actor(request), reason=payload.reason, type=payload.type)


@endpoint(
    operator,
    "POST",
    "/merchants/{ref}/reinstate",
    grant=SUSPEND_MERCHANT,
    response=schemas.OperatorMerchantOut,
)
def reinstate(request: HttpRequest, ref: str, payload: schemas.ReasonIn) -> Merchant:
    """Lift a suspension; every listing is again in the state it had."""
    return suspensions.reinstate_merchant(ref, actor=_actor(request), reason=payload.reason)


@endpoint(
    operator,
    "POST",
    "/merchants/{ref}/close",
    grant=CLOSE_MERCHANT,
    response=schemas.OperatorMerchantOut,
)
def close(request: HttpRequest, ref: str, payload: schemas.ReasonIn) -> Merchant:
    """End the business relation for good; refused while anything is open."""
    return suspensions.close_merchant(ref, actor=_actor(request), reason=payload.reason)


@endpoint(merchant, "GET", "/profile", grant=VIEW_COMPANY, response=schemas.MerchantOut)
def get_own_profile(request: HttpRequest) -> Merchant:
    """The merchant behind the key."""
    return _own(request)


@endpoint(merchant, "PATCH", "/profile", grant=EDIT_COMPANY, response=schemas.MerchantOut)
def change_own_profile(request: HttpRequest, payload: schemas.ProfilePatch) -> Merchant:
    """Change the fields that are sent; others, such as the status, are refused."""
    patch, version = _sent(payload)
    return change_profile(_own(request).ref, patch, actor=_actor(request), expected_version=version)


@endpoint(merchant, "PUT", "/profile/holidays", grant=SET_HOLIDAYS, response=schemas.MerchantOut)
def set_own_holidays(request: HttpRequest, payload: schemas.HolidaysIn) -> Merchant:
    """Pause new orders between two days; they resume by themselves."""
    return set_holidays(_own(request).ref, first=payload.first, last=payload.last, actor=_actor(request))


@endpoint(merchant, "GET", "/profile/checklist", grant=VIEW_COMPANY, response=schemas.ChecklistOut)
def get_own_checklist(request: HttpRequest) -> dict[str, Any]:
    """What the marketplace asks and what is open."""
    return _checklist(_own(request))


@endpoint(merchant, "GET", "/profile/payout-account", grant=VIEW_COMPANY, response=schemas.PayoutAccountOut)
def get_own_payout_account(request: HttpRequest) -> dict[str, Any]:
    """Where payouts go and what holds them; accounts are changed in the portal only, by a person."""
    profile = get_payout_profile(_own(request).pk)
    return {
        name: getattr(profile, name)
        for name in schemas.PayoutAccountOut.model_fields
        if name != "block_reasons"
    } | {"block_reasons": list(profile.block_reasons)}
