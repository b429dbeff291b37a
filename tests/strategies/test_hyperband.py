"""Hyperband against the table of its paper and against closed forms."""

import math

import numpy as np
import pytest

from bench import Fidelity, Int, SearchSpace
from bench.run import RunStatus
from strategies.hyperband import Hyperband

NINE = Fidelity("epochs", 9)

# Li et al., JMLR 2018, Table 1: n and r for R = 81 and η = 3.
OF_THE_PAPER = [
    [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)],
    [(27, 3), (9, 9), (3, 27), (1, 81)],
    [(9, 9), (3, 27), (1, 81)],
    [(6, 27), (2, 81)],
    [(5, 81)],
]
COST = [5, 4, 3, 4, 5]
"""Full evaluations of each bracket."""


def no_sense(config, step):
    return math.sin(1e4 * config["x"] + step)


def steps_of(*brackets):
    return [
        step for number in brackets for count, step in OF_THE_PAPER[number] for _ in range(count)
    ]


def test_brackets_are_those_of_the_paper(climb):
    assert [sum(n * r for n, r in bracket) for bracket in OF_THE_PAPER] == [81 * c for c in COST]
    found = climb(Hyperband(), no_sense, budget=21)
    assert found.steps == steps_of(0, 1, 2, 3, 4)
    assert found.end.status is RunStatus.COMPLETED


def test_where_a_model_goes_on_a_rung_costs_the_difference_to_the_one_below(climb):
    # Bracket 0: 81 + 27·2 + 9·6 + 3·18 + 54 = 297 steps, bracket 1: 81 + 54 + 54 + 54 = 243.
    goes_on = Fidelity("epochs", 81, continues=True)
    found = climb(Hyperband(), no_sense, budget=7, fidelity=goes_on)
    # 567 steps pay for 297 and 243, and the 27 that are left for no full evaluation.
    assert found.steps == steps_of(0, 1)


def test_a_failed_configuration_is_not_promoted_where_a_model_goes_on(climb):
    def failing(config, step):
        return None if config["x"] > 0.1 else config["x"]

    goes_on = Fidelity("epochs", 9, continues=True)
    for seed in range(20):
        found = climb(Hyperband(), failing, budget=6, fidelity=goes_on, seed=seed)
        asked = [(config["x"], step) for config, step in found.asked]
        assert all(x <= 0.1 or (x, 1 if step == 3 else 3) not in asked for x, step in asked)
        # The last trial is a full evaluation: no bracket costs more than was planned.
        assert found.steps[-1] == 9


@pytest.mark.parametrize(
    ("budget", "brackets", "rest"),
    [
        (42, [0, 1, 2, 3, 4] * 2, 0),
        # After two rounds 8 are left: bracket 4 leaves 3, which pay for bracket 2 but not for 3.
        (50, [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 2], 0),
        # 5 pay for bracket 4; what is left pays for no whole bracket but for full evaluations.
        (7, [0], 2),
        (3, [2], 0),
        (2, [], 2),
        (1, [], 1),
    ],
)
def test_brackets_that_the_rest_of_the_budget_cannot_pay_for_are_passed_over(
    climb, budget, brackets, rest
):
    found = climb(Hyperband(), no_sense, budget=budget)
    assert found.steps == steps_of(*brackets) + rest * [81]


def test_rungs_that_are_no_powers(climb):
    found = climb(Hyperband(), no_sense, budget=11, fidelity=Fidelity("trees", 100, lowest=3))
    # s_max = 3: 27 at 3, 9 at 11, 3 at 33, 1 at 100; 9, 3, 1; 6, 2; 4.
    assert found.rungs[:4] == [(27, 3), (9, 11), (3, 33), (1, 100)]
    assert found.rungs[4:7] == [(9, 11), (3, 33), (1, 100)]


def test_with_243_steps_there_are_six_brackets(climb):
    # log(243) / log(3) is 4.999999999999999, whose floor leaves five.
    found = climb(Hyperband(), no_sense, budget=6, fidelity=Fidelity("epochs", 243))
    assert found.rungs == [(243, 1), (81, 3), (27, 9), (9, 27), (3, 81), (1, 243)]


def test_the_best_third_goes_on_best_first_and_a_failed_trial_ranks_last(climb):
    def loss(config, step):
        return None if config["x"] > 0.5 else config["x"]

    asked = climb(Hyperband(), loss, budget=3, fidelity=NINE, seed=2).asked
    xs = [config["x"] for config, step in asked if step == 1]
    assert sum(x > 0.5 for x in xs) in range(3, 7)
    best = sorted(xs)[:3]
    assert [config["x"] for config, _ in asked[9:]] == [*best, best[0]]


def test_of_equal_losses_the_earlier_suggestions_go_on(climb):
    asked = climb(Hyperband(), lambda c, s: 0.0, budget=3, fidelity=NINE).asked
    first = [config for config, step in asked if step == 1]
    assert asked[9:] == [*[(config, 3) for config in first[:3]], (first[0], 9)]


RUNS = 800


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bias", "draws"),
    # Brackets 9, 3, 1; 3, 1; 3 have 15 draws, of which 5 get a full evaluation.
    [pytest.param(0.0, 15, id="cheap ones tell all"), pytest.param(1.0, 5, id="nothing")],
)
def test_its_best_is_that_of_its_draws_or_of_its_full_evaluations(climb, bias, draws):
    """The best of n draws from 1 … 20 has rank Σ (j/20)^n on average."""
    size, space = 20, SearchSpace({"i": Int(1, 20)})
    found = []
    for seed in range(RUNS):
        noise = np.random.default_rng([seed, 7])

        def loss(config, step, noise=noise):
            return config["i"] + (0 if step == 9 else bias * noise.normal(0, 1e9))

        run = climb(Hyperband(), loss, budget=8, fidelity=NINE, space=space, seed=seed)
        assert len(run.trials) == 20
        found.append(min(run.full_losses))
    expected = math.fsum((j / size) ** draws for j in range(1, size + 1))
    square = math.fsum((2 * k - 1) * ((size - k + 1) / size) ** draws for k in range(1, size + 1))
    error = math.sqrt((square - expected**2) / RUNS)
    assert abs(np.mean(found) - expected) < 4 * error
