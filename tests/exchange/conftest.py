"""A small sweep to export, and what writes databases of other tools quickly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from bench.sources.source import from_folder
from bench.spec import Entry
from bench.testing.snippets import blocks
from bench.testing.sweeps import entry_of, make_sweep, run_here

CODE = "{code-block}"
"""Code of a page that needs more than is installed where the page is tested."""


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


@pytest.fixture
def guide(tmp_path, monkeypatch):
    """Run what the guide shows of a tool, in a folder of its own; give what it named."""
    monkeypatch.chdir(tmp_path)
    page = Path(__file__).parents[2] / "docs/how-to/other-tools.md"
    shown = [block.code for block in blocks(page.read_text("utf-8")) if block.kind == CODE]

    def run(library):
        (code,) = (code for code in shown if re.search(rf"^(from|import) {library}\b", code, re.M))
        found = {"__name__": "__main__"}
        exec(code.replace("/tmp/ray-results", str(tmp_path)), found)
        return found

    return run
