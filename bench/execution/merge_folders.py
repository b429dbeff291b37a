"""Several results folders of one sweep as one new folder, which `run` goes on with."""

from __future__ import annotations

import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from bench.execution.reference import CONDITIONS, FACTS, same
from bench.execution.shards import Shard
from bench.sources.merge import MergeError, check_no_looks, differing, meanings
from bench.sources.source import first_few, looks_of, opened
from bench.spec import Entry, RunSpec, SpecError, Sweep
from bench.store import RunRecord, Store
from bench.store.run_file import read_run
from bench.sweep_rules import names_a_folder
from bench.words import many

MEASURED = (
    "config",
    "fidelity",
    "continued_from",
    "status",
    "value",
    "test_value",
    "fold_values",
    "train_value",
    "validation_scores",
    "test_scores",
)
"""What a trial must have in common wherever it was measured; its seconds and reasons may differ."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merged folder holds.

    Args:
        sweep: all strategies and problems, and the most repetitions.
        statuses: how the runs in it ended, or "unfinished" -> how many did.
        missing: how many of its runs are in no folder.
        notes: lines that must be shown: what was left out, what is mixed.
    """

    sweep: Sweep
    statuses: Mapping[str, int]
    missing: int
    notes: list[str]


def merge_folders(folders: Sequence[Path], out: Path) -> Merged:
    """Write the runs of several folders into a new one, which is there when it is whole.

    A run that is in two folders counts once: one that used its budget before one that failed, one
    that failed before an unfinished one, of two unfinished ones the longer one.

    Args:
        folders: shards of a sweep, more repetitions, other strategies or problems.
        out: the new folder.

    Raises:
        StoreError: a folder holds no results, or the new one cannot be written.
        MergeError: the new folder exists, or the folders contradict each other.
    """
    if os.path.lexists(out) and not (out.is_dir() and not any(out.iterdir())):
        raise MergeError(
            f"results are merged into a new folder, {out} exists; name another one, or remove it",
            option="out",
        )
    opened_ones = [opened(folder) for folder in folders]
    check_no_looks([(store.folder, looks_of(store)) for store, _ in opened_ones])
    sweep = _joined_sweep([sweep for _, sweep in opened_ones], folders, out)
    place = Path(os.path.abspath(out))
    merging = _Merging(sweep, Store(place.with_name(f".{place.name}.merging")))
    with _made_at_once(merging.store, out):
        merging.store.create(sweep.to_dict())
        for store, _ in opened_ones:
            merging.add(store)
    shards = [store.shard() for store, _ in opened_ones]
    return merging.result(_missing_shards(shards))


class _Merging:
    """The runs that are in the new folder, and what is known of each for all folders."""

    def __init__(self, sweep: Sweep, store: Store) -> None:
        self.sweep, self.store = sweep, store
        self.wanted = {spec.id: spec for spec in sweep.expand()}
        self.held: dict[str, tuple[tuple[bool, bool, int], str, Path]] = {}
        self.facts: dict[tuple[str, int], tuple[dict[str, Any], Path]] = {}
        self.libraries: dict[str, dict[str, None]] = defaultdict(dict)
        self.notes: list[str] = []

    def add(self, store: Store) -> None:
        """Take the runs of a folder."""
        damaged: list[tuple[Path, str]] = []
        others = 0
        for record in store.records(damaged):
            if record.id not in self.wanted:
                others += 1
                continue
            self._check_facts(record, store.folder)
            self._take(record, store.folder)
        self.notes += [
            f"left out: {path} is damaged ({reason}); `tunebench run` repeats it"
            for path, reason in damaged
        ]
        if others:
            left = many(others, "run")
            self.notes.append(f"left out: {left} of another sweep or version in {store.folder}")

    def _take(self, record: RunRecord, folder: Path) -> None:
        end = record.end
        rank = (end is not None and end.status.is_whole, end is not None, len(record.trials))
        if record.id in self.held:
            before, _, where = self.held[record.id]
            suffix = ".jsonl" if before[1] else ".part"
            other = read_run(self.store.run_path(record.id).with_suffix(suffix))
            _check_values(self.wanted[record.id], other, record, (where, folder))
            if rank <= before:
                return
        self.store.take(record)
        self.held[record.id] = rank, "unfinished" if end is None else end.status.value, folder
        if library := str(record.header["facts"]["library"]):
            self.libraries[self.wanted[record.id].strategy.label][library] = None

    def _check_facts(self, record: RunRecord, folder: Path) -> None:
        """Refuse a problem that is not, in this repetition, what another folder measured."""
        spec = self.wanted[record.id]
        key = spec.problem.label, spec.repetition
        known, where = self.facts.setdefault(key, ({}, folder))
        for name in FACTS:
            value = record.header["facts"].get(name)
            if value is None:  # a pair that was skipped knows less
                continue
            if not same(known.setdefault(name, value), value):
                raise MergeError(
                    f"a problem must be the same in all folders, {key[0]} differs: its "
                    f"{name.replace('_', ' ')} in repetition {key[1]} is {known[name]} in {where}, "
                    f"{value} in {folder}; merge folders that one version of the problem measured"
                )

    def result(self, shards: str) -> Merged:
        gone = [spec for run, spec in self.wanted.items() if run not in self.held]
        missing = Counter((spec.strategy.label, spec.problem.label) for spec in gone)
        mixed = [
            f"the strategy {label} ran with several libraries: {', '.join(sorted(found))}"
            for label, found in self.libraries.items()
            if len(found) > 1
        ]
        notes = [*self.notes, *mixed]
        if gone:
            cells = [f"{s} on {p} ({n:,})" for (s, p), n in missing.items()]
            what = many(len(gone), "run is missing", "runs are missing")
            notes.append(f"{what}{shards}: {first_few(cells)}")
        statuses = Counter(status for _, status, _ in self.held.values())
        return Merged(self.sweep, statuses, len(gone), notes)


