"""Successive halving against scikit-learn's own, against brute force and against closed forms."""

import itertools
import math
import warnings

import numpy as np
import pytest

from bench import Budget, Fidelity, Float, Int, SearchSpace, Status, Trial
from bench.run import RunStatus
from strategies.successive_halving import SuccessiveHalving

NINE = Fidelity("epochs", 9)


def no_sense(config, step):
    """A loss that hangs on the step as much as on the configuration, without ties."""
    return math.sin(1e4 * config["x"] + step)


def failing(config, step):
    return None if int(1e4 * config["x"]) % 5 == 0 else no_sense(config, step)


def of_scikit_learn(candidates, loss, factor):
    """Return what HalvingRandomSearchCV fits for these candidates, as (configuration, step)."""
    from sklearn.base import BaseEstimator
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn.model_selection import HalvingRandomSearchCV

    class Drawn:
        """A distribution that draws the candidates in their order."""

        left = itertools.cycle(candidates)  # each list of candidates is drawn anew

        def rvs(self, random_state):
            return next(self.left)

    class Known(BaseEstimator):
        """An estimator whose score is the loss turned round."""

        def __init__(self, x=0.0, epochs=1):
            self.x, self.epochs = x, epochs

        def fit(self, rows, y):
            return self

        def score(self, rows, y):
            found = loss({"x": self.x}, self.epochs)
            return math.nan if found is None else -found

    search = HalvingRandomSearchCV(
        Known(),
        {"x": Drawn()},
        n_candidates=len(candidates),
        factor=factor,
        resource="epochs",
        max_resources=81,
        min_resources="exhaust",
        cv=2,
        refit=False,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "One or more of the .* scores are non-finite")
        search.fit(np.zeros((4, 1)), np.zeros(4))
    return [({"x": params["x"]}, params["epochs"]) for params in search.cv_results_["params"]]


@pytest.mark.slow
@pytest.mark.parametrize("loss", [no_sense, failing])
@pytest.mark.parametrize(
    ("budget", "factor", "candidates"),
    [
        (1, 3, 1),
        (2, 3, 3),
        (3, 3, 9),
        (4, 3, 27),
        (5, 3, 81),
        (7, 3, 99),
        (11, 3, 162),
        (5, 9, 117),
    ],
)
def test_a_bracket_is_that_of_scikit_learn(climb, loss, budget, factor, candidates):
    found = climb(SuccessiveHalving(factor), loss, budget=budget).asked
    first = [config["x"] for config, step in found if step == found[0][1]]
    expected = of_scikit_learn(first[:candidates], loss, factor)
    assert found[: len(expected)] == expected


@pytest.mark.parametrize(
    ("budget", "rungs"),
    [
        (5, [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)]),
        # A sixth full evaluation is one more bracket.
        (6, [(81, 1), (27, 3), (9, 9), (3, 27), (2, 81)]),
        (7, [(99, 1), (33, 3), (11, 9), (4, 27), (2, 81)]),
        (8, [(117, 1), (39, 3), (13, 9), (5, 27), (2, 81)]),
        (50, [(810, 1), (270, 3), (90, 9), (30, 27), (10, 81)]),
        (1, [(1, 81)]),
    ],
)
def test_brackets_by_hand(climb, budget, rungs):
    assert climb(SuccessiveHalving(), no_sense, budget=budget).rungs == rungs


def largest(fidelity, steps, budget, factor=3):
    """Return the largest bracket within a budget, by trying every one."""
    found = []
    for count in range(1, budget + 1):
        height = 1
        while height < len(steps) and factor**height <= count:
            height += 1
        bracket, left = [], count
        for step in steps[-height:]:
            bracket.append((left, step))
            left = math.ceil(left / factor)
        if sum(count * step for count, step in bracket) <= budget:
            found = bracket
    return found


@pytest.mark.parametrize(
    ("budget", "rungs"),
    [
        # 95 + 2·32 + 6·11 + 18·4 + 54·2 = 405 steps, which is all of it; 96 would cost 406.
        (5, [(95, 1), (32, 3), (11, 9), (4, 27), (2, 81)]),
        # 81 + 2·27 + 6·9 + 18·3 + 54 = 297 of 324 steps; 82 would cost 378.
        (4, [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)]),
        # 3·27 + 54 = 135 of 162 steps, in two rungs; 9·9 + 3·18 + 54 = 189 in three.
        (2, [(3, 27), (1, 81)]),
        (1, [(1, 81)]),
    ],
)
def test_brackets_by_hand_where_a_model_goes_on(climb, budget, rungs):
    goes_on = Fidelity("epochs", 81, continues=True)
    found = climb(SuccessiveHalving(), no_sense, budget=budget, fidelity=goes_on)
    assert found.rungs == rungs


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fidelity", "steps"),
    [
        (NINE, [1, 3, 9]),
        (Fidelity("epochs", 27, lowest=2), [3, 9, 27]),
        (Fidelity("trees", 50), [1, 5, 16, 50]),
        (Fidelity("trees", 10), [1, 3, 10]),
    ],
)
@pytest.mark.parametrize("budget", range(1, 14))
def test_brackets_are_the_largest_that_the_budget_pays_for(climb, fidelity, steps, budget):
    left, expected = budget * fidelity.steps, []
    while left >= fidelity.steps:
        for count, step in largest(fidelity, steps, left):
            expected += count * [step]
            left -= count * step
    found = climb(SuccessiveHalving(), no_sense, budget=budget, fidelity=fidelity)
    assert found.steps == expected
    assert found.end.status is RunStatus.COMPLETED


