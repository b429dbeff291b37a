"""A small sweep that is exported, with all that a format may stumble over; fast databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy

from bench.sources.source import from_folder
from bench.spec import Entry
from bench.testing.sweeps import entry_of, make_sweep, run_here


def source_of(folder, strategies, problems, **values):
    """Return the source of a sweep that is done here."""
    run_here(make_sweep(strategies, problems, **values), folder)
    return from_folder(folder, command="tunebench export")


@pytest.fixture(scope="session")
def mixed(tmp_path_factory):
    """To minimise and to maximise, failures, conditions, and labels that no file can have."""
    return source_of(
        tmp_path_factory.mktemp("mixed") / "results",
        [entry_of("Random", "it's/random, 100 %"), entry_of("Climber", "../climber")],
        ["Accuracy", "Flaky", "Tree", Entry("bbob:f8-d2"), Entry("bbob:f8-d3")],
    )


@pytest.fixture(scope="session")
def cheaper(tmp_path_factory):
    """A strategy that asks for lower fidelities, and one that does not."""
    return source_of(
        tmp_path_factory.mktemp("cheaper") / "results",
        [Entry("hyperband"), entry_of("Random")],
        ["Cheap"],
        trials=6,
    )


@pytest.fixture(scope="module")
def unsynchronised() -> Iterator[None]:
    """Leave it to the system when a database reaches the disk, which would take seconds here."""
    listening = (
        sqlalchemy.Engine,
        "connect",
        lambda made, _: made.execute("PRAGMA synchronous = OFF"),
    )
    sqlalchemy.event.listen(*listening)
    yield
    sqlalchemy.event.remove(*listening)
