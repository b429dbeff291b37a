"""The split plan: which rows each problem was tuned and tested on, repetition by repetition."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from bench import registry
from bench.core import Problem
from bench.registry import RegistryError
from bench.shipped import is_shipped
from bench.spec import Entry, Sweep
from bench.words import shortened

COLUMNS = (
    "problem", "repetition", "problem_seed", "kind", "n_train", "n_test", "n_folds", "table_split",
    "fingerprint", "note",
)  # fmt: skip


def split_plan(sweep: Sweep, headers: Iterable[Mapping[str, Any]]) -> str:
    """Return the splits of all repetitions of a sweep that some runs were made on, as CSV.

    They are computed from the recorded seeds, with the data that are here: a problem whose code,
    version or data are other ones than those recorded has none. Of problems that do not come with
    the package none is made, since their names may stand in a folder that somebody sent.

    Args:
        sweep: resolved.
        headers: of the runs.

    Returns:
        A row a problem and repetition: `problem` (label), `repetition`, `problem_seed`, `kind`:

        - "rows": `n_train` rows to tune on and `n_test` held-out rows, cut into `n_folds` parts to
          validate on; `fingerprint` is that of all row numbers (`of_rows`).
        - "table": `table_split` is the recorded split, from 0; `fingerprint` is the beginning of
          the SHA-256 of the table's file.
        - "function": no data are split; the seed decides shift and noise.
        - "unknown": `note` says why.
    """
    seeds: dict[str, dict[int, int]] = {entry.label: {} for entry in sweep.problems}
    for header in headers:
        spec = header["spec"]
        seed = int(header["facts"]["problem_seed"])
        seeds[spec["problem"]["label"]][int(spec["repetition"])] = seed
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    table.writeheader()
    for entry in sweep.problems:
        problem, note = _made(entry)
        for repetition, seed in sorted(seeds[entry.label].items()):
            row = {"kind": "unknown", "note": note} if problem is None else _split(problem, seed)
            known = {"problem": entry.label, "repetition": repetition, "problem_seed": seed}
            table.writerow(known | row)
    return out.getvalue()


def of_rows(parts: Iterable[Iterable[int]]) -> str:
    """Return a fingerprint of row numbers, as 16 hexadecimal digits.

    It is the beginning of the SHA-256 of all parts, each as its length and its row numbers in their
    order, all as little-endian integers of 64 bits.

    >>> of_rows([[0, 1], [2]]) == of_rows([[0], [1, 2]])
    False

    Args:
        parts: row numbers in their order: the rows to tune on, the held-out rows, then the rows to
            fit and to validate on of each fold.
    """
    digest = hashlib.sha256()
    for part in parts:
        rows = np.asarray(part, dtype="<i8")
        digest.update(len(rows).to_bytes(8, "little") + rows.tobytes())
    return digest.hexdigest()[:16]


def _made(entry: Entry) -> tuple[Problem | None, str]:
    """Return a problem as it was recorded, or why it is not here."""
    if not is_shipped(entry.name, entry.settings):
        return None, "a problem that does not come with tunebench"
    try:
        problem = registry.PROBLEMS.create(entry)
        now = registry.PROBLEMS.resolve(entry)
    except RegistryError as error:
        return None, shortened(str(error))
    if now != entry:
        return None, "another version of the problem, or of its data, is installed"
    while isinstance(inner := getattr(problem, "of", None), Problem):
        problem = inner
    return problem, ""


def _split(problem: Problem, seed: int) -> dict[str, Any]:
    """Return the split that a seed decides; problems are asked by the methods that some have."""
    if hasattr(problem, "split_of"):
        mark = getattr(problem, "mark", "")
        return {"kind": "table", "table_split": problem.split_of(seed), "fingerprint": mark}
    if not (hasattr(problem, "split") and hasattr(problem, "load")):
        return {"kind": "function"}
    split, own = problem.split(problem.load(), seed), bool(getattr(problem, "reshuffle", False))
    folds = () if own else split.folds
    parts: Iterator[Any] = (part for fold in folds for part in fold)
    return {
        "kind": "rows",
        "n_train": len(split.train),
        "n_test": len(split.test),
        "n_folds": len(split.folds),
        "fingerprint": of_rows([split.train, split.test, *parts]),
        "note": "each configuration has folds of its own" if own else "",
    }