def test_of_equal_losses_the_later_suggestions_go_on(climb):
    asked = climb(SuccessiveHalving(), lambda c, s: 0.0, budget=3, fidelity=NINE).asked
    first = [config for config, step in asked if step == 1]
    assert asked[9:] == [*[(config, 3) for config in first[-3:]], (first[-1], 9)]


def test_a_failed_trial_is_the_worst(climb):
    def loss(config, step):
        return None if config["x"] > 0.5 else config["x"]

    asked = climb(SuccessiveHalving(), loss, budget=3, fidelity=NINE, seed=2).asked
    xs = [config["x"] for config, step in asked if step == 1]
    assert sum(x > 0.5 for x in xs) in range(3, 7)
    best = sorted(xs)[:3]
    assert [config["x"] for config, _ in asked[9:]] == [*best[::-1], best[0]]


def test_where_all_fail_it_goes_on(climb):
    found = climb(SuccessiveHalving(), lambda c, s: None, budget=6)
    assert found.rungs == [(81, 1), (27, 3), (9, 9), (3, 27), (2, 81)]


def test_it_waits_for_a_rung_and_takes_its_trials_in_any_order():
    space = SearchSpace({"x": Float(0, 1)})

    def survivors(order):
        strategy = SuccessiveHalving()
        strategy.start(space, seed=3, budget=Budget(3, NINE))
        pending = [strategy.ask() for _ in range(9)]
        for number, place in enumerate(order):
            assert strategy.ask() is None
            suggestion = pending[place]
            loss = suggestion.config["x"]
            strategy.tell(Trial(number, suggestion, Status.COMPLETED, loss, None))
        return [strategy.ask() for _ in range(3)]

    forth, back = survivors(range(9)), survivors(reversed(range(9)))
    assert [s.config for s in forth] == [s.config for s in back]
    assert {s.fidelity for s in forth} == {1 / 3}


RUNS = 800


@pytest.mark.slow
def test_where_cheap_evaluations_have_the_full_order_it_keeps_the_best_of_its_draws(climb):
    """The best of 9 draws from 1 … 20 has rank Σ (j/20)^9 on average, and is 1 with 1 − .95^9."""
    size, space = 20, SearchSpace({"i": Int(1, 20)})
    found = []
    for seed in range(RUNS):
        run = climb(
            SuccessiveHalving(),
            lambda config, step: config["i"] + 100.0 / step,
            budget=3, fidelity=NINE, space=space, seed=seed,
        )  # fmt: skip
        (last,) = [config["i"] for config, step in run.asked if step == 9]
        assert last == min(config["i"] for config, step in run.asked if step == 1)
        found.append(last)
    expected = math.fsum((j / size) ** 9 for j in range(1, size + 1))
    square = math.fsum((2 * k - 1) * ((size - k + 1) / size) ** 9 for k in range(1, size + 1))
    error = math.sqrt((square - expected**2) / RUNS)
    assert abs(np.mean(found) - expected) < 4 * error
    hit = 1 - 0.95**9
    error = math.sqrt(hit * (1 - hit) / RUNS)
    assert abs(np.mean([rank == 1 for rank in found]) - hit) < 4 * error


@pytest.mark.slow
def test_where_cheap_evaluations_are_random_its_survivors_are_random_draws(climb):
    """27 draws leave 3 full evaluations, whose best is that of 3 draws: Σ (j/20)^3 on average."""
    size, space = 20, SearchSpace({"i": Int(1, 20), "x": Float(0, 1)})
    found = []
    for seed in range(RUNS):
        run = climb(
            SuccessiveHalving(),
            lambda config, step: float(config["i"]) if step == 9 else no_sense(config, step),
            budget=9, fidelity=NINE, space=space, seed=seed,
        )  # fmt: skip
        assert run.rungs == [(27, 1), (9, 3), (3, 9)]
        found.append(min(run.full_losses))
    expected = math.fsum((j / size) ** 3 for j in range(1, size + 1))
    square = math.fsum((2 * k - 1) * ((size - k + 1) / size) ** 3 for k in range(1, size + 1))
    error = math.sqrt((square - expected**2) / RUNS)
    assert abs(np.mean(found) - expected) < 4 * error
    # The best of all 27 would be far from that.
    assert expected - math.fsum((j / size) ** 27 for j in range(1, size + 1)) > 20 * error
