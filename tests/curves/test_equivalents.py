import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from bench.curves.equivalents import TWICE, equivalents, percentile_interval, trials_saved

NAN, INF = np.nan, np.inf


def row(frame, strategy):
    (found,) = frame[frame["strategy"] == strategy].to_dict("records")
    return found


def test_by_hand(panel_of):
    draws = [[9, 1, 2, 3, 4, 5, 6, 7, 8, 10]]
    tpe = [[9, 9, 9, 9, 9, 9, 9, 9, 9, 2.5]]
    panel = panel_of([draws, tpe], strategies=["random", "tpe"], direction="maximize")
    frame = equivalents([panel])
    found = row(frame, "tpe")
    # 2 of 10 draws are at least as good.
    assert found["chance"] == 0.2
    assert found["equivalents"] == pytest.approx(math.log(0.5) / math.log(0.8))
    assert (found["value"], found["bound"], found["exact"], found["n_draws"]) == (
        -2.5,
        False,
        False,
        10,
    )
    assert row(frame, "random")["equivalents"] == 10
    # After four trials nobody is better than nine of ten.
    after = equivalents([panel], 4)
    assert row(after, "tpe")["equivalents"] == pytest.approx(math.log(0.5) / math.log(0.1))
    # The best of 8 of 10: ranks of mean 11/9.
    assert row(after, TWICE)["value"] == pytest.approx(-11 / 9)
    assert row(after, TWICE)["equivalents"] == 8
    assert math.isnan(row(frame, TWICE)["value"])


def test_a_repetition_is_judged_by_its_own_draws(panel_of):
    easy, hard = np.arange(1.0, 9), np.arange(101.0, 109)
    panel = panel_of(
        [[easy, hard], [np.full(8, 2.0), np.full(8, 102.0)]], strategies=["random", "tpe"]
    )
    assert row(equivalents([panel]), "tpe")["chance"] == 0.25


def test_better_than_all_draws_is_a_lower_bound(panel_of):
    panel = panel_of([[[1, 2, 3, 4]], [[0, 9, 9, 9]]], strategies=["random", "tpe"])
    found = row(equivalents([panel]), "tpe")
    assert found["bound"]
    assert found["equivalents"] == pytest.approx(math.log(0.5) / math.log(0.75))


def test_as_good_as_the_best_draw_alone_is_a_lower_bound_too(panel_of):
    panel = panel_of([[[1, 2, 3, 4]], [[1, 9, 9, 9]], [[2, 9, 9, 9]]],
                     strategies=["random", "tpe", "gp"])  # fmt: skip
    frame = equivalents([panel])
    assert row(frame, "tpe")["chance"] == 0.25
    assert row(frame, "tpe")["bound"]
    assert row(frame, "tpe")["equivalents"] == pytest.approx(math.log(0.5) / math.log(0.75))
    assert not row(frame, "gp")["bound"]


@pytest.mark.parametrize("repetitions", [1, 5, 30])
def test_a_second_random_is_worth_at_least_what_the_draws_resolve(panel_of, repetitions):
    # Of a repetition's own 50 draws none is better than the control in half of the sweeps.
    losses = np.random.default_rng(repetitions).random((2, repetitions, 50))
    losses += np.arange(repetitions)[:, None]
    frame = equivalents([panel_of(losses, strategies=["random", "again"])])
    found = row(frame, "again")
    assert found["n_draws"] == 50
    assert found["bound"] == (found["chance"] <= 1 / 50)
    if repetitions == 30:
        assert found["bound"]


def test_a_bound_where_repetitions_have_other_numbers_of_draws(panel_of):
    # 1 of 2 and 1 of 4: each is all that its own draws can tell.
    losses = [[[1, 2, INF, INF], [11, 12, 13, 14]], [[1, 9, 9, 9], [11, 19, 19, 19]]]
    found = row(equivalents([panel_of(losses, strategies=["random", "tpe"])]), "tpe")
    assert (found["chance"], found["bound"]) == (0.375, True)


def test_beyond_its_budget_nothing_is_known_of_a_problem(panel_of):
    one = panel_of([[[1, 2, 3, 4]], [[2, 9, 9, 9]]], strategies=["random", "tpe"])
    two = panel_of([[[1, 2]], [[2, 9]]], strategies=["random", "tpe"], problem="q")
    frame = equivalents([one, two], 3)
    assert frame["problem"].tolist() == ["p"] * 3 + ["q"] * 2
    late = frame[frame["problem"] == "q"]
    assert late[["value", "chance", "equivalents"]].isna().all(axis=None)
    assert not late["bound"].any()
    assert trials_saved(frame).set_index("strategy")["n_problems"]["tpe"] == 1


