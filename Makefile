# make setup | run | test | check | bench: everything installs into this folder (.uv, .venv) from the committed lock files.
.DEFAULT_GOAL := help
PYTHON ?= python3
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
BIN := .venv/bin
# Compiled modules are kept: every start of the service and of a command is quicker.
export PYTHONDONTWRITEBYTECODE :=
NODE_MODULES := tests/conformance/node_modules/.package-lock.json

.PHONY: help setup run test check conformance bench fuzz lock clean

help: ## say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

.uv/bin/uv: requirements/uv.txt
	$(PYTHON) -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/.installed: requirements/dev.txt pyproject.toml | $(UV)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip sync --quiet --python .venv --require-hashes requirements/dev.txt
	$(UV) pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
	@touch $@

setup: .venv/.installed ## install everything into .venv

run: setup ## try Atsauce here: local mail, local chat and a page to use both
	$(BIN)/atsauce playground

test: setup ## run the tests
	$(BIN)/pytest

check: setup ## lint, types, architecture
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

conformance: setup $(NODE_MODULES) ## compare the questionnaire engine with ODK Web Forms and JavaRosa (ARGS="--seed 2")
	$(BIN)/python -m tests.conformance $(ARGS)

$(NODE_MODULES): tests/conformance/package-lock.json
	-@command -v npm > /dev/null && npm ci --silent --no-audit --no-fund --ignore-scripts --prefix tests/conformance

bench: setup ## measure, beside things a reader knows
	$(BIN)/python -m tests.benchmarks

fuzz: setup ## give the readers of mail any bytes at all for a while (ARGS="-max_total_time=600"), with Atheris
	@$(BIN)/python -c "import atheris" 2> /dev/null || $(UV) pip install --quiet --python .venv --group fuzz || true
	$(BIN)/python -m tests.fuzz $(ARGS)

lock: | $(UV) ## renew the lock files
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/run.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt
	echo hatchling | $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -c requirements/dev.txt - -o requirements/build.txt
	echo uv | $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header - -o requirements/uv.txt

clean: ## remove what was installed and built
	rm -rf .venv .uv tests/conformance/node_modules build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
