import math

import numpy as np
import pytest

from bench.analysis.breakeven import CASES, break_even, break_even_costs, breakeven

INF, NAN = np.inf, np.nan


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
    losses = [[[5, 5, 5, 1]], [quick]]
    seconds = np.broadcast_to(np.array([0.0, own])[:, None, None], (2, 1, 4))
    return panel_of(losses, strategies=["random", "tpe"], problem=name, own=seconds)


def test_costs_and_their_median_by_hand(panel_of):
    hit, miss = [1, 5, 5, 5], [5, 5, 5, 5]
    panels = [
        problem(panel_of, "p", hit, 6.0),  # (4·0 − 1·6) / (1 − 4) = 2
        problem(panel_of, "q", hit, 0.0),
        problem(panel_of, "r", hit, 30.0),
        problem(panel_of, "s", miss, 1.0),
    ]
    exact = {panel.problem: (np.array([[2.0]]), np.ones(1)) for panel in panels}
    costs = break_even_costs(panels, exact=exact)
    assert costs["after"].tolist() == [1] * 8
    assert costs.query("strategy == 'tpe'")["case"].tolist() == [
        "above",
        "always",
        "above",
        "never",
    ]
    assert costs.query("strategy == 'tpe'")["cost"].tolist()[::2] == [2, 10]
    frame = breakeven(costs).set_index("strategy")
    tpe, random = frame.loc["tpe"], frame.loc["random"]
    # The levels are 2, 0, 10 and infinity.
    assert (tpe["cost"], tpe["problems"]) == (6, 4)
    assert tpe[list(CASES)].tolist() == [1, 2, 0, 1, 0, 0]
    assert random[list(CASES)].tolist() == [1, 0, 2, 1, 0, 0]
    assert math.isinf(random["cost"])


@pytest.mark.parametrize(("budget", "after"), [(1, 1), (9, 1), (10, 2), (100, 20), (300, 50)])
def test_the_default_target_can_be_told_from_the_draws_of_a_run(panel_of, budget, after):
    losses = np.random.default_rng(4).random((2, 1, budget))
    panel = panel_of(losses, strategies=["random", "tpe"])
    costs = break_even_costs([panel])
    assert costs["after"].tolist() == [after] * 2
    assert (costs["case"] == "undefined").all() == (budget < 5)


def test_nothing_to_compare(panel_of):
    panel = panel_of([[[1, 2]], [[2, 1]]], missing=[(1, 0)])
    frame = breakeven(break_even_costs([panel]))
    assert frame["undefined"].tolist() == [1, 1]
    assert frame["cost"].isna().all()
    assert breakeven(break_even_costs([])).empty
    assert breakeven(break_even_costs([panel_of([[[1, 2]]])])).empty
