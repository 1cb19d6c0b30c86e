"""The identity check is its own machine: every step from every status, the merchant's status untouched."""

import pytest

from backoffice.kernel.errors import NotFound, PermissionRefused
from backoffice.kernel.models import OutboxEvent
from mas.errors import MerchantStateRefused, ReasonMissing
from mas.models import KycStatus
from mas.operations import kyc
from mas.permissions import EDIT_COMPANY, REVIEW_MERCHANT
from mas.selectors.payouts import get_payout_profile
from tests.factories import mas as make
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
OPERATOR = operator_actor(REVIEW_MERCHANT, EDIT_COMPANY)


def approve(ref, actor=OPERATOR):
    return kyc.approve_kyc(ref, actor=actor)


def refuse(ref, actor=OPERATOR):
    return kyc.refuse_kyc(ref, actor=actor, reason="The passport has expired.")


def waive(ref, actor=OPERATOR):
    return kyc.waive_kyc(ref, actor=actor, reason="Public body.")


def submit(ref, actor=OPERATOR):
    return kyc.submit_kyc(ref, actor=actor)


STEPS = {
    approve: ({"to_approve"}, "approved"),
    refuse: ({"to_approve"}, "refused"),
    waive: ({"to_submit", "to_approve"}, "not_required"),
    submit: ({"to_submit", "refused"}, "to_approve"),
}
MATRIX = [(step, status) for step in STEPS for status in KycStatus.values]


@pytest.mark.parametrize(("step", "status"), MATRIX, ids=lambda value: getattr(value, "__name__", value))
def test_each_step_follows_only_from_its_own_states(step, status):
    merchant = make.merchant("approved", kyc_status=status)
    sources, target = STEPS[step]
    if status in sources:
        step(merchant.ref)
        assert OutboxEvent.objects.filter(name="mas.merchant_kyc_changed.v1").count() == 1
    elif status == target:
        step(merchant.ref)
        assert not OutboxEvent.objects.exists()
    else:
        with pytest.raises(MerchantStateRefused):
            step(merchant.ref)
        assert not OutboxEvent.objects.exists()
    merchant.refresh_from_db()
    assert merchant.status == "approved"
    assert merchant.kyc_status == (target if status in {*sources, target} else status)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_strangers_find_nothing(step):
    merchant = make.merchant("approved", kyc_status="to_approve")
    with pytest.raises(NotFound):
        step(merchant.ref, stranger_actor(REVIEW_MERCHANT, EDIT_COMPANY))
    merchant.refresh_from_db()
    assert merchant.kyc_status == "to_approve"


def test_the_merchant_does_not_approve_itself():
    merchant = make.merchant("approved", kyc_status="to_approve")
    for step in (approve, refuse, waive):
        with pytest.raises(PermissionRefused):
            step(merchant.ref, merchant_actor(merchant.pk, EDIT_COMPANY))


def test_refusing_needs_a_reason_that_both_sides_read():
    merchant = make.merchant("approved", kyc_status="to_approve")
    with pytest.raises(ReasonMissing):
        kyc.refuse_kyc(merchant.ref, actor=OPERATOR, reason="")
    refuse(merchant.ref)
    merchant.refresh_from_db()
    assert merchant.kyc_reason == "The passport has expired."


def test_selling_goes_on_while_payouts_wait():
    merchant = make.merchant("approved", kyc_status="refused")
    make.bank_account(merchant)
    assert get_payout_profile(merchant.pk).block_reasons == ("kyc_not_approved",)
    assert merchant.status == "approved"
