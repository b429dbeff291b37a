"""Folders with runs of every kind, finished and not."""

from __future__ import annotations

import pytest

from bench.execution.plan import make_plan
from bench.testing.records import completed, job


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def done(make_sweep, run_here, folder):
    """Give a store with finished runs of every kind of trial."""
    sweep = make_sweep(["Random", "Climber"], ["Sphere", "Flaky", "Tree", "Numpy"])
    return run_here(sweep, folder)


@pytest.fixture
def begin():
    """Begin runs or go on with them; whatever is still open at the end of a test is closed."""
    writers = []

    def writer_of(store, job, python="3"):
        writer = store.open(job, {"python": python})
        writers.append(writer)
        return writer, writer.recorded

    yield writer_of
    for writer in writers:
        writer._file.close()


@pytest.fixture
def write_unfinished(begin):
    """Write the beginning of a run and return its file."""

    def write(store, count=3):
        writer, _ = begin(store, job())
        for number in range(count):
            writer.append(completed(number), number)
        return store.folder / "runs" / f"{job().id}.part"

    return write


@pytest.fixture
def readers(make_sweep):
    """Everything that reads the runs of a folder."""
    sweep = make_sweep(["Random"], ["Sphere"])
    return lambda store: (
        lambda: list(store.records([])),
        lambda: store.columns([]),
        lambda: make_plan(sweep, store),
        lambda: store.pack(),
    )
