"""Tiny strategies and problems in files of their own: workers load them by name."""

from __future__ import annotations

import os

# Before numpy loads: with more threads than free cores, boosting spins a hundred times as long.
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pandas as pd
import pytest
from hypothesis import settings

from bench.plan import make_plan
from bench.processes.interrupts import ENDING
from bench.spec import Entry, Sweep
from bench.store import Store
from bench.store.seal import checksum, seal
from bench.work import do

# What takes how long is for the benchmarks: a busy machine must not fail a test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

PARTS = Path(__file__).parent / "parts.py.txt"

Parts = Callable[..., Entry]

pytest_plugins = ["bench.testing.golden", "bench.testing.panels", "bench.testing.results"]


def pytest_configure() -> None:
    """Hear the signals that end a program, as those that are started here do from then on.

    Whoever starts the tests may ignore some: `nohup` the hang-up, a shell behind `&` Ctrl-C.
    """
    for number in ENDING:
        usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        signal.signal(number, usual)


@pytest.fixture
def few_draws_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the median of a handful of trials be the scale, so that it can be computed by hand."""
    monkeypatch.setattr("bench.panels.regret.ENOUGH", 1)


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    """Give an entry for a class of tests/parts.py.txt: `parts("Sphere", shift=1.0)`."""
    path = tmp_path / "parts.py"
    shutil.copy(PARTS, path)

    def entry(name: str, label: str = "", **settings: Any) -> Entry:
        return Entry(f"{path}:{name}", label or name, settings)

    return entry


@pytest.fixture
def part(parts: Parts) -> Callable[..., Any]:
    """Give an instance of a class of tests/parts.py.txt."""
    from bench.registry import PROBLEMS, STRATEGIES, RegistryError

    def create(name: str, **settings: Any) -> Any:
        entry = parts(name, **settings)
        try:
            return STRATEGIES.create(entry)
        except RegistryError:
            return PROBLEMS.create(entry)

    return create


@pytest.fixture
def catalogued(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put problems of tests/parts.py.txt into the catalog, as another package would."""
    from bench import registry

    def put(*names: str) -> None:
        points = []
        for name in names:
            cls = registry.PROBLEMS.get(parts(name).name)
            points.append(SimpleNamespace(name=name, value=name, load=lambda cls=cls: cls))
        monkeypatch.setattr(
            registry, "_entry_points", lambda group: points if group == "bench.problems" else ()
        )

    return put


@pytest.fixture
def make_sweep(parts: Parts) -> Callable[..., Sweep]:
    """Give a sweep of parts, named by their class or as entries."""

    def make(strategies: list[Any], problems: list[Any], **values: Any) -> Sweep:
        def entries(items: list[Any]) -> tuple[Entry, ...]:
            return tuple(parts(item) if isinstance(item, str) else item for item in items)

        values = {"trials": 8, "repetitions": 2, "seed": 5} | values
        return Sweep("tiny", entries(strategies), entries(problems), **values)

    return make


@pytest.fixture
def run_here() -> Callable[..., Store]:
    """Do a sweep's missing runs in this process, without a pool."""

    def run(sweep: Sweep, folder: Path, **options: Any) -> Store:
        store = Store(folder)
        plan = make_plan(sweep, store, **options)
        store.create(plan.sweep.to_dict())
        for head in plan.todo:
            do(head, store)
        return store

    return run


@pytest.fixture
def unchecked() -> Callable[[bytes], bytes]:
    """Give the content of a run file as versions without checksums wrote it."""
    return lambda content: re.sub(rb',"crc32":"[0-9a-f]{8}"\}', b"}", content)


@pytest.fixture
def forged(unchecked: Callable[[bytes], bytes]) -> Callable[[Path, bytes, bytes], None]:
    """Change a run file and its checksums with it, as nothing but a person does."""

    def forge(path: Path, old: bytes, new: bytes) -> None:
        lines = unchecked(path.read_bytes()).replace(old, new).splitlines()
        before, whole = 0, b""
        for line in lines:
            again = seal(orjson.loads(line), before)
            before, whole = checksum(again), whole + again + b"\n"
        path.write_bytes(whole)

    return forge


@pytest.fixture
def values() -> Callable[[Store], pd.DataFrame]:
    """Give what a store's trials measured, without clocks and without the order of files."""
    keep = ["strategy", "problem", "repetition", "trial", "config", "fidelity", "status", "reason"]

    def frame(store: Store) -> pd.DataFrame:
        rows = store.rows()[[*keep, "value", "test_value"]]
        return rows.sort_values(keep[:4]).reset_index(drop=True)

    return frame
