import math

import numpy as np
import pytest

from bench.analysis.time.breakeven import (
    CASES,
    break_even,
    break_even_costs,
    breakeven,
    halfway,
    reached_by_most,
)
from bench.panels.panel import to_panels

INF, NAN = np.inf, np.nan
COUNTS = [f"n_{case}" for case in CASES]


@pytest.mark.parametrize(
    ("arguments", "cost", "case"),
    [
        # 10 trials at 3 s of its own against 40 at 0.5 s: 30 s against 20 s, made up by 30 trials.
        ((10, 3.0, 40, 0.5), 1 / 3, "above"),
        ((40, 0.5, 10, 3.0), 1 / 3, "below"),
        ((10, 1.0, 40, 0.5), NAN, "always"),
        ((40, 0.5, 10, 1.0), NAN, "never"),
        ((10, 1.0, 10, 2.0), NAN, "always"),
        ((10, 2.0, 10, 1.0), NAN, "never"),
        ((10, 1.0, 10, 1.0), NAN, "equal"),
        ((INF, 1.0, 10, 1.0), NAN, "never"),
        ((10, 9.0, INF, 1.0), NAN, "always"),
        ((INF, 1.0, INF, 1.0), NAN, "undefined"),
        ((NAN, 1.0, 10, 1.0), NAN, "undefined"),
        ((10, NAN, 10, 1.0), NAN, "undefined"),
    ],
)
def test_cases_by_hand(arguments, cost, case):
    found = break_even(*arguments)
    assert found[1] == case
    assert found[0] == pytest.approx(cost, nan_ok=True)
    if case in ("above", "below"):
        a, own, b, other = arguments
        assert a * (cost + own) == pytest.approx(b * (cost + other))


def problem(panel_of, name, quick, own):
    """Random reaches the target, 2, after 4 trials; the other one at once."""
    losses = [[[5, 5, 5, 2, 2, 2]], [quick]]
    seconds = np.broadcast_to(np.array([0.0, own])[:, None, None], (2, 1, 6))
    return panel_of(losses, strategies=["random", "tpe"], problem=name, own=seconds)


def test_costs_and_their_median_by_hand(panel_of):
    hit, miss = [1, 5, 5, 5, 5, 5], [5, 5, 5, 5, 5, 2]
    panels = [
        problem(panel_of, "p", hit, 6.0),  # (4·0 − 1·6) / (1 − 4) = 2
        problem(panel_of, "q", hit, 0.0),
        problem(panel_of, "r", hit, 30.0),
        problem(panel_of, "s", miss, 1.0),
    ]
    costs = break_even_costs(panels, {"tpe": 3})
    # Halfway between 3 and 6, where the worse of the two has reached it.
    assert costs["target_budget"].tolist() == [5] * 8
    assert costs.query("strategy == 'tpe'")["case"].tolist() == [
        "above",
        "always",
        "above",
        "never",
    ]
    assert costs.query("strategy == 'tpe'")["evaluation_s"].tolist()[::2] == [2, 10]
    frame = breakeven(costs).set_index("strategy")
    tpe, random = frame.loc["tpe"], frame.loc["random"]
    # The levels are 2, 0, 10 and infinity.
    assert (tpe["evaluation_s"], tpe["n_problems"]) == (6, 4)
    assert tpe[COUNTS].tolist() == [1, 2, 0, 1, 0, 0]
    assert random[COUNTS].tolist() == [1, 0, 2, 1, 0, 0]
    assert math.isinf(random["evaluation_s"])


@pytest.mark.parametrize(
    ("budget", "startups", "after"),
    [
        (1, [], 1), (2, [], 1), (5, [], 3), (20, [10, 4], 15), (20, [19], 20), (100, [10], 55),
        # One whose start-up is the whole budget says nothing of the others.
        (20, [20], 10), (20, [10, 20, 50], 15),
    ],
)  # fmt: skip
def test_the_target_is_taken_halfway_between_start_up_and_end(budget, startups, after):
    assert halfway(budget, startups) == after


def test_the_target_is_what_most_have_reached(panel_of):
    ends = np.array([[4, 8], [3, 7], [2, 6], [1, INF]], dtype=float)
    losses = np.stack([np.full_like(ends, 9), ends], axis=2)
    panel = panel_of(np.where(np.isinf(losses), NAN, losses), missing=[(3, 1)])
    # Three of four, and two of three; after one trial none is better than 9.
    assert reached_by_most(panel, 2).tolist() == [3, 7]
    assert reached_by_most(panel, 1).tolist() == [9, 9]


def test_a_lucky_start_up_decides_nothing(panel_of):
    # Sobol is ahead while tpe still draws at random; then tpe is first where most get to.
    sobol = [5, 4, 4, 4, 4, 3, 3, 3]
    tpe = [6, 5, 5, 5, 1, 1, 1, 1]
    panel = panel_of([[sobol] * 3, [tpe] * 3, [[6] * 8] * 3], strategies=["sobol", "tpe", "random"])
    rows = break_even_costs([panel], {"tpe": 4}).set_index(["strategy", "other"])
    assert rows.loc[("tpe", "sobol"), "case"] == "always"
    assert rows.loc[("tpe", "sobol"), "target_budget"] == 6


def test_nothing_to_compare(panel_of):
    panel = panel_of([[[1, 2]], [[2, 1]]], missing=[(1, 0)])
    frame = breakeven(break_even_costs([panel]))
    assert frame["n_undefined"].tolist() == [1, 1]
    assert frame["evaluation_s"].isna().all()
    assert breakeven(break_even_costs([])).empty
    assert breakeven(break_even_costs([panel_of([[[1, 2]]])])).empty


def test_several_workers_have_no_break_even_cost(make_run, join):
    names = ["random", "tpe", "side"]
    runs = [make_run([4.0, 3.0, 2.0, 1.0], strategy=name) for name in names]
    parts = [(trials.assign(finished_s=1.0, worker=0), of) for trials, of in runs]
    parts[2] = parts[2][0].assign(worker=[0, 1, 0, 1]), parts[2][1]
    (panel,) = to_panels(*join(*parts), strategies=names, problems=["p"])
    costs = break_even_costs([panel])
    side = (costs["strategy"] == "side") | (costs["other"] == "side")
    assert set(costs.loc[side, "case"]) == {"undefined"}
    assert set(costs.loc[~side, "case"]) == {"equal"}
