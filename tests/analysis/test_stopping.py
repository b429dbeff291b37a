import math

import numpy as np
import pytest
from scipy import stats

from bench.analysis.stopping import (
    BUDGET,
    REGRET_BOUND,
    by_patience,
    by_regret_bound,
    names_of,
    of_runs,
    patience,
    stopping,
)
from bench.inference.folds import Folds
from bench.panels.regret import Scale
from bench.testing.frames import make_run
from bench.testing.panels import panel as panel_in

NAN, INF = np.nan, np.inf
SCALE = Scale(0.0, 10.0, "frozen")
FIVE = patience(5)


def folds_with(error, shape):
    """Folds whose corrected standard error is the given one: four folds, a ratio of 3/4."""
    return Folds(np.full(shape, error), np.full(shape, 4.0), np.ones(shape), 0.75)


def frame_of(panels, errors=None):
    names = names_of(panels)
    errors = errors or [None] * len(panels)
    folds = [
        None if error is None else folds_with(error, panel.loss.shape)
        for panel, error in zip(panels, errors, strict=True)
    ]
    runs = [of_runs(panel, of, names) for panel, of in zip(panels, folds, strict=True)]
    return stopping(runs, names).set_index(["rule", "strategy"])


@pytest.mark.parametrize(
    ("losses", "count", "place"),
    [
        # A gain at trial 3; trials 4 and 5 have none.
        ([5, 6, 3, 4, 4, 1, 1], 2, 4),
        # An equal value is no gain.
        ([5, 5, 5, 1], 2, 2),
        # Failed trials count, but only from the first completed one on.
        ([INF, INF, INF, 5, INF, INF, 1], 2, 5),
        # The last two trials are without a gain: the run ends there anyway.
        ([5, 4, 3, 3, 3], 2, 4),
        ([5, 4, 3, 2, 1], 1, 5),
        ([5, 4, 3, 2, 2], 2, 5),
        ([INF, INF, INF], 1, 3),
    ],
)
def test_patience_by_hand(losses, count, place):
    assert by_patience(np.array([[losses]], dtype=float), count).tolist() == [[place]]


def test_patience_in_a_random_order_has_its_closed_form():
    # The first of n = 3 in random order is the best of them with 1/3: stops after 3 = n trials.
    # Patience 2 stops at trial 3 with 1/3, and at trial 4 where the second is the best of four:
    # (1/2) · (2/3) · (3/4) = 1/4.
    draws = np.random.default_rng(5).random((1, 20_000, 12))
    places = by_patience(draws, 2)[0] + 1
    for trial, share in ((3, 1 / 3), (4, 1 / 4)):
        found = (places == trial).mean()
        assert abs(found - share) < 4 * math.sqrt(share * (1 - share) / 20_000)


@pytest.mark.parametrize(
    ("losses", "error", "place"),
    [
        # 19 times 3 − 2.9 is 1.9.
        ([5, 3, 2.9, 7], 2.0, 2),
        ([5, 3, 2.9, 7], 1.8, 4),
        # What is no gain comes closer, too: 19 times .05.
        ([5, 3, 9, 3.05], 1.0, 3),
        # The same value again, as of a configuration that is evaluated twice, says nothing.
        ([5, 3, 3, 3], 1.0, 4),
        ([5, 3, 3, 2.99], 1.0, 3),
        # One value has no distance, and a failed trial no value.
        ([5, INF, INF, 4.99], 1.0, 3),
        ([INF, INF, INF, INF], 1.0, 4),
        ([5, 3, 2.9, 7], NAN, 4),
    ],
)
def test_the_regret_bound_by_hand(losses, error, place):
    loss = np.array([[losses]], dtype=float)
    assert by_regret_bound(loss, np.full(loss.shape, error)).tolist() == [[place]]


def test_the_regret_bound_takes_the_error_of_the_incumbent():
    loss = np.array([[[5.0, 3.0, 9.0, 3.01]]])
    error = np.array([[[0.0, 1.0, 0.0, 0.0]]])
    assert by_regret_bound(loss, error).item() == 3


