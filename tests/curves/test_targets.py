import itertools
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bench.curves.targets import (
    ecdf,
    ert,
    expected_times,
    hit_trials,
    target_losses,
    targets,
)

INF, NAN = np.inf, np.nan


def hitting(trial, length=100):
    """A run whose loss is 0 at that trial (none: never) and 1 otherwise."""
    run = np.ones(length)
    if trial:
        run[trial - 1] = 0
    return run


def test_targets_are_the_expected_best_of_random(panel_of):
    squares = [64.0, 1, 36, 49, 4, 25, 9, 16, 81, 100]
    frame = targets([panel_of([[squares]], strategies=["random"], direction="maximize")], (1, 2, 3))
    two = np.mean([min(pair) for pair in itertools.combinations(squares, 2)])
    assert frame["target"].tolist()[:2] == pytest.approx([-38.5, -two], rel=1e-14)
    # Ten draws are too few for three: their best would be that of the run itself.
    assert math.isnan(frame["target"][2])
    assert frame["n_repetitions"].tolist() == [1, 1, 0]
    assert frame["n_missing"].tolist() == [0, 0, 1]


def test_random_beyond_its_own_budget_where_repetitions_are_pooled(panel_of):
    losses = np.arange(10.0).reshape(1, 10, 1)
    # The best rank of 2 of 10 is 11/3, and ranks start at 1.
    pooled = panel_of(losses, strategies=["random"], optimum=0.0)
    assert targets([pooled], (2,))["target"].tolist() == pytest.approx([8 / 3])
    apart = panel_of(losses, strategies=["random"])
    assert targets([apart], (1, 2))["target"].isna().all()


def test_targets_are_exact_where_the_distribution_is_known(panel_of):
    panel = panel_of([[[3.0], [4.0]]], strategies=["tpe"], direction="maximize")
    exact = {"p": (np.array([[1.0, 4.0], [2.0, 2.0]]), np.array([1.0, 3.0]))}
    # 1 with ¼ of each draw, else 4; the second repetition has 2 alone.
    by_hand = [(1 + 3 * 0.75**n + 2) / 2 for n in (1, 2, 50)]
    frame = targets([panel], (1, 2, 50), exact)
    assert_allclose(frame["target"], -np.array(by_hand), rtol=1e-14)
    assert frame["n_repetitions"].tolist() == [2, 2, 2]
    found = hit_trials(panel, target_losses(panel, (1,), exact["p"]))
    assert found.ravel().tolist() == pytest.approx([1, NAN], nan_ok=True)
    assert ert([panel], (1,), exact)["n_successes"].tolist() == [1]
    assert ecdf([panel], (1,), exact)["share"].tolist() == [0.5]


def test_hits_by_hand(panel_of):
    losses = [
        [[4, 2, 3, 1], [4, NAN, 4, 4]],
        [[2.5, INF, INF, INF], [NAN, 3, 0, 0]],
        [[NAN, NAN, NAN, NAN], [5, 5, 5, 5]],
    ]
    panel = panel_of(losses, missing=[(2, 1)])
    wanted = np.array([[2.5, 1.0], [3.0, NAN]])
    assert_array_equal(
        hit_trials(panel, wanted),
        [[[2, 4], [NAN, NAN]], [[1, NAN], [2, NAN]], [[NAN, NAN], [NAN, NAN]]],
    )


def test_nobody_hits_a_target_that_is_not_known(panel_of):
    losses = [[[3.5, 1, 2, 2, 2], [2] * 5], [[0] + [9] * 4, [9] * 5]]
    panel = panel_of(losses, strategies=["random", "tpe"], missing=[(1, 1)])
    # Targets are 2.1 and 2; nobody knows those of 3 trials.
    found = hit_trials(panel, target_losses(panel, (1, 3)))
    assert_array_equal(found, [[[2, NAN], [1, NAN]], [[1, NAN], [NAN, NAN]]])


def test_a_run_that_came_to_nothing_hits_no_target_even_where_all_is_the_same(panel_of):
    panel = panel_of([[[0.1] * 5], [[NAN] * 5]], strategies=["random", "tpe"])
    frame = ert([panel], (1,))
    assert frame["ert"].tolist() == [1, INF]
    assert frame["n_successes"].tolist() == [1, 0]