def _joined_sweep(sweeps: Sequence[Sweep], folders: Sequence[Path], out: Path) -> Sweep:
    """Return the sweep that holds all of some sweeps.

    Raises:
        MergeError: they were measured under other conditions, or a label has several meanings.
    """
    _check_conditions(sweeps, folders)
    strategies = _entries("strategy", sweeps, folders)
    problems = _entries("problem", sweeps, folders)
    most = max(sweep.repetitions for sweep in sweeps)
    counts: Counter[str] = Counter()
    for sweep in sweeps:
        for entry in sweep.strategies:
            counts[entry.label] = max(counts[entry.label], sweep.repetitions_of(entry))
    first, name = sweeps[0], sweeps[0].name
    if any(sweep.name != name for sweep in sweeps):
        name = out.resolve().name if names_a_folder(out.resolve().name) else "merged"
    try:
        return replace(
            first,
            name=name,
            repetitions=most,
            strategies=tuple(
                replace(e, repetitions=None if counts[e.label] == most else counts[e.label])
                for e in strategies
            ),
            problems=tuple(problems),
        )
    except SpecError as error:
        raise MergeError(f"the folders make no sweep together: {error}") from None


def _check_conditions(sweeps: Sequence[Sweep], folders: Sequence[Path]) -> None:
    first = sweeps[0]
    for folder, sweep in zip(folders, sweeps, strict=True):
        for name in CONDITIONS:
            value, wanted = getattr(sweep, name), getattr(first, name)
            if value != wanted:
                raise MergeError(
                    f"folders that are merged must have the same {name}, {folders[0]} has "
                    f"{wanted}, {folder} {value}; {_way_out(folders[0], folder)}"
                )


def _entries(kind: str, sweeps: Sequence[Sweep], folders: Sequence[Path]) -> list[Entry]:
    """Return the strategies or problems of all sweeps, each label once."""
    said: dict[str, tuple[bytes, Entry, Path]] = {}
    for folder, sweep in zip(folders, sweeps, strict=True):
        entries = sweep.strategies if kind == "strategy" else sweep.problems
        known = meanings(sweep, kind)
        for entry in entries:
            meaning = known[entry.label]
            other, _, where = said.setdefault(entry.label, (meaning, entry, folder))
            if other != meaning:
                keys = differing([orjson.loads(other), orjson.loads(meaning)])
                raise MergeError(
                    f"a label must mean the same in all folders that are merged, the {kind} "
                    f"{entry.label} differs between {where} and {folder} in {first_few(keys)}; "
                    f"{_way_out(where, folder)}"
                )
    return [entry for _, entry, _ in said.values()]


def _way_out(one: Path, other: Path) -> str:
    return (
        f"`tunebench report {one} {other} --out …` reports them side by side, or leave one of "
        "them out"
    )


def _check_values(
    spec: RunSpec, one: RunRecord, other: RunRecord, folders: tuple[Path, Path]
) -> None:
    """Refuse a run that two folders measured with different values.

    Raises:
        MergeError: a trial that both have differs, or both used the budget with other lengths.
    """
    run = f"{spec.strategy.label} on {spec.problem.label}, repetition {spec.repetition} ({one.id})"
    way_out = "; find out which folder is right, and leave the other one out"
    trials = {line["trial_number"]: line for line in one.trials}
    for line in other.trials:
        before = trials.get(line["trial_number"], line)
        for name in MEASURED:
            if not same(before.get(name), line.get(name)):
                raise MergeError(
                    f"a run must have the same values in all folders, {run} differs: its trial "
                    f"{line['trial_number']} has {name} {_shown(before.get(name))} in "
                    f"{folders[0]}, {_shown(line.get(name))} in {folders[1]}{way_out}"
                )
    lengths = [
        len(record.trials)
        for record in (one, other)
        if record.end is not None and record.end.status.is_whole
    ]
    if len(set(lengths)) > 1:
        raise MergeError(
            f"a run must have the same values in all folders, {run} differs: it has "
            f"{lengths[0]:,} trials in {folders[0]}, {lengths[1]:,} in {folders[1]}{way_out}"
        )


def _shown(value: object) -> str:
    return "none" if value is None else orjson.dumps(value).decode()


def _missing_shards(texts: Sequence[str]) -> str:
    """Return which shards are in no folder, where all folders are shards of one number.

    Args:
        texts: of each folder, as in 3/10.
    """
    if not all(texts):
        return ""
    shards = {Shard.parse(text) for text in texts}
    (count, *others) = {shard.count for shard in shards}
    numbers = sorted({*range(1, count + 1)} - {shard.number for shard in shards})
    if others or not numbers:
        return ""
    return f" (no folder has shard {first_few([f'{n}/{count}' for n in numbers])})"


@contextmanager
def _made_at_once(store: Store, out: Path) -> Iterator[None]:
    """Let a folder be filled under another name; a failure leaves neither."""
    if store.folder.is_symlink():
        raise MergeError(
            f"a merged folder is first made as {store.folder}, which is a link to another place; "
            "remove the link, or use another folder",
            option="out",
        )
    with store.lock():
        # What a merge left behind that was killed.
        for path in store.folder.iterdir():
            if path.name != ".lock":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        try:
            yield
            store.folder.replace(out)
        except BaseException as error:
            shutil.rmtree(store.folder, ignore_errors=True)
            if isinstance(error, OSError):
                raise Store(out).unwritable(error) from None
            raise
