"""The settings of all tests; toys and builders come from bench.testing."""

from __future__ import annotations

import gc
import importlib.util
import os

# Before numpy loads: with more threads than free cores, boosting spins a hundred times as long.
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from bench.description import data_sets
from bench.processes.interrupts import ENDING

# What is imported and collected stays: a third of that time went on looking for garbage in it.
gc.disable()

# What takes how long is for the benchmarks: a busy machine must not fail a test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# What its functions hold fails with the values, as in a test.
pytest.register_assert_rewrite("bench.testing")
pytest_plugins = ["bench.testing.fixtures", "bench.testing.golden"]


@pytest.fixture
def real_data() -> None:
    """Skip where a package that ships data sets is missing; with CI set, fail."""
    for reason in sorted({row["unavailable"] or "" for row in data_sets().values()} - {""}):
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs other tools where they are missing: `make test-exchange` installs them."""
    if importlib.util.find_spec("mlflow") is None:
        for item in items:
            if item.get_closest_marker("exchange"):
                item.add_marker(pytest.mark.skip("needs requirements-exchange.lock"))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for garbage from here on, and never again in what was there before the first test."""
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_configure() -> None:
    """Hear the signals that end a program, as those that are started here do from then on.

    Whoever starts the tests may ignore some: `nohup` the hang-up, a shell behind `&` Ctrl-C.
    """
    for number in ENDING:
        usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        signal.signal(number, usual)