def test_ert_equals_the_published_oracle(panel_of):
    panel = panel_of([[hitting(10), hitting(20), hitting(30), hitting(0), hitting(0)]])
    times, successes, runs = expected_times(panel, np.zeros((5, 1)))
    assert times[0, 0] == pytest.approx(260 / 3, rel=1e-14)
    assert (successes[0, 0], runs[0, 0]) == (3, 5)


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([[5, 0, 5], [0, INF, INF]], 1.5),
        ([[5, 0, 5], [5, 5, 5]], 5),
        ([[5, 5, 5], [5, 5, 5]], INF),
        # A run that missed counts with the trials it has.
        ([[5, 0, 5], [5, 5, INF]], 4),
        ([[5, 0, 5], [5, INF, INF]], 3),
        ([[5, INF, INF], [5, INF, INF]], INF),
    ],
)
def test_ert_is_evaluations_over_successes_however_long_a_run_was(panel_of, runs, expected):
    panel = panel_of([runs])
    assert expected_times(panel, np.zeros((2, 1)))[0].tolist() == [[expected]]


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([[5, 0, 5], [0, INF, INF]], 1.5),
        # It had no candidates left, and would have nothing again.
        ([[5, 0, 5], [5, INF, INF]], INF),
        ([[5, 0, 5], [5, 5, INF]], INF),
    ],
)
def test_a_run_that_is_recorded_as_stopped_early_is_no_restart(panel_of, runs, expected):
    panel = panel_of([runs], stopped=[(0, 1)])
    assert expected_times(panel, np.zeros((2, 1)))[0].tolist() == [[expected]]


def test_ert_as_published_for_runs_of_different_lengths(panel_of):
    # DIRECT on f8 in 5-D (BBOB 2009): 79785.5, from hits and from runs that gave up at lengths of
    # their own. The two hits and the two misses here add up to it.
    lengths = [20000, 31571, 54000, 54000]
    runs = np.full((4, 54001), INF)
    for row, length in zip(runs, lengths, strict=True):
        row[:length] = 5.0
    runs[0, 19999] = runs[1, 31570] = 0.0
    times, successes, _ = expected_times(panel_of([runs]), np.zeros((4, 1)))
    assert times[0, 0] == sum(lengths) / 2 == 79785.5
    assert successes[0, 0] == 2


def test_one_trial_that_is_good_by_luck_is_no_strategy(panel_of):
    # The default configuration is good enough in one split of three.
    default = [[0, *[INF] * 9], [5, *[INF] * 9], [5, *[INF] * 9]]
    panel = panel_of(
        [default, [hitting(8, 10)] * 3],
        strategies=["default", "tpe"],
        stopped=[(0, 0), (0, 1), (0, 2)],
    )
    times, successes, _ = expected_times(panel, np.zeros((3, 1)))
    assert times[:, 0].tolist() == [INF, 8]
    assert successes[:, 0].tolist() == [1, 3]


def test_what_a_set_does_not_hold_it_never_reaches(panel_of):
    points = [[5, 1, 7, INF], [5, 6, 7, INF]]
    panel = panel_of([points], strategies=["grid"], unordered=["grid"], stopped=[(0, 0), (0, 1)])
    times, successes, _ = expected_times(panel, np.array([[2.0], [2.0]]))
    assert (times[0, 0], successes[0, 0]) == (INF, 1)
    assert expected_times(panel, np.array([[2.0], [6.5]]))[0][0, 0] == pytest.approx(
        (2 + 4 / 3) / 2
    )


def test_ert_of_random_on_the_sphere(panel_of):
    rng = np.random.default_rng(1)
    losses = (rng.uniform(-5, 5, size=(1, 400, 200, 2)) ** 2).sum(axis=-1)
    times, successes, _ = expected_times(panel_of(losses, optimum=0.0), np.ones((400, 1)))
    # 100/π = 31.83; a geometric distribution's mean over some 400 successes, four of its errors.
    assert successes[0, 0] > 390
    assert times[0, 0] == pytest.approx(31.83, abs=4 * 31.83 / math.sqrt(400))


def test_random_needs_about_n_trials_to_what_it_reaches_after_n(panel_of):
    losses = np.random.default_rng(2).random((1, 300, 200))
    frame = ert([panel_of(losses, strategies=["random"], optimum=0.0)], (10, 20))
    # Losses are uniform: the target is 1/(n+1), and a hit a geometric variable of mean n + 1.
    assert_allclose(frame["ert"], [11, 21], rtol=4 / math.sqrt(300))


def test_targets_are_not_the_minimum_of_the_run_they_are_held_against(panel_of):
    # Each repetition has its own draws. Of 50 the target after 50 would be the very best: a run
    # would hit it at any of its trials, 25.5 in the mean, and always within its budget.
    losses = np.random.default_rng(3).random((1, 400, 50))
    panel = panel_of(losses, strategies=["random"])
    frame = ert([panel], (10, 20, 50))
    assert frame["ert"][0] == pytest.approx(11, rel=4 / math.sqrt(400))
    assert frame["ert"][1:].isna().all()