def test_the_bound_on_the_regret_of_uniform_losses_holds_in_95_percent():
    draws = np.sort(np.random.default_rng(1).random((40_000, 30)), axis=1)[:, :2]
    held = (draws[:, 0] <= 19 * (draws[:, 1] - draws[:, 0])).mean()
    assert abs(held - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 40_000)


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_what_is_saved_and_lost_by_hand(panel_of, direction):
    # Stops at trial 7 of 8 with 4, which is the best of the run; and at trial 6 with 5 instead of
    # 1. The third run fails at once and is never stopped.
    losses = [[5, 4, 4, 4, 4, 4, 4, 6], [5, 6, 6, 6, 6, 6, 1, 1], [NAN] * 8]
    scale = Scale(0.0, 10.0 if direction == "minimize" else -10.0, "frozen")
    frame = frame_of([panel_of([losses], direction=direction, scale=scale)])
    assert list(frame.index) == [(BUDGET, "s0"), (BUDGET, ""), (FIVE, "s0"), (FIVE, "")]
    row = frame.loc[(FIVE, "s0")]
    assert row["spent"] == pytest.approx((7 + 6 + 8) / 3)
    assert row["saved_share"] == pytest.approx((1 / 8 + 2 / 8 + 0) / 3)
    # The worst completed loss stands for the run without one.
    assert row["bounded"] == pytest.approx((0.4 + 0.5 + 0.6) / 3)
    assert row["bounded_at_budget"] == pytest.approx((0.4 + 0.1 + 0.6) / 3)
    assert row["difference"] == pytest.approx(0.4 / 3)
    assert row["same_share"] == pytest.approx(2 / 3)
    assert (row["n_problems"], row["n_repetitions"]) == (1, 3)
    half = stats.t.ppf(0.975, 2 * 0.6) * np.std([0, 0.4, 0], ddof=1) / math.sqrt(3)
    assert row["difference_low"] == 0  # stopping never gains
    assert row["difference_high"] >= 0.4 / 3 + half - 1e-12
    assert math.isnan(row["difference_new_low"])
    budget = frame.loc[(BUDGET, "s0")]
    assert budget[["spent", "saved_share", "difference", "same_share"]].tolist() == [8, 0, 0, 1]


def test_regret_is_bounded_as_in_the_leaderboard(panel_of):
    # 40 of 10 is a regret of 4, bounded 2 − 1/4.
    frame = frame_of([panel_of([[[40, 50, 50, 50, 50, 50, 50, 10]]], scale=SCALE)])
    row = frame.loc[(FIVE, "s0")]
    assert row[["bounded", "bounded_at_budget", "difference"]].tolist() == [1.75, 1.0, 0.75]


def test_a_shorter_run_is_not_stopped_after_its_end(panel_of):
    losses = [[[5, 4, 4, INF, INF, INF, INF, INF], [5, 4, 4, 4, 4, 4, 4, 3]]]
    frame = frame_of([panel_of(losses, scale=SCALE)])
    assert frame.loc[(FIVE, "s0"), "spent"] == (3 + 7) / 2
    assert frame.loc[(BUDGET, "s0"), "spent"] == (3 + 8) / 2
    assert frame.loc[(FIVE, "s0"), "saved_share"] == (0 + 1 / 8) / 2


def test_a_rule_that_cannot_stop_a_run_is_left_out(panel_of):
    short, long = (panel_of([[[1.0] * n]], scale=SCALE) for n in (6, 12))
    assert names_of([short]) == [BUDGET, REGRET_BOUND]
    assert names_of([short, long]) == [BUDGET, patience(5), patience(10), REGRET_BOUND]
    assert names_of([]) == [BUDGET, REGRET_BOUND]
    assert stopping([], names_of([])).empty


def test_the_regret_bound_counts_problems_with_fold_values_only(panel_of):
    run = [9, 5, 4.9, 8, 8, 1]
    panels = [panel_of([[run]], problem=name, scale=SCALE) for name in "pq"]
    frame = frame_of(panels, [2.0, None])
    assert frame.loc[(REGRET_BOUND, "s0"), ["n_problems", "spent"]].tolist() == [1, 3]
    assert frame.loc[(REGRET_BOUND, "s0"), "bounded_at_budget"] == pytest.approx(0.1)
    assert frame.loc[(BUDGET, "s0"), "n_problems"] == 2
    assert REGRET_BOUND not in frame_of(panels).index.get_level_values("rule")


