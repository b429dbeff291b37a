"""The committed simulations are those of the code, and say what the report states."""

import numpy as np
import pandas as pd
import pytest

from bench.simulations import __main__ as simulations
from bench.simulations import committed
from bench.simulations.draws import KINDS, draw, truth


def error(share, sweeps):
    """Four standard errors of a share."""
    return 4 * np.sqrt(np.maximum(share * (1 - share), 1 / sweeps) / sweeps)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "sweeps", "shares"),
    [
        ("coverage", 200, ["coverage"]),
        ("looks", 40, ["better", "equal", "unadjusted", "covered", "found", "found_without"]),
        ("looks-new", 200, ["better", "uncorrected", "without"]),
        ("words", 12, ["better", "equal", "beside"]),
    ],
)
def test_a_small_sample_agrees_with_the_file(name, sweeps, shares):
    small, file = simulations.SIMULATIONS[name](sweeps), committed(name)
    assert list(small.columns) == list(file.columns)
    cases = [column for column in file.columns if column not in (*shares, "sweeps", "runs")]
    pd.testing.assert_frame_equal(small[cases], file[cases])
    for share in shares:
        known = file[share].notna()
        assert (small[share].notna() == known).all()
        off = (small[share] - file[share]).abs()
        allowed = error(file[share], small["sweeps"]) + error(file[share], file["sweeps"])
        assert (off <= allowed)[known].all()


@pytest.mark.slow
def test_a_simulation_is_the_same_each_time():
    run = simulations.SIMULATIONS["coverage"]
    pd.testing.assert_frame_equal(run(20), run(20))


def test_intervals_of_the_leaderboard_hold_their_level():
    file = committed("coverage")
    assert len(file) == 4 * len(KINDS) * 9
    # A percentile bootstrap has .80 there.
    assert (file["coverage"] >= 0.95 - error(0.95, file["sweeps"])).all()


def test_words_for_new_data_sets_are_wrong_in_5_percent_at_most():
    file = committed("words")
    known = file[file["distribution"].isin(["normal", "ties"])]
    for word in ("better", "equal"):
        assert (known[word] <= 0.05 + error(0.05, known["sweeps"])).all()


def test_sweeps_that_stop_what_is_settled_are_wrong_in_5_percent_at_most():
    file = committed("looks")
    assert (file["sweeps"] >= 1000).all()
    for word in ("better", "equal"):
        assert (file[word] <= 0.05).all()
    # Tested anew at each look they would be wrong more often.
    alike = file.query("distribution == 'normal' and differ == 'none' and repetitions == 30")
    assert (alike["unadjusted"] > 0.1).all()
    assert (file["covered"] >= 0.95 - error(0.95, file["sweeps"])).all()


def test_verdicts_for_new_data_sets_are_wrong_in_5_percent_at_most_where_sweeps_stop():
    file = committed("looks-new")
    assert (file["sweeps"] >= 1000).all()
    assert (file["better"] <= 0.05).all()
    # Without the correction they would be wrong more often.
    assert file["uncorrected"].max() > 0.05


def test_sweeps_that_stop_find_what_others_find_with_fewer_runs():
    file = committed("looks").query("differ == 'all' and repetitions == 30")
    assert (file["runs"] < 0.65).all()
    assert (file["found"] >= file["found_without"] - 0.01).all()


def test_a_pseudo_median_of_ties_is_that_of_many_pairs():
    pairs = draw("ties", np.random.default_rng(3), (2, 1_000_001)).mean(axis=0)
    assert np.median(pairs) == truth("ties").pseudo_median
    assert pairs.mean() == pytest.approx(truth("ties").mean, abs=0.003)
