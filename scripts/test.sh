#!/usr/bin/env bash
# The whole suite on SQLite, then on PostgreSQL when a server answers. REQUIRE_POSTGRES=1 makes a missing one a failure.
set -euo pipefail
export TEST_POSTGRES_URL=${TEST_POSTGRES_URL:-postgres://postgres@127.0.0.1:5432/backoffice}
workers=${PYTEST_WORKERS:-2}

probe='import os, sys, psycopg
from urllib.parse import urlsplit, urlunsplit
url = urlsplit(os.environ["TEST_POSTGRES_URL"])
try:
    psycopg.connect(urlunsplit(url._replace(scheme="postgresql", path="/postgres")), connect_timeout=3).close()
except psycopg.OperationalError as error:
    sys.exit(str(error).strip().splitlines()[0])'
if reason=$(.venv/bin/python -c "$probe" 2>&1); then
    # All workers of the first suite wait for its database to be made; the second one's is made beside it.
    DATABASE_URL=$TEST_POSTGRES_URL .venv/bin/python -m tests.databases &
    postgres=$!
    trap 'kill "$postgres" 2>/dev/null || true' EXIT
elif [ "${REQUIRE_POSTGRES:-}" = 1 ]; then
    echo "== PostgreSQL is required and does not answer: $reason" >&2
    exit 1
fi

echo "== Suite on SQLite"
env -u DATABASE_URL .venv/bin/pytest -n "$workers" --dist worksteal "$@"

if [ -n "${postgres:-}" ]; then
    wait "$postgres"
    echo "== Suite on PostgreSQL"
    DATABASE_URL=$TEST_POSTGRES_URL .venv/bin/pytest -n "$workers" --dist worksteal "$@"
else
    echo "== SKIPPED: the suite on PostgreSQL; no server answers ($reason). Name one: TEST_POSTGRES_URL=postgres://…"
fi
