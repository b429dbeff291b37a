"""Tables of other tools, a row a trial, as CSV and Parquet."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import strategies as st

from bench.evaluation import MAX_ABS_VALUE
from bench.sources.source import Source
from bench.sources.tidy import from_tidy
from bench.sources.tidy_columns import TidyError
from tests.fuzz.mutations import bytes_of, data_of
from tests.fuzz.reader import Misread, Reader, cells_of

ROWS = [
    (strategy, problem, repetition, number)
    for strategy in ("a", "b") for problem in ("p", "q") for repetition in (0, 1)
    for number in range(3)
]  # fmt: skip
PLAIN: dict[str, list[Any]] = {
    "strategy": [row[0] for row in ROWS],
    "problem": [row[1] for row in ROWS],
    "repetition": [row[2] for row in ROWS],
    "trial_number": [row[3] for row in ROWS],
    "value": [0.1 * place for place in range(len(ROWS))],
}
FULL = PLAIN | {
    "direction": ["maximize"] * len(ROWS),
    "status": ["failed" if place % 7 == 0 else "completed" for place in range(len(ROWS))],
    "fidelity": [0.5 if row[3] == 0 else 1.0 for row in ROWS],
    "evaluation_s": [1.5] * len(ROWS),
    "dataset": [f"d{row[1]}" for row in ROWS],
    "test_value": [0.2 * place for place in range(len(ROWS))],
}


def _csv(columns: Any) -> bytes:
    """Return columns as CSV; those of other lengths are filled up."""
    frame = _frame(columns)
    return frame.to_csv(index=False).encode("utf-8", "replace")


def _frame(columns: Any) -> pd.DataFrame:
    lists = {str(n): v if isinstance(v, list) else [v] for n, v in columns.items()}
    longest = max(map(len, lists.values()), default=0)
    filled = {name: [*cells, *[None] * (longest - len(cells))] for name, cells in lists.items()}
    return pd.DataFrame(filled, dtype=object)


def _parquet(columns: Any) -> bytes:
    """Return columns as Parquet; what Arrow gives no type becomes text."""
    frame = _frame(columns).infer_objects()
    data = io.BytesIO()
    try:
        frame.to_parquet(data, index=False)
    except (pa.ArrowException, TypeError, ValueError, OverflowError, RecursionError):
        data = io.BytesIO()
        frame.map(repr).to_parquet(data, index=False)
    return data.getvalue()


def _of(suffix: str) -> Any:
    return lambda content: (suffix, content)


class TidyTables(Reader):
    name = "tidy tables"
    refusals = (TidyError,)
    inputs = st.one_of(
        data_of([PLAIN, FULL]).map(_csv).map(_of("csv")),
        data_of([PLAIN, FULL]).map(_parquet).map(_of("parquet")),
        bytes_of([_csv(PLAIN), _csv(FULL)]).map(_of("csv")),
        bytes_of([_parquet(PLAIN), _parquet(FULL)]).map(_of("parquet")),
        st.tuples(st.sampled_from(["csv", "parquet"]), st.binary(max_size=80)),
    )

    def write(self, folder: Path, content: tuple[str, bytes]) -> Path:
        path = folder / f"fuzz.{content[0]}"
        path.write_bytes(content[1])
        return path

    def read(self, path: Path) -> Source:
        return from_tidy(path, command="")

    def check(self, path: Path, content: tuple[str, bytes], found: Source) -> None:
        again = path.with_name("again.csv")
        facts = found.runs[["strategy", "problem", "repetition", "direction", "metric"]]
        trials = found.trials.astype({"strategy": str, "problem": str})
        trials = trials.drop(columns=["direction", "metric", "run", "budget", "unordered"])
        merged = trials.merge(facts, on=["strategy", "problem", "repetition"])
        if len(merged) != len(trials):
            raise Misread("runs and trials do not belong together")
        merged.to_csv(again, index=False)
        try:
            second = from_tidy(again, command="")
        except TidyError as error:
            raise Misread(f"what was read is refused when it is written: {error}") from None
        for name in ("trial_number", "value", "test_value", "fidelity", "status", "evaluation_s"):
            one, two = found.trials[name], second.trials[name]
            if not (one.astype(object).fillna("") == two.astype(object).fillna("")).all():
                raise Misread(f"written and read again {name} is another one")
        self._check_values(path, content, found)

    def _check_values(self, path: Path, content: tuple[str, bytes], found: Source) -> None:
        """Compare the values with those that pandas reads, whatever order they are in."""
        if content[0] == "parquet":
            frame = pd.DataFrame({"value": cells_of(path, "value")})
        else:
            try:
                frame = pd.read_csv(path, dtype=str, keep_default_na=False)
            except ValueError:
                return
        values = pd.to_numeric(frame["value"], errors="coerce").to_numpy(dtype=float)
        values = np.sort(values[np.abs(values) <= MAX_ABS_VALUE])
        mine = found.trials["value"].to_numpy(dtype=float)
        mine = np.sort(mine[~np.isnan(mine)])
        if len(found.trials) != len(frame):
            raise Misread(f"{len(found.trials)} trials of {len(frame)} rows")
        if not np.isin(mine, values).all():
            raise Misread("values that do not stand in the table")
