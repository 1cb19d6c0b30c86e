"""The menu of a shell as drawn: entries the actor may use, grouped, with the current one marked."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.text import slugify

from backoffice.kernel.actors import Actor
from backoffice.kernel.counting import count_together
from backoffice.ui.menus import MenuItem, list_menu

logger = logging.getLogger(__name__)


@dataclass
class Entry:
    label: str
    url: str
    icon: str
    # Where the count is put once it is known; empty for entries without one.
    count_id: str = ""
    current: bool = False
    # The key after "g" that leads here.
    go: str = ""


@dataclass
class Group:
    """A top-level line of the menu: one entry, or a fold with several."""

    label: str
    icon: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def is_single(self) -> bool:
        return len(self.entries) == 1

    @property
    def is_open(self) -> bool:
        return any(entry.current for entry in self.entries)


def count_id(item: MenuItem) -> str:
    """The stable element id of an entry's count."""
    return "bo-menu-" + slugify(f"{item.url_name} {item.query}".replace(":", "-"))


def build_menu(
    request: HttpRequest, audience: str, actor: Actor, merchant_id: int | None, icons: Mapping[str, str]
) -> list[Group]:
    """The audience's menu for this request; `icons` gives the icon of each group by its (translated) name."""
    entries = [(item, _entry(item)) for item in list_menu(audience, actor, merchant_id)]
    known = [(item, entry) for item, entry in entries if entry is not None]
    _mark_current(request.path, [entry for _item, entry in known])
    # Items of a group may be declared by several apps: the group stands where its first item stands.
    first: dict[str, int] = {}
    for item, entry in known:
        first.setdefault(str(item.group) or entry.label, item.order)
    known.sort(
        key=lambda pair: (first[str(pair[0].group) or pair[1].label], str(pair[0].group), pair[0].order)
    )
    groups: list[Group] = []
    for name, pairs in groupby(known, key=lambda pair: str(pair[0].group) or pair[1].label):
        members = [entry for _item, entry in pairs]
        groups.append(Group(name, icons.get(name, members[0].icon), members))
    _give_keys(groups)
    return groups


def _entry(item: MenuItem) -> Entry | None:
    try:
        url = reverse(item.url_name)
    except NoReverseMatch:
        # One app's missing page must not take every page of the audience down; a test names it.
        logger.error("menu entry %s leads nowhere: %s", item.label, item.url_name)
        return None
    return Entry(
        str(item.label),
        f"{url}?{item.query}" if item.query else url,
        item.icon,
        count_id(item) if item.count else "",
    )


def _mark_current(path: str, entries: list[Entry]) -> None:
    """The entry whose address is the longest beginning of this path; of equals the one that shows everything."""

    def place(entry: Entry) -> str:
        return entry.url.partition("?")[0]

    matching = [entry for entry in entries if path.startswith(place(entry))]
    if matching:
        best = max(matching, key=lambda entry: (len(place(entry)), "?" not in entry.url))
        best.current = len(best.url) > len("/console/") or best.url == path


def _give_keys(groups: list[Group]) -> None:
    taken: set[str] = set()
    for group in groups:
        for letter in group.label.lower():
            if letter.isalpha() and letter.isascii() and letter not in taken:
                group.entries[0].go = letter
                taken.add(letter)
                break


def menu_counts(audience: str, actor: Actor, merchant_id: int | None) -> list[tuple[str, int]]:
    """(element id, number) for each entry that counts, in one statement; asked for after the page is drawn."""
    rows = {
        count_id(item): item.count(actor)
        for item in list_menu(audience, actor, merchant_id)
        if item.count is not None
    }
    return list(count_together(rows).items())
