"""The trials of one study of Optuna as CSV, as `study.trials_dataframe()` has them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.exchange.imported import ExchangeError, Imported
from bench.exchange.optuna_studies import OptunaStudy, OptunaTrial, imported
from bench.exchange.text_files import are_integers, csv_frame, header

if TYPE_CHECKING:
    import pandas as pd

DIRECTIONS = {"minimize": "MINIMIZE", "maximize": "MAXIMIZE"}


def reads(what: str) -> bool:
    """Say whether a path is a CSV file with the columns of `trials_dataframe()`."""
    return is_frame(header(what))


def is_frame(names: Any) -> bool:
    """Say whether names are those of the columns of `trials_dataframe()`, and of no tidy table."""
    known = {*map(str, names)}
    return {"number", "state"} <= known and not {"strategy", "problem", "repetition"} & known


def read(what: str) -> Imported:
    """Return the trials of the study in a file, whose name says which it is.

    Raises:
        ExchangeError: it cannot be read.
    """
    frame = csv_frame(what, "study.trials_dataframe().to_csv(…)")
    return of_frame(Path(what).stem, frame)


def of_frame(name: str, frame: pd.DataFrame) -> Imported:
    """Return the trials of the study in a frame.

    It says which trials were pruned, and not at which step, so these are failed ones. Lower values
    are better, as by default in Optuna, unless a column `direction` says otherwise.

    Args:
        name: of the study, `strategy/problem/repetition`.
        frame: `study.trials_dataframe()`.

    Raises:
        ExchangeError: a column is missing or has other entries.
    """
    import pandas as pd

    called = f"trials of the study {name[:200]!a}"
    if "value" not in frame.columns:
        raise ExchangeError(
            f"{called}: must have a column value, it is not among {', '.join(frame.columns)[:200]};"
            " for several objectives, rename the column of one to value"
        )
    rules = [] if "direction" in frame else ["lower values are better, as the file does not say"]
    given = frame["direction"] if "direction" in frame else pd.Series(["minimize"])
    words = {str(word).strip().lower() for word in given.dropna()} or {"minimize"}
    if len(words) > 1 or not words <= DIRECTIONS.keys():
        raise ExchangeError(
            f"{called}: the direction must be minimize or maximize in all rows, got "
            f"{', '.join(sorted(words))[:100]!a}; write one of them"
        )
    numbers = {
        column: pd.to_numeric(frame[column], errors="coerce") for column in ("number", "value")
    }
    if not are_integers(numbers["number"]):
        raise ExchangeError(f"{called}: each row must have an integer number; write it again")
    start, end = (
        pd.to_datetime(
            frame.get(column, pd.Series(index=frame.index)), errors="coerce", format="ISO8601"
        )
        for column in ("datetime_start", "datetime_complete")
    )
    trials = [
        OptunaTrial(
            int(number),
            str(state),
            None if pd.isna(value) else float(value),
            None if pd.isna(begun) else begun,
            None if pd.isna(done) else done,
        )
        for number, state, value, begun, done in zip(
            numbers["number"], frame["state"], numbers["value"], start, end, strict=True
        )
    ]
    study = OptunaStudy(name, [DIRECTIONS[word] for word in words], {}, trials)
    found = imported([study], where=called)
    return Imported(found.tool, found.studies, (*rules, *found.rules))
