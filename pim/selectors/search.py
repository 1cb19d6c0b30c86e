"""Full text search over listings: one lookup on both engines (FTS5, tsvector), a rank on PostgreSQL."""

import re
from typing import Any

from django.db import connection
from django.db.models import CharField, F, FloatField, Func, Lookup, Value
from django.db.models import QuerySet as _QuerySet

from pim.models import CardListing, ListingSearch

# What PostgreSQL stems by; other languages are matched word by word.
CONFIGURATIONS = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "sv": "swedish",
}  # fmt: skip
WORD = re.compile(r"\w+", re.UNICODE)
MAX_WORDS = 8


def configuration(language: str) -> str:
    return CONFIGURATIONS.get(language.partition("-")[0].lower(), "simple")


def search_words(query: str) -> list[str]:
    """The words people typed, at most eight; punctuation never reaches the search engine's syntax."""
    return [word.replace("_", "") for word in WORD.findall(query) if word.replace("_", "")][:MAX_WORDS]


class _Query(Func):
    """The typed words in the engine's own syntax, each matching as the beginning of a word."""

    output_field = CharField()

    def __init__(self, words: list[str], language: str) -> None:
        super().__init__(Value(" & ".join(f"{word}:*" for word in words)))
        self.words, self.config = words, configuration(language)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[str | int, ...]]:
        return "%s", (" ".join(f'"{word}"*' for word in self.words),)

    def as_postgresql(
        self, compiler: Any, connection: Any, **extra: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        return f"to_tsquery('{self.config}', %s)", (" & ".join(f"{word}:*" for word in self.words),)


@ListingSearch._meta.get_field("document").register_lookup
class _Matches(Lookup):
    lookup_name = "matches"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        sign = "MATCH" if connection.vendor == "sqlite" else "@@"
        return f"{left} {sign} {right}", (*left_params, *right_params)


class _Rank(Func):
    """How well a row matches; PostgreSQL only."""

    function = "ts_rank"
    output_field = FloatField()


def matching(listings: _QuerySet[CardListing], query: str, language: str) -> _QuerySet[CardListing]:
    """Listings holding every typed word (as the beginning of a word), with `relevance` to order by; no words,
    no rows.
    """
    words = search_words(query)
    if not words:
        return listings.none()
    text = _Query(words, language)
    if connection.vendor == "sqlite":
        # FTS5 answers a match at once, but joined to the listings it is asked again for each of them: a set of ids is
        # fast. Without the join there is no rank, so hits stand in the order of the next sort key.
        hits = ListingSearch.objects.filter(document__matches=text)
        return listings.filter(pk__in=hits.values("pk")).annotate(relevance=Value(0, FloatField()))
    return listings.filter(search__document__matches=text).annotate(
        relevance=_Rank(F("search__document"), text)
    )