def test_exact_where_the_distribution_is_known(panel_of):
    panel = panel_of([[[3, 2], [3, 2]], [[1, 3], [2, 3]]], strategies=["random", "tpe"])
    losses, weights = np.array([[1.0, 2, 3, NAN], [3, 2, 1, NAN]]), np.array([1.0, 2, 3, 4])
    frame = equivalents([panel], exact={"p": (losses, weights)})
    # tpe: the 1 of the first repetition has 1/10, 2 or better of the second 5/10.
    assert row(frame, "tpe")["chance"] == pytest.approx(0.3)
    assert row(frame, "tpe")["equivalents"] == pytest.approx(math.log(0.5) / math.log(0.7))
    assert row(frame, "tpe")["exact"]
    one = equivalents([panel], exact={"p": (losses[:1], weights)})
    assert row(one, "tpe")["chance"] == pytest.approx((0.1 + 0.3) / 2)


def test_random_under_a_second_name_is_worth_its_own_trials(panel_of):
    losses = np.random.default_rng(4).random((2, 400, 50))
    panel = panel_of(losses, strategies=["random", "again"], optimum=0.0)
    frame = equivalents([panel], 20)
    # The median of 400 minima of 20: F has the relative standard error 1/√400 · 1/ln 2.
    assert row(frame, "again")["equivalents"] == pytest.approx(20, rel=4 * 0.05 / math.log(2))
    exact = equivalents([panel], 20, {"p": (np.linspace(0, 1, 2001)[None], np.ones(2001))})
    assert row(exact, "again")["equivalents"] == pytest.approx(20, rel=4 * 0.05 / math.log(2))


def test_nothing_can_be_said_of_equal_draws_or_without_random(panel_of):
    equal = panel_of([[[1, 1]], [[1, 1]]], strategies=["random", "tpe"])
    alone = panel_of([[[1, 2]], [[2, 1]]])
    for panel in (equal, alone):
        frame = equivalents([panel])
        assert frame.loc[frame["strategy"] != TWICE, "equivalents"].isna().all()
    assert trials_saved(equivalents([alone]))["factor"].isna().all()
    assert trials_saved(equivalents([])).empty


def test_failures_and_missing_cells(panel_of):
    panel = panel_of(
        [[[1, 4], [4, 1]], [[NAN, NAN], [NAN, 1]], [[1, 1], [1, 1]]],
        strategies=["random", "tpe", "gp"],
        missing=[(2, 0), (2, 1)],
    )
    frame = equivalents([panel])
    # The worst: every draw is as good; and half of the draws.
    assert row(frame, "tpe")["chance"] == 0.75
    assert math.isnan(row(frame, "gp")["equivalents"])


def saved(factors, bounds=None, datasets=None):
    bounds = [False] * len(factors) if bounds is None else bounds
    datasets = [f"d{i}" for i in range(len(factors))] if datasets is None else datasets
    return trials_saved(
        pd.DataFrame(
            {
                "strategy": "tpe",
                "dataset": datasets,
                "budget": 10,
                "equivalents": np.array(factors) * 10.0,
                "bound": bounds,
            }
        )
    ).iloc[0]


def test_trials_saved_by_hand():
    found = saved([1, 5, 2, NAN])
    assert (found["factor"], found["n_problems"], found["n_bounds"]) == (2, 3, 0)
    assert not found["bound"]
    assert 1 <= found["low"] < found["high"] <= 5
    assert not saved([1, 5, 2], [False, True, False])["bound"]
    assert saved([1, 5, 2], [False, False, True])["bound"]
    assert np.isnan(saved([1, 5, 2], datasets=["d"] * 3)["low"])


@pytest.mark.slow
def test_the_interval_resamples_data_sets_with_all_their_problems():
    rng = np.random.default_rng(5)
    values, groups = rng.random(9), np.array([0, 0, 0, 1, 1, 2, 3, 4, 4])
    parts = [values[groups == g] for g in range(5)]
    picks = rng.integers(5, size=(20_000, 5))
    medians = [np.median(np.concatenate([parts[g] for g in pick])) for pick in picks]
    assert_allclose(
        percentile_interval(values, groups), np.quantile(medians, [0.025, 0.975]), atol=0.03
    )
