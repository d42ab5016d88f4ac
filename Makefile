# `make demo` and `make test` set up everything by themselves.
PYTHON ?= python3.11
PYTHONS ?= python3.11 python3.12 python3.13
VENV := .venv
BIN := $(VENV)/bin
# A process for each core is fastest; each needs about 2 GB.
TEST_PROCESSES ?= 2
STAMP := $(VENV)/.installed
PEERS := .venv-peers
export DAGSTER_HOME := $(CURDIR)
export DO_NOT_TRACK := 1
unexport DOCLAKE_LAKE DOCLAKE_CONFIG

.DEFAULT_GOAL := help
.PHONY: help setup demo recording dev test test-pythons test-slow bench-peers check lint imports types lock clean

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) ## Install everything into .venv, from constraints.txt

$(STAMP): pyproject.toml constraints.txt
	@.ci/setup $(PYTHON) $(VENV)
	@touch $@

demo: $(STAMP) ## Ingest samples/ through the real Dagster job, then ask it questions
	@$(BIN)/doclake ingest
	@$(BIN)/doclake status
	@for question in "What may the reserve for storm damage be used for?" "1년을 근무한 직원의 연차휴가는 며칠인가?"; do \
		echo "$$question"; $(BIN)/doclake search -k 1 "$$question"; done
	@echo "Are the questions in samples/ answered? $(BIN)/doclake evaluate"
	@echo "On its page, with what is cited in a frame: $(BIN)/doclake serve, then open"
	@echo "http://127.0.0.1:8000/#q=What+may+the+reserve+for+storm+damage+be+used+for%3F"

recording: $(STAMP) ## Draw docs/images/demo.svg from what the commands of the README print now
	@$(BIN)/python samples/record.py

dev: $(STAMP) ## Open the Dagster UI at http://localhost:3000 (PORT=...), with sensors and schedules
	@$(BIN)/doclake dev $(if $(PORT),--port $(PORT))

test: $(STAMP) ## Run the tests (some ten minutes on two cores)
	$(BIN)/pytest -m "not slow" -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

test-pythons: ## Run the tests on Python 3.11, 3.12 and 3.13, each in an environment of its own
	@for python in $(PYTHONS); do \
		echo "$$python ..."; .ci/setup $$python .venv-$$python || exit 1; \
		.venv-$$python/bin/pytest -m "not slow" -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder || exit 1; \
	done

test-slow: $(STAMP) ## Run the long tests: kill harness, daemon, repairs, model switches, hostile files, quick-starts
	$(BIN)/pytest -m slow

bench-peers: $(STAMP) $(PEERS)/.installed ## Ingest the same notes with Doclake, LlamaIndex and CocoIndex
	$(BIN)/python -m benchmarks.peers --python $(PEERS)/bin/python

$(PEERS)/.installed: benchmarks/peer_programs/constraints.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --requirement $<
	@touch $@

check: lint imports types ## Lint, format, layers and types

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

imports: $(STAMP)
	$(BIN)/lint-imports --no-cache --no-logo

types: $(STAMP)
	$(BIN)/mypy

lock: $(STAMP) ## Pin what is installed in .venv now
	@{ head -1 constraints.txt; $(BIN)/pip freeze --exclude-editable | sed -E 's/\+[a-z0-9.]+$$//'; } > .lock
	@mv .lock constraints.txt

clean: ## Forget the lake and the Dagster history; keeps .venv
	rm -rf .doclake .dagster .logs_queue .nux logs schedules storage
