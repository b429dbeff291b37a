"""Runs read column by column: what a report takes, without an object a trial."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import orjson

from bench.core import Status
from bench.store import migrations
from bench.store.collecting import without_collecting
from bench.store.frame import END_COLUMNS, RUN_KINDS, end_columns
from bench.store.migrations import BESIDE, CLOCK, CONTINUED
from bench.store.pack import (
    headers_and_ends,
    is_checked,
    open_pack,
    pack_error,
    present,
    read_column,
    rows_of_runs,
)
from bench.store.record import DamagedError, RunRecord, StoreError, environments
from bench.store.rows import RUN_COLUMNS, RUN_FACTS, TRIAL_COLUMNS, run_columns, trial_columns
from bench.store.validity import OUT_OF_ORDER

if TYPE_CHECKING:
    import pandas as pd

Ints = npt.NDArray[np.int64]

NEEDED = (
    "trial_number", "fidelity", "status", "reason", "value", "test_value", "evaluation_s",
    "ask_s", "evaluation_wall_s", "tell_s", "finished_s", "worker", "continued_from",
)  # fmt: skip
"""The columns of a trial that analysis takes."""

KEYS = ("run", "strategy", "problem", "metric", "direction", "optimum", "repetition", "budget",
        "unordered")  # fmt: skip
"""The columns of a run that each trial has beside them."""

_NUMBERS = (
    "fidelity", "value", "test_value", "evaluation_s", "ask_s", "evaluation_wall_s", "tell_s",
    "started_s", "finished_s", "continued_from", "train_value",
)  # fmt: skip
_LISTS = ("fold_values", "validation_scores", "test_scores")
_ABSENT: Mapping[str, Callable[[int], npt.NDArray[Any]]] = {
    CONTINUED: np.zeros,
    **dict.fromkeys(BESIDE, lambda count: np.full(count, None)),
    "train_value": lambda count: np.full(count, np.nan),
}
"""What columns hold that a pack of an older schema has not."""
_ALWAYS = ("fidelity", "evaluation_s", "ask_s", "tell_s")
_CHECKED = ("trial_number", "status", "value", *_ALWAYS)
_STATUS = [status.value for status in Status]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Runs and their trials, side by side.

    Args:
        runs: a row a run, as `frames` gives it.
        trials: the columns of a trial that were asked for, a row a trial, run by run.
        place: shape (trials,): the row of `runs` each trial belongs to.
        made_in: for each run the environments it was made in, as JSON.
    """

    runs: pd.DataFrame
    trials: pd.DataFrame
    place: Ints
    made_in: Sequence[tuple[bytes, ...]]

    def only(self, keep: npt.NDArray[np.bool_]) -> Columns:
        """Return the runs that are kept, shape (runs,), and their trials."""
        if keep.all():
            return self
        rows, moved = keep[self.place], np.cumsum(keep) - 1
        return Columns(
            self.runs[keep].reset_index(drop=True),
            self.trials[rows].reset_index(drop=True),
            moved[self.place[rows]],
            [made for made, kept in zip(self.made_in, keep, strict=True) if kept],
        )

    def frame(self, keys: Sequence[str] = KEYS) -> pd.DataFrame:
        """Return the tidy frame, texts of the runs as categories.

        Args:
            keys: columns of `runs`.
        """
        import pandas as pd

        beside: dict[str, Any] = {}
        for name in keys:
            column = self.runs[name]
            if pd.api.types.is_numeric_dtype(column.dtype):
                beside[name] = column.to_numpy()[self.place]
                continue
            codes, texts = pd.factorize(column)
            small = codes.astype(np.min_scalar_type(-max(len(texts), 1)))
            beside[name] = pd.Categorical.from_codes(small[self.place], [str(t) for t in texts])
        return pd.DataFrame(beside | {name: self.trials[name] for name in self.trials}, copy=False)

    def environments(self) -> list[dict[str, Any]]:
        """Return the different environments of all runs, in order of appearance."""
        found = dict.fromkeys(one for made in self.made_in for one in made)
        return [orjson.loads(one) for one in found]


@without_collecting()
def columns(
    pack: Path | None,
    loose: Iterable[RunRecord],
    *,
    instead: Collection[str] = (),
    wanted: Sequence[str] = NEEDED,
) -> Columns:
    """Return packed and loose runs.

    Args:
        pack: the pack, or None.
        loose: runs of files of their own; they come last.
        instead: the ids of packed runs that do not count.
        wanted: columns of a trial.

    Raises:
        StoreError: the pack is damaged, or another schema wrote it.
    """
    parts = []
    if pack is not None:
        packed = _packed(pack, wanted)
        # Anything may lie beside the runs, also a file whose name is no text to Arrow.
        keep = [run not in instead for run in packed.runs["run"]]
        parts.append(packed.only(np.array(keep, dtype=bool)))
    return joined([*parts, _loose(loose, wanted)])


