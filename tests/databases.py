"""The test database: migrated once per set of migrations, then copied; copied again after a test that commits.

A copy is quicker than a flush, keeps the rows that migrations and `post_migrate` inserted, and does not have to get
past the triggers of append-only tables. Templates are built in two stages, because the libraries' two hundred
migrations change rarely: `base` holds theirs and what they depend on, `full` adds the rest of ours.

`python -m tests.databases` builds them ahead of a suite.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any

import django
import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
# Held until the process ends: nobody drops the template that this session copies from.
_held: list[IO[str]] = []


def _is_ours(config: Any) -> bool:
    path = Path(config.path)
    return path.is_relative_to(ROOT) and ".venv" not in path.parts


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _migrations(label: str) -> Path:
    return Path(apps.get_app_config(label).path) / "migrations"


@cache
def base_targets() -> list[tuple[str, str]]:
    """The last migration of every library."""
    graph = MigrationLoader(None).graph
    return [node for node in graph.leaf_nodes() if not _is_ours(apps.get_app_config(node[0]))]


@cache
def base_fingerprint() -> str:
    """What the base depends on: the libraries' migrations and those of ours that they need (people)."""
    graph = MigrationLoader(None).graph
    nodes = {node for target in base_targets() for node in graph.forwards_plan(target)}
    return _digest(_migrations(label) / f"{name}.py" for label, name in nodes)


@cache
def full_fingerprint() -> str:
    """What a fresh database depends on: every migration, and the grants and roles that are seeded after it."""
    files = {
        file for config in apps.get_app_configs() for file in (Path(config.path) / "migrations").glob("*.py")
    }
    for config in apps.get_app_configs():
        if _is_ours(config):
            files.update(file for file in Path(config.path).rglob("*.py") if _seeds(file))
    return _digest(files)


def _seeds(file: Path) -> bool:
    return file.name == "permissions.py" or b"post_migrate" in file.read_bytes()


class SqliteStore:
    """Databases are files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.prefix = "sqlite"
        self.name = str(settings.DATABASES["default"]["TEST"]["NAME"])

    def template(self, name: str) -> str:
        return str(self.folder / f"sqlite-{name}.sqlite3")

    def exists(self, name: str) -> bool:
        return Path(name).exists()

    def drop(self, name: str) -> None:
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(name + ending).unlink(missing_ok=True)

    def create(self, name: str, source: str | None) -> None:
        if source is None:
            self.drop(name)
            return
        shutil.copyfile(source, f"{name}.fresh")
        for ending in ("-wal", "-shm", "-journal"):
            Path(name + ending).unlink(missing_ok=True)
        # A connection that some thread still holds keeps the old file and harms nobody.
        os.replace(f"{name}.fresh", name)

    def rename(self, name: str, wanted: str) -> None:
        raw = sqlite3.connect(name)
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.execute("PRAGMA journal_mode=DELETE")
        raw.close()
        os.replace(name, wanted)


class PostgresStore:
    """Databases of one server."""

    def __init__(self, folder: Path) -> None:
        entry = settings.DATABASES["default"]
        self.folder = folder
        self.prefix = f"postgres-{entry['HOST'] or 'local'}-{entry['PORT'] or 5432}".replace("/", "_")
        self.name = str(entry["TEST"]["NAME"])

    def template(self, name: str) -> str:
        return f"bo_template_{name}".replace("-", "_")

    @contextmanager
    def _maintenance(self) -> Iterator[psycopg.Connection[Any]]:
        entry = settings.DATABASES["default"]
        with psycopg.connect(
            host=entry["HOST"] or None,
            port=entry["PORT"] or None,
            user=entry["USER"] or None,
            password=entry["PASSWORD"] or None,
            dbname="postgres",
            autocommit=True,
        ) as server:
            yield server

    def _run(self, statement: str, *names: str) -> None:
        with self._maintenance() as server:
            server.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))

    def exists(self, name: str) -> bool:
        with self._maintenance() as server:
            return bool(server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())

    def drop(self, name: str) -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def create(self, name: str, source: str | None) -> None:
        self.drop(name)
        if source is None:
            self._run("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
            return
        # The server copies a template for one session at a time.
        with (self.folder / f"{self.prefix}-{source}.copying").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._run("CREATE DATABASE {} TEMPLATE {}", name, source)

    def rename(self, name: str, wanted: str) -> None:
        self._run("ALTER DATABASE {} RENAME TO {}", name, wanted)


Store = SqliteStore | PostgresStore


@cache
def store() -> Store:
    folder: Path = settings.TEST_TEMPLATE_DIR
    folder.mkdir(parents=True, exist_ok=True)
    return SqliteStore(folder) if connection.vendor == "sqlite" else PostgresStore(folder)


def set_up() -> None:
    """Build the templates that this set of migrations has not got yet, then point the connection to a fresh copy."""
    base, full = f"base-{base_fingerprint()}", f"full-{full_fingerprint()}"
    current = store()
    with _shared(current, full) as is_new:
        if is_new:
            with _shared(current, base) as base_is_new:
                if base_is_new:
                    _drop_unused(current, {base, full})
                    _build(current, base, None, _migrate_libraries)
            _build(current, full, base, _migrate_all)
    restore()
    _point_to(current.name)


def restore() -> None:
    """Bring the database back to its state after migration."""
    connections.close_all()
    current = store()
    current.create(current.name, current.template(f"full-{full_fingerprint()}"))


@contextmanager
def _shared(current: Store, name: str) -> Iterator[bool]:
    """Alone with one template while it is missing; tells whether it is. Keeps it from being dropped afterwards."""
    # Two locks: whoever builds is alone for that while; whoever uses the template shares it to the end of the process.
    with (current.folder / f"{current.prefix}-{name}.build").open("w", encoding="utf-8") as building:
        fcntl.flock(building, fcntl.LOCK_EX)
        used = (current.folder / f"{current.prefix}-{name}.lock").open("w", encoding="utf-8")
        _held.append(used)
        fcntl.flock(used, fcntl.LOCK_SH)
        yield not current.exists(current.template(name))


def _build(current: Store, name: str, source: str | None, migrate: Callable[[], None]) -> None:
    building = current.template(f"{name}-building")
    current.create(building, source and current.template(source))
    _point_to(building)
    migrate()
    connections.close_all()
    current.rename(building, current.template(name))


def _migrate_libraries() -> None:
    MigrationExecutor(connection).migrate(base_targets())


def _migrate_all() -> None:
    call_command("migrate", verbosity=0, interactive=False)


def _drop_unused(current: Store, wanted: set[str]) -> None:
    for file in current.folder.glob(f"{current.prefix}-*.lock"):
        name = file.stem.removeprefix(f"{current.prefix}-")
        if name in wanted:
            continue
        with file.open("w", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            current.drop(current.template(name))
            file.unlink(missing_ok=True)


def _point_to(name: str) -> None:
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings.test")
    django.setup()
    set_up()
