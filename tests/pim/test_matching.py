"""Identifiers and the matching ladder."""

import pytest

from pim.errors import IdentifierTaken, InvalidIdentifier
from pim.models import CardIdentifier
from pim.operations.identifiers import add_identifier, read_identifier, remove_identifier
from pim.operations.matching import MatchRow, match_rows
from pim.permissions import EDIT_CARDS
from pim.selectors.identifiers import normalise_gtin, normalise_mpn
from tests.factories import actors, mas, pim

pytestmark = pytest.mark.django_db
EDITOR = actors.operator_actor(EDIT_CARDS)
GTIN, OTHER_GTIN = "4006381333931", "036000291452"


@pytest.mark.parametrize(
    ("text", "norm"),
    [
        ("4006381333931", "04006381333931"),
        ("4 006381-333931", "04006381333931"),
        ("036000291452", "00036000291452"),
        ("96385074", "00000096385074"),
        ("14006381333938", "14006381333938"),
    ],
)
def test_a_gtin_is_fourteen_digits(text, norm):
    assert normalise_gtin(text) == norm


@pytest.mark.parametrize(
    "text",
    [
        "4006381333932",  # check digit
        "400638133393",  # length and check digit
        "12345",
        "abc",
        "٤٠٠٦٣٨١٣٣٣٩٣١",
        "00000000",
        "2012345678900",  # in-store
        "0412345678903",  # in-store
        "9812345678906",  # coupon
        "94006381333934",  # variable measure
        "20123451",  # in-store, eight digits
    ],
)
def test_a_number_that_names_no_product_everywhere_is_refused(text):
    with pytest.raises(InvalidIdentifier):
        normalise_gtin(text)


def test_manufacturers_numbers_ignore_case_blanks_and_punctuation():
    assert normalise_mpn(" ab-12/3 ö") == "AB123O"
    with pytest.raises(InvalidIdentifier):
        normalise_mpn("--")


def test_the_ladder_goes_from_sku_to_gtin_to_brand_and_mpn(django_assert_max_num_queries):
    merchant = mas.merchant()
    brand = pim.brand("Nordlicht")
    by_sku, by_gtin, by_mpn = pim.card(), pim.card(gtin=GTIN), pim.card(brand=brand)
    offer = pim.offer(by_sku, merchant, merchant_sku="MINE")
    pim.offer(by_gtin, mas.merchant(), merchant_sku="THEIRS")
    CardIdentifier.objects.create(card=by_mpn, type="mpn", value="x-1", value_norm="X1", brand=brand)
    rows = [
        MatchRow("MINE"),
        MatchRow("NEW-1", gtin=GTIN),
        MatchRow("NEW-2", brand="NORD LICHT", mpn="X 1"),
        MatchRow("NEW-3", brand="Unheard", mpn="X 1"),
        MatchRow("THEIRS"),
        MatchRow("NEW-4", gtin="4006381333932"),
    ]
    with django_assert_max_num_queries(5):
        found = match_rows(rows, merchant_id=merchant.pk)
    assert [(match.by, match.card_id) for match in found] == [
        ("sku", by_sku.pk),
        ("gtin", by_gtin.pk),
        ("mpn", by_mpn.pk),
        ("new", None),
        ("new", None),
        ("invalid", None),
    ]
    assert found[0].offer_id == offer.pk
    assert (found[5].field, "check digit" in found[5].error) == ("gtin", True)


def test_new_rows_with_the_same_number_are_one_card():
    found = match_rows(
        [MatchRow("A", gtin=GTIN), MatchRow("B", gtin=f" {GTIN}"), MatchRow("C")],
        merchant_id=mas.merchant().pk,
    )
    assert found[0].new_key == found[1].new_key
    assert found[2].new_key == "sku:C"


def test_numbers_that_point_to_two_cards_are_a_conflict():
    merchant = mas.merchant()
    brand = pim.brand("Nordlicht")
    one, two = pim.card(gtin=GTIN), pim.card(gtin=OTHER_GTIN)
    CardIdentifier.objects.create(card=two, type="mpn", value="X1", value_norm="X1", brand=brand)
    pim.offer(two, merchant, merchant_sku="MINE")
    rows = [MatchRow("MINE", gtin=GTIN), MatchRow("NEW", gtin=GTIN, brand="Nordlicht", mpn="X1")]
    for match in match_rows(rows, merchant_id=merchant.pk):
        assert (match.by, match.conflicting_card_ids) == ("conflict", (one.pk, two.pk))


def test_a_number_belongs_to_one_live_card():
    one, two = pim.card(), pim.card()
    add_identifier(one, type="gtin", value=GTIN, actor=EDITOR)
    add_identifier(one, type="gtin", value=GTIN, actor=EDITOR)
    with pytest.raises(IdentifierTaken) as taken:
        add_identifier(two, type="gtin", value=GTIN, actor=EDITOR)
    assert taken.value.params == {"ref": one.ref}
    remove_identifier(one, type="gtin", value_norm=normalise_gtin(GTIN), actor=EDITOR)
    add_identifier(two, type="gtin", value=GTIN, actor=EDITOR)
    assert CardIdentifier.objects.get().card == two


def test_a_manufacturers_number_needs_its_brand():
    with pytest.raises(InvalidIdentifier):
        read_identifier("mpn", "X1")
