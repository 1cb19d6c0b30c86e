"""The full text table of listings: FTS5 on SQLite, tsvector with GIN on PostgreSQL; the same two columns on both."""

from typing import Any

from django.db import migrations


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            "CREATE VIRTUAL TABLE pim_listing_search USING fts5"
            "(document, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')"
        )
    else:
        schema_editor.execute(
            "CREATE TABLE pim_listing_search (rowid bigint PRIMARY KEY "
            "REFERENCES pim_cardlisting (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, document tsvector NOT NULL)"
        )
        schema_editor.execute(
            "CREATE INDEX pim_listing_search_document ON pim_listing_search USING gin (document)"
        )


def drop(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP TABLE pim_listing_search")


class Migration(migrations.Migration):
    replaces = [("pim", "0003_search")]
    dependencies = [("pim", "0002_guarded_history")]
    operations = [migrations.RunPython(create, drop, elidable=False)]
