"""Whatever is sent as the ECB's file or typed as a rate: refused at its field, no rate is stored."""

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.kernel import clock
from pim.models import Rate
from tests import pages
from tests.bad_files import FILES
from tests.factories import mms

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return mms.sign_in(Client(), mms.operator_user())


@pytest.mark.parametrize("what", FILES)
def test_a_bad_file_of_rates_is_refused_at_its_field(operator, what):
    name, data = FILES[what]
    pages.assert_refused(pages.upload(operator, reverse("console:pim-rate-load"), data, name), "file")
    assert Rate.objects.count() == 0


CUBE = b"<x><Cube><Cube time='%s'><Cube currency='USD' rate='%s'/></Cube></Cube></x>"


@pytest.mark.parametrize(
    "data", [CUBE % (b"2026-99-01", b"1.1"), CUBE % (b"2026-01-05", b"much"), CUBE % (b"2026-01-05", b"-1")]
)
def test_a_file_with_an_impossible_day_or_rate_stores_nothing(operator, data):
    answer = pages.upload(operator, reverse("console:pim-rate-load"), data, "eurofxref.xml")
    pages.assert_refused(answer, "file")
    assert Rate.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("base", "XQZ"),
        ("quote", "XQZ"),
        ("quote", "EUR"),
        ("value", "much"),
        ("value", "-1"),
        ("value", "0"),
        ("value", "NaN"),
        ("value", "1e400"),
        ("on", "2026-99-99"),
    ],
)
def test_a_wrong_rate_is_told_at_its_field_and_the_rest_stays(operator, field, value):
    good = {"base": "EUR", "quote": "SAR", "value": "4.2", "on": clock.today().isoformat()}
    answer = pages.send(operator, reverse("console:pim-rate-create"), **good | {field: value})
    pages.assert_refused(answer, field)
    shown = dict(pages.form_of(answer).form_values())
    assert {name: shown[name] for name in good} == good | {field: value}
    assert Rate.objects.count() == 0
