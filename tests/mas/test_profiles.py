"""What merchants say about themselves: allow-listed fields, stale forms, company, addresses, holidays, texts."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from backoffice.kernel import audit, clock
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused
from backoffice.kernel.models import OutboxEvent
from mas.errors import StaleProfile
from mas.operations import companies, profiles
from mas.operations.addresses import AddressDetails, remove_address, set_address
from mas.operations.companies import CompanyDetails, RepresentativeDetails
from mas.permissions import EDIT_COMPANY, EDIT_SHOP, SET_HOLIDAYS, SET_MERCHANT_TERMS
from mas.selectors.companies import find_address_or_office, find_shop_text
from tests.factories import mas as make
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
COMPANY = CompanyDetails(legal_name="Nordlicht GmbH", country="DE", registration_number="HRB 1")
OFFICE = AddressDetails(line1="Kai 2", city="Hamburg", country="DE", postal_code="20457")


@pytest.fixture
def merchant():
    return make.merchant()


@pytest.fixture
def owner(merchant):
    return merchant_actor(merchant.pk, EDIT_COMPANY, EDIT_SHOP, SET_HOLIDAYS)


def test_the_named_fields_change_and_are_recorded(merchant, owner):
    profiles.change_profile(merchant.ref, {"name": " Nordlicht ", "phone": "040 123456"}, actor=owner)
    merchant.refresh_from_db()
    assert (merchant.name, merchant.phone, merchant.version) == ("Nordlicht", "+49 40 123456", 2)
    entry = audit.list_entries(merchant).first()
    assert sorted(entry.changes) == ["name", "phone"]
    assert OutboxEvent.objects.filter(name="mas.merchant_profile_changed.v1").count() == 1


def test_saving_what_is_there_writes_nothing(merchant, owner):
    profiles.change_profile(merchant.ref, {"name": merchant.name}, actor=owner)
    merchant.refresh_from_db()
    assert merchant.version == 1
    assert not audit.list_entries(merchant).exists()
    assert not OutboxEvent.objects.exists()


@pytest.mark.parametrize("field", ["status", "kyc_status", "is_premium", "hold_days", "currency", "slug"])
def test_fields_that_are_not_the_merchants_are_refused(merchant, owner, field):
    with pytest.raises(InvalidInput) as refusal:
        profiles.change_profile(merchant.ref, {field: "closed", "name": "New"}, actor=owner)
    assert list(refusal.value.fields) == [field]
    merchant.refresh_from_db()
    assert merchant.version == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("email", "nobody"),
        ("phone", "call me"),
        ("website_url", "not a url"),
        ("acceptance_mode", "sometimes"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(merchant, owner, field, value):
    with pytest.raises(InvalidInput) as refusal:
        profiles.change_profile(merchant.ref, {field: value}, actor=owner)
    assert list(refusal.value.fields) == [field]
    merchant.refresh_from_db()
    assert merchant.version == 1


def test_an_edit_made_on_an_older_version_does_not_overwrite(merchant, owner):
    profiles.change_profile(merchant.ref, {"name": "First"}, actor=owner, expected_version=1)
    with pytest.raises(StaleProfile):
        profiles.change_profile(merchant.ref, {"name": "Second"}, actor=owner, expected_version=1)
    merchant.refresh_from_db()
    assert merchant.name == "First"


def test_the_agreement_is_the_operators_alone(merchant, owner):
    patch = {"hold_days": 7, "is_premium": True, "slug": "nordlicht"}
    with pytest.raises(PermissionRefused):
        profiles.set_merchant_terms(merchant.ref, patch, actor=owner)
    profiles.set_merchant_terms(merchant.ref, patch, actor=operator_actor(SET_MERCHANT_TERMS))
    merchant.refresh_from_db()
    assert (merchant.hold_days, merchant.is_premium, merchant.slug) == (7, True, "nordlicht")


def test_two_shops_do_not_share_an_address(merchant):
    make.merchant(slug="taken")
    with pytest.raises(InvalidInput) as refusal:
        profiles.set_merchant_terms(merchant.ref, {"slug": "taken"}, actor=operator_actor(SET_MERCHANT_TERMS))
    assert list(refusal.value.fields) == ["slug"]


@pytest.mark.parametrize(
    ("details", "fields"),
    [
        (CompanyDetails(legal_name="", country="DE"), ["legal_name"]),
        (CompanyDetails(legal_name="A", country="Germany"), ["country"]),
    ],
)
def test_a_company_needs_name_and_country(merchant, owner, details, fields):
    with pytest.raises(InvalidInput) as refusal:
        companies.set_company(merchant.ref, details, actor=owner)
    assert list(refusal.value.fields) == fields


@pytest.mark.parametrize(
    ("changed", "kyc"),
    [
        ({"legal_form": "GmbH"}, "approved"),
        ({"legal_name": "Other GmbH"}, "to_approve"),
        ({"registration_number": "HRB 2"}, "to_approve"),
        ({"country": "AT"}, "to_approve"),
    ],
)
def test_another_legal_person_is_checked_again(merchant, owner, changed, kyc):
    companies.set_company(merchant.ref, COMPANY, actor=owner)
    merchant.refresh_from_db()
    assert merchant.kyc_status == "approved"
    values = {"legal_name": "Nordlicht GmbH", "country": "DE", "registration_number": "HRB 1", **changed}
    companies.set_company(merchant.ref, CompanyDetails(**values), actor=owner)
    merchant.refresh_from_db()
    assert (merchant.kyc_status, merchant.status) == (kyc, "approved")


def test_tax_numbers_replace_per_country_and_the_last_one_stays(merchant, owner):
    companies.set_company(merchant.ref, COMPANY, actor=owner)
    companies.set_tax_number(merchant.ref, country="DE", number="DE136695976", actor=owner)
    companies.set_tax_number(merchant.ref, country="FR", number="FR83404833048", actor=owner)
    companies.set_tax_number(merchant.ref, country="DE", number="DE136695976", actor=owner)
    numbers = merchant.counterparty.tax_numbers
    assert list(numbers.values_list("number", flat=True)) == ["DE136695976", "FR83404833048"]
    companies.remove_tax_number(merchant.ref, country="FR", kind="vat", actor=owner)
    with pytest.raises(InvalidInput):
        companies.remove_tax_number(merchant.ref, country="DE", kind="vat", actor=owner)
    assert numbers.count() == 1


def test_a_tax_number_needs_its_company(merchant, owner):
    with pytest.raises(NotFound):
        companies.set_tax_number(merchant.ref, country="DE", number="DE136695976", actor=owner)


def test_a_fiscal_representative_comes_and_goes(merchant, owner):
    companies.set_company(merchant.ref, COMPANY, actor=owner)
    details = RepresentativeDetails("Steuer AG", "FR", "83404833048", "1 rue X, Paris")
    row = companies.set_fiscal_representative(merchant.ref, details, actor=owner)
    assert row.tax_number == "FR83404833048"
    wrong = RepresentativeDetails("Steuer AG", "FR", "1", "1 rue X, Paris")
    with pytest.raises(InvalidInput) as refusal:
        companies.set_fiscal_representative(merchant.ref, wrong, actor=owner)
    assert list(refusal.value.fields) == ["tax_number"]
    assert companies.set_fiscal_representative(merchant.ref, None, actor=owner) is None


def test_a_missing_kind_of_address_falls_back_to_the_office(merchant, owner):
    set_address(merchant.ref, "registered", OFFICE, actor=owner)
    assert find_address_or_office(merchant.pk, "returns").line1 == "Kai 2"
    depot = AddressDetails(line1="Depot 9", city="Bremen", country="DE", postal_code="28195")
    set_address(merchant.ref, "returns", depot, actor=owner)
    assert find_address_or_office(merchant.pk, "returns").line1 == "Depot 9"
    remove_address(merchant.ref, "returns", actor=owner)
    assert find_address_or_office(merchant.pk, "returns").line1 == "Kai 2"
    with pytest.raises(InvalidInput):
        remove_address(merchant.ref, "registered", actor=owner)


def test_an_address_says_which_parts_are_missing(merchant, owner):
    with pytest.raises(InvalidInput) as refusal:
        set_address(merchant.ref, "registered", AddressDetails("", "", "DE"), actor=owner)
    assert sorted(refusal.value.fields) == ["city", "line1", "postal_code"]
    assert not merchant.addresses.exists()


def test_countries_without_postal_codes_need_none(merchant, owner):
    details = AddressDetails(line1="Sheikh Zayed Road 1", city="Dubai", country="AE")
    assert set_address(merchant.ref, "registered", details, actor=owner).postal_code == ""


def test_holidays_leave_the_status_alone_and_end_when_told(merchant, owner):
    first = clock.today()
    profiles.set_holidays(merchant.ref, first=first, last=first + timedelta(days=3), actor=owner)
    merchant.refresh_from_db()
    assert (merchant.status, merchant.is_on_holiday(first)) == ("approved", True)
    profiles.set_holidays(merchant.ref, first=None, last=None, actor=owner)
    profiles.set_holidays(merchant.ref, first=None, last=None, actor=owner)
    merchant.refresh_from_db()
    assert merchant.holiday_from is None
    assert OutboxEvent.objects.filter(name="mas.merchant_holiday_changed.v1").count() == 2


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (None, date(2030, 1, 1), "first"),
        (date(2030, 1, 2), date(2030, 1, 1), "last"),
        (date(2020, 1, 1), date(2020, 1, 2), "last"),
    ],
)
def test_impossible_holidays_are_refused_at_the_field(merchant, owner, first, last, field):
    with pytest.raises(InvalidInput) as refusal:
        profiles.set_holidays(merchant.ref, first=first, last=last, actor=owner)
    assert list(refusal.value.fields) == [field]


def test_shop_texts_are_kept_per_language_and_fall_back(merchant, owner):
    profiles.set_shop_text(merchant.ref, "en", {"tagline": "Lamps", "description": "Old lamps."}, actor=owner)
    profiles.set_shop_text(merchant.ref, "de", {"tagline": "Lampen"}, actor=owner)
    profiles.set_shop_text(merchant.ref, "de", {"tagline": "Lampen"}, actor=owner)
    assert find_shop_text(merchant, "de").tagline == "Lampen"
    assert find_shop_text(merchant, "fr").tagline == "Lamps"
    assert OutboxEvent.objects.count() == 2
    with pytest.raises(InvalidInput):
        profiles.set_shop_text(merchant.ref, "en", {"script": "x"}, actor=owner)


def test_strangers_change_nothing(merchant):
    stranger = stranger_actor(EDIT_COMPANY, EDIT_SHOP, SET_HOLIDAYS)
    for act in (
        lambda: profiles.change_profile(merchant.ref, {"name": "Mine"}, actor=stranger),
        lambda: profiles.set_shop_text(merchant.ref, "en", {"tagline": "Mine"}, actor=stranger),
        lambda: profiles.set_holidays(merchant.ref, first=clock.today(), last=None, actor=stranger),
        lambda: profiles.set_logo(merchant.ref, uuid4(), actor=stranger),
        lambda: companies.set_company(merchant.ref, COMPANY, actor=stranger),
        lambda: set_address(merchant.ref, "registered", OFFICE, actor=stranger),
    ):
        with pytest.raises(NotFound):
            act()
    assert not audit.list_entries(merchant).exists()
    assert not OutboxEvent.objects.exists()


def test_members_without_the_right_change_nothing(merchant):
    clerk = merchant_actor(merchant.pk)
    with pytest.raises(PermissionRefused):
        profiles.change_profile(merchant.ref, {"name": "Mine"}, actor=clerk)
    with pytest.raises(PermissionRefused):
        companies.set_company(merchant.ref, COMPANY, actor=clerk)
    assert not audit.list_entries(merchant).exists()
