"""Full text search over listings: one lookup and one order on both engines (FTS5, tsvector)."""

import re
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, F, FloatField, Func, IntegerField, Lookup, Q, Value, When
from django.db.models import QuerySet as _QuerySet
from django.db.models.functions import Coalesce

from mms.context import StoreContext
from pim.models import CardIdentifier, CardListing, ListingSearch, Offer
from pim.selectors.identifiers import normalise_name

# What PostgreSQL stems by; other languages are matched word by word.
CONFIGURATIONS = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "sv": "swedish",
}  # fmt: skip
WORD = re.compile(r"\w+", re.UNICODE)
MAX_WORDS = 8
# Beyond so many hits the order of the rest says nothing to people.
RANKED = 500


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
        return "%s", (_embedded_text(self.words),)

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


class _ServerRank(Func):
    """How well the text matches, 0 to 1 (`ts_rank`)."""

    function = "ts_rank"
    output_field = FloatField()


class _EmbeddedRank(Func):
    """The same on SQLite, by FTS5's bm25 of the best hits of a view; what is not among them ranks 0.

    The ranked hits are an uncorrelated table: SQLite makes it once per statement and looks rows up in it, while a
    join would ask the full text index again for every listing.
    """

    output_field = FloatField()

    def __init__(self, words: list[str], view_id: int) -> None:
        super().__init__(F("pk"))
        self.text, self.view_id = _embedded_text(words), view_id

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[str | int, ...]]:
        key, _params = compiler.compile(self.source_expressions[0])
        # bm25 is below zero, better hits further down. The plus keeps the view a filter on hits, never a loop over it.
        sql = (
            "COALESCE((SELECT -r.score / (1.0 - r.score) FROM (SELECT rowid AS id, rank AS score "  # noqa: S608
            "FROM pim_listing_search WHERE document MATCH %s "
            "AND +rowid IN (SELECT id FROM pim_cardlisting WHERE view_id = %s) "
            f"ORDER BY rank LIMIT {RANKED}) r WHERE r.id = {key}), 0.0)"
        )
        return sql, (self.text, self.view_id)


def _embedded_text(words: list[str]) -> str:
    return " ".join(f'"{word}"*' for word in words)


def matching(listings: _QuerySet[CardListing], query: str, store: StoreContext) -> _QuerySet[CardListing]:
    """Listings holding every typed word (as the beginning of a word), or whose number or SKU was typed; no words, no
    rows. See `by_relevance` for their order.
    """
    words = search_words(query)
    if not words:
        return listings.none()
    # FTS5 answers a match at once, but joined to the listings it is asked again for each: a set of ids is fast on both.
    hits: Any = ListingSearch.objects.filter(document__matches=_Query(words, store.language)).values("pk")
    if could_be_number(query):
        hits = hits.union(CardListing.objects.filter(card_id__in=cards_numbered(query)).values("pk"))
    return listings.filter(pk__in=hits)


def by_relevance(found: _QuerySet[CardListing], query: str, store: StoreContext) -> _QuerySet[CardListing]:
    """The product whose number was typed, then what can be bought, best match first: the title counts before the text.

    Annotated with `relevance` and, where what was typed may be a number, `is_exact`.
    """
    words, first = search_words(query), []
    if could_be_number(query):
        is_exact = When(card_id__in=cards_numbered(query), then=1)
        found = found.annotate(is_exact=Case(is_exact, default=0, output_field=IntegerField()))
        first = ["-is_exact"]
    rank: Any = (
        _EmbeddedRank(words, store.view_id)
        if connection.vendor == "sqlite"
        else Coalesce(_ServerRank(F("search__document"), _Query(words, store.language)), 0.0)
    )
    ranked = found.annotate(relevance=_title_score(query, words) + rank)
    return ranked.order_by(*first, "-in_stock", F("relevance").desc(), "-pk")


def _title_score(query: str, words: list[str]) -> Case:
    in_title = Q()
    for word in words:
        in_title &= Q(title__icontains=word)
    return Case(
        When(title__istartswith=" ".join(query.split()), then=Value(4.0)),
        When(in_title, then=Value(2.0)),
        default=Value(0.0),
        output_field=FloatField(),
    )


def could_be_number(query: str) -> bool:
    """Whether what was typed may be a GTIN, a manufacturer's number or a merchant's SKU."""
    text = query.strip()
    return 2 < len(text) <= 80 and any(letter.isdigit() for letter in text) and len(text.split()) <= 3


def cards_numbered(query: str) -> Any:
    """The listed cards (parents of variants) with this number, or with a sellable offer of this SKU."""
    norm = normalise_name(query)
    known = CardIdentifier.objects.filter(is_live=True, value_norm__in=[norm, norm.zfill(14)])
    sold = Offer.objects.sellable().filter(merchant_sku=query.strip())
    return known.values_list(Coalesce("card__parent_id", "card_id")).union(
        sold.values_list(Coalesce("card__parent_id", "card_id"))
    )
