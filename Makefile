# Two commands matter on a fresh machine: `make demo` and `make test`. `make` alone lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check format work bench openapi messages assets clean

PORT ?= 8000
PYTEST_WORKERS ?= 2
PY := .venv/bin/python
RUNTIME := .venv/.installed-runtime
DEV := .venv/.installed-dev
ASSETS := assets/dist/.built
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po)
MESSAGES := $(CATALOGUES:.po=.mo)

help: ## List the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(DEV) $(ASSETS) $(MESSAGES) ## Install everything a developer needs into .venv and node_modules

assets: $(ASSETS) ## Copy the browser assets from npm into assets/dist/vendor

$(RUNTIME): requirements/runtime.txt requirements/tools.txt scripts/install.sh
	@scripts/install.sh requirements/runtime.txt
	@touch $@

$(DEV): requirements/dev.txt requirements/tools.txt scripts/install.sh
	@scripts/install.sh requirements/dev.txt
	@touch $@ $(RUNTIME)

$(ASSETS): package-lock.json scripts/assets.sh scripts/copy_assets.py
	@scripts/assets.sh
	@touch $@

# Babel compiles the catalogues, so no gettext tools are needed to run the project.
%.mo: %.po | $(RUNTIME)
	@$(PY) -m babel.messages.frontend compile --input-file $< --output-file $@ >/dev/null

demo: $(RUNTIME) $(ASSETS) $(MESSAGES) ## Run a marketplace full of data with its worker (PORT=8000)
	@BASE_URL=$${BASE_URL:-http://127.0.0.1:$(PORT)} PORT=$(PORT) scripts/demo.sh

test: $(DEV) $(ASSETS) $(MESSAGES) ## Run the whole suite on SQLite, and on PostgreSQL when a server answers
	@PYTEST_WORKERS=$(PYTEST_WORKERS) scripts/test.sh

check: $(DEV) ## Format, lint, types, layers, migrations and API snapshots
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	DJANGO_SETTINGS_MODULE=backoffice.settings.test $(PY) manage.py makemigrations --check --dry-run
ifneq ($(wildcard backoffice/api/management/commands/openapi.py),)
	DJANGO_SETTINGS_MODULE=backoffice.settings.test $(PY) manage.py openapi --check
endif

format: $(DEV) ## Format the code and mend what ruff can mend
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

work: $(RUNTIME) ## Run one worker with its beat in the foreground
	$(PY) -m celery -A backoffice worker --beat --pool solo --loglevel info

bench: $(DEV) ## Measure beside the raw limits of the database; prints JSON lines
	@$(PY) -m benchmarks

openapi: $(DEV) ## Write the OpenAPI documents of the three APIs to docs/openapi
	$(PY) manage.py openapi

messages: $(DEV) ## Collect texts for translators (needs the gettext tools) and compile the catalogues
	$(PY) manage.py makemessages --locale de --no-wrap --no-obsolete --add-location file \
		--ignore '.venv/*' --ignore 'node_modules/*' --ignore 'var/*' --ignore 'tests/*' --ignore 'assets/*'
	$(MAKE) $(MESSAGES)

clean: ## Remove what the build made; the data in var/ stays
	rm -rf .venv node_modules assets/dist/vendor $(ASSETS) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
