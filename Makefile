# Everything a clone needs but Python 3.11+ (with venv) and make is installed into .venv, from hash-locked files.
PYTHON ?= python3
BIN := .venv/bin
# No configuration file of a folder above this one has a say in what is installed; UV_* variables do.
UV := $(BIN)/uv --no-config

.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/installed: locks/bootstrap.txt locks/dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement locks/bootstrap.txt
	$(UV) pip sync --quiet --require-hashes --no-build --python $(BIN)/python locks/dev.txt
	$(UV) pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	touch $@

install: .venv/installed  ## the development environment in .venv

demo: .venv/installed  ## the main job, headless: lake, fetch, limit, overlay -> demo/tour.html, demo/limit.png
	$(BIN)/python notebooks/run_tour.py demo

lab: .venv/installed  ## the same in JupyterLab
	$(BIN)/vre-dm lab

test: .venv/installed  ## the test suite (what CI runs)
	$(BIN)/python -m pytest -m "not slow"

test-full: .venv/installed  ## every test, as long as it takes
	$(BIN)/python -m pytest

check: .venv/installed  ## ruff, mypy, import-linter, locks up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m builders.locks --check

bench: .venv/installed  ## timings against the named peers
	$(BIN)/python -m pytest bench --override-ini python_files='bench_*.py' --override-ini filterwarnings=default

lock: .venv/installed  ## solve locks/ again (UPGRADE=1 for the newest versions)
	$(BIN)/python -m builders.locks $(if $(UPGRADE),--upgrade)

clean:  ## remove what the targets above made, but the lake
	rm -rf .venv demo dist build

.PHONY: help install demo lab test test-full check bench lock clean
