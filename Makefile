# The commands that people and CI share. `make demo` and `make test` need Python >= 3.11 and PyPI alone.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROTOS := $(sort $(wildcard proto/groundwire/v1/*.proto))
STUBS := groundwire/v1
BREAKING_AGAINST ?= ../.git\#subdir=proto,ref=HEAD

.PHONY: help demo test test-long check proto bench model docker clean

help:  ## Show these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Groundwire needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

$(VENV)/serve.stamp: pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --editable .
	touch $@

$(VENV)/dev.stamp: pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --editable '.[dev]'
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
	cd proto && ../$(BIN)/buf breaking --against '$(BREAKING_AGAINST)'
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
