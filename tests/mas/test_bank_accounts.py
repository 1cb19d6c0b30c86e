"""Changing where money goes: held, announced, mailed to every owner, verified by somebody else."""

import pytest

from backoffice.kernel import audit
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused
from backoffice.kernel.models import OutboxEvent
from mas.errors import BankAccountStateRefused, ReasonMissing
from mas.models import BankAccount
from mas.operations.bank_accounts import BankDetails, set_bank_account, verify_bank_account
from mas.permissions import EDIT_BANK_ACCOUNT, VERIFY_BANK_ACCOUNT
from mas.selectors.payouts import get_payout_profile
from mms.models import Mail, Task
from tests.factories import mas as make
from tests.factories import mms
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
DETAILS = BankDetails(holder="Nordlicht GmbH", account_number="DE89 3704 0044 0532 0130 00")
OTHER = BankDetails(holder="Nordlicht GmbH", account_number="FR1420041010050500013M02606")
FINANCE = operator_actor(VERIFY_BANK_ACCOUNT)


@pytest.fixture
def merchant():
    return make.merchant()


@pytest.fixture
def owner(merchant):
    person = mms.merchant_user(merchant, email="owner@example.com")
    return merchant_actor(merchant.pk, EDIT_BANK_ACCOUNT, user_id=person.pk)


def test_a_change_holds_payouts_tells_every_owner_and_asks_for_a_check(merchant, owner):
    make.bank_account(merchant)
    mms.merchant_user(merchant, email="second@example.com")
    mms.merchant_user(merchant, "merchant-stock", email="stock@example.com")
    assert get_payout_profile(merchant.pk).is_payable
    account = set_bank_account(merchant.ref, OTHER, actor=owner)
    profile = get_payout_profile(merchant.pk)
    assert (profile.iban, profile.block_reasons) == (
        "FR1420041010050500013M02606",
        ("bank_account_not_verified",),
    )
    assert profile.changed_by_user_id == owner.user_id
    assert sorted(Mail.objects.values_list("to", flat=True)) == ["owner@example.com", "second@example.com"]
    [event] = OutboxEvent.objects.filter(name="mas.bank_account_changed.v1")
    assert event.payload == {"merchant_id": merchant.pk, "merchant_ref": merchant.ref}
    [task] = Task.objects.all()
    assert task.kind == "mas.verify_bank_account"
    assert sorted(merchant.bank_accounts.values_list("state", flat=True)) == ["replaced", "unverified"]
    entry = audit.list_entries(merchant).first()
    assert entry.changes["account"] == ["DE •••• 3000", account.masked_number]


def test_no_trace_of_the_whole_number_is_left_in_mail_or_audit(merchant, owner):
    set_bank_account(merchant.ref, DETAILS, actor=owner)
    texts = [mail.body for mail in Mail.objects.all()]
    texts += [f"{entry.changes}{entry.note}" for entry in audit.list_entries(merchant)]
    assert texts
    assert not any("0440532013" in text.replace(" ", "") for text in texts)


def test_the_same_account_again_changes_nothing(merchant, owner):
    first = set_bank_account(merchant.ref, DETAILS, actor=owner)
    assert set_bank_account(merchant.ref, DETAILS, actor=owner) == first
    assert BankAccount.objects.count() == 1
    assert Mail.objects.count() == 1


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (BankDetails(holder=" ", account_number="DE89370400440532013000"), "holder"),
        (BankDetails(holder="A", account_number="DE88370400440532013000"), "account_number"),
    ],
)
def test_a_wrong_account_is_refused_at_its_field_and_the_old_one_stays(merchant, owner, details, field):
    old = make.bank_account(merchant)
    with pytest.raises(InvalidInput) as refusal:
        set_bank_account(merchant.ref, details, actor=owner)
    assert list(refusal.value.fields) == [field]
    old.refresh_from_db()
    assert old.state == "verified"
    assert not Mail.objects.exists()


def test_only_those_with_the_right_change_the_account(merchant):
    with pytest.raises(PermissionRefused):
        set_bank_account(merchant.ref, DETAILS, actor=merchant_actor(merchant.pk))
    with pytest.raises(PermissionRefused):
        set_bank_account(merchant.ref, DETAILS, actor=FINANCE)
    with pytest.raises(NotFound):
        set_bank_account(merchant.ref, DETAILS, actor=stranger_actor(EDIT_BANK_ACCOUNT))
    assert not BankAccount.objects.exists()


def test_verifying_releases_payouts_and_repeating_it_changes_nothing(merchant, owner):
    account = set_bank_account(merchant.ref, DETAILS, actor=owner)
    verify_bank_account(merchant.ref, account.ref, actor=FINANCE, note="Bank letter.")
    verify_bank_account(merchant.ref, account.ref, actor=FINANCE, note="Bank letter.")
    assert get_payout_profile(merchant.pk).is_payable
    assert OutboxEvent.objects.filter(name="mas.bank_account_verified.v1").count() == 1
    assert not Task.objects.filter(closed_at=None).exists()


def test_who_entered_an_account_does_not_verify_it(merchant, owner):
    account = set_bank_account(merchant.ref, DETAILS, actor=owner)
    same_person = operator_actor(VERIFY_BANK_ACCOUNT, user_id=owner.user_id)
    with pytest.raises(BankAccountStateRefused):
        verify_bank_account(merchant.ref, account.ref, actor=same_person, note="Mine.")
    account.refresh_from_db()
    assert account.state == "unverified"


def test_an_account_that_was_changed_meanwhile_is_not_verified(merchant, owner):
    seen = set_bank_account(merchant.ref, DETAILS, actor=owner)
    set_bank_account(merchant.ref, OTHER, actor=owner)
    with pytest.raises(BankAccountStateRefused):
        verify_bank_account(merchant.ref, seen.ref, actor=FINANCE, note="Bank letter.")
    assert not BankAccount.objects.filter(state="verified").exists()


def test_verifying_says_how_and_needs_its_right(merchant, owner):
    account = set_bank_account(merchant.ref, DETAILS, actor=owner)
    with pytest.raises(ReasonMissing):
        verify_bank_account(merchant.ref, account.ref, actor=FINANCE, note="")
    with pytest.raises(PermissionRefused):
        verify_bank_account(merchant.ref, account.ref, actor=operator_actor(), note="Bank letter.")
    with pytest.raises(NotFound):
        verify_bank_account(merchant.ref, account.ref, actor=stranger_actor(VERIFY_BANK_ACCOUNT), note="x")
