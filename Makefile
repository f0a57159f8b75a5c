# Everything a clone needs but Python 3.11 to 3.13 (with venv) and make is installed into .venv, from hash-locked files.
PYTHON ?= python3
BIN := .venv/bin
# No configuration file of a folder above this one has a say in what is installed; UV_* variables do.
UV := $(BIN)/uv --no-config
# Compiled modules are kept also where an environment says not to: hundreds of Pythons are started.
unexport PYTHONDONTWRITEBYTECODE
# The tests often wait (for rules, tokens, pages), so more processes than cores share them, each with a lake of its own.
# Files come in the order of tests/order.py; else those with few tests, which take longest, would come last.
SHARED := --numprocesses 3 --dist loadfile --no-loadscope-reorder -p tests.order
LABEXTENSION := vre_dm/labextension
EXTENSION_SOURCES := $(wildcard extension/*.json extension/*.mjs extension/yarn.lock) $(shell find extension/src extension/style extension/schema -type f)

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
	@$(MAKE) --no-print-directory extension || echo "The JupyterLab extension is not built: no panel of the data lake, and overlays show as pictures."
	$(BIN)/vre-dm lab

extension: $(LABEXTENSION)/package.json  ## the JupyterLab extension, built and known to .venv

# Node.js comes from the locks, so that every machine builds the same; jlpm fetches what yarn.lock names.
$(LABEXTENSION)/package.json: .venv/installed $(EXTENSION_SOURCES)
	cd extension && export PATH="$(CURDIR)/$(BIN):$$PATH" && jlpm install --immutable --silent && \
	    jlpm build:page && jlpm build
	mkdir -p .venv/share/jupyter/labextensions
	ln -sfn "$(CURDIR)/$(LABEXTENSION)" .venv/share/jupyter/labextensions/vre-dm-lab
	touch $@

wheel: extension  ## dist/*.whl with the extension inside; installing it needs no Node.js
	$(UV) build --quiet --wheel --no-build-isolation --python $(BIN)/python

images: wheel  ## the container images, by buildah or docker (IMAGES: some of them)
	$(BIN)/python -m builders.images build $(IMAGES)

images-test: .venv/installed  ## every image started and tried: JupyterLab, kernels, the tour, policy; then Binder's
	$(BIN)/python -m builders.images test $(IMAGES)
	$(if $(IMAGES),,$(BIN)/python -m builders.images binder)

test: .venv/installed  ## the test suite (what CI runs)
	$(BIN)/python -m pytest -m "not slow" $(SHARED)

test-full: .venv/installed  ## every test, with new random examples, as long as it takes
	$(BIN)/python -m pytest --hypothesis-profile=exploring $(SHARED)

check: .venv/installed  ## ruff, mypy, import-linter, yamllint, locks and chart up to date; the extension, once it was built
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m builders.locks --check
	$(BIN)/python -m builders.chart --check
	$(BIN)/yamllint --strict helm .github
	@if test -d extension/node_modules; then \
	    cd extension && PATH="$(CURDIR)/$(BIN):$$PATH" && export PATH && jlpm check && jlpm test; \
	else echo "extension/ is not checked: run make extension first"; fi

bench: extension  ## timings against the named peers (BENCH: options, such as --peers-python=PYTHON)
	$(BIN)/python -m pytest bench $(BENCH) --override-ini python_files='bench_*.py' --override-ini filterwarnings=default

lock: .venv/installed  ## solve locks/ again (UPGRADE=1 for the newest versions)
	$(BIN)/python -m builders.locks $(if $(UPGRADE),--upgrade)

clean:  ## remove what the targets above made, but the lake
	rm -rf .venv demo dist build extension/node_modules extension/lib $(LABEXTENSION)

.PHONY: help install demo lab extension wheel images images-test test test-full check bench lock clean
