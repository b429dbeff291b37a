"""Several results folders as one source: what differs under one label is kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from bench.errors import UserError
from bench.panels.looks import Looks
from bench.run import RunStatus
from bench.sources.source import (
    Part,
    Source,
    absent,
    first_few,
    libraries,
    of_columns,
    read_part,
    uneven,
    with_fewer,
)
from bench.spec import Entry, Sweep
from bench.store.columns import Columns, joined
from bench.sweep_rules import lookalikes
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd


class MergeError(UserError):
    """Results that cannot stand in one report."""


SAME_RUNS = (
    "; with the same seed both have the same runs up to the smaller budget, and the verdicts on "
    "this problem set count them twice as evidence: report such folders one by one"
)
"""Of a problem that differs in nothing but its budget."""


def from_folders(folders: Sequence[Path], *, command: str) -> Source:
    """Return the last sweeps of several results folders, merged.

    A run that two of them hold counts once: one that was done before a skipped one, and that before
    an unfinished one. A label that means another version or other settings in one of them gets the
    folder's name added wherever it stands, and so does a problem with another budget. Repetitions
    under another master seed are other repetitions.

    Raises:
        StoreError: no results folder, or a damaged one.
        MergeError: what is called the same measures something else, or labels look the same.
    """
    return of_parts([read_part(folder) for folder in folders], command=command)


def of_parts(parts: Sequence[Part], *, command: str) -> Source:
    """Return several sweeps, merged as `from_folders` does it.

    Args:
        parts: the sweeps.
        command: what makes the report again.

    Raises:
        MergeError: what is called the same measures something else, labels look the same, or one
            of several stopped what was settled.
    """
    check_no_looks([(part.folder, part.looks) for part in parts])
    names = _names(parts)
    notes = [note for part in parts for note in part.notes]
    strategies, problems = [
        _labels(kind, [meanings(part.sweep, kind) for part in parts], names, notes)
        for kind in ("strategy", "problem")
    ]
    notes += _origins(names, strategies)
    renamed = [
        _renamed(part.columns, {"strategy": s, "problem": p})
        for part, s, p in zip(parts, strategies, problems, strict=True)
    ]
    merged = joined(renamed)
    twice = _doubled(merged.runs)
    if twice.any():
        several = many(int(twice.sum()), "run that stands", "runs that stand")
        notes.append(
            f"{several} in several folders {'counts' if twice.sum() == 1 else 'count'} once"
        )
    merged = merged.only(~twice)
    runs, seeds = _repetitions(merged.runs, notes)
    merged = replace(merged, runs=runs)
    _check(runs)
    notes += libraries(runs)
    shown = [_in_order(labels) for labels in (strategies, problems)]
    for kind, labels in zip(("strategy", "problem"), shown, strict=True):
        if twins := lookalikes(labels):
            raise MergeError(
                f"each {kind} must have a unique label, got {twins[0]!a} and "
                f"{twins[1]!a}; report the folders one by one, or run one with the other label"
            )
    counts = runs.groupby(["strategy", "problem"], observed=True).size()
    wanted = int(counts.max()) if len(counts) else max(part.sweep.repetitions for part in parts)
    fewer = with_fewer(runs)
    return of_columns(
        merged,
        title=" + ".join(dict.fromkeys(part.sweep.name for part in parts)),
        strategies=shown[0],
        problems=shown[1],
        repetitions=wanted,
        fewer=fewer,
        wanted=sum(len(list(part.sweep.expand())) for part in parts) - int(twice.sum()),
        seeds=seeds or tuple(dict.fromkeys(part.sweep.seed for part in parts)),
        notes=[*notes, *absent(runs, *shown), *uneven(runs, wanted, fewer)],
        command=command,
    )


def check_no_looks(looks: Sequence[tuple[Path, Looks | None]]) -> None:
    """Refuse folders of which one was done in looks.

    Args:
        looks: each folder, and the looks at its sweep.

    Raises:
        MergeError: there is one.
    """
    for folder, found in looks:
        if found is not None:
            raise MergeError(
                "a sweep that stopped what was settled stands alone, since its tests know its own "
                f"looks only, got {folder}; do all its repetitions first, by the same `tunebench "
                "run` without --stop-when-decided"
            )


def _names(parts: Sequence[Part]) -> list[str]:
    """Return a name for each folder, its own or, where two have the same, its path."""
    own = [part.name for part in parts]
    return [
        str(part.folder) if own.count(name) > 1 else name
        for part, name in zip(parts, own, strict=True)
    ]


def meanings(sweep: Sweep, kind: str) -> dict[str, bytes]:
    """Return label -> what it means: name, version, settings, code.

    Of a strategy also its simulated workers, of a problem the budget and the limits of an
    evaluation.

    Args:
        sweep: resolved.
        kind: "strategy" or "problem".
    """
    known: list[tuple[Entry, Mapping[str, float]]]
    if kind == "problem":
        limits = {"evaluation_timeout": sweep.evaluation_timeout, "memory": sweep.memory}
        of_all: dict[str, float] = {"trials": sweep.trials}
        of_all |= {k: v for k, v in limits.items() if v is not None}
        known = [(entry, of_all) for entry in sweep.problems]
    else:
        each = [(entry, *sweep.workers_of(entry)) for entry in sweep.strategies]
        known = [
            (e, {"workers": n} | ({"synchronous": 1} if waits else {})) for e, n, waits in each
        ]
    return {
        entry.label: orjson.dumps(
            {k: v for k, v in entry.alone().to_dict().items() if k != "label"} | dict(more),
            option=orjson.OPT_SORT_KEYS,
        )
        for entry, more in known
    }


def _labels(
    kind: str, meanings: Sequence[dict[str, bytes]], names: Sequence[str], notes: list[str]
) -> list[dict[str, str]]:
    """Return for each folder label -> label in the report, and note what is kept apart."""
    taken = {label for known in meanings for label in known}
    new: list[dict[str, str]] = [{} for _ in meanings]
    for label in dict.fromkeys(label for known in meanings for label in known):
        places = [i for i, known in enumerate(meanings) if label in known]
        different = dict.fromkeys(meanings[i][label] for i in places)
        if len(different) == 1:
            for i in places:
                new[i][label] = label
            continue
        said: dict[bytes, str] = {}
        for i in places:
            meaning = meanings[i][label]
            if meaning not in said:
                said[meaning] = _free(f"{label} ({names[i]})", taken)
            new[i][label] = said[meaning]
        keys = differing([orjson.loads(meaning) for meaning in different])
        notes.append(
            f"the {kind} {label} differs between the folders in {first_few(keys)}: "
            f"kept apart as {', '.join(said.values())}" + (SAME_RUNS if keys == ["trials"] else "")
        )
    return new


def _in_order(labels: Sequence[dict[str, str]]) -> tuple[str, ...]:
    """Return the labels of the report, those that were one label side by side."""
    old = dict.fromkeys(label for known in labels for label in known)
    return tuple(dict.fromkeys(known[label] for label in old for known in labels if label in known))


def _origins(names: Sequence[str], strategies: Sequence[dict[str, str]]) -> list[str]:
    """Return a line that says which strategies are from which folder, where none is in several."""
    labels = [list(known.values()) for known in strategies]
    if len(labels) < 2 or len({x for known in labels for x in known}) < sum(map(len, labels)):
        return []
    of = [f"{first_few(known)} from {name}" for known, name in zip(labels, names, strict=True)]
    return [f"strategies by folder: {'; '.join(of)}"]


def _free(label: str, taken: set[str]) -> str:
    number, found = 1, label
    while found in taken:
        number += 1
        found = f"{label} {number}"
    taken.add(found)
    return found


def differing(meanings: Sequence[dict[str, Any]]) -> list[str]:
    """Return the names of what is not the same in all of some meanings, settings by their own.

    Args:
        meanings: as `meanings` gives them, read.
    """
    flat = [{**m, **m["settings"]} for m in meanings]
    keys = dict.fromkeys(key for one in flat for key in one if key != "settings")
    return [key for key in keys if any(one.get(key) != flat[0].get(key) for one in flat)]


def _renamed(columns: Columns, labels: dict[str, dict[str, str]]) -> Columns:
    runs = columns.runs.copy()
    for name, known in labels.items():
        runs[name] = runs[name].map(known).astype(str)
    return replace(columns, runs=runs)


def _doubled(runs: pd.DataFrame) -> Any:
    """Return which runs are there already: the skipped or unfinished one, or else the later."""
    # Skipped where a library lacked, a run may have been done elsewhere.
    rank = runs["status"].map({RunStatus.SKIPPED.value: 1, "unfinished": 2}).fillna(0)
    order = np.argsort(rank.to_numpy(), kind="stable")
    twice = np.zeros(len(runs), dtype=bool)
    twice[order] = runs["run"].iloc[order].duplicated().to_numpy()
    return twice


def _repetitions(runs: pd.DataFrame, notes: list[str]) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """Give the repetitions of each further master seed the numbers that follow."""
    seeds = tuple(int(seed) for seed in runs["master_seed"].unique())
    if len(seeds) < 2:
        return runs, seeds
    start, numbers, said = 0, runs["repetition"].to_numpy(dtype=np.int64, copy=True), []
    for seed in seeds:
        of_seed = (runs["master_seed"] == seed).to_numpy()
        last = int(numbers[of_seed].max())
        said.append(f"{start}–{start + last} from seed {seed}")
        numbers[of_seed] += start
        start += last + 1
    notes.append(f"several master seeds: repetitions {', '.join(said)}")
    return runs.assign(repetition=numbers), seeds


def _check(runs: pd.DataFrame) -> None:
    """Refuse runs that one version and the same settings let measure different things."""
    for fact in ("metric", "direction"):
        kinds = runs.groupby("problem", observed=True)[fact].unique()
        for problem, found in kinds.items():
            if len(found) > 1:
                raise MergeError(
                    f"a problem must have one {fact}, {problem} has {' and '.join(found)} with the "
                    "same version and settings; report the folders one by one, or raise its version"
                )
