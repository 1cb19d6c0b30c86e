"""Writing the full text of listings, on either engine."""

from collections.abc import Sequence

from django.db import connection

from pim.selectors.search import configuration

Row = tuple[int, str]


def index_texts(rows: Sequence[Row], language: str) -> None:
    """Replace the searchable text of listings (id, text) that all speak one language."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany("DELETE FROM pim_listing_search WHERE rowid = %s", [(row[0],) for row in rows])
            cursor.executemany("INSERT INTO pim_listing_search (rowid, document) VALUES (%s, %s)", list(rows))
        else:
            config = configuration(language)
            cursor.executemany(
                "INSERT INTO pim_listing_search (rowid, document) VALUES (%s, to_tsvector(%s::regconfig, %s)) "
                "ON CONFLICT (rowid) DO UPDATE SET document = EXCLUDED.document",
                [(listing_id, config, text) for listing_id, text in rows],
            )


def forget_texts(listing_ids: Sequence[int]) -> None:
    """Drop the text of listings that are about to go."""
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM pim_listing_search WHERE rowid = %s", [(pk,) for pk in listing_ids])
