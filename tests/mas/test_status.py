"""Every step of a merchant's status from every status: what moves, what is refused, what is left untouched."""

import pytest

from backoffice.kernel import audit
from backoffice.kernel.errors import DomainError, NotFound, PermissionRefused
from backoffice.kernel.models import OutboxEvent
from mas import ports
from mas.errors import ItemsOpen, MerchantStateRefused, ObligationsOpen, ReasonMissing
from mas.models import ItemKind, MerchantStatus
from mas.operations.approvals import approve_merchant
from mas.operations.reviews import reject_merchant, return_onboarding, submit_onboarding
from mas.operations.suspensions import close_merchant, reinstate_merchant, suspend_merchant
from mas.permissions import ACCEPT_TERMS, CLOSE_MERCHANT, REVIEW_MERCHANT, SUSPEND_MERCHANT
from mms.models import Mail, Task
from tests.factories import mas as make
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
OPERATOR = operator_actor(REVIEW_MERCHANT, SUSPEND_MERCHANT, CLOSE_MERCHANT)
WHY = "Because the test says so."


def submit(ref, actor=None):
    return submit_onboarding(ref, actor=actor or operator_actor(ACCEPT_TERMS))


def approve(ref, actor=OPERATOR):
    return approve_merchant(ref, actor=actor)


def send_back(ref, actor=OPERATOR):
    return return_onboarding(ref, actor=actor, reason=WHY)


def reject(ref, actor=OPERATOR):
    return reject_merchant(ref, actor=actor, reason=WHY)


def suspend(ref, actor=OPERATOR):
    return suspend_merchant(ref, actor=actor, reason=WHY)


def reinstate(ref, actor=OPERATOR):
    return reinstate_merchant(ref, actor=actor, reason=WHY)


def close(ref, actor=OPERATOR):
    return close_merchant(ref, actor=actor, reason=WHY)


# step → (from → to, status in which repeating it changes nothing, event)
STEPS = {
    submit: ({"registering": "in_review"}, "in_review", "mas.merchant_submitted.v1"),
    approve: ({"in_review": "approved"}, "approved", "mas.merchant_approved.v1"),
    send_back: ({"in_review": "registering"}, None, "mas.merchant_returned.v1"),
    reject: (
        {"invited": "rejected", "registering": "rejected", "in_review": "rejected"},
        "rejected",
        "mas.merchant_rejected.v1",
    ),
    suspend: ({"approved": "suspended"}, "suspended", "mas.merchant_suspended.v1"),
    reinstate: ({"suspended": "approved"}, "approved", "mas.merchant_reinstated.v1"),
    close: ({"approved": "closed", "suspended": "closed"}, "closed", "mas.merchant_closed.v1"),
}
MATRIX = [(step, status) for step in STEPS for status in MerchantStatus.values]


@pytest.mark.parametrize(("step", "status"), MATRIX, ids=lambda value: getattr(value, "__name__", value))
def test_each_step_follows_only_from_its_own_states(step, status):
    merchant = make.merchant(status)
    moves, settled, event = STEPS[step]
    if status in moves:
        step(merchant.ref)
        merchant.refresh_from_db()
        assert merchant.status == moves[status]
        [told] = OutboxEvent.objects.filter(name=event)
        assert told.payload == {"merchant_id": merchant.pk, "merchant_ref": merchant.ref}
        entry = audit.list_entries(merchant).first()
        assert entry.changes["status"] == [status, moves[status]]
    else:
        if status == settled:
            step(merchant.ref)
        else:
            with pytest.raises(MerchantStateRefused):
                step(merchant.ref)
        before = merchant.status_changed_at
        merchant.refresh_from_db()
        assert (merchant.status, merchant.status_changed_at) == (status, before)
        assert not OutboxEvent.objects.exists()
        assert not Mail.objects.exists()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_a_stranger_does_not_find_the_merchant_and_changes_nothing(step):
    status = next(iter(STEPS[step][0]))
    merchant = make.merchant(status)
    with pytest.raises(NotFound):
        step(merchant.ref, stranger_actor(REVIEW_MERCHANT, SUSPEND_MERCHANT, CLOSE_MERCHANT, ACCEPT_TERMS))
    merchant.refresh_from_db()
    assert merchant.status == status
    assert not OutboxEvent.objects.exists()


@pytest.mark.parametrize("step", [s for s in STEPS if s is not submit], ids=lambda step: step.__name__)
@pytest.mark.parametrize("who", ["operator without the right", "the merchant itself"])
def test_a_step_needs_its_right(step, who):
    status = next(iter(STEPS[step][0]))
    merchant = make.merchant(status)
    actor = operator_actor() if who.startswith("operator") else merchant_actor(merchant.pk, ACCEPT_TERMS)
    with pytest.raises(PermissionRefused):
        step(merchant.ref, actor)
    merchant.refresh_from_db()
    assert merchant.status == status


@pytest.mark.parametrize(
    "step",
    [
        lambda ref: return_onboarding(ref, actor=OPERATOR, reason="  "),
        lambda ref: reject_merchant(ref, actor=OPERATOR, reason=""),
    ],
)
def test_saying_no_to_a_registration_needs_a_reason(step):
    merchant = make.merchant("in_review")
    with pytest.raises(ReasonMissing) as refusal:
        step(merchant.ref)
    assert list(refusal.value.fields) == ["reason"]
    merchant.refresh_from_db()
    assert merchant.status == "in_review"


