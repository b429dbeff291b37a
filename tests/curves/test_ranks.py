import itertools
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import rankdata

from bench.curves.ranks import from_pairs, pair_losses, ranks_over_budget
from bench.inference.mean_intervals import mean_interval

NAN = math.nan


def wide(panels, column="rank"):
    """Return strategy -> values over the trials."""
    frame = ranks_over_budget(panels)
    return {name: rows[column].tolist() for name, rows in frame.groupby("strategy", sort=False)}


def test_ranks_are_what_pairs_say():
    scores = np.random.default_rng(1).integers(4, size=(5, 200)).astype(float)
    expected = rankdata(scores, axis=0).mean(axis=1)
    shares = pair_losses(scores).mean(axis=1)
    assert_allclose(from_pairs(shares, np.ones(5, dtype=bool)), expected, rtol=1e-12)


def test_pairs_by_hand():
    # a loses to c and ties with b, b loses to c.
    losses = pair_losses(np.array([[2.0], [2], [1]]))
    assert_array_equal(losses[:, 0], [0.5, 1, 1])
    assert_array_equal(from_pairs(losses[:, 0], np.array([True] * 3)), [2.5, 2.5, 1])
    # Without b there are two ranks; where a and c never met, each has b's word alone.
    absent = pair_losses(np.array([[2.0], [NAN], [1]]))[:, 0]
    assert_array_equal(from_pairs(absent, np.array([True, False, True])), [2, NAN, 1])
    found = from_pairs(np.array([0.5, NAN, 1.0]), np.array([True] * 3))
    assert_array_equal(found, [2, 2.5, 1])
    assert_array_equal(from_pairs(np.array([NAN]), np.array([True, True])), [NAN, NAN])
    assert_array_equal(from_pairs(np.empty((2, 0)), np.array([True])), [[1], [1]])


def test_ranks_over_the_budget_by_hand(panels_of):
    # After 1, 2, 3 trials: a 4 2 2, b 3 3 1, c failed (counts as 9), 9, 2.
    panels = panels_of({"p": [[[4, 2, 7]], [[3, 5, 1]], [[NAN, 9, 2]]]})
    assert wide(panels) == {"a": [2, 1, 2.5], "b": [1, 2, 1], "c": [3, 3, 2.5]}
    frame = ranks_over_budget(panels)
    assert frame.columns.tolist() == ["strategy", "budget", "rank", "low", "high", "n_problems"]
    assert frame["budget"].tolist() == [1, 2, 3] * 3
    assert frame["low"].isna().all()
    assert frame["high"].isna().all()
    assert (frame["n_problems"] == 1).all()


def test_an_interval_by_hand(panels_of):
    # a is first in one repetition and second in the other; Student's interval is wider than 1 to 2.
    panels = panels_of({"p": [[[1], [2]], [[2], [1]]], "q": [[[1], [1]], [[2], [2]]]})
    frame = ranks_over_budget(panels).set_index("strategy")
    assert_allclose(frame.loc["a", ["rank", "low", "high"]].astype(float), [1.25, 1, 2])
    assert_allclose(frame.loc["b", ["rank", "low", "high"]].astype(float), [1.75, 1, 2])


def test_ranks_and_their_intervals_by_brute_force(panels_of):
    rng = np.random.default_rng(2)
    losses = {p: rng.integers(5, size=(3, r, 4)).astype(float) for p, r in (("p", 3), ("q", 5))}
    frame = ranks_over_budget(panels_of(losses))
    ranks = [rankdata(np.minimum.accumulate(v, axis=2), axis=0) for v in losses.values()]
    expected = np.mean([r.mean(axis=1) for r in ranks], axis=0)
    assert_allclose(frame["rank"], expected.ravel(), rtol=1e-12)
    # With all on all problems a rank is a mean like any other.
    low, high = mean_interval([r.transpose(0, 2, 1).reshape(12, -1) for r in ranks])
    assert_allclose(frame["low"], np.clip(low, 1, 3), rtol=1e-9)
    assert_allclose(frame["high"], np.clip(high, 1, 3), rtol=1e-9)


def test_mean_ranks_are_demsars(demsar):
    found = wide(demsar)
    assert_allclose([found[s][0] for s in "abcd"], [3.143, 2.000, 2.929, 1.929], atol=5e-4)


def test_a_strategy_with_fewer_problems_is_compared_on_what_is_common(panels_of):
    # On q c is first; on p nobody knows.
    panels = panels_of({
        "p": [[[1, 1]] * 2, [[2, 2]] * 2, [[NAN, NAN]] * 2],
        "q": [[[1, 1]] * 2, [[2, 2]] * 2, [[0, 0]] * 2],
    })  # fmt: skip
    assert wide(panels) == {"a": [2, 2], "b": [3, 3], "c": [1, 1]}
    assert wide(panels, "n_problems") == {"a": [2, 2], "b": [2, 2], "c": [1, 1]}


def test_a_problem_counts_as_far_as_its_budget(panels_of):
    panels = panels_of({"p": [[[1, 1]] * 2, [[2, 2]] * 2], "q": [[[2]] * 2, [[1]] * 2]})
    assert wide(panels) == {"a": [1.5, 1], "b": [1.5, 2]}
    assert wide(panels, "n_problems") == {"a": [2, 1], "b": [2, 1]}


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 3, 2), (2, 1, 1), (40, 3, 2)])
def test_ranks_come_out_whatever_there_is(panels_of, shape):
    names = [f"s{place}" for place in range(shape[0])]
    panels = panels_of({"p": np.random.default_rng(3).random(shape)}, strategies=names)
    frame = ranks_over_budget(panels)
    assert_allclose(frame.groupby("budget")["rank"].sum(), sum(range(1, shape[0] + 1)))
    assert frame["low"].isna().all() == (shape[1] == 1)


def test_ties_everywhere_constant_values_and_failures(panels_of):
    panels = panels_of({"p": [[[3, 3]] * 4] * 2 + [[[NAN, NAN]] * 4]}, failed=["c"])
    frame = ranks_over_budget(panels)
    # All losses are 3, and so is the worst one, which c has.
    for column, name in itertools.product(("rank", "low", "high"), "abc"):
        assert_allclose(frame.loc[frame["strategy"] == name, column], 2, rtol=1e-12)


def test_without_a_common_repetition_nobody_is_ranked(panels_of):
    panels = panels_of({"p": [[[1], [NAN]], [[NAN], [2]]]})
    assert ranks_over_budget(panels)["rank"].isna().all()
    assert len(ranks_over_budget([])) == 0
