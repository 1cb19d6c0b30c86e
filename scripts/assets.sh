#!/usr/bin/env bash
# Install the locked npm packages and copy the few files that browsers need.
set -euo pipefail

npm=npm
if ! command -v npm >/dev/null 2>&1; then
    echo "npm was not found; taking Node from PyPI"
    if ! .venv/bin/python -m pip install --quiet --require-hashes -r requirements/node.txt; then
        echo "Node could not be installed. Install Node 20 or newer with npm and run this again." >&2
        exit 1
    fi
    npm=.venv/bin/npm
    PATH="$PWD/.venv/bin:$PATH"
fi

echo "Installing browser assets"
"$npm" ci --ignore-scripts --no-audit --no-fund --loglevel=error
.venv/bin/python scripts/copy_assets.py
