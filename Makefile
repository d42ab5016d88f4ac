# `make demo` and `make test` set up everything by themselves.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export DAGSTER_HOME := $(CURDIR)
export DO_NOT_TRACK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo dev test test-slow check lint types clean

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) ## Install everything into .venv, from constraints.txt

$(STAMP): pyproject.toml constraints.txt
	@.ci/setup $(PYTHON) $(VENV)
	@touch $@

demo: $(STAMP) ## Ingest samples/ through the real Dagster job, then ask it questions
	@$(BIN)/doclake ingest
	@$(BIN)/doclake status
	@$(BIN)/doclake search -k 1 "How many days of annual leave does an employee get?"
	@$(BIN)/doclake search -k 1 "연차 휴가는 며칠인가요?"

dev: $(STAMP) ## Open the Dagster UI at http://localhost:3000, with sensors and schedules running
	$(BIN)/dagster dev

test: $(STAMP) ## Run the tests (a few minutes on two cores)
	$(BIN)/pytest -m "not slow"

test-slow: $(STAMP) ## Run the long tests: daemon, kill harness, all hostile files
	$(BIN)/pytest -m slow

check: lint types ## Lint, format and type checks

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

clean: ## Forget the lake and the Dagster history; keeps .venv
	rm -rf .doclake .dagster
