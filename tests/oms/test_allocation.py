"""Which places send what: one place where one has it all, else as few as possible, in the store's order."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.allocation import Source, allocate, get_strategy, list_strategies


def place(number, rank=1, country="DE", **free):
    return Source(number, rank, country, {int(offer[1:]): pieces for offer, pieces in free.items()})


FEWEST = get_strategy("fewest_parcels")


def test_the_best_ranked_place_that_has_everything_sends_everything():
    places = [place(1, 1, o7=2), place(2, 3, o7=9, o8=9), place(3, 2, o7=9, o8=9)]
    assert allocate({7: 3, 8: 1}, places, strategy=FEWEST) == {7: [(3, 3)], 8: [(3, 1)]}


def test_as_few_places_as_possible_though_a_better_ranked_one_has_a_part():
    places = [place(1, 1, o7=1), place(2, 2, o7=1), place(3, 3, o7=3), place(4, 4, o7=2)]
    assert allocate({7: 5}, places, strategy=FEWEST) == {7: [(3, 3), (4, 2)]}


def test_by_rank_empties_the_first_place_first():
    places = [place(1, 1, o7=1), place(2, 2, o7=5)]
    assert allocate({7: 3}, places, strategy=get_strategy("by_rank")) == {7: [(1, 1), (2, 2)]}


def test_same_country_prefers_the_buyers_country_over_a_better_rank():
    places = [place(1, 1, "FR", o7=5), place(2, 2, "DE", o7=5)]
    chosen = allocate({7: 3}, places, strategy=get_strategy("same_country"), country="DE")
    assert chosen == {7: [(2, 3)]}


def test_an_unknown_strategy_falls_back_to_the_first():
    assert get_strategy("removed plug-in").code == "fewest_parcels"


@pytest.mark.parametrize("count", [3, 6, 9])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_plan_gives_exactly_what_is_wanted_and_never_more_than_a_place_has(count, data):
    offers = [1, 2, 3]
    places = [
        Source(number, data.draw(st.integers(1, 3)), "DE", {o: data.draw(st.integers(0, 4)) for o in offers})
        for number in range(1, count + 1)
    ]
    wanted = {o: data.draw(st.integers(1, 8)) for o in offers}
    strategy = data.draw(st.sampled_from(list_strategies()))
    plan = allocate(wanted, places, strategy=strategy, country="DE")
    total = {o: sum(p.free[o] for p in places) for o in offers}
    if plan is None:
        assert any(total[o] < wanted[o] for o in offers)
        return
    by_id = {p.location_id: p for p in places}
    for offer, parts in plan.items():
        assert sum(pieces for _place, pieces in parts) == wanted[offer]
        assert all(0 < pieces <= by_id[number].free[offer] for number, pieces in parts)
        assert len({number for number, _pieces in parts}) == len(parts)
    if count <= 6 and not strategy.is_in_order:
        used = {number for parts in plan.values() for number, _pieces in parts}
        smallest = next(
            size
            for size in range(1, count + 1)
            if any(
                all(sum(p.free[o] for p in some) >= wanted[o] for o in offers)
                for some in combinations(places, size)
            )
        )
        assert len(used) <= smallest
