"""What enters a fingerprint, and what does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bench.output.copies import write_tidy
from bench.sources.fingerprint import LENGTH, fingerprint
from bench.sources.source import from_folder
from bench.sources.tidy import from_tidy
from bench.store import Store

TRIALS = pd.DataFrame(
    [
        ("random", "p", 0, 0, "completed", 1.0, 3.0, 2.5),
        ("random", "p", 0, 1, "failed", 1.0, np.nan, np.nan),
        ("tpe", "p", 0, 0, "completed", 1.0, 0.0, np.nan),
        ("tpe", "q", 1, 0, "completed", 0.5, 0.1 + 0.2, 1.0),
    ],
    columns=["strategy", "problem", "repetition", "trial_number", "status", "fidelity", "value",
             "test_value"],
)  # fmt: skip
KNOWN = fingerprint(TRIALS)


def test_it_is_short_and_hexadecimal():
    assert len(KNOWN) == LENGTH
    int(KNOWN, 16)


@pytest.mark.parametrize(
    "same",
    [
        TRIALS.iloc[[3, 1, 0, 2]],
        TRIALS.assign(ask_s=[0.1, 0.2, 0.3, 0.4], reason="because"),
        TRIALS[TRIALS.columns[::-1]],
        TRIALS.astype({"strategy": "category", "status": "category", "repetition": "int32"}),
        TRIALS.assign(value=TRIALS["value"].replace(0.0, -0.0)),
    ],
    ids=["order of rows", "clocks and reasons", "order of columns", "types", "a signed zero"],
)
def test_what_does_not_enter(same):
    assert fingerprint(same) == KNOWN


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("strategy", "gp"), ("problem", "r"), ("repetition", 7), ("trial_number", 5),
        ("status", "failed"), ("fidelity", 0.25), ("value", 0.3), ("test_value", 1.5),
    ],
)  # fmt: skip
def test_what_enters(column, value):
    other = TRIALS.copy()
    other.loc[3, column] = value
    assert fingerprint(other) != KNOWN


def test_a_row_more_or_less_is_another_result():
    assert fingerprint(TRIALS.iloc[:3]) != KNOWN
    assert fingerprint(TRIALS.iloc[:0]) != KNOWN


def test_a_folder_its_pack_and_its_tidy_tables_have_the_same(make_sweep, run_here, tmp_path):
    sweep = make_sweep(["Random", "Climber"], ["Sphere", "Flaky"])
    folder = run_here(sweep, tmp_path / "done").folder
    source = from_folder(folder, command="")
    found = fingerprint(source.trials)
    write_tidy(source.trials, source.runs, tmp_path)
    assert Store(folder).pack() == 8
    assert fingerprint(from_folder(folder, command="").trials) == found
    for name in ("trials.parquet", "trials.csv"):
        assert fingerprint(from_tidy(tmp_path / name, command="").trials) == found


def test_the_same_sweep_done_again_has_the_same(make_sweep, run_here, tmp_path):
    first, again, other = (
        from_folder(
            run_here(make_sweep(["Random"], ["Sphere"], seed=seed), tmp_path / name).folder,
            command="",
        )
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert fingerprint(first.trials) == fingerprint(again.trials)
    assert fingerprint(first.trials) != fingerprint(other.trials)
