"""The toys and builders as fixtures: `pytest_plugins = ["bench.testing.fixtures"]`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from bench.testing import files, frames, pages, panels, results, sweeps, toys

if TYPE_CHECKING:
    import pandas as pd

    from bench.analyses import Analyses
    from bench.panels.panel import Panel
    from bench.report.drawing import Builder
    from bench.report.page import Section
    from bench.sources.source import Source
    from bench.spec import Entry, Sweep
    from bench.store import Store

Frames = frames.Frames

# --- toys and their sweeps


@pytest.fixture
def parts() -> Callable[..., Entry]:
    """Give an entry for a toy: `parts("Sphere", shift=1.0)`."""
    return sweeps.entry_of


@pytest.fixture
def parts_file(tmp_path: Path) -> Callable[..., Entry]:
    """Give an entry for a toy in a file of one's own, as `parts` does for one in a package."""
    path = tmp_path / "parts.py"
    path.write_bytes(Path(toys.__file__).read_bytes())

    def entry(name: str, label: str = "", **settings: Any) -> Entry:
        found = sweeps.entry_of(name, label, **settings)
        return type(found)(f"{path}:{name}", found.label, found.settings)

    return entry


@pytest.fixture
def part() -> Callable[..., Any]:
    """Give an instance of a toy: `part("Sphere", shift=1.0)`."""
    return lambda name, **settings: sweeps.create(sweeps.entry_of(name, **settings))


@pytest.fixture
def catalogued(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put toy problems into the catalog, as another package would."""
    from bench import registry

    def put(*names: str) -> None:
        points = []
        for name in names:
            cls = registry.PROBLEMS.get(sweeps.entry_of(name).name)
            points.append(SimpleNamespace(name=name, value=name, load=lambda cls=cls: cls))
        monkeypatch.setattr(
            registry, "_entry_points", lambda group: points if group == "bench.problems" else ()
        )

    return put


@pytest.fixture
def make_sweep() -> Callable[..., Sweep]:
    """Give a sweep of toys, named by their class or as entries."""
    return sweeps.make_sweep


@pytest.fixture
def run_here() -> Callable[..., Store]:
    """Do a sweep's missing runs in this process, without a pool."""
    return sweeps.run_here


@pytest.fixture
def values() -> Callable[[Store], pd.DataFrame]:
    """Give what a store's trials measured, without clocks and without the order of files."""
    return sweeps.values


@pytest.fixture
def unchecked() -> Callable[[bytes], bytes]:
    """Give the content of a run file as versions without checksums wrote it."""
    return sweeps.unchecked


@pytest.fixture
def forged() -> Callable[[Path, bytes, bytes], None]:
    """Change a run file and its checksums with it, as nothing but a person does."""
    return sweeps.forge


# --- frames and panels


@pytest.fixture
def make_run() -> Callable[..., Frames]:
    """Give one run's frames from its values in order; None is a failed trial."""
    return frames.make_run


@pytest.fixture
def join() -> Callable[..., Frames]:
    """Give the frames of several runs together, in an order that must not matter."""
    return frames.join


@pytest.fixture
def sweep() -> Callable[..., Frames]:
    """Give the frames of a made-up sweep."""
    return frames.sweep


@pytest.fixture
def made() -> Callable[..., Frames]:
    """Give the frames of a sweep whose values are known."""
    return frames.made


@pytest.fixture
def panels_of() -> Callable[..., list[Panel]]:
    """Give panels of losses (S, R, T) by problem."""
    return panels.panels_of


@pytest.fixture
def panel_of() -> Callable[..., Panel]:
    """Give a panel from losses of shape (S, R, T)."""
    return panels.panel_of


@pytest.fixture
def make_panels() -> Callable[..., list[Panel]]:
    """Give panels from final regrets: problem -> strategy -> a value a repetition."""
    return panels.make_panels


@pytest.fixture
def demsar() -> list[Panel]:
    """Give the AUC of four strategies on 14 data sets of Demšar (2006)."""
    return panels.demsar()


@pytest.fixture
def few_draws_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the median of a handful of trials be the scale, so that it can be computed by hand."""
    monkeypatch.setattr("bench.panels.regret.MIN_SCALE_TRIALS", 1)


# --- results, sections and pages


@pytest.fixture
def source() -> Callable[..., Source]:
    """Give the source of frames."""
    return results.source


@pytest.fixture
def find() -> Callable[..., Analyses]:
    """Give what is computed of frames, or of a made-up sweep."""
    return results.find


@pytest.fixture
def said() -> Callable[[Section], str]:
    """Give all sentences of a section."""
    return pages.said


@pytest.fixture
def table() -> Callable[..., dict[Any, dict[str, str]]]:
    """Give the table of a section with a label: first column -> column -> text."""
    return pages.table


@pytest.fixture
def read() -> Callable[[Path], pages.Page]:
    """Read a page from its file."""
    return pages.read


@pytest.fixture
def contents() -> Callable[[Path], dict[str, str]]:
    """Give what is in a folder."""
    return files.contents


@pytest.fixture
def unwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let figures be drawn but not written, for tests that look at none."""
    monkeypatch.setattr("bench.report.drawing._drawn", results.unwritten)


@pytest.fixture
def builder(unwritten: None, tmp_path: Path) -> Iterator[Builder]:
    """Give a builder whose figures are drawn but not written."""
    from bench.report.drawing import Builder

    with Builder(tmp_path) as builder:
        yield builder


@pytest.fixture
def build(unwritten: None) -> Callable[..., Path]:
    """Build the report of frames; its figures are drawn but not written."""
    return results.build


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a report on a sweep in which something of everything happened."""
    folder = tmp_path_factory.mktemp("made") / "report"
    results.write_report(folder)
    return folder
