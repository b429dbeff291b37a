import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bench.curves.profiles import GRID, profiles

NAN = math.nan


def test_a_profile_by_hand(panels_of):
    # p has two repetitions, q four: each problem weighs one half.
    panels = panels_of({
        "p": [[[1], [3]], [[0], [0]]],
        "q": [[[1], [2], [2], [5]], [[9], [9], [9], [9]]],
    })  # fmt: skip
    frame = profiles(panels, grid=np.array([0.0, 1, 2, 5]))
    assert frame.columns.tolist() == ["strategy", "tau", "share", "low", "high", "n_problems"]
    assert frame["tau"].tolist() == [0, 1, 2, 5] * 2
    assert_allclose(
        frame["share"],
        [0, (1 / 2 + 1 / 4) / 2, (1 / 2 + 3 / 4) / 2, 1, 1 / 2, 1 / 2, 1 / 2, 1 / 2],
    )
    assert (frame["n_problems"] == 2).all()
    # b is the same in every repetition.
    assert_allclose(frame["low"][4:], 0.5)
    assert_allclose(frame["high"][4:], 0.5)


def test_the_band_by_hand(panels_of):
    # Two draws of two: none, one or both are within 1, with 1/4, 1/2 and 1/4.
    frame = profiles(panels_of({"p": [[[1], [3]]]}), grid=np.array([1.0]))
    assert frame[["share", "low", "high"]].to_numpy().tolist() == [[0.5, 0, 1]]


def test_the_budget_may_be_cut(panels_of):
    panels = panels_of({"p": [[[4, 1]] * 2]})
    grid = np.array([1.0, 4.0])
    assert profiles(panels, grid=grid)["share"].tolist() == [1, 1]
    assert profiles(panels, 1, grid)["share"].tolist() == [0, 1]
    assert profiles(panels, 3, grid)["share"].isna().all()


def test_profiles_rise_from_what_is_at_the_optimum_to_all(panels_of):
    losses = np.random.default_rng(1).random((3, 30, 1)) ** 4
    losses[0, :3] = 0
    frame = profiles(panels_of({"p": losses}))
    assert GRID[0] == 0
    assert {0.1, 1.0} <= set(GRID.round(12))
    table = frame.pivot(index="tau", columns="strategy", values="share")
    assert (table.diff().iloc[1:] >= -1e-12).all(axis=None)
    assert (
        frame["low"].between(0, frame["share"]) & frame["high"].between(frame["share"], 1)
    ).all()
    assert frame["share"].iloc[0] == 0.1
    assert frame.loc[frame["tau"] >= 1, "share"].eq(1).all()


def test_a_strategy_without_runs_has_none_one_with_fewer_problems_those(panels_of):
    panels = panels_of({
        "p": [[[1], [1]], [[2], [2]], [[NAN], [NAN]]],
        "q": [[[3], [3]], [[NAN], [NAN]], [[NAN], [NAN]]],
    })  # fmt: skip
    frame = profiles(panels, grid=np.array([2.0]))
    assert_array_equal(frame["share"], [0.5, 1, NAN])
    assert frame["n_problems"].tolist() == [2, 1, 0]


@pytest.mark.parametrize("shape", [(1, 1, 1), (40, 3, 1), (2, 1, 2)])
def test_a_profile_comes_out_whatever_there_is(panels_of, shape):
    names = [f"s{place}" for place in range(shape[0])]
    frame = profiles(panels_of({"p": np.ones(shape)}, strategies=names))
    assert_array_equal(frame["share"], np.tile(GRID >= 1, shape[0]))
    assert frame["low"].isna().all() == (shape[1] == 1)
    assert len(profiles([])) == 0
