# Needs GNU make and Python 3.11 or later; everything else goes into .venv, in the versions of constraints.txt.

.DEFAULT_GOAL := help
.PHONY: help demo test browser fuzz bench constraints clean
MAKEFLAGS += --no-builtin-rules

# Another interpreter: make demo PYTHON=/path/to/python3.12 (after `make clean`, if .venv is there already).
PYTHON ?=
BIN := .venv/bin
REPORT := build/iran-2019.html
TOUCHED_BY_TESTS := src tests benchmarks

# Both names, because pip 25.3 and later read the second for what a build needs, and earlier ones the first.
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt
# Wheels only: a package without one is an error here, and not a search for a compiler.
export PIP_ONLY_BINARY := :all:
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONPATH
unexport PYTHONHOME

help: ## this list
	@echo "duress: negotiations held under pressure"
	@echo
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: .venv/.runtime ## set up, assess the bundled case, write its report
	@mkdir -p build
	@$(BIN)/duress assess iran-2019 --party Iran --report $(REPORT)
	@echo
	@echo "Report: $(CURDIR)/$(REPORT)"

test: .venv/.test browser ## set up, then every check and every test, the slow ones last
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-logo
	@# Each worker takes a stretch of the tests in order, so that what a module solves once is rarely solved twice.
	$(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal -m "not slow"
	@# Exit code 5 is pytest's word for "nothing selected": then the fast set was everything.
	@$(BIN)/pytest -m slow --collect-only -qq >/dev/null 2>&1; \
	if [ $$? -ne 5 ]; then set -x; $(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal -m slow; fi

# The page is tested in Debian's Chromium. Only root may install it; else these tests skip, and say so.
browser:
	@if ! command -v chromium >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ]; then \
	    echo "Installing Chromium, for the tests of the page"; \
	    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium; } \
	      >/dev/null 2>&1 || echo "Chromium could not be installed; the tests of the page will skip" >&2; \
	  else \
	    echo "No Chromium, and only root may install it (apt install chromium): the tests of the page will skip" >&2; \
	  fi; \
	fi

fuzz: .venv/.test ## set up, then try ten thousand spoilt scenarios (the tests try some hundreds)
	DURESS_FUZZED_FILES=10000 $(BIN)/pytest -n auto --maxprocesses 4 tests/scenario/test_fuzz.py

bench: .venv/.runtime ## set up, then time every file in benchmarks/
	@for file in benchmarks/*.py; do \
	  if [ -e "$$file" ]; then echo "$$file"; $(BIN)/python "$$file" || exit 1; fi; \
	done

constraints: .venv/.made ## pin anew what a fresh environment installs today
	@rm -rf build/pins
	$(BIN)/python -m venv build/pins
	env -u PIP_CONSTRAINT -u PIP_BUILD_CONSTRAINT build/pins/bin/pip install -q '.[test]'
	build/pins/bin/pip freeze --exclude duress | LC_ALL=C sort -f > build/constraints.txt
	mv build/constraints.txt constraints.txt

clean: ## remove .venv, build/ and every cache
	rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find $(TOUCHED_BY_TESTS) -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.made:
	@found=; \
	for python in $(or $(PYTHON),python3.11 python3.12 python3.13 python3); do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  found=$$python; \
	  "$$python" -c 'import ensurepip, venv' 2>/dev/null || continue; \
	  echo "Making .venv with $$("$$python" --version)"; \
	  rm -rf .venv; \
	  "$$python" -m venv .venv && touch $@ && exit 0; \
	  rm -rf .venv; exit 1; \
	done; \
	if [ -n "$$found" ]; then \
	  echo "$$found cannot make virtual environments: install its venv package (on Debian: apt install python3-venv)." >&2; \
	else \
	  echo "No Python 3.11 or later found$(if $(PYTHON), at $(PYTHON)): install one, or name it with make PYTHON=..." >&2; \
	fi; \
	exit 1

.venv/.runtime: pyproject.toml constraints.txt | .venv/.made
	@echo "Installing duress and what it runs on into .venv (once; about a minute)"
	@$(BIN)/python -m pip install -q -e .
	@touch $@

.venv/.test: pyproject.toml constraints.txt | .venv/.made
	@echo "Installing duress and what its tests need into .venv (once; about a minute)"
	@$(BIN)/python -m pip install -q -e '.[test]'
	@touch .venv/.runtime $@