def joined(parts: Sequence[Columns]) -> Columns:
    """Return the runs of several parts, one after the other, with the columns all have."""
    import pandas as pd

    parts = [part for part in parts if len(part.runs)] or list(parts[:1])
    if len(parts) == 1:
        return parts[0]
    starts = np.cumsum([0, *(len(part.runs) for part in parts)])
    shared = [n for n in parts[0].trials if all(n in part.trials for part in parts)]
    return Columns(
        pd.concat([part.runs for part in parts], ignore_index=True),
        pd.DataFrame({n: _end_to_end([part.trials[n] for part in parts]) for n in shared}),
        np.concatenate([part.place + start for part, start in zip(parts, starts, strict=False)]),
        [made for part in parts for made in part.made_in],
    )


def _end_to_end(columns: Sequence[pd.Series]) -> Any:
    """Return columns one after the other; categories stay what they are."""
    import pandas as pd
    from pandas.api.types import union_categoricals

    if isinstance(columns[0].dtype, pd.CategoricalDtype):
        return union_categoricals(columns)
    return pd.concat(columns, ignore_index=True)


def _loose(records: Iterable[RunRecord], wanted: Sequence[str]) -> Columns:
    headers, ends, counts, checked = [], [], [], []
    lists: dict[str, list[Any]] = {name: [] for name in wanted}
    for record in records:
        headers.append(record.header)
        ends.append(end_columns(record.end, len(record.trials)))
        counts.append(len(record.trials))
        checked.append(record.checked)
        lines = [trial_columns(line) for line in record.by_number]
        for name, column in lists.items():
            column.extend(line[name] for line in lines)
    place = np.repeat(np.arange(len(counts)), counts)
    made = [_made_in(header) for header in headers]
    return Columns(_runs(headers, ends, checked), _trials(lists), place, made)


def _packed(path: Path, wanted: Sequence[str]) -> Columns:
    try:
        file, metadata = open_pack(path)
        with file:
            read = partial(read_column, file, metadata)
            headers, ends = headers_and_ends(metadata)
            place, order = _places(read("run"), [header["run"] for header in headers])
            lists: dict[str, Any] = {}
            there = present(metadata, [*_CHECKED, *wanted])
            for name in there:
                values = read(name)
                if name in (CONTINUED, "worker") and values.null_count:
                    raise DamagedError(f"a trial lacks its {name}")
                column = _column(values, name)
                lists[name] = column if order is None else column[order]
            _check(lists, place, [end.n_trials for end in ends])
            lists = _by_number(
                lists, place, [header["spec"].get("workers", 1) for header in headers]
            )
            lists = _with_clock(lists, wanted, np.bincount(place, minlength=len(ends)))
            absent = [name for name in _ABSENT if name in wanted and name not in lists]
            lists |= {name: _ABSENT[name](len(place)) for name in absent}
        made = [_made_in(header) for header in headers]
        checked = [is_checked(metadata)] * len(headers)
        runs = _runs(headers, [end_columns(end, end.n_trials) for end in ends], checked)
        if "reason" in lists:
            lists["reason"] = _of_failed(lists["reason"], lists["status"])
        return Columns(runs, _trials({name: lists[name] for name in wanted}), place, made)
    except StoreError:
        raise
    except Exception as error:
        raise pack_error(path, error) from None


def _places(column: Any, ids: Sequence[str]) -> tuple[Ints, Ints | None]:
    """Return the run of each row, in order, and the order of the rows; None as they are."""
    place, in_order = rows_of_runs(column, ids)
    if (place < 0).any():
        raise DamagedError("a trial belongs to no run")
    if in_order:
        return place, None
    order = np.argsort(place, kind="stable")
    return place[order], order


def _check(lists: Mapping[str, Any], place: Ints, counts: Sequence[int]) -> None:
    """Refuse runs that lack trials, or have trials without their parts."""
    found = np.bincount(place, minlength=len(counts))
    if (found != np.array(counts, dtype=np.int64)).any():
        raise DamagedError("a run does not have as many trials as its end says")
    for name in _ALWAYS:
        if np.isnan(lists[name]).any():
            raise DamagedError(f"a trial lacks its {name}")
    if np.isnan(lists["value"][lists["status"].codes == 0]).any():
        raise DamagedError("a completed trial lacks its value")


