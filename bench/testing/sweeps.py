"""Sweeps of toys, run in this process and read back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pandas as pd

from bench.execution.plan import make_plan
from bench.execution.work import do
from bench.registry import PROBLEMS, STRATEGIES, RegistryError
from bench.run import RunStatus
from bench.spec import Entry, Sweep
from bench.store import Store
from bench.store.seal import checksum, seal
from bench.testing import hazards, toys


def entry_of(name: str, label: str = "", **settings: Any) -> Entry:
    """Return the entry for a toy.

    Args:
        name: of a class of `bench.testing.toys` or `bench.testing.hazards`.
        label: its label in the sweep; the class's name by default.
        settings: what it is made with.

    >>> entry_of("Sphere", shift=1.0).name
    'bench.testing.toys:Sphere'
    """
    module = toys if hasattr(toys, name) else hazards
    return Entry(f"{module.__name__}:{name}", label or name, settings)


def create(entry: Entry) -> Any:
    """Return the strategy or the problem that an entry leads to."""
    try:
        return STRATEGIES.create(entry)
    except RegistryError:
        return PROBLEMS.create(entry)


def make_sweep(
    strategies: Sequence[str | Entry], problems: Sequence[str | Entry], **values: Any
) -> Sweep:
    """Return a sweep of toys, named by their class or as entries: 8 trials, 2 repetitions.

    >>> [spec.repetition for spec in make_sweep(["Random"], ["Sphere"]).expand()]
    [0, 1]
    """

    def entries(items: Sequence[str | Entry]) -> tuple[Entry, ...]:
        return tuple(entry_of(item) if isinstance(item, str) else item for item in items)

    values = {"trials": 8, "repetitions": 2, "seed": 5} | values
    return Sweep("tiny", entries(strategies), entries(problems), **values)


def run_here(
    sweep: Sweep, folder: Path, *, made_in: Mapping[str, Any] | None = None, **options: Any
) -> Store:
    """Do a sweep's missing runs in this process, without a pool, and return its store.

    A pair that cannot run is skipped with its reason, as `tunebench run` does it.

    Args:
        sweep: of toys or of anything else.
        folder: of its results.
        made_in: the environment that is recorded; an empty one by default.
        options: of `bench.execution.plan.make_plan`.
    """
    store = Store(folder)
    plan = make_plan(sweep, store, **options)
    store.create(plan.sweep.to_dict())
    for job in plan.todo:
        if job.id in plan.skips:
            store.end(job, {}, RunStatus.SKIPPED, plan.skips[job.id])
        else:
            do(job, store, made_in or {})
    return store


def values(store: Store) -> pd.DataFrame:
    """Return what a store's trials measured, without clocks and without the order of files."""
    keep = [
        "strategy",
        "problem",
        "repetition",
        "trial_number",
        "config",
        "fidelity",
        "status",
        "reason",
    ]
    rows = store.rows()[[*keep, "value", "test_value"]]
    return rows.sort_values(keep[:4]).reset_index(drop=True)


def unchecked(content: bytes) -> bytes:
    """Return the content of a run file as versions without checksums wrote it."""
    return re.sub(rb',"crc32":"[0-9a-f]{8}"\}', b"}", content)


def forge(path: Path, old: bytes, new: bytes) -> None:
    """Change a run file and its checksums with it, as nothing but a person does."""
    lines = unchecked(path.read_bytes()).replace(old, new).splitlines()
    before, whole = 0, b""
    for line in lines:
        again = seal(orjson.loads(line), before)
        before, whole = checksum(again), whole + again + b"\n"
    path.write_bytes(whole)
