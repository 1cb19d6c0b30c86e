"""Which places send which pieces: pure functions, one per strategy, chosen per store.

A strategy is a name for the order in which places are preferred. All of them send everything from one place when one
has it all, and else use as few places as they can: up to six places every combination is compared, beyond that the
place that covers most of what is missing is taken again and again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.utils.translation import gettext_lazy as _

COMPARED_EXACTLY = 6


@dataclass(frozen=True, slots=True)
class Source:
    """A place with what it may give to this order: offer id → pieces."""

    location_id: int
    rank: int
    country: str
    free: Mapping[int, int]


# offer id → [(location id, pieces)]
Plan = dict[int, list[tuple[int, int]]]
# The lower, the better; compared before the place's own id so that the same order is always split the same way.
Preference = Callable[[Source, str], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Strategy:
    code: str
    label: Any
    preference: Preference
    # Empty preferred places one by one instead of looking for the fewest parcels.
    is_in_order: bool = False


def _is_abroad(source: Source, country: str) -> int:
    return int(bool(country) and bool(source.country) and source.country != country)


_strategies: dict[str, Strategy] = {}


def register_strategy(strategy: Strategy) -> None:
    _strategies[strategy.code] = strategy


def list_strategies() -> list[Strategy]:
    return list(_strategies.values())


def get_strategy(code: str) -> Strategy:
    """The strategy of this name; an unknown one (its plug-in was removed) falls back to the first."""
    return _strategies.get(code) or next(iter(_strategies.values()))


register_strategy(
    Strategy("fewest_parcels", _("Fewest parcels, then rank"), lambda source, country: (source.rank,))
)
register_strategy(
    Strategy(
        "same_country",
        _("Places in the buyer's country first"),
        lambda source, country: (_is_abroad(source, country), source.rank),
    )
)
register_strategy(
    Strategy("by_rank", _("Empty places by rank"), lambda source, country: (source.rank,), is_in_order=True)
)


def allocate(
    wanted: Mapping[int, int], sources: Sequence[Source], *, strategy: Strategy, country: str = ""
) -> Plan | None:
    """Where each wanted piece (offer id → pieces) comes from; None when there is not enough of something."""
    ordered = sorted(sources, key=lambda row: (*strategy.preference(row, country), row.location_id))
    if not _covers(wanted, ordered):
        return None
    if strategy.is_in_order:
        return _fill(wanted, ordered)
    return _fill(wanted, _fewest(wanted, ordered))


def _covers(wanted: Mapping[int, int], sources: Sequence[Source]) -> bool:
    return all(
        sum(source.free.get(offer, 0) for source in sources) >= pieces for offer, pieces in wanted.items()
    )


def _fewest(wanted: Mapping[int, int], ordered: Sequence[Source]) -> Sequence[Source]:
    useful = [source for source in ordered if any(source.free.get(offer, 0) > 0 for offer in wanted)]
    if len(useful) > COMPARED_EXACTLY:
        single = next((source for source in useful if _covers(wanted, [source])), None)
        return [single] if single else _greedy(wanted, useful)
    for size in range(1, len(useful) + 1):
        # Combinations come in the order of preference: the first that covers is the best of its size.
        covering = next((some for some in combinations(useful, size) if _covers(wanted, some)), None)
        if covering is not None:
            return covering
    return useful


def _greedy(wanted: Mapping[int, int], useful: Sequence[Source]) -> Sequence[Source]:
    missing, left, chosen = dict(wanted), list(useful), []
    while any(missing.values()):
        best = max(left, key=lambda source: _covered(missing, source))
        chosen.append(best)
        left.remove(best)
        missing = {offer: max(0, pieces - best.free.get(offer, 0)) for offer, pieces in missing.items()}
    return chosen


def _covered(missing: Mapping[int, int], source: Source) -> int:
    return sum(min(pieces, source.free.get(offer, 0)) for offer, pieces in missing.items())


def _fill(wanted: Mapping[int, int], sources: Sequence[Source]) -> Plan:
    plan: Plan = {}
    for offer, pieces in wanted.items():
        parts = []
        for source in sources:
            part = min(pieces, source.free.get(offer, 0))
            if part > 0:
                parts.append((source.location_id, part))
                pieces -= part
        plan[offer] = parts
    return plan
