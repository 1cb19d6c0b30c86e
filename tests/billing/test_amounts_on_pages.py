"""People read and type amounts in their currency, never in minor units."""

from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.kernel.money import display_unrounded
from billing.models import LegalEntity, PayoutTerms
from tests.factories import mas, mms
from tests.factories.billing import entity


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        ("682.500000", "EUR", "€6.825"),
        ("1200.000000", "EUR", "€12.00"),
        ("247.5", "JPY", "¥247.5"),
        ("925.875", "KWD", "KWD\N{NO-BREAK SPACE}0.925875"),
        ("0", "EUR", "€0.00"),
        ("-0.5", "EUR", "-€0.005"),
    ],
)
def test_an_amount_before_rounding_shows_all_its_digits(minor, currency, shown):
    assert display_unrounded(Decimal(minor), currency) == shown


@pytest.mark.django_db
def test_payout_terms_are_typed_in_the_merchants_currency(client):
    mms.sign_in(client, mms.operator_user("finance"))
    shop = mas.merchant(currency="JPY")
    url = reverse("console:billing-merchant-terms", args=[shop.ref])
    terms = {
        "cycle": "weekly",
        "reserve_days": "90",
        "fixed_reserve_minor": "1000",
        "minimum_payout_minor": "",
        "minimum_balance_minor": "5",
    }
    assert "minor units" not in client.get(url).content.decode()
    assert client.post(url, terms).status_code == 302
    kept = PayoutTerms.objects.get()
    assert (kept.fixed_reserve_minor, kept.minimum_payout_minor, kept.minimum_balance_minor) == (
        1000,
        None,
        5,
    )
    answer = client.post(url, terms | {"fixed_reserve_minor": "10.5"})
    assert answer.status_code == 422
    assert "decimals" in str(answer.context["form"].errors["fixed_reserve_minor"])


@pytest.mark.django_db
def test_the_limits_of_a_company_are_typed_in_its_currency(client):
    mms.sign_in(client, mms.operator_user("operator-admin"))
    books = entity(second_approver_above_minor=None, suspense_limit_minor=150)
    url = reverse("console:billing-company-edit", args=[books.code])
    page = client.get(url)
    assert "minor units" not in page.content.decode()
    form = page.context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    assert values["suspense_limit_minor"] == "1.50"
    client.post(url, values | {"second_approver_above_minor": "10,000.00", "minimum_payout_minor": "0.5"})
    kept = LegalEntity.objects.get(pk=books.pk)
    assert kept.second_approver_above_minor == 1_000_000
    assert (kept.minimum_payout_minor, kept.suspense_limit_minor) == (50, 150)
    refused = client.post(url, values | {"minimum_payout_minor": "-1"})
    assert refused.status_code == 422
