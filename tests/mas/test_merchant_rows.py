"""Facts that hold on the rows themselves, whatever writes them."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from backoffice.kernel import clock
from backoffice.kernel.errors import NotFound
from mas.models import MerchantStatus
from mas.selectors import merchants as selectors
from mas.selectors.payouts import get_payout_profile
from tests.factories import mas as make
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
JULY = date(2026, 7, 1)


def test_status_cannot_be_assigned_past_the_operations():
    merchant = make.merchant()
    with pytest.raises(AttributeError):
        merchant.status = MerchantStatus.CLOSED


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "unheard_of"},
        {"kyc_status": "unheard_of"},
        {"status": "suspended", "suspension_type": ""},
        {"holiday_to": JULY},
        {"holiday_from": JULY, "holiday_to": date(2026, 6, 30)},
    ],
)
def test_the_database_refuses_impossible_merchants(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.merchant(**fields)


def test_a_merchant_has_one_current_bank_account_and_a_history():
    merchant = make.merchant()
    make.bank_account(merchant, state="replaced")
    make.bank_account(merchant)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.bank_account(merchant, state="unverified")


@pytest.mark.parametrize("status", MerchantStatus.values)
def test_only_approved_merchants_sell(status):
    merchant = make.merchant(status)
    assert selectors.is_selling(merchant) is (status == "approved")
    assert selectors.list_selling_merchant_ids() == ([merchant.pk] if status == "approved" else [])


@pytest.mark.parametrize(
    ("first", "last", "sells"),
    [
        (JULY, date(2026, 7, 10), False),
        (date(2026, 6, 20), JULY, False),
        (JULY, None, False),
        (date(2026, 7, 2), date(2026, 7, 10), True),
        (date(2026, 6, 1), date(2026, 6, 30), True),
        (None, None, True),
    ],
)
def test_holidays_stop_and_resume_selling_by_the_date_alone(first, last, sells):
    merchant = make.merchant(holiday_from=first, holiday_to=last)
    with clock.frozen_at(datetime(2026, 7, 1, 12, tzinfo=UTC)):
        assert selectors.is_selling(merchant) is sells
        assert selectors.list_selling_merchant_ids() == ([merchant.pk] if sells else [])
    assert merchant.status == "approved"


def test_strangers_do_not_find_a_merchant():
    merchant = make.merchant()
    assert selectors.get_merchant(merchant.ref, actor=operator_actor()) == merchant
    assert selectors.get_merchant(merchant.ref, actor=merchant_actor(merchant.pk)) == merchant
    for find in (
        lambda: selectors.get_merchant(merchant.ref, actor=stranger_actor()),
        lambda: selectors.get_own_merchant(merchant.pk, actor=stranger_actor()),
        lambda: selectors.lock_merchant(merchant.ref, actor=stranger_actor()),
        lambda: selectors.get_merchant("MER-NOTHING", actor=operator_actor()),
    ):
        with pytest.raises(NotFound):
            find()
    assert list(selectors.list_merchants(stranger_actor())) == []


def test_the_payout_profile_names_every_reason_that_holds_money():
    merchant = make.merchant(kyc_status="to_approve")
    assert get_payout_profile(merchant.pk).block_reasons == ("kyc_not_approved", "no_bank_account")
    make.bank_account(merchant, state="unverified")
    profile = get_payout_profile(merchant.pk)
    assert profile.block_reasons == ("kyc_not_approved", "bank_account_not_verified")
    assert not profile.is_payable


def test_the_payout_profile_of_a_checked_merchant_is_payable():
    merchant = make.merchant()
    make.bank_account(merchant, holder="Nordlicht GmbH")
    profile = get_payout_profile(merchant.pk)
    assert (profile.account_holder, profile.iban, profile.bic) == (
        "Nordlicht GmbH",
        "DE89370400440532013000",
        "COBADEFFXXX",
    )
    assert profile.is_payable
    assert profile.is_verified
    assert profile.masked_number == "DE •••• 3000"


def test_the_payout_profile_of_an_unknown_merchant_is_not_found():
    with pytest.raises(NotFound):
        get_payout_profile(987_654_321)
