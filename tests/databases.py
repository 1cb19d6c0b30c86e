"""The test database: migrated once per set of migrations, then copied; copied again after a test that commits.

A copy is quicker than a flush, keeps the rows that migrations and `post_migrate` inserted, and does not have to get
past the triggers of append-only tables.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
# Held until the process ends: nobody drops the template that this session copies from.
_held: list[IO[str]] = []


@cache
def fingerprint() -> str:
    """What the content of a fresh database depends on: every migration, and the grants and roles seeded after it."""
    files = {
        file for config in apps.get_app_configs() for file in (Path(config.path) / "migrations").glob("*.py")
    }
    for config in apps.get_app_configs():
        if Path(config.path).is_relative_to(ROOT) and ".venv" not in config.path:
            files.update(file for file in Path(config.path).rglob("*.py") if _seeds(file))
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(str(file.name).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _seeds(file: Path) -> bool:
    return file.name in {"permissions.py", "apps.py"} or b"post_migrate" in file.read_bytes()


class SqliteStore:
    """Templates and databases are files."""

    def __init__(self, template_dir: Path) -> None:
        self.name = str(settings.DATABASES["default"]["TEST"]["NAME"])
        self.template = template_dir / f"sqlite-{fingerprint()}.sqlite3"
        self.lock_file = self.template.with_suffix(".lock")

    def has_template(self) -> bool:
        return self.template.exists()

    def build_template(self) -> None:
        building = self.template.with_suffix(".building")
        building.unlink(missing_ok=True)
        _point_to(str(building))
        call_command("migrate", verbosity=0, interactive=False)
        connections.close_all()
        with sqlite3.connect(building) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raw.execute("PRAGMA journal_mode=DELETE")
        raw.close()
        building.rename(self.template)

    def drop_template(self, lock_file: Path) -> None:
        lock_file.with_suffix(".sqlite3").unlink(missing_ok=True)

    def restore(self) -> None:
        fresh = f"{self.name}.fresh"
        shutil.copyfile(self.template, fresh)
        for leftover in ("-wal", "-shm", "-journal"):
            Path(self.name + leftover).unlink(missing_ok=True)
        # A connection that some thread still holds keeps the old file and harms nobody.
        os.replace(fresh, self.name)


class PostgresStore:
    """Templates and databases are databases of one server."""

    def __init__(self, template_dir: Path) -> None:
        entry = settings.DATABASES["default"]
        self.name = str(entry["TEST"]["NAME"])
        self.server = f"{entry['HOST'] or 'local'}-{entry['PORT'] or 5432}".replace("/", "_")
        self.template = f"bo_template_{fingerprint()}"
        self.lock_file = template_dir / f"postgres-{self.server}-{fingerprint()}.lock"

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

    def has_template(self) -> bool:
        with self._maintenance() as server:
            found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.template]).fetchone()
        return found is not None

    def build_template(self) -> None:
        building = f"{self.template}_building"
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", building)
        self._run("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", building)
        _point_to(building)
        call_command("migrate", verbosity=0, interactive=False)
        connections.close_all()
        self._run("ALTER DATABASE {} RENAME TO {}", building, self.template)

    def drop_template(self, lock_file: Path) -> None:
        self._run("DROP DATABASE IF EXISTS {}", f"bo_template_{lock_file.stem.rpartition('-')[2]}")

    def restore(self) -> None:
        # The template must not be copied twice at the same moment by two workers.
        with self.lock_file.with_suffix(".copying").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)
            self._run("CREATE DATABASE {} TEMPLATE {}", self.name, self.template)


Store = SqliteStore | PostgresStore


@cache
def store() -> Store:
    template_dir: Path = settings.TEST_TEMPLATE_DIR
    template_dir.mkdir(parents=True, exist_ok=True)
    return SqliteStore(template_dir) if connection.vendor == "sqlite" else PostgresStore(template_dir)


def set_up() -> None:
    """Build the template when this set of migrations has none yet, then point the connection to a fresh copy."""
    current = store()
    lock = current.lock_file.open("w", encoding="utf-8")
    _held.append(lock)
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not current.has_template():
        _drop_unused(current)
        current.build_template()
    fcntl.flock(lock, fcntl.LOCK_SH)
    current.restore()
    _point_to(current.name)


def restore() -> None:
    """Bring the database back to its state after migration."""
    connections.close_all()
    store().restore()


def _drop_unused(current: Store) -> None:
    engine = current.lock_file.name.rpartition("-")[0]
    for lock_file in current.lock_file.parent.glob(f"{engine}-*.lock"):
        if lock_file == current.lock_file:
            continue
        with lock_file.open("w", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            current.drop_template(lock_file)
            lock_file.unlink(missing_ok=True)


def _point_to(name: str) -> None:
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name
