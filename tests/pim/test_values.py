"""Writing values: one function for one and for thousands, with facets, history and fast columns beside it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pim.errors import CardNotFound, InvalidValue, StaleCard
from pim.invariants import check_facets
from pim.models import Card, CardFacet, CardLayer, Change, MeasureFamily
from pim.operations.change_sets import open_change_set
from pim.operations.values import LayerPatch, set_values, set_values_bulk
from pim.permissions import CONTRIBUTE_CARDS, EDIT_CARDS
from pim.selectors.layers import ABSENT, INHERIT, PLAIN, Layer
from tests.factories import actors, mas, mms, pim

pytestmark = pytest.mark.django_db
EDITOR = actors.operator_actor(EDIT_CARDS)


def change_set():
    return open_change_set(EDITOR, source="form")


@pytest.fixture
def family():
    colour = pim.attribute("select", code="colour", is_filterable=True, is_scopable=True)
    for code in ("red", "blue"):
        pim.option(colour, code, aliases=[f"dark {code}"])
    tags = pim.attribute("multi", code="tags", is_filterable=True)
    for code in ("new", "eco"):
        pim.option(tags, code)
    length = MeasureFamily.objects.get(code="length")
    return pim.family(
        colour,
        tags,
        pim.attribute("measure", code="width", is_filterable=True, measure_family=length),
        pim.attribute("integer", code="pieces", is_filterable=True, validation={"min": "1", "max": "10"}),
        pim.attribute("decimal", code="weight", validation={"decimals": 2}),
        pim.attribute("boolean", code="foldable", is_filterable=True),
        pim.attribute("date", code="since"),
        pim.attribute("price", code="costs"),
        pim.attribute("url", code="site"),
        pim.attribute(
            "text", code="note", is_localisable=True, validation={"max_length": 20, "pattern": "[A-Za-z ]*"}
        ),
        required=("colour", "note"),
    )


@pytest.fixture
def card(family):
    return pim.card(family=family, title="Chair")


def test_setting_values_writes_layer_facets_history_and_fast_columns_together(card):
    assert set_values(
        card, PLAIN, {"colour": "Dark Red", "title": "Bench"}, actor=EDITOR, change_set=change_set()
    )
    assert CardLayer.objects.get(card=card).values == {"title": "Bench", "colour": "red"}
    assert CardFacet.objects.get(card=card).option.code == "red"
    assert Change.objects.get().patch == {"title": ["Chair", "Bench"], "colour": [ABSENT, "red"]}
    card.refresh_from_db()
    assert (card.title, card.version, card.missing, card.readiness) == ("Bench", 2, ["note"], 50)


def test_saving_the_same_again_writes_nothing(card):
    set_values(card, PLAIN, {"colour": "red"}, actor=EDITOR, change_set=change_set())
    card.refresh_from_db()
    assert not set_values(
        card, PLAIN, {"colour": "red", "title": "Chair "}, actor=EDITOR, change_set=change_set()
    )
    assert Change.objects.count() == 1
    assert Card.objects.get(pk=card.pk).version == card.version


@pytest.mark.parametrize(
    ("code", "raw", "stored"),
    [
        ("tags", "eco| new", ["eco", "new"]),
        ("tags", ["new", "new"], ["new"]),
        ("width", "12.50 cm", ["12.5", "centimetre", "125"]),
        ("width", ["1", "in"], ["1", "inch", "25.4"]),
        ("pieces", "3", 3),
        ("weight", "1.50", "1.5"),
        ("foldable", "ja", True),
        ("since", "2026-03-01", "2026-03-01"),
        ("costs", {"usd": "3.5", "EUR": 2}, [["2", "EUR"], ["3.5", "USD"]]),
        ("site", "https://example.com/a", "https://example.com/a"),
        ("note", "Fine", "Fine"),
        ("description", "<p onclick='x'>Hi<script>1</script></p>", "<p>Hi</p>"),
    ],
)
def test_each_type_has_one_stored_form(card, code, raw, stored):
    set_values(card, PLAIN, {code: raw}, actor=EDITOR, change_set=change_set())
    assert CardLayer.objects.get(card=card).values[code] == stored
    assert list(check_facets()) == []


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        ("colour", "green"),
        ("tags", ["eco", "green"]),
        ("width", "12"),
        ("width", "12 kg"),
        ("width", "9999999999999999999999 cm"),
        ("pieces", "0"),
        ("pieces", "11"),
        ("pieces", "2.5"),
        ("pieces", 1.0),
        ("weight", "1.555"),
        ("weight", "NaN"),
        ("foldable", "maybe"),
        ("since", "01.03.2026"),
        ("costs", {"EUR": "-1"}),
        ("costs", {"XXZ": "1"}),
        ("site", "javascript:alert(1)"),
        ("note", "x" * 21),
        ("note", "n0"),
        ("brand", "Nobody"),
        ("no-such", "1"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_as_a_whole(card, code, raw):
    with pytest.raises(InvalidValue) as refusal:
        set_values(card, PLAIN, {code: raw, "title": "Other"}, actor=EDITOR, change_set=change_set())
    assert list(refusal.value.fields) == [code]
    assert CardLayer.objects.get(card=card).values == {"title": "Chair"}
    assert Change.objects.count() == 0


def test_a_brand_is_found_by_any_spelling(card):
    made = pim.brand("Nord Licht")
    set_values(card, PLAIN, {"brand": "NORD-LICHT"}, actor=EDITOR, change_set=change_set())
    card.refresh_from_db()
    assert card.brand == made


def test_layers_take_only_what_may_differ_there(card):
    store = mms.store_context()
    view = store.scope_path[-1]
    set_values(card, Layer(view, ""), {"colour": "blue"}, actor=EDITOR, change_set=change_set())
    set_values(card, Layer(0, "de"), {"note": "Gut"}, actor=EDITOR, change_set=change_set())
    for layer, patch in [
        (Layer(0, "de"), {"colour": "red"}),
        (Layer(view, ""), {"pieces": 2}),
        (Layer(999_999, ""), {"colour": "red"}),
    ]:
        with pytest.raises(InvalidValue):
            set_values(card, layer, patch, actor=EDITOR, change_set=change_set())
    facets = CardFacet.objects.filter(card=card).values_list("scope_id", "option__code")
    assert list(facets) == [(view, "blue")]


def test_absent_inherits_and_null_blanks_here(card):
    layer = Layer(mms.store_context().scope_path[-1], "")
    set_values(card, layer, {"colour": "blue"}, actor=EDITOR, change_set=change_set())
    set_values(card, layer, {"colour": None}, actor=EDITOR, change_set=change_set())
    assert CardLayer.objects.get(card=card, scope_id=layer.scope_id).values == {"colour": None}
    # The blank has a facet row that hides wider ones.
    assert CardFacet.objects.filter(card=card, option=None).count() == 1
    set_values(card, layer, {"colour": INHERIT}, actor=EDITOR, change_set=change_set())
    assert CardLayer.objects.get(card=card, scope_id=layer.scope_id).values == {}
    assert CardFacet.objects.filter(card=card).count() == 0
    assert [change.patch["colour"] for change in Change.objects.order_by("pk")] == [
        [ABSENT, "blue"],
        ["blue", None],
        [None, ABSENT],
    ]


def test_two_people_on_different_fields_merge_and_on_the_same_field_see_both_values(card):
    seen = {"title": "Chair", "pieces": None}
    set_values(card, PLAIN, {"title": "Stool"}, actor=EDITOR, change_set=change_set())
    set_values(card, PLAIN, {"pieces": 2}, actor=EDITOR, change_set=change_set(), seen=seen)
    with pytest.raises(StaleCard) as stale:
        set_values(card, PLAIN, {"title": "Bench"}, actor=EDITOR, change_set=change_set(), seen=seen)
    assert stale.value.params["moved"] == {"title": ["Chair", "Stool"]}
    assert CardLayer.objects.get(card=card).values == {"title": "Stool", "pieces": 2}


def test_a_contributor_works_on_its_card_until_it_is_published(family):
    merchant = mas.merchant()
    clerk = actors.merchant_actor(merchant.pk, CONTRIBUTE_CARDS)
    own = pim.card("in_review", family=family, contributed_by=merchant)
    published = pim.card("published", family=family, contributed_by=merchant)
    assert set_values(own, PLAIN, {"pieces": 2}, actor=clerk, change_set=change_set())
    for actor, target in [(clerk, published), (actors.stranger_actor(CONTRIBUTE_CARDS), own)]:
        with pytest.raises(CardNotFound):
            set_values(target, PLAIN, {"pieces": 3}, actor=actor, change_set=change_set())
    assert "pieces" not in CardLayer.objects.get(card=published).values


def test_the_bulk_way_costs_the_same_statements_for_one_card_and_for_thirty(
    family, django_assert_max_num_queries
):
    cards = [pim.card(family=family) for _index in range(30)]
    patches = [LayerPatch(card.pk, PLAIN, {"colour": "red", "pieces": 2}) for card in cards]
    with django_assert_max_num_queries(20) as first:
        set_values_bulk(patches[:1], actor=EDITOR, change_set=change_set())
    with django_assert_max_num_queries(len(first)):
        outcome = set_values_bulk(patches[1:], actor=EDITOR, change_set=change_set())
    assert len(outcome.changed) == 29
    assert CardFacet.objects.count() == 60


def test_a_bulk_write_leaves_out_what_does_not_fit_and_says_why(family):
    good, bad = pim.card(family=family), pim.card(family=family)
    items = [LayerPatch(bad.pk, PLAIN, {"pieces": "many"}), LayerPatch(good.pk, PLAIN, {"pieces": 5})]
    outcome = set_values_bulk(items, actor=EDITOR, change_set=change_set())
    assert list(outcome.refused) == [0]
    assert list(outcome.refused[0]) == ["pieces"]
    assert outcome.changed == {good.pk: {"pieces"}}


values = st.fixed_dictionaries(
    {},
    optional={
        "colour": st.sampled_from(["red", "blue", None, "green"]),
        "tags": st.sampled_from([["eco"], ["eco", "new"], [], None]),
        "pieces": st.integers(0, 12),
        "width": st.sampled_from(["1 cm", "2 in", None]),
        "foldable": st.booleans(),
        "note": st.sampled_from(["Fine", "", None]),
    },
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(patches=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["", "de"]), values), max_size=6))
def test_many_at_once_leave_the_same_as_one_after_the_other(family, patches):
    def state(cards):
        index = {card.pk: position for position, card in enumerate(cards)}
        layers = CardLayer.objects.filter(card__in=cards).exclude(values={})
        facets = CardFacet.objects.filter(card__in=cards)
        return (
            sorted(
                (index[row.card_id], row.scope_id, row.locale, sorted(row.values.items(), key=str))
                for row in layers
            ),
            sorted(
                (index[row.card_id], row.attribute_id, row.locale, row.option_id or 0, row.number_micro or 0)
                for row in facets
            ),
            [(card.readiness, card.title) for card in Card.objects.filter(pk__in=index).order_by("pk")],
        )

    one = [pim.card(family=family, title="Chair") for _index in range(3)]
    many = [pim.card(family=family, title="Chair") for _index in range(3)]
    for position, locale, patch in patches:
        try:
            set_values(one[position], Layer(0, locale), patch, actor=EDITOR, change_set=change_set())
        except InvalidValue:
            continue
    items = [LayerPatch(many[position].pk, Layer(0, locale), patch) for position, locale, patch in patches]
    set_values_bulk(items, actor=EDITOR, change_set=change_set())
    assert state(one) == state(many)
    assert list(check_facets()) == []
