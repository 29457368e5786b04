# make run    everything on this machine, with a sandbox for the world outside
# make test   every check and test, on servers of its own
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run env test packages lint format bench chaos simulate lock

run: .venv/run.stamp
	@exec $(BIN)/python -m deploy.local.run

# A .env for `docker compose --profile sandbox up`.
env: .venv/run.stamp
	@$(BIN)/python -m deploy.local.compose_env

test:
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=line packages lint
	$(BIN)/pytest --numprocesses=2 --no-loadscope-reorder --cov --cov-report=term:skip-covered -m "not chaos and not simulate"

packages:
	@bash deploy/local/debian-packages.sh

lint: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy services shared sandbox deploy tests conftest.py
	$(BIN)/lint-imports

format: .venv/test.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/test.stamp
	$(BIN)/python -m tests.bench

chaos: .venv/test.stamp
	$(BIN)/pytest -m chaos

simulate: .venv/test.stamp
	$(BIN)/pytest -m simulate

# Names, versions and hashes only. `uv` is needed for this one target.
COMPILE = uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml
lock:
	$(COMPILE) --extra local -o requirements.lock
	$(COMPILE) --extra local --extra test -o requirements-test.lock
	$(COMPILE) -o requirements-service.lock
	$(COMPILE) --extra sandbox -o requirements-sandbox.lock

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "python3 -m venv does not work here; on Debian 'apt-get install python3-venv' as root mends it." >&2; exit 2; }

.venv/run.stamp: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing what the lock names; the first time takes a minute or two."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# All that `make run` needs is in the lock of the tests, too.
.venv/test.stamp: requirements-test.lock pyproject.toml | .venv/bin/python
	@echo "Installing what the lock of the tests names; the first time takes a minute or two."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-test.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch .venv/run.stamp $@
