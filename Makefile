# Every habit of the house is a word here; `make` alone lists them.
# What the machine needs: Python >= 3.11 with venv, make, git. Everything else goes into .venv, pinned by hash.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
PAGE := hatch_build.py $(shell find ui -name node_modules -prune -o -type f -print)
ARGS ?=

.PHONY: help up test kill check fix schema migrate bench benchtill benchengine benchtold benchfeed shoppers tail ui lock clean

help: ## List the habits
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

up: .venv/linked ## Install what is missing, then run the service with its own database and a sample shop
	@exec $(BIN)/tearoff up $(ARGS)

test: check ## Run every check and every test (ARGS="tests/engine -k money" for a part)
	@echo "Testing"
	@$(BIN)/pytest -n auto --dist worksteal $(ARGS)

kill: .venv/tested ## Kill followers, servers, PostgreSQL and connections under load, a thousand times
	@TEAROFF_TEST_ROUNDS=$${TEAROFF_TEST_ROUNDS:-1000} $(BIN)/pytest -n 0 -s -p no:randomly tests/stories/test_everything_dies.py $(ARGS)

check: .venv/tested ## Check form, types and the direction of imports
	@echo "Checking form, types and imports"
	@$(BIN)/ruff format --quiet --check . || { echo "make fix puts the form right"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports > .venv/imports.txt || { cat .venv/imports.txt; exit 1; }

fix: .venv/tested ## Put the form right, as far as a machine can
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format .

schema: .venv/linked ## Write schema.graphql and the generated pages of docs/ from the code
	@$(BIN)/tearoff schema > .venv/schema.graphql && mv .venv/schema.graphql schema.graphql
	@$(BIN)/python -m app.settings_page > .venv/settings.md && mv .venv/settings.md docs/settings.md
	@$(BIN)/python -m graphql_schema.units_page > .venv/units.md && mv .venv/units.md docs/rules_and_rewards.md

migrate: .venv/linked ## Bring the database's tables up to date
	@exec $(BIN)/tearoff migrate $(ARGS)

bench: .venv/linked ## Measure validating and redeeming over HTTP beside pgbench
	@exec $(BIN)/python -m benchmarks $(ARGS)

benchtill: .venv/linked ## Measure the till, alone and over GraphQL, beside pgbench (ARGS=--full: all sizes)
	@exec $(BIN)/python -m benchmarks.till $(ARGS)

benchengine: .venv/linked ## Measure the engine alone, by offers and lines
	@exec $(BIN)/python -m benchmarks.engine $(ARGS)

benchtold: .venv/linked ## Try to tell by the time, at a storefront's key, whether a code exists
	@exec $(BIN)/python -m benchmarks.disclosure $(ARGS)

benchfeed: .venv/linked ## Measure the live layer beside a bare broadcast, in some minutes
	@exec $(BIN)/python -m benchmarks.feed $(ARGS)

shoppers: .venv/linked ## Send simulated shoppers to the running service
	@exec $(BIN)/tearoff shoppers $(or $(ARGS),--rate 5)

tail: .venv/linked ## Follow what happens in the running service
	@exec $(BIN)/tearoff tail $(ARGS)

ui: .venv/linked ## Build the GraphiQL page, if its sources have changed
	@echo "The GraphiQL page is in graphql_schema/static"

lock: .venv/linked ## Pin all dependencies anew (ARGS=--upgrade to the newest that fit)
	@echo "Pinning dependencies"
	@$(PIP) install "uv>=0.9"
	@$(call compile,requirements.lock,--extra build)
	@$(call compile,requirements-dev.lock,--all-extras)

clean: ## Remove everything that was made, but never the data in .state
	@rm -rf .venv graphql_schema/static ui/node_modules .ruff_cache .mypy_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

compile = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links $(2) $(ARGS) pyproject.toml --output-file $(1)

# The stamps: each is newer than all that it was made from.

.venv/made:
	@test -n "$(PYTHON)" || { echo "Tearoff needs Python 3.11 or newer: install it, or name it with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Tearoff needs Python 3.11 or newer, and $(PYTHON) is not." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
		|| { echo "$(PYTHON) lacks venv: install it (on Debian: apt-get install python3-venv)" >&2; exit 1; }
	@echo "Making .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: requirements.lock .venv/made
	@echo "Installing what the service needs"
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

.venv/linked: pyproject.toml $(PAGE) .venv/installed
	@echo "Installing the service, with its GraphiQL page"
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

.venv/tested: requirements-dev.lock .venv/linked
	@echo "Installing what the tests need"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
