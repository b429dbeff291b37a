import math

import numpy as np
import pytest
from scipy import stats

from bench.analysis.choosing import MINUS_SD, ONE_SE, choosing, minus_sd, of_runs, one_se
from bench.inference.folds import Folds
from bench.panels.regret import Scale

NAN, INF = np.nan, np.inf
SCALE = Scale(0.0, 2.0, "frozen")


def folds_of(sd, cost):
    """Folds of one run, four for each trial."""
    sd, cost = (np.array([[values]], dtype=float) for values in (sd, cost))
    return Folds(sd, np.where(np.isnan(sd), NAN, 4.0), cost, NAN)


@pytest.mark.parametrize(
    ("losses", "sd", "cost", "place"),
    [
        # One standard error is ½: trials 2 to 4 are within it, and the third is the cheapest.
        ([5, 3.5, 3.25, 3, 3.6], [9, 9, 9, 1, 9], [1, 3, 2, 4, 1], 2),
        # Of equally cheap ones it is the best, of equally good ones the earliest.
        ([3.25, 3, 3.25, 3.5], [1, 1, 1, 1], [2, 2, 2, 2], 1),
        ([3.25, 3.25, 3], [1, 1, 1], [1, 1, 4], 0),
        # The error of the earliest best counts.
        ([3, 3, 3.5], [0, 1, 1], [2, 2, 1], 0),
        # What failed is not chosen, nor what has no known cost.
        ([INF, 3, 3.25], [NAN, 1, 1], [0, 4, 3], 2),
        ([3, 3.25, 3.5], [1, 1, 1], [4, NAN, 3], 2),
        # A limit that is missed by rounding only is kept.
        ([0.3, 0.1 + 0.2 + 0.5], [1, 1], [2, 1], 1),
    ],
)
def test_within_one_standard_error_by_hand(losses, sd, cost, place):
    choice, known = one_se(np.array([[losses]], dtype=float), folds_of(sd, cost))
    assert (choice.item(), known.item()) == (place, True)


@pytest.mark.parametrize(("sd", "cost"), [([NAN, 1], [1, 1]), ([1, 1], [NAN, NAN])])
def test_without_error_or_cost_there_is_no_choice(sd, cost):
    assert not one_se(np.array([[[1.0, 2.0]]]), folds_of(sd, cost))[1].item()


@pytest.mark.parametrize(
    ("losses", "sd", "place"),
    [
        ([3, 4, 5], [3, 1, 1], 1),
        ([3, 4, 5], [NAN, 1, 1], 1),
        ([3, INF, 5], [1, NAN, 0], 0),
        ([3, 2, 3], [1, 2, 1], 0),
        # Equal up to rounding: the earliest.
        ([0.3, 0.1], [0.0, 0.2], 0),
    ],
)
def test_mean_minus_one_standard_deviation_by_hand(losses, sd, place):
    choice, known = minus_sd(np.array([[losses]]), folds_of(sd, [1] * len(sd)), 1e-15)
    assert (choice.item(), known.item()) == (place, True)


def test_no_fold_values_of_a_run():
    assert not minus_sd(np.array([[[3.0, 4.0]]]), folds_of([NAN, NAN], [1, 1]), 0.0)[1].item()


def panel_and_folds(panel_of, losses, tests, sd, cost, **given):
    panel = panel_of(losses, tests=tests, **{"scale": SCALE} | given)
    shape = panel.loss.shape
    sd, cost = (np.broadcast_to(np.asarray(v, dtype=float), shape) for v in (sd, cost))
    return panel, Folds(sd, np.where(np.isnan(sd), NAN, 4.0), cost, NAN)


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_what_a_choice_wins_and_loses_by_hand(panel_of, direction):
    # Within ½ of 3: the third, which costs half and has a test loss lower by 1 of a scale of 2; in
    # the second run the first, which is higher by 2.
    losses = [[[5, 3, 3.25], [1, 0.75, 9]]]
    tests = [[[9, 4, 3], [6, 4, 0]]]
    scale = Scale(0.0, 2.0 if direction == "minimize" else -2.0, "frozen")
    found = of_runs(
        *panel_and_folds(
            panel_of, losses, tests, [[[0, 1, 0], [3, 1, 0]]], [[[1, 4, 2], [1, 4, 1]]],
            direction=direction, scale=scale,
        )
    )  # fmt: skip
    frame = choosing([found]).set_index(["rule", "strategy"])
    assert list(frame.index) == [
        (rule, strategy) for rule in (ONE_SE, MINUS_SD) for strategy in ("s0", "")
    ]
    row = frame.loc[(ONE_SE, "s0")]
    assert row["difference"] == pytest.approx((-0.5 + 1.0) / 2)
    half = stats.t.ppf(0.975, 1) * np.std([-0.5, 1.0], ddof=1) / math.sqrt(2)
    assert row[["difference_low", "difference_high"]].tolist() == pytest.approx(
        [0.25 - half, 0.25 + half]
    )
    assert row[["differs_share", "better_share", "worse_share"]].tolist() == [1, 0.5, 0.5]
    assert row["cost_ratio"] == pytest.approx(math.sqrt(1 / 2 * 1 / 4))
    assert (row["n_problems"], row["n_repetitions"]) == (1, 2)
    # 3 + 1 against 3.25 in the first run, 0.75 + 1 against 9 in the second.
    cautious = frame.loc[(MINUS_SD, "s0")]
    assert cautious[["difference", "differs_share"]].tolist() == [-0.25, 0.5]
    assert cautious[["better_share", "worse_share"]].tolist() == [0.5, 0]


def test_runs_without_a_test_value_or_a_completed_trial_do_not_count(panel_of):
    losses = [[[3, 3.25], [NAN, NAN], [3, 3.25]]]
    tests = [[[4, NAN], [NAN, NAN], [4, 5]]]
    sd = [[[1, 1], [NAN, NAN], [1, 1]]]
    found = of_runs(*panel_and_folds(panel_of, losses, tests, sd, [[[2, 1]] * 3]))
    assert found.difference[0].tolist() == [pytest.approx([NAN, NAN, 0.5], nan_ok=True)]
    assert np.isnan(found.differs[0]).tolist() == [[True, True, False]]
    # Where a rule chooses the incumbent nothing else needs a test value.
    assert found.difference[1].tolist() == [pytest.approx([0, NAN, 0], nan_ok=True)]


def test_without_test_values_or_a_scale_there_is_no_row(panel_of):
    run = ([[[3, 3.25]]], [[[1, 1]]], [[[2, 1]]])
    losses, sd, cost = run
    none = of_runs(*panel_and_folds(panel_of, losses, None, sd, cost))
    flat = of_runs(*panel_and_folds(panel_of, losses, [[[4, 5]]], sd, cost,
                                    scale=Scale(3.0, 3.0, "frozen")))  # fmt: skip
    assert choosing([none]).empty
    assert choosing([flat]).empty
    assert choosing([]).empty


def test_costs_of_nothing_have_no_ratio(panel_of):
    found = of_runs(*panel_and_folds(panel_of, [[[3, 3.25]]], [[[4, 5]]], [[[1, 1]]], [[[2, 0]]]))
    frame = choosing([found])
    assert frame["difference"].tolist() == [0.5, 0.5, 0, 0]
    assert frame["cost_ratio"].isna().tolist() == [True, True, False, False]
