import numpy as np
import pytest
from numpy.testing import assert_array_equal

from bench.analysis.regret import Scale
from bench.analysis.selection import COLUMNS, by_problem, by_strategy

NAN, INF = np.nan, np.inf
SCALE = Scale(0.0, 2.0, "frozen")


def rows(panel):
    return by_problem([panel]).set_index("strategy")


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_by_hand(panel_of, direction):
    losses = [
        [[5, 4, 4, 6, 3], [5, NAN, 2, INF, INF]],
        [[5, INF, INF, INF, INF], [5, INF, INF, INF, INF]],
    ]
    # In the first run the incumbents' test losses are 6, 3, 7: the 1 was never one's.
    tests = [[[6, 3, 1, 0, 7], [9, 9, 1, 0, 0]], [[5] * 5, [5] * 5]]
    scale = Scale(0.0, 2.0 if direction == "minimize" else -2.0, "frozen")
    panel = panel_of(
        losses, strategies=["tpe", "default"], tests=tests, direction=direction, scale=scale
    )
    found = rows(panel)
    assert list(found.reset_index().columns) == COLUMNS
    tpe = found.loc["tpe"]
    assert (tpe["runs"], tpe["compared"]) == (2, 2)
    assert (tpe["gap"], tpe["relative_gap"]) == (1.5, 0.75)  # of 7 − 3 and 1 − 2
    assert (tpe["overtuned"], tpe["overtuning"], tpe["normalised_overtuning"]) == (0.5, 2, 1)
    assert tpe["worse"] == 0.5
    assert (found["worse"]["default"], found["overtuning"]["default"]) == (0, 0)


def test_overtuning_equals_brute_force(panel_of):
    rng = np.random.default_rng(6)
    losses, tests = rng.integers(0, 9, size=(2, 1, 40, 12)).astype(float)
    lost = []
    for run, test in zip(losses[0], tests[0], strict=True):
        places = [min(range(t + 1), key=lambda i: (run[i], i)) for t in range(12)]
        lost.append(test[places[-1]] - min(test[i] for i in places))
    found = rows(panel_of(losses, tests=tests, scale=SCALE)).iloc[0]
    assert found["overtuning"] == pytest.approx(np.mean(lost))
    assert found["overtuned"] == np.mean(np.array(lost) > 0)


def test_a_set_is_taken_in_a_random_order(panel_of):
    # Three points: the test gets worse as the validation gets better.
    shape = 1, 3000, 3
    losses, tests = (np.broadcast_to(v, shape) for v in ([1.0, 2, 3], [3.0, 1, 0]))
    found = rows(panel_of(losses, strategies=["grid"], sets=["grid"], tests=tests)).iloc[0]
    # Best first (1/3): 0. Then 1 2: 2; 2 1 3 and 2 3 1: 2; 3 1 2: 3; 3 2 1: 3.
    assert found["overtuned"] == pytest.approx(2 / 3, abs=4 * 0.0086)
    assert found["overtuning"] == pytest.approx((2 + 2 + 3 + 3) / 6, abs=4 * 1.25 / 3000**0.5)


def test_where_test_values_are_missing(panel_of):
    losses = [[[3, 1], [3, 1]], [[NAN, NAN], [NAN, NAN]]]
    found = rows(panel_of(losses))
    assert found["runs"].tolist() == [0, 0]
    assert found[["gap", "overtuned", "overtuning", "worse"]].isna().all(axis=None)
    # The last incumbent of the first run has none, an earlier one of the second.
    some = rows(panel_of(losses[:1], tests=[[[5, NAN], [NAN, 6]]], scale=SCALE)).iloc[0]
    assert (some["runs"], some["gap"], some["overtuning"]) == (1, 5, 0)


def test_a_run_that_came_to_nothing_is_worse_than_the_default(panel_of):
    losses = [[[NAN, NAN], [2, 1]], [[5, INF], [NAN, INF]], [[9, 9], [9, 9]]]
    tests = [[[NAN, NAN], [2, 4]], [[5, 0], [0, 0]], [[9, 9], [9, 9]]]
    panel = panel_of(losses, strategies=["tpe", "default", "bad"], tests=tests, scale=SCALE)
    found = rows(panel)
    # The default failed in the second repetition.
    assert found["compared"].tolist() == [1, 1, 1]
    assert found["worse"].tolist() == [1, 0, 1]
    assert found["runs"].tolist() == [1, 1, 2]


def test_means_over_problems(panel_of):
    parts = [
        panel_of([[[1, 0]], [[2, INF]]], strategies=["tpe", "default"], problem=p, tests=tests,
                 scale=SCALE)
        for p, tests in (("p", [[[1, 3]], [[2, 2]]]), ("q", [[[1, 0]], [[2, 2]]]), ("r", None))
    ]  # fmt: skip
    frame = by_strategy(by_problem(parts)).set_index("strategy")
    assert frame["worse"].tolist() == [0.5, 0]
    assert frame["relative_gap"].tolist() == [0.75, 0]
    assert frame["normalised_overtuning"].tolist() == [0.5, 0]
    assert_array_equal(frame[["problems", "against"]], [[2, 2], [2, 2]])
    assert by_strategy(by_problem([])).empty
