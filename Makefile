# make demo   start the SMT line live (OPC UA, REST, 3D page); ARGS="--for 60s" ends by itself
# make test   run every test; FAST=1 leaves the slow ones out, ARGS="-k words" selects
# make check  style, types, import contracts, translations
# make bench  measure speed and report ratios
# make docs   generate the reference and the pictures of the lines, check every link
# make web    build the 3D page's scripts     make locale  renew the translation catalogues
# make wheel  build the distribution          make clean   remove everything made here
# Each rule sets up what it needs, once, also on a fresh machine.

.DEFAULT_GOAL := help
.PHONY: help demo test check bench docs web locale wheel clean
MAKEFLAGS += --no-print-directory

LINE ?= electronics/smt-v1
ARGS ?=
BIN  := .venv/bin
SET_UP := pyproject.toml scripts/setup.sh

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

demo: .venv/.ready-demo
	@$(BIN)/python scripts/foreground.py $(BIN)/twin serve $(LINE) --head-start 1h --speed 10 $(ARGS)

test: .venv/.ready-test
	$(BIN)/pytest -n 2 --dist loadfile $(if $(FAST),-m "not slow") $(ARGS)

check: .venv/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/catalogues.py --check

bench: .venv/.ready-dev
	$(BIN)/pytest tests/bench --override-ini addopts= -p no:xdist -p no:cacheprovider -s $(ARGS)

docs: .venv/.ready-dev
	$(BIN)/python scripts/reference.py
	$(BIN)/python scripts/pictures.py
	$(BIN)/python scripts/links.py

web:
	scripts/setup.sh web
	cd visual/web && npm run build

locale: .venv/.ready-dev
	$(BIN)/python scripts/catalogues.py

wheel: .venv/.ready-dev
	$(BIN)/python -m hatchling build -t wheel -d dist

clean:
	rm -rf .venv dist build artifacts runs .mypy_cache .ruff_cache .pytest_cache .import_linter_cache \
	  .hypothesis .benchmarks visual/web/node_modules tests/e2e/node_opcua/node_modules tests/bench/node_opcua_server/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Set-up leaves a stamp when it is complete, and runs again only when these files change.
.venv/.ready-%: $(SET_UP)
	@scripts/setup.sh $*

.venv/.ready-test: $(wildcard tests/e2e/node_opcua/package-lock.json)
