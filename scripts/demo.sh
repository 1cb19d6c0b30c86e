#!/usr/bin/env bash
# A running marketplace on this machine: database, files, demo data, web server and worker.
set -euo pipefail
python=.venv/bin/python
export LOG_LEVEL=${LOG_LEVEL:-WARNING}

"$python" scripts/serve.py --check-port "$PORT"
echo "Preparing the database"
"$python" manage.py migrate --verbosity 0 --no-input
"$python" manage.py collectstatic --verbosity 0 --no-input
echo "Loading the demo marketplace (only the first time)"
"$python" manage.py demo
exec "$python" scripts/serve.py "$PORT"
