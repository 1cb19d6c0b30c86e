"""What an offer costs in a view, exchange rates and units."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, PermissionRefused
from pim.errors import RateMissing, UnknownUnit
from pim.models import OfferPrice, Rate
from pim.operations.rates import enter_rate, load_ecb_rates, save_conversion_rule
from pim.permissions import EDIT_RATES
from pim.selectors.offers import get_sellable_offers
from pim.selectors.rates import get_rate
from pim.selectors.structure import get_structure
from pim.selectors.units import convert, find_unit, shown_measure
from tests.factories import actors, mas, mms, pim

pytestmark = pytest.mark.django_db
TREASURER = actors.operator_actor(EDIT_RATES)
# The ECB's own 90-day file of January 2013, where somebody has put it.
ECB_FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "rates" / "ecb_eurofxref_hist_90d.xml"
ECB = b"""<?xml version="1.0"?><gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><Cube>
 <Cube time="2026-11-20"><Cube currency="USD" rate="1.25"/><Cube currency="JPY" rate="160"/>
 <Cube currency="ISK" rate="N/A"/></Cube>
 <Cube time="2026-11-19"><Cube currency="USD" rate="1.20"/></Cube></Cube></gesmes:Envelope>"""


def price_of(offer, store, **context):
    found = get_sellable_offers([offer.ref], store, **context)[offer.ref]
    return found.unit_price_minor, found.reason


def test_the_narrowest_scope_with_the_views_currency_wins():
    store = mms.store_context()
    offer = pim.offer(price=1000)
    assert price_of(offer, store) == (1000, "")
    OfferPrice.objects.create(offer=offer, currency="EUR", amount_minor=900, scope_id=store.scope_path[1])
    assert price_of(offer, store) == (900, "")
    OfferPrice.objects.create(offer=offer, currency="EUR", amount_minor=950, scope_id=store.scope_path[-1])
    assert price_of(offer, store) == (950, "")
    assert price_of(offer, mms.store_context()) == (1000, "")


def test_a_tier_is_reached_by_quantity_and_a_dated_price_while_it_is_valid():
    store = mms.store_context()
    offer = pim.offer(price=1000)
    OfferPrice.objects.create(offer=offer, currency="EUR", amount_minor=800, min_quantity=10)
    now = clock.now()
    OfferPrice.objects.create(
        offer=offer,
        currency="EUR",
        amount_minor=700,
        list_amount_minor=1000,
        valid_from=now,
        valid_to=now + timedelta(days=1),
    )
    found = get_sellable_offers([offer.ref], store)[offer.ref]
    assert (found.unit_price_minor, found.list_price_minor) == (700, 1000)
    assert found.for_quantity(10, store).unit_price_minor == 800
    with clock.frozen_at(now + timedelta(days=1)):
        assert price_of(offer, store) == (1000, "")


def test_a_price_in_another_currency_is_converted_by_the_rule_or_the_offer_is_not_buyable():
    store = mms.store_context(currency="USD")
    offer = pim.offer(price=1000)
    assert price_of(offer, store) == (0, "rate_missing")
    enter_rate(base="EUR", quote="USD", on=clock.today(), value="1.25", actor=TREASURER)
    assert price_of(offer, store) == (1250, "")
    save_conversion_rule(
        scope_id=store.scope_path[-1], margin_bps=400, rounding="99", is_enabled=True, actor=TREASURER
    )
    assert price_of(offer, store) == (1299, "")
    save_conversion_rule(
        scope_id=store.scope_path[-1], margin_bps=0, rounding="minor", is_enabled=False, actor=TREASURER
    )
    assert price_of(offer, store) == (0, "no_price")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": "paused"}, "not_for_sale"),
        ({"merchant_is_selling": False}, "merchant_not_selling"),
        ({"card": "in_review"}, "card_hidden"),
        ({"price": None}, "no_price"),
        ({"available_quantity": 0}, "out_of_stock"),
        ({"available_quantity": 2, "min_quantity": 3}, "out_of_stock"),
    ],
)
def test_an_offer_that_cannot_be_bought_says_why(changes, reason):
    changes = dict(changes)
    if "card" in changes:
        changes["card"] = pim.card(changes["card"])
    offer = pim.offer(**changes)
    found = get_sellable_offers([offer.ref], mms.store_context())[offer.ref]
    assert (found.is_buyable, found.reason, bool(found.reason_text)) == (False, reason, True)


def test_a_store_sells_only_what_hangs_under_its_root():
    garden, kitchen = pim.category(), pim.category()
    store = mms.store_context(mms.store(root_category_ref=garden.ref))
    inside = pim.offer(pim.card(category=pim.category(garden)))
    outside = pim.offer(pim.card(category=kitchen))
    found = get_sellable_offers([inside.ref, outside.ref, "OFR-NOTHING"], store)
    assert [found[inside.ref].reason, found[outside.ref].reason] == ["", "not_in_this_store"]
    assert len(found) == 2


@pytest.mark.parametrize("number", [1, 3])
def test_reading_offers_costs_three_statements(number, django_assert_num_queries):
    store = mms.store_context()
    offers = [pim.offer(merchant=mas.merchant()) for _index in range(number)]
    get_sellable_offers([offers[0].ref], store)
    with django_assert_num_queries(3):
        assert len(get_sellable_offers([offer.ref for offer in offers], store)) == number


def test_ecb_rates_load_once_and_weekends_use_the_last_business_day():
    assert load_ecb_rates(BytesIO(ECB), actor=TREASURER) == 3
    assert load_ecb_rates(BytesIO(ECB), actor=TREASURER) == 0
    sunday = date(2026, 11, 22)
    assert (get_rate("EUR", "USD", sunday).value, get_rate("EUR", "USD", sunday).on) == (
        Decimal("1.25"),
        date(2026, 11, 20),
    )
    assert get_rate("EUR", "USD", date(2026, 11, 19)).value == Decimal("1.20")
    assert get_rate("USD", "EUR", sunday).value == Decimal("0.8")
    assert get_rate("USD", "JPY", sunday).value == Decimal("128.0")
    assert get_rate("JPY", "JPY", sunday).value == 1


def test_a_missing_rate_is_an_error_until_somebody_enters_one():
    day = date(2026, 11, 22)
    with pytest.raises(RateMissing) as missing:
        get_rate("SAR", "EUR", day)
    assert missing.value.params == {"base": "SAR", "quote": "EUR", "on": "2026-11-22"}
    enter_rate(base="SAR", quote="EUR", on=day, value="0.2452", actor=TREASURER)
    assert get_rate("SAR", "EUR", day).value == Decimal("0.2452")
    with pytest.raises(RateMissing):
        get_rate("SAR", "EUR", day - timedelta(days=1))


def test_an_entered_rate_wins_over_the_loaded_one_of_its_day():
    load_ecb_rates(BytesIO(ECB), actor=TREASURER)
    enter_rate(base="EUR", quote="USD", on=date(2026, 11, 20), value="1.30", actor=TREASURER)
    assert get_rate("EUR", "USD", date(2026, 11, 20)).value == Decimal("1.30")


@pytest.mark.parametrize(
    "data", [b"", b"<a/>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", b"{}", ECB.replace(b"1.25", b"-1")]
)
def test_a_file_that_is_no_reference_file_is_refused(data):
    with pytest.raises(InvalidInput):
        load_ecb_rates(BytesIO(data), actor=TREASURER)


@pytest.mark.parametrize(
    "fields", [{"value": "0"}, {"value": "-1"}, {"value": "much"}, {"quote": "EUR"}, {"quote": "ZZZ"}]
)
def test_a_rate_that_cannot_be_right_is_refused(fields):
    given = {"base": "EUR", "quote": "USD", "value": "1", "on": clock.today(), **fields}
    with pytest.raises(InvalidInput):
        enter_rate(actor=TREASURER, **given)
    assert Rate.objects.count() == 0


def test_entering_rates_needs_the_right():
    with pytest.raises(PermissionRefused):
        enter_rate(base="EUR", quote="USD", on=clock.today(), value="1", actor=actors.operator_actor())


@pytest.mark.skipif(not ECB_FILE.exists(), reason="the ECB's file is not here")
def test_the_ecbs_own_file_loads():
    with ECB_FILE.open("rb") as file:
        assert load_ecb_rates(file, actor=TREASURER) > 1500
    assert get_rate("EUR", "USD", date(2013, 1, 24)).value == Decimal("1.3349")


def test_units_convert_exactly():
    length = pim.attribute("measure", code="depth", measure_family=pim.measure("length"))
    spec = get_structure().attributes[length.code]
    inch, metre = find_unit(spec, "IN"), find_unit(spec, "metres")
    assert convert(Decimal(1), inch, metre) == Decimal("0.0254")
    assert shown_measure(spec, ["40", "centimetre", "400"], "inch") == ("15.75", "in")
    with pytest.raises(UnknownUnit):
        find_unit(spec, "parsec")
