# Everything a person needs on a fresh machine: `make run` and `make test`. Second runs are quick.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The newest Python at hand that we run on (3.12 or later).
PYTHON ?= $(shell for p in python3.13 python3.12 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
HOST ?= 127.0.0.1:8000
export DEBUG ?= 1

.PHONY: help setup database run test check format bench bench-access screenshot manual translations lock clean

help:  ## what can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

setup: .venv/.ready node_modules/.ready translations  ## install Python and front-end packages

.venv/.ready: requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "Pospolu needs Python 3.12 or later."; exit 1; }
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

node_modules/.ready: package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# Catalogues are compiled by Babel, so that no gettext has to be on the machine; only what changed is compiled.
PO := $(wildcard locale/*/LC_MESSAGES/django.po)
translations: $(PO:.po=.mo)
%.mo: %.po .venv/.ready
	$(PY) -m babel.messages.frontend compile --use-fuzzy -i $< -o $@ 2>/dev/null

database: setup
	$(PY) manage.py migrate --verbosity 0
	$(PY) manage.py load_lists
	$(PY) manage.py load_words
	$(PY) manage.py load_demo

run: database  ## set up, load the demo region and serve the site on HOST (127.0.0.1:8000)
	@$(PY) manage.py demo_signins
	@echo "Pospolu běží na http://$(HOST)  (konec: Ctrl+C)"
	@$(PY) manage.py db_worker --interval 1 --no-reload & worker=$$!; trap "kill $$worker" EXIT; \
	$(PY) manage.py runserver --noreload $(HOST)

test: setup  ## the whole suite; again on PostgreSQL where POSTGRES_URL names one
	$(PY) -m pytest -n 2 --dist loadgroup
	@if [ -n "$${POSTGRES_URL:-}" ]; then \
		echo "The same suite on PostgreSQL:"; \
		DATABASE_URL="$$POSTGRES_URL" $(PY) -m pytest -n 2 --dist loadgroup -m "not browser"; \
	else echo "PostgreSQL: skipped, POSTGRES_URL names no server (.ci/run starts one)."; fi

check: setup  ## lint, types, import contracts, migrations, translations
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy .
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py translations --check

format: setup  ## put the code into shape
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: setup  ## measure what we claim; tables on the screen, JSON in benchmarks/out/
	$(PY) -m benchmarks

bench-access: setup .venv-bench/.ready  ## the numeric core against the libraries of its field
	.venv-bench/bin/python -m benchmarks.access
	.venv-bench/bin/python -m benchmarks.placement
	.venv-bench/bin/python -m benchmarks.pmed --all
	.venv-bench/bin/python -m benchmarks.projection

.venv-bench/.ready: requirements-bench.txt
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

screenshot: setup  ## renew docs/screenshot.png from the site that `make run` serves
	$(PY) -m tests.journeys.screenshot http://$(HOST)

manual: setup  ## renew the pictures of docs/manual from the journeys
	MANUAL=1 $(PY) -m pytest $$(grep -l "picture(" tests/journeys/test_*.py)

# Lock files carry hashes and no address of where packages come from.
UV := $(PY) -m uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header --no-annotate
lock: setup  ## renew the lock files after pyproject.toml or package.json changed
	$(PY) -m pip install --quiet uv
	$(UV) pyproject.toml -o requirements.txt
	$(UV) --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	$(UV) --extra dev --extra bench -c requirements-dev.txt pyproject.toml -o requirements-bench.txt
	npm install --package-lock-only --omit-lockfile-registry-resolved

clean:  ## remove what was installed and made here (not the database)
	rm -rf .venv .venv-bench node_modules var/static benchmarks/out