def _by_number(lists: dict[str, Any], place: Ints, workers: Sequence[int]) -> dict[str, Any]:
    """Return the trials of each run in the order of their numbers.

    Raises:
        DamagedError: they cannot have finished in the order in which they stand (`check_numbers`).
    """
    found = np.bincount(place, minlength=len(workers))
    position = np.arange(len(place)) - (np.cumsum(found) - found)[place]
    numbers = lists["trial_number"]
    if (numbers == position).all():
        return lists
    order = np.lexsort((numbers, place))
    twice = (np.diff(numbers[order]) == 0) & (np.diff(place[order]) == 0)
    late = numbers >= position + np.array(workers, dtype=np.int64)[place]
    if twice.any() or late.any() or (numbers < 0).any():
        raise DamagedError(OUT_OF_ORDER)
    return {name: column[order] for name, column in lists.items()}


def _with_clock(lists: dict[str, Any], wanted: Sequence[str], counts: Ints) -> dict[str, Any]:
    """Return the columns with the times that are sums of seconds, which a pack leaves out."""
    names = [name for name in CLOCK if name in wanted]
    if all(name in lists and not np.isnan(lists[name]).any() for name in names):
        return lists
    sums = _clock(lists, counts)
    found = {
        name: np.where(np.isnan(lists[name]), sums[name], lists[name]) if name in lists else value
        for name, value in sums.items()
    }
    return lists | found


def _clock(lists: Mapping[str, Any], counts: Ints) -> dict[str, Any]:
    """Return times and workers of evaluations that were made one by one, run by run."""
    started, finished = np.empty((2, counts.sum()))
    ends = np.cumsum(counts)
    for start, end in zip(ends - counts, ends, strict=True):
        each = (lists[name][start:end] for name in ("ask_s", "evaluation_s", "tell_s"))
        started[start:end], finished[start:end] = migrations.clock(*each)
    none = np.zeros(len(started), dtype=np.int32)
    return {"started_s": started, "finished_s": finished, "worker": none}


def _of_failed(reason: pd.Categorical, status: pd.Categorical) -> pd.Categorical:
    """Return the reasons of failed trials, and none of completed ones."""
    import pandas as pd

    texts = pd.Index(reason.categories).union([""], sort=False)
    codes = np.where(status.codes > 0, reason.codes, -1)
    return pd.Categorical.from_codes(np.where(codes < 0, texts.get_loc(""), codes), texts)


def _column(column: Any, name: str) -> Any:
    """Return a column of a pack as an array, or as categories: its status, its reason."""
    import pandas as pd

    if name in ("status", "reason"):
        codes = column.combine_chunks()
        codes = codes if hasattr(codes, "indices") else codes.dictionary_encode()
        if name == "reason":
            texts = codes.dictionary.to_pylist()
            return pd.Categorical.from_codes(codes.indices.fill_null(-1).to_numpy(), texts)
        where = pd.Index(_STATUS).get_indexer(codes.dictionary.to_pylist()).astype(np.int8)
        if codes.null_count or (where < 0).any():
            raise DamagedError("a trial has an unknown status")
        return pd.Categorical.from_codes(where[codes.indices.to_numpy()], _STATUS)
    if name in ("trial_number", "worker"):
        return column.to_numpy()
    if name in _NUMBERS:
        return column.cast("float64").to_numpy()
    values = np.empty(len(column), dtype=object)
    values[:] = column.to_pylist()
    return values


def _runs(
    headers: Iterable[Mapping[str, Any]], ends: Iterable[dict[str, Any]], checked: Sequence[bool]
) -> pd.DataFrame:
    import pandas as pd

    rows = [
        run_columns(header) | {"checked": there} | end
        for header, end, there in zip(headers, ends, checked, strict=True)
    ]
    frame = pd.DataFrame.from_records(rows, columns=[*RUN_COLUMNS, *RUN_FACTS, *END_COLUMNS])
    return frame.astype(RUN_KINDS)


def _trials(lists: Mapping[str, Any]) -> pd.DataFrame:
    import pandas as pd

    kinds = dict.fromkeys(_NUMBERS, float) | {"trial_number": np.int32, "worker": np.int32}
    found: dict[str, Any] = {}
    for name in [name for name in TRIAL_COLUMNS if name in lists]:
        column = lists[name]
        if name == "status":
            found[name] = pd.Categorical(column, categories=_STATUS)
        elif name == "reason":
            reasons = pd.Categorical(column)
            # Without a trial they would be of no kind, and join no others.
            found[name] = reasons.rename_categories(reasons.categories.astype(str))
        elif name in _LISTS:
            found[name] = pd.Series(column, dtype=object)
        elif name in kinds:
            found[name] = np.asarray(column, dtype=kinds[name])
        else:
            found[name] = pd.Series(column, dtype=str)
    return pd.DataFrame(found, copy=False)


def _made_in(header: Mapping[str, Any]) -> tuple[bytes, ...]:
    return tuple(orjson.dumps(dict(one)) for one in environments(header))
