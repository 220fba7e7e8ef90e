# `make help` lists what there is. Needs GNU make and Python 3.11 or newer; the rest is fetched into .venv.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
VENV := .venv
BIN := $(VENV)/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header pyproject.toml

export PORT STRIPE_PORT SMTP_PORT MAILBOX_PORT DATA_DIR

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: install-demo ## Run the magazine with its sample publication (PORT, STRIPE_PORT, SMTP_PORT, MAILBOX_PORT, DATA_DIR)
	@exec $(BIN)/python -m demo

.PHONY: demo-reset
demo-reset: $(BIN)/python ## Forget the demo's data; the next make demo starts from the beginning
	@exec $(BIN)/python -m demo --reset

.PHONY: test
test: install-dev ## Run every test: on PostgreSQL and Redis, on SQLite, and in a browser (ARGS go to pytest)
	@exec $(BIN)/python -m tests.run $(ARGS)

.PHONY: lint
lint: install-dev ## Check style, types, import directions, templates, migrations and settings
	@PATH="$(CURDIR)/$(BIN):$$PATH" exec .ci/lint

.PHONY: format
format: install-dev ## Format the code and fix what can be fixed
	@$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format .

.PHONY: lock
lock: install-dev ## Pin the newest dependencies that pyproject.toml allows
	@$(COMPILE) --upgrade --output-file requirements/base.txt
	@$(COMPILE) --upgrade --group demo --output-file requirements/demo.txt
	@$(COMPILE) --upgrade --group demo --group test --group lint --output-file requirements/dev.txt


# A copy of the requirements that were installed last lies in .venv; installing starts only when they differ.
.PHONY: install-demo install-dev
install-demo install-dev: install-%: $(BIN)/python
	@cmp -s requirements/$*.txt $(VENV)/$*.txt || { \
		echo "Installing requirements/$*.txt into $(VENV) (needed once) …"; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
			--requirement requirements/$*.txt && cp requirements/$*.txt $(VENV)/$*.txt; }

$(BIN)/python:
	@.ci/venv "$(VENV)" "$(PYTHON)"
