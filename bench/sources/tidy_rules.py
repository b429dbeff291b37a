"""What each column of a tidy table must hold; all columns that do not are reported at once."""

from __future__ import annotations

import numpy as np

from bench.evaluation import MAX_ABS_VALUE
from bench.sources.tidy_columns import TidyTable, together

DIRECTIONS = ["minimize", "maximize"]
STATUS = ["completed", "failed", "timeout", "out of memory", "crashed"]
MAX_WHOLE_NUMBER = 2**53
"""Integers up to this are exact however they are written."""


def check_columns(file: TidyTable) -> None:
    """Refuse columns with entries that are missing or out of bounds.

    Raises:
        TidyError: a line for each of them.
    """
    with together() as check:
        for name in ("strategy", "problem"):
            with check():
                _all_there(file, name)
        for name in ("repetition", "trial_number"):
            with check():
                _whole(file, name)
        for name, words in (("direction", DIRECTIONS), ("status", STATUS)):
            with check():
                file.known_words(name, words)
        with check():
            _within(file, "fidelity", 0, 1, "be above 0 and at most 1",
                    "it is the share of a full evaluation", above=True)  # fmt: skip
        with check():
            _below_fidelity(file)
        for name, way in (("test_value", "there is none"), ("optimum", "it is not known")):
            with check():
                _within(file, name, -MAX_ABS_VALUE, MAX_ABS_VALUE, f"be within ±{MAX_ABS_VALUE:g}",
                        f"leave it empty where {way}")  # fmt: skip
        for name in ("evaluation_s", "ask_s", "tell_s"):
            with check():
                _within(file, name, 0, MAX_ABS_VALUE, "hold seconds, 0 or more",
                        "leave it empty where it is not known")  # fmt: skip


def _all_there(file: TidyTable, name: str) -> None:
    gone = np.asarray(file.texts[name].codes) < 0
    if gone.any():
        raise file.error(
            f"each row must name its {name}", f"{file.row(gone)} does not", "fill it in"
        )


def _whole(file: TidyTable, name: str) -> None:
    values = file.numbers[name]
    gone = np.isnan(values)
    if gone.any():
        raise file.error(f"each row must have a {name}", f"{file.row(gone)} has none", "fill it in")
    bad = (values != np.floor(values)) | (values < 0) | (values >= MAX_WHOLE_NUMBER)
    if bad.any():
        first = float(values[bad][0])
        got = f"{first:.0f}" if first.is_integer() else f"{first:g}"
        raise file.error(
            f"a {name} must be an integer from 0 to 2^53",
            f"got {got} in {file.row(bad)}",
            "number them from 0",
        )


def _below_fidelity(file: TidyTable) -> None:
    before = file.numbers.get("continued_from")
    if before is None:
        return
    fidelity = np.nan_to_num(file.numbers.get("fidelity", np.ones(file.rows)), nan=1.0)
    good = (before >= 0) & (before < fidelity)
    file.within(
        "continued_from", good | np.isnan(before), "be 0 or more and less than the row's fidelity",
        "it is the share that its model went on from, and empty where it began anew",
    )  # fmt: skip


def _within(
    file: TidyTable, name: str, low: float, high: float, rule: str, way: str, *, above: bool = False
) -> None:
    values = file.numbers.get(name)
    if values is not None:
        good = (values > low if above else values >= low) & (values <= high)
        file.within(name, good | np.isnan(values), rule, way)