def test_a_set_hits_as_the_mean_over_all_orders(panel_of):
    points = [5.0, 1.0, NAN, 2.0, 6.0]
    panel = panel_of([[[*points, INF]]], strategies=["grid"], unordered=["grid"])
    orders = np.array(list(itertools.permutations(points)))
    first = (orders <= 2).argmax(axis=1) + 1
    found = hit_trials(panel, np.array([[2.0, 0.5]]))[0, 0]
    assert found[0] == pytest.approx(first.mean(), rel=1e-13) == pytest.approx(2)
    assert math.isnan(found[1])


def test_ecdf_by_hand(panel_of):
    random, known = [[3, 1], [2, 2]], np.ones(1)
    exact = {"p": (np.array([[2.0]]), known), "q": (np.array([[1.0]]), known)}
    one = panel_of([random, [[0, 9], [9, 2]]], strategies=["random", "tpe"])
    two = panel_of([[[1, 1, 1]], [[5, 5, 5]]], strategies=["random", "tpe"], problem="q")
    frame = ecdf([one, two], (1,), exact)
    # p: random hits after 2 and 1 trials, tpe after 1 and 2; q: random at once, tpe never.
    assert frame["strategy"].tolist() == ["random"] * 3 + ["tpe"] * 3
    assert frame["budget"].tolist() == [1, 2, 3] * 2
    assert frame["share"].tolist() == [0.75, 1, 1, 0.25, 0.5, 0.5]
    assert frame["n_problems"].tolist() == [2] * 6


def test_the_band_of_the_ecdf_by_hand(panel_of):
    random = np.ones(2)
    exact = {name: (np.array([[1.0]]), np.ones(1)) for name in ("p", "q")}
    # Of two runs one hits at once, the other after two trials: two runs tell nothing but that a
    # share is between 0 and 1. q, with one problem's weight, is always the same.
    one = panel_of([[random, random], [[1, 1], [2, 1]]], strategies=["random", "tpe"])
    frame = ecdf([one], (1,), exact).set_index("strategy")
    assert frame.loc["tpe", ["share", "low", "high"]].to_numpy().tolist() == [[0.5, 0, 1], [1] * 3]
    assert frame.loc["random", ["share", "low", "high"]].to_numpy().tolist() == [[1] * 3] * 2
    two = panel_of([[random, random], [[2, 2], [2, 2]]], strategies=["random", "tpe"], problem="q")
    tpe = ecdf([one, two], (1,), exact).set_index("strategy").loc["tpe"]
    assert tpe[["share", "low", "high"]].to_numpy().tolist() == [[0.25, 0, 1], [0.5] * 3]


def test_the_ecdf_of_one_repetition_has_no_band(panel_of):
    exact = {"p": (np.array([[1.0]]), np.ones(1))}
    frame = ecdf([panel_of([[[2, 1]]])], (1,), exact)
    assert frame["share"].tolist() == [0, 1]
    assert frame[["low", "high"]].isna().all(axis=None)


def test_a_share_is_over_the_repetitions_that_a_strategy_has(panel_of):
    exact = {"p": (np.array([[1.0], [9.0], [1.0]]), np.ones(1))}
    # In the second repetition the target is easy, but tpe has no run there.
    panel = panel_of(
        [[[2], [2], [1]], [[1], [1], [2]]], strategies=["random", "tpe"], missing=[(1, 1)]
    )
    assert ecdf([panel], (1,), exact)["share"].tolist() == [pytest.approx(2 / 3), 0.5]


def test_the_ecdf_of_a_long_budget_is_looked_at_in_a_hundred_places(panel_of):
    exact = {"p": (np.array([[0.0]]), np.ones(1))}
    frame = ecdf([panel_of([[hitting(500, 1000)] * 2])], (1,), exact)
    assert len(frame) <= 100
    assert frame["budget"].iloc[[0, -1]].tolist() == [1, 1000]
    assert (frame["share"] == (frame["budget"] >= 500)).all()


def test_ecdf_of_a_set_is_hypergeometric(panel_of):
    random = np.full(6, 2.0)
    points = [5, 1, 7, 2, 6, INF]
    panel = panel_of([[random], [points]], strategies=["random", "grid"], unordered=["grid"])
    share = ecdf([panel], (1,)).query("strategy == 'grid'")["share"]
    exact = [1 - math.comb(3, t) / math.comb(5, t) for t in range(1, 6)]
    assert_allclose(share, [*exact, 1], rtol=1e-13)


def test_nothing_to_say(panel_of):
    panel = panel_of([[[1, 2]], [[2, 1]]], missing=[(1, 0)])
    assert targets([panel])["target"].isna().all()
    assert ert([panel])["ert"].isna().all()
    assert ecdf([panel])["share"].isna().all()
    assert ecdf([panel])["n_problems"].tolist() == [0] * 4
    assert all(len(f([])) == 0 for f in (targets, ert, ecdf))
