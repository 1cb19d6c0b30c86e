"""Tax numbers and bank accounts prove themselves, and a wrong one says what is wrong where it was typed."""

import pytest

from backoffice.kernel.errors import InvalidInput
from mas.numbers.bank_numbers import check_bank_number
from mas.numbers.tax_numbers import check_tax_number


@pytest.mark.parametrize(
    ("country", "kind", "typed", "normal", "is_checked"),
    [
        ("DE", "vat", "de 136 695 976", "DE136695976", True),
        ("FR", "vat", "83 404 833 048", "FR83404833048", True),
        ("AT", "vat", "ATU13585627", "ATU13585627", True),
        ("GB", "vat", "GB980780684", "GB980780684", True),
        ("US", "national", "91-1144442", "911144442", True),
        ("SA", "vat", "300 000 000 000 003", "300000000000003", False),
    ],
)
def test_tax_numbers_are_kept_in_their_normal_form(country, kind, typed, normal, is_checked):
    assert check_tax_number(country, kind, typed) == (normal, is_checked)


@pytest.mark.parametrize(
    ("country", "typed", "field", "words"),
    [
        ("DE", "", "number", "Enter the tax number"),
        ("DE", "DE13669597", "number", "too short or too long"),
        ("DE", "DE136695978", "number", "check digit"),
        ("DE", "DEABCDEFGHI", "number", "not how a tax number of Germany is written"),
        ("SA", "1", "number", "between 4 and 20"),
        ("ZZ", "DE136695976", "country", "Choose a country"),
    ],
)
def test_wrong_tax_numbers_say_what_is_wrong(country, typed, field, words):
    with pytest.raises(InvalidInput) as refusal:
        check_tax_number(country, "vat", typed)
    [(where, message)] = refusal.value.fields.items()
    assert where == field
    assert words in message


def test_an_iban_tells_its_bank():
    number = check_bank_number("iban", "de89 3704 0044 0532 0130 00")
    assert (number.account_number, number.bic, number.country) == (
        "DE89370400440532013000",
        "COBADEFFXXX",
        "DE",
    )
    assert number.bank_name == "Commerzbank"


@pytest.mark.parametrize(
    ("scheme", "account", "routing", "expected"),
    [
        ("us_aba", "000 123 456 789", "121000248", ("000123456789", "121000248", "US")),
        ("gb_sort_code", "1234567", "20-20-15", ("01234567", "202015", "GB")),
    ],
)
def test_other_schemes_are_checked_by_their_own_rules(scheme, account, routing, expected):
    number = check_bank_number(scheme, account, routing)
    assert (number.account_number, number.routing_code, number.country) == expected


@pytest.mark.parametrize(
    ("scheme", "account", "routing", "bic", "field", "words"),
    [
        ("iban", "", "", "", "account_number", "Enter the IBAN"),
        ("iban", "DE88370400440532013000", "", "", "account_number", "check digits"),
        ("iban", "DE8937040044053201300", "", "", "account_number", "21 characters"),
        ("iban", "hello", "", "", "account_number", "not an IBAN"),
        ("iban", "DE89370400440532013000", "", "NOPE", "bic", "8 or 11 characters"),
        ("iban", "DE89370400440532013000", "", "BNPAFRPP", "bic", "another country"),
        ("us_aba", "123456789", "121000249", "", "routing_code", "check digit"),
        ("us_aba", "12", "121000248", "", "account_number", "4 to 17 digits"),
        ("gb_sort_code", "12345678", "2020", "", "routing_code", "six digits"),
        ("gb_sort_code", "12", "202015", "", "account_number", "six to eight digits"),
        ("barter", "1", "", "", "scheme", "Choose"),
    ],
)
def test_wrong_accounts_say_what_is_wrong(scheme, account, routing, bic, field, words):
    with pytest.raises(InvalidInput) as refusal:
        check_bank_number(scheme, account, routing, bic)
    [(where, message)] = refusal.value.fields.items()
    assert where == field
    assert words in message
