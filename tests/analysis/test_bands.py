import numpy as np
import pytest

from bench.analysis.bands import COLUMNS, time_bands, trial_bands
from bench.analysis.trajectories import trial_curves


def test_median_and_quartiles_over_repetitions_by_hand(make_run, join):
    parts = [make_run([value, value - 1], repetition=i) for i, value in enumerate([2, 4, 6, 8, 20])]
    bands = trial_bands(*join(*parts))
    assert bands["x"].tolist() == [1, 2]
    assert bands["median"].tolist() == [6, 5]
    assert bands["low"].tolist() == [4, 3]
    assert bands["high"].tolist() == [8, 7]
    assert bands["repetitions"].tolist() == [5, 5]


def test_bands_are_the_quantiles_of_the_curves(make_run, join):
    rng = np.random.default_rng(3)
    trials, runs = join(*(make_run(rng.random(7), repetition=i) for i in range(6)))
    (curves,) = trial_curves(trials, runs).values()
    bands = trial_bands(trials, runs)
    expected = np.quantile(curves, [0.25, 0.5, 0.75], axis=0)
    np.testing.assert_array_equal(bands[["low", "median", "high"]].to_numpy().T, expected)


def test_a_band_starts_where_every_repetition_has_an_incumbent(make_run, join):
    bands = trial_bands(*join(make_run([None, 4, 3]), make_run([2, 2, 2], repetition=1)))
    assert bands["x"].tolist() == [2, 3]
    assert bands["median"].tolist() == [3, 2.5]


def test_a_crashed_repetition_stays_in_the_band(make_run, join):
    bands = trial_bands(
        *join(make_run([4, 2]), make_run([], repetition=1, budget=2, ended="crashed"))
    )
    assert bands["repetitions"].tolist() == [2, 2]
    assert bands["median"].tolist() == [4, 3]


def test_one_repetition_has_a_band_of_no_width(make_run):
    bands = time_bands(*make_run([3, 2, 1]))
    assert (bands["low"] == bands["median"]).all()
    assert (bands["high"] == bands["median"]).all()
    assert bands["median"].iloc[[0, -1]].tolist() == [3, 1]


@pytest.mark.parametrize("bands", [trial_bands, time_bands])
@pytest.mark.parametrize("values", [[], [None, None]])
def test_nothing_completed_gives_no_band(make_run, bands, values):
    frame = bands(*make_run(values, budget=2))
    assert list(frame.columns) == COLUMNS
    assert frame.empty


@pytest.mark.parametrize("bands", [trial_bands, time_bands])
def test_the_order_of_rows_does_not_matter(make_run, join, bands):
    rng = np.random.default_rng(0)
    parts = [make_run(rng.random(6), repetition=i) for i in range(4)]
    trials, runs = join(*parts)
    shuffled = trials.sample(frac=1, random_state=1), runs.sample(frac=1, random_state=2)
    assert bands(*shuffled).equals(bands(trials, runs))
