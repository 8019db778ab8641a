# Two commands are enough: `make demo` shows the whole loop, `make test` checks it.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
DEMO := demo

.PHONY: demo test lint check bench base-model clean

demo: .venv/installed-demo
	@$(BIN)/python -m tests.demo $(DEMO)

test: .venv/installed-test
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: .venv/installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

bench: .venv/installed-test
	$(BIN)/python -m tests.benchmarks.run $(NAME)

# Corpus and model that ship as `bundled`; needs apt-get for the packages and a GPU for the training.
base-model: .venv/installed-test
	$(BIN)/python -m tests.base_model

clean:
	rm -rf .venv $(DEMO) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# torch comes first and alone: pip then takes a CPU build where it finds one.
.venv/installed-demo: pyproject.toml constraints.txt
	@echo "Installing what the demo needs into .venv; the first time takes some minutes."
	$(PYTHON) -m venv .venv
	$(PIP) torch==2.13.0
	$(PIP) -c constraints.txt -e '.[embed,train]'
	@touch $@

.venv/installed-test: .venv/installed-demo
	$(PIP) -c constraints.txt -e '.[embed,train,test]'
	@touch $@