def test_the_mean_over_strategies_leaves_out_who_makes_one_trial(panel_of):
    stopped, better = [3, 3, 3, 3, 3, 3, 3, 1], [3, 2, 2, 2, 2, 2, 2, 2]
    one = [5, *[INF] * 7]
    panel = panel_of(
        [[stopped, stopped], [better, better], [one, one]],
        strategies=["a", "b", "default"], missing=[(1, 1)], scale=SCALE,
    )  # fmt: skip
    frame = frame_of([panel])
    # In the first repetition 6 and 7, in the second 6 alone.
    assert frame.loc[(FIVE, ""), "spent"] == pytest.approx((6.5 + 6) / 2)
    assert frame.loc[(FIVE, ""), "difference"] == pytest.approx((0.1 + 0.2) / 2)
    assert frame.loc[(FIVE, "default"), ["spent", "saved_share"]].tolist() == [1, 0]
    assert frame.loc[(FIVE, "b"), "n_repetitions"] == 1


def test_an_unordered_design_is_read_in_one_random_order(panel_of):
    losses = np.broadcast_to(np.arange(1.0, 13), (1, 4000, 12))
    panel = panel_of(losses, strategies=["grid"], unordered=["grid"], scale=SCALE)
    runs = of_runs(panel, None, [FIVE])
    # The first is the best of six with 1/6.
    share = (runs.spent == 6).mean()
    assert abs(share - 1 / 6) < 4 * math.sqrt(1 / 6 * 5 / 6 / 4000)
    # The best of all is lost unless it is among the trials until the stop.
    assert ((runs.spent < 12) | (runs.same == 1)).all()


def test_a_run_on_several_workers_is_left_out():
    """What its workers have begun at the stop is paid for, so little of it is saved."""
    trials, runs = make_run([9.0, 1.0, 5.0])
    finished = [1.0, 3.0, 2.0]
    panel = panel_in(
        (trials.assign(worker=[0, 1, 0], finished_s=finished), runs),
        scales={"p": SCALE},
    )
    found = of_runs(panel, None, [BUDGET, FIVE])
    assert np.isnan(found.spent).all()
    assert np.isnan(found.regret).all()


def test_without_a_known_error_the_regret_bound_applies_to_no_run(panel_of):
    panel = panel_of([[[5.0] * 7]], scale=SCALE)
    frame = frame_of([panel], errors=[NAN]).reset_index()
    assert REGRET_BOUND not in set(frame["rule"])


def test_a_strategy_with_few_repetitions_is_not_in_the_mean_over_strategies(panel_of):
    # s1 loses 0.4 by stopping after 6 of 7 trials, in the only repetition that it has.
    early, late = [5.0] * 7, [5.0] * 6 + [1.0]
    panel = panel_of([[early] * 3, [late] * 3], missing=[(1, 1), (1, 2)], scale=SCALE)
    frame = frame_of([panel]).loc[FIVE]
    assert frame["n_strategies"].to_dict() == {"s0": 1, "s1": 1, "": 1}
    assert frame["difference"].to_dict() == pytest.approx({"s0": 0.0, "s1": 0.4, "": 0.0})


def test_cheaper_evaluations_count_by_their_share_of_the_budget():
    # Full evaluations end when 1, 2.5 and 8.5 is spent; a gain is made at 1 alone, so that the stop
    # is where 6 is spent, with twelve evaluations of half the cost on the way.
    values = [4.0, *[9.0] * 13, 1.0]
    fidelities = [1.0, *[0.5] * 13, 1.0]
    panel = panel_in(make_run(values, fidelities=fidelities, budget=9), scales={"p": SCALE})
    found = of_runs(panel, None, [BUDGET, FIVE])
    assert found.spent.ravel().tolist() == [8.5, 6.0]
    assert found.regret.ravel().tolist() == pytest.approx([0.1, 0.4])


def test_a_run_that_was_not_made_counts_nowhere(panel_of):
    panel = panel_of(
        [[[2.0] * 7, [2.0] * 7], [[1.0] * 7, [1.0] * 7]], missing=[(0, 0), (0, 1)], scale=SCALE
    )
    frame = frame_of([panel])
    assert (FIVE, "s0") not in frame.index
    assert frame.loc[(FIVE, ""), "spent"] == 6
