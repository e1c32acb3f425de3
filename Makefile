# The commands that people and CI share. `make demo` and `make test` need Python >= 3.11 and PyPI alone.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROTOS := $(sort $(wildcard proto/groundwire/v1/*.proto))
STUBS := groundwire/v1
# The contract must stay compatible with the last release; before the first one, with what is committed.
BREAKING_REF ?= $(shell git describe --tags --abbrev=0 2>/dev/null || echo HEAD)

.PHONY: help demo test test-long check proto bench model docker clean

help:  ## Show these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Groundwire needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	@# Without python3-venv, Debian leaves half an environment behind, which the next run would take for a whole one.
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/serve.stamp: pyproject.toml | $(BIN)/python
	@echo 'Installing Groundwire into $(VENV), which takes a minute or two'
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/dev.stamp: pyproject.toml | $(BIN)/python
	@echo 'Installing Groundwire and its development tools into $(VENV), which takes a minute or two'
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ $(VENV)/serve.stamp

demo: $(VENV)/serve.stamp  ## Start a server, ingest the samples, check one right and one wrong answer
	$(BIN)/groundwire demo

test: $(VENV)/dev.stamp  ## Run the tests
	$(BIN)/pytest

test-long: $(VENV)/dev.stamp  ## Run the long tests: 30 kills during ingestion, 20,000 mutated requests
	$(BIN)/pytest -m long

check: $(VENV)/dev.stamp  ## Lint, types, import rules, contract, stubs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd proto && ../$(BIN)/buf lint && ../$(BIN)/buf format --diff --exit-code
	@if git cat-file -e '$(BREAKING_REF):proto/buf.yaml' 2>/dev/null; then \
		echo 'buf breaking: against $(BREAKING_REF)'; \
		$(BIN)/buf breaking proto --against "$$(git rev-parse --path-format=absolute --git-common-dir)#subdir=proto,ref=$(BREAKING_REF)"; \
	else \
		echo 'buf breaking: NOT CHECKED, there is no contract at $(BREAKING_REF) to compare with'; \
	fi
	$(MAKE) --no-print-directory proto STUBS_ROOT=build/stubs
	diff --recursive --exclude=__init__.py --exclude=__pycache__ build/stubs/groundwire/v1 $(STUBS)

STUBS_ROOT ?= .
proto: $(VENV)/dev.stamp  ## Generate the stubs in groundwire/v1 from proto/
	mkdir -p $(STUBS_ROOT)
	PATH=$(BIN):$$PATH $(BIN)/python -m grpc_tools.protoc --proto_path=proto --python_out=$(STUBS_ROOT) \
		--mypy_out=quiet:$(STUBS_ROOT) --grpc_python_out=$(STUBS_ROOT) --mypy_grpc_out=quiet:$(STUBS_ROOT) $(PROTOS)

bench: $(VENV)/dev.stamp  ## Measure the speed of the service against its parts, as ratios in one run
	$(BIN)/groundwire eval speed

model:  ## Train, export and measure the bundled models (needs the models extra and the data described in docs/model.md)
	$(BIN)/pip install --quiet --editable '.[models]'
	$(BIN)/python -m eval.training

docker:  ## Build the container image
	docker build --tag groundwire .

clean:  ## Remove the environment and everything that was built
	rm -rf $(VENV) build *.egg-info
