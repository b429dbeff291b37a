import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bench.inference.mean_intervals import mean_interval
from bench.inference.pairwise import improvement, pairwise

NAN = math.nan


def pair(panels, first="a", other="b"):
    frame = pairwise(panels).set_index(["strategy", "other"])
    return frame.loc[(first, other)]


def test_the_probability_of_improvement_is_rliables():
    # Its scores have a row a run and a column a task, and are better the larger they are.
    first = -np.array([[1.0, 2], [2, 2], [1, 1], [2, 1]])
    second = -np.array([[1.0, 1], [2, 2], [3, 3]])
    found = [improvement(x, y) for x, y in zip(first.T, second.T, strict=True)]
    assert np.mean(found) == pytest.approx(1 / 3, rel=1e-12)


@pytest.mark.parametrize("counts", [(1, 1), (1, 4), (3, 2), (7, 7)])
def test_the_probability_of_improvement_by_all_pairs(counts):
    rng = np.random.default_rng(counts)
    first, second = (rng.integers(5, size=count).astype(float) for count in counts)
    pairs = (first[:, None] < second) + 0.5 * (first[:, None] == second)
    assert improvement(first, second) == pytest.approx(pairs.mean(), rel=1e-12)


def test_a_pair_by_hand(panels_of):
    # p: a 1 4 2, b 2 2 2. q: a 5 5 5, b 1 1 9.
    panels = panels_of({
        "p": [[[1], [4], [2]], [[2], [2], [2]]],
        "q": [[[5], [5], [5]], [[1], [1], [9]]],
    })  # fmt: skip
    row = pair(panels)
    # p: a win, a loss and a tie, each three times; q: 5 beats 9 alone.
    assert row["improvement"] == pytest.approx((1 / 2 + 1 / 3) / 2)
    # By the median p is a tie, q lost.
    assert row[["n_problems", "n_won", "n_tied", "n_lost"]].tolist() == [2, 0, 1, 1]
    assert row[
        ["n_repetitions", "n_repetitions_won", "n_repetitions_tied", "n_repetitions_lost"]
    ].tolist() == [6, 2, 1, 3]
    back = pair(panels, "b", "a")
    assert back["improvement"] == pytest.approx(1 - row["improvement"])
    assert back["low"] == pytest.approx(1 - row["high"])
    assert back["high"] == pytest.approx(1 - row["low"])
    assert back[["n_problems", "n_won", "n_tied", "n_lost"]].tolist() == [2, 1, 1, 0]
    assert back[["n_repetitions_won", "n_repetitions_tied", "n_repetitions_lost"]].tolist() == [
        3,
        1,
        2,
    ]


def test_intervals_are_of_the_repetitions_places_in_both_samples(panels_of):
    rng = np.random.default_rng(2)
    losses = {p: rng.integers(4, size=(2, r, 1)).astype(float) for p, r in (("p", 9), ("q", 7))}
    placed = []
    for values in losses.values():
        a, b = values[..., 0]
        own = [improvement(a[k : k + 1], b) + improvement(a, b[k : k + 1]) for k in range(len(a))]
        placed.append(np.array([own]))
    row = pair(panels_of(losses))
    # The two places of a repetition have twice the mean.
    (low,), (high,) = mean_interval(placed)
    assert_allclose([row["low"], row["high"]], [low, high] - row["improvement"], rtol=1e-9)
    assert row["low"] < row["improvement"] < row["high"]


@pytest.mark.slow
def test_intervals_hold_the_probability_that_is_true(panels_of):
    rng, held = np.random.default_rng(3), 0
    for _ in range(200):
        row = pair(panels_of({p: rng.exponential(size=(2, 6, 1)) for p in "pqr"}))
        held += row["low"] <= 0.5 <= row["high"]
    assert held / 200 >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / 200)


def test_only_common_problems_count(panels_of):
    panels = panels_of({
        "p": [[[1], [1]], [[2], [2]], [[NAN], [NAN]]],
        "q": [[[3], [3]], [[2], [2]], [[9], [9]]],
        "r": [[[NAN], [NAN]], [[2], [2]], [[1], [1]]],
    })  # fmt: skip
    assert pair(panels, "a", "b")[["improvement", "n_problems"]].tolist() == [0.5, 2]
    assert pair(panels, "a", "c")[["improvement", "n_problems"]].tolist() == [1, 1]
    assert pair(panels, "b", "c")[["improvement", "n_problems"]].tolist() == [0.5, 2]


def test_where_nothing_is_common_nothing_is_said(panels_of):
    panels = panels_of({
        "p": [[[1], [1]], [[NAN], [NAN]]], "q": [[[NAN], [NAN]], [[2], [2]]],
    })  # fmt: skip
    row = pair(panels)
    assert row[["improvement", "low", "high"]].isna().all()
    assert row[["n_problems", "n_won", "n_repetitions"]].tolist() == [0, 0, 0]
    # Nor where no repetition is.
    frame = pairwise(panels_of({"p": [[[1], [NAN]], [[NAN], [2]]]}))
    assert frame["improvement"].isna().all()
    assert frame[["n_problems", "n_repetitions"]].to_numpy().tolist() == [[0, 0], [0, 0]]
    assert len(pairwise([])) == 0


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 3, 2), (2, 1, 1), (40, 3, 2)])
def test_pairs_come_out_whatever_there_is(panels_of, shape):
    names = [f"s{place}" for place in range(shape[0])]
    frame = pairwise(panels_of({"p": np.ones(shape)}, strategies=names))
    assert len(frame) == shape[0] * (shape[0] - 1)
    assert (frame["improvement"] == 0.5).all()
    assert (frame["n_tied"] == 1).all()
    if len(frame):
        assert frame["strategy"].drop_duplicates().tolist() == names
        assert frame["low"].isna().all() == (shape[1] == 1)


def test_a_budget_may_be_given(panels_of):
    panels = panels_of({"p": [[[1, 1]] * 2, [[2, 0]] * 2]})
    assert_array_equal(pairwise(panels, 1)["improvement"], [1, 0])
    assert_array_equal(pairwise(panels, 2)["improvement"], [0, 1])
