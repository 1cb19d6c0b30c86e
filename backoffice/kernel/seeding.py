"""When the rows that every installation starts with can be written after a migration."""

from django.db import connections
from django.db.migrations.loader import MigrationLoader


def has_its_tables(label: str, using: str) -> bool:
    """Whether every migration of the app has run: `migrate other_app` on an empty database stops before."""
    loader = MigrationLoader(connections[using])
    return all(leaf in loader.applied_migrations for leaf in loader.graph.leaf_nodes(label))
