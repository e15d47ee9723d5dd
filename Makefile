# Tequio: from a fresh clone to a working system, with Python 3.11 or later and make. `make` lists what there is.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.tequio-installed
LINT_HOME := $(VENV)/.lint-home
export PYTHONPATH := src

.PHONY: help demo test test-all mutants lint lint-style lint-rooms lint-types lint-migrations lint-texts lint-shape bench bench-search bench-matching run docs lock clean
.DEFAULT_GOAL := help
.NOTPARALLEL:

help:  ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' Makefile

demo: $(STAMP)  ## A synthetic nation: supply, detention, hit, notice (data in .tequio-demo, or TEQUIO_HOME)
	@TEQUIO_HOME="$${TEQUIO_HOME:-.tequio-demo}" "$(BIN)/python" -m tequio.config.cli demo

test: $(STAMP)  ## The tests that take seconds, two at a time; those of the browser are of test-all (data in .tequio-test)
	@TEQUIO_HOME="$$PWD/.tequio-test" "$(BIN)/python" -m pytest -q -n 2 -m "not slow and not browser"

test-all: $(STAMP)  ## Every test
	@sh tools/browser.sh
	@TEQUIO_HOME="$$PWD/.tequio-test" "$(BIN)/python" -m pytest -q -n 2

mutants: $(STAMP)  ## How many slips in the matcher's rules its tests notice (SAMPLE=400 SEED=1 ONLY=names; some ten minutes)
	@NUMBA_DISABLE_JIT=1 TEQUIO_EXAMPLES=10 PYTHONHASHSEED=0 PYTHONPATH=src:. "$(BIN)/python" tools/mutants.py \
	  --sample "$(or $(SAMPLE),400)" --seed "$(or $(SEED),1)" --only "$(ONLY)"

lint: lint-style lint-rooms lint-types lint-migrations lint-texts lint-shape  ## Style, rooms, types, migrations, translations, sizes
	@echo "lint: everything holds"

lint-style: $(STAMP)
	@"$(BIN)/python" -m ruff check --quiet . && "$(BIN)/python" -m ruff format --check . \
	  || { echo "lint: style (python -m ruff check --fix . && python -m ruff format .)" >&2; exit 1; }

lint-rooms: $(STAMP)
	@"$(BIN)/lint-imports" --no-logo

lint-types: $(STAMP)
	@TEQUIO_HOME="$(LINT_HOME)" "$(BIN)/python" -m mypy

lint-migrations: $(STAMP)
	@TEQUIO_HOME="$(LINT_HOME)" "$(BIN)/python" -W ignore -m django makemigrations --check --dry-run --settings tequio.config.settings

lint-texts: $(STAMP)
	@"$(BIN)/python" tools/messages.py check

lint-shape: $(STAMP)
	@"$(BIN)/python" tools/check_shape.py

bench: $(STAMP)  ## The figures: supply and screening at 20,000 and 200,000 rows (data in bench-data)
	@"$(BIN)/python" -m tests.bench

bench-search: $(STAMP)  ## The figures of a search in a million records, through the product (data in bench-data)
	@"$(BIN)/python" -m tests.bench.live_search

bench-matching: $(STAMP) .venv-bench/.installed  ## The figures of matching and of its rivals, written into docs/benchmarks.md
	@TEQUIO_RIVALS_PYTHON="$$PWD/.venv-bench/bin/python" "$(BIN)/python" -m tests.bench.matching --sizes 100000 1000000 --seeds 7 99 2026 --name-only --oracle --aliases --rivals

run: $(STAMP)  ## A node on http://127.0.0.1:8000/ (data in .tequio, or TEQUIO_HOME)
	@"$(BIN)/python" -m tequio.config.cli migrate
	@"$(BIN)/python" -m tequio.config.cli run

docs: $(STAMP)  ## Write again the tables of docs/ that come from the code
	@TEQUIO_HOME="$(LINT_HOME)" "$(BIN)/python" tools/make_docs.py

lock: $(STAMP)  ## Resolve the dependencies of pyproject.toml again into requirements.lock
	@sh tools/lock.sh

clean:  ## Stop and remove demonstration and test data, environment and caches; .tequio stays
	@sh tools/clean.sh

.venv-bench/.installed: tests/bench/requirements.lock $(STAMP)
	@sh tools/bench_env.sh .venv-bench
	@touch $@

# Installation resumes where it was cut off: an environment without a working pip is made anew.
$(STAMP): requirements.lock pyproject.toml
	@sh tools/install.sh "$(VENV)"
	@touch $@
