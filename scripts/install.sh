#!/usr/bin/env bash
# Install a hash-locked requirements file into .venv: with uv when it can be had, else with pip.
set -euo pipefail
lock=$1

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11 or newer is needed and was not found. Install it (on Debian or Ubuntu:" >&2
    echo "apt-get install python3.11 python3.11-venv) or name one: make setup PYTHON=/path/to/python3.11" >&2
    return 1
}

if [ ! -x .venv/bin/python ]; then
    python=$(find_python)
    echo "Creating .venv with $("$python" --version)"
    if ! "$python" -m venv .venv; then
        rm -rf .venv
        echo "$python cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv" >&2
        exit 1
    fi
fi

echo "Installing $lock"
if .venv/bin/python -m pip install --quiet --require-hashes -r requirements/tools.txt &&
    .venv/bin/python -m uv pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes -r "$lock"; then
    exit 0
fi
echo "uv could not install; using pip, which takes longer" >&2
.venv/bin/python -m pip install --quiet --require-hashes -r "$lock"