def test_suspending_closing_and_reinstating_need_a_reason():
    active, paused = make.merchant("approved"), make.merchant("suspended")
    for step, merchant in (
        (suspend_merchant, active),
        (close_merchant, active),
        (reinstate_merchant, paused),
    ):
        with pytest.raises(ReasonMissing):
            step(merchant.ref, actor=OPERATOR, reason=" ")


def test_a_suspension_keeps_its_kind_and_reason_and_tells_the_merchant():
    merchant = make.merchant("approved", email="shop@example.com")
    suspend_merchant(merchant.ref, actor=OPERATOR, reason="No VAT notice.", type="incomplete_profile")
    merchant.refresh_from_db()
    assert (merchant.suspension_type, merchant.status_reason) == ("incomplete_profile", "No VAT notice.")
    [mail] = Mail.objects.all()
    assert mail.to == "shop@example.com"
    assert "No VAT notice." in mail.body


def test_an_unknown_kind_of_suspension_is_refused():
    merchant = make.merchant("approved")
    with pytest.raises(DomainError) as refusal:
        suspend_merchant(merchant.ref, actor=OPERATOR, reason=WHY, type="whatever")
    assert list(refusal.value.fields) == ["type"]
    merchant.refresh_from_db()
    assert merchant.status == "approved"


def test_lifting_a_suspension_leaves_no_trace_of_it_on_the_merchant():
    merchant = make.merchant("suspended", suspension_type="automatic", suspension_cause="terms")
    reinstate(merchant.ref)
    merchant.refresh_from_db()
    assert (merchant.suspension_type, merchant.suspension_cause) == ("", "")


@pytest.fixture
def obligations(monkeypatch):
    """What the apps above say is open, by code."""
    still_open: dict[str, int] = {}
    monkeypatch.setattr(ports, "_providers", {})
    ports.register_open_obligations(
        "tests",
        lambda merchant_id: [ports.OpenObligation(code, code, count) for code, count in still_open.items()],
    )
    return still_open


def test_closing_is_refused_while_anything_is_open_and_names_it(obligations):
    merchant = make.merchant("approved")
    obligations.update({"orders": 3, "returns": 0, "balance": 1})
    with pytest.raises(ObligationsOpen) as refusal:
        close(merchant.ref)
    assert refusal.value.params["obligations"] == {"orders": 3, "balance": 1}
    assert "3 × orders" in str(refusal.value)
    merchant.refresh_from_db()
    assert merchant.status == "approved"
    obligations.clear()
    close(merchant.ref)
    merchant.refresh_from_db()
    assert merchant.status == "closed"


def test_approval_is_refused_with_the_list_of_what_is_open():
    merchant = make.merchant("in_review")
    rule = make.checklist_rule(ItemKind.OPERATOR_CHECK, code="warehouse", title="Warehouse visit")
    make.checklist_item(merchant, rule)
    with pytest.raises(ItemsOpen) as refusal:
        approve(merchant.ref)
    assert refusal.value.params["items"] == ["warehouse"]
    assert "Warehouse visit" in str(refusal.value)


def test_approving_anyway_needs_a_reason_and_records_what_was_open():
    merchant = make.merchant("in_review")
    make.checklist_item(merchant, make.checklist_rule(ItemKind.OPERATOR_CHECK, code="warehouse"))
    with pytest.raises(ReasonMissing):
        approve_merchant(merchant.ref, actor=OPERATOR, anyway=True)
    approve_merchant(merchant.ref, actor=OPERATOR, anyway=True, reason="Known from trade fairs.")
    merchant.refresh_from_db()
    assert merchant.status == "approved"
    entry = audit.list_entries(merchant).get(action="mas.merchant.approved_anyway")
    assert (entry.changes, entry.note) == ({"open": [["warehouse"], []]}, "Known from trade fairs.")


def test_submitting_opens_one_task_and_deciding_closes_it():
    merchant = make.merchant("registering")
    submit(merchant.ref)
    submit(merchant.ref)
    [task] = Task.objects.all()
    assert (task.kind, task.subject_ref, task.closed_at) == ("mas.review_merchant", merchant.ref, None)
    merchant.refresh_from_db()
    assert merchant.kyc_status == "to_approve"
    approve(merchant.ref)
    task.refresh_from_db()
    assert task.closed_at is not None


def test_sending_back_opens_the_named_points_again_with_the_reason():
    merchant = make.merchant("in_review")
    company = make.checklist_item(merchant, make.checklist_rule(code="company"), "done")
    bank = make.checklist_item(merchant, make.checklist_rule(ItemKind.BANK_ACCOUNT, code="bank"), "done")
    return_onboarding(merchant.ref, actor=OPERATOR, reason="The name differs.", item_codes=["company"])
    company.refresh_from_db()
    bank.refresh_from_db()
    assert (company.state, company.note) == ("open", "The name differs.")
    assert bank.state == "done"


def test_rejecting_takes_open_invitations_back():
    merchant = make.merchant("invited")
    invitation = make.invitation(merchant)
    reject(merchant.ref)
    invitation.refresh_from_db()
    assert invitation.state == "revoked"
