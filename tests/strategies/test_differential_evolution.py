"""Differential evolution suggests what scipy's own loop evaluates, one trial at a time."""

import math
from contextlib import suppress
from math import inf

import pytest
from scipy.optimize import differential_evolution

from bench import Budget, Categorical, Evaluation, Float, Int, Ordinal, SearchSpace, Status, Trial
from strategies.differential_evolution import DifferentialEvolution

MIXED = SearchSpace(
    {
        "x": Float(-3, 4),
        "rate": Float(1e-4, 1, log=True),
        "depth": Int(1, 9),
        "units": Int(2, 200, log=True),
        "kind": Categorical(("a", "b", "c")),
        "level": Ordinal((0.1, 0.5, 2, 8.0)),
        "fixed": Int(7, 7),
    }
)
BOUNDS = [(0, 1), (0, 1), (0, 8), (0, 1), (0, 2), (0, 3), (0.5, 0.5)]
INTEGERS = [False, False, True, False, True, True, False]
LINE = SearchSpace({"x": Float(0, 1)})


def config_of(point):
    x, rate, depth, units, kind, level, _ = point
    return {
        "x": pytest.approx(-3 + 7 * x, abs=1e-12),
        "rate": pytest.approx(1e-4 ** (1 - rate)),
        "depth": 1 + int(depth),
        "units": MIXED.parameters["units"].from_unit(units),
        "kind": "abc"[int(kind)],
        "level": (0.1, 0.5, 2, 8.0)[int(level)],
        "fixed": 7,
    }


def loss(config):
    """A bowl of steps, so that rounding of what stands before and after it does not matter."""
    kind = "abc".index(config["kind"])
    numbers = (config["x"], math.log(config["rate"]), config["depth"], kind, config["level"])
    return round(math.fsum((number - 1) ** 2 for number in numbers), 6)


def own_loop(objective, bounds, trials=10**9, **options):
    """Return what scipy evaluates, at most so many."""
    points = []

    def counted(point):
        if len(points) == trials:
            raise KeyboardInterrupt
        points.append(point.tolist())
        return objective(points[-1], len(points) - 1)

    result = None
    with suppress(KeyboardInterrupt):
        result = differential_evolution(counted, bounds, **options)
    return points, result


@pytest.mark.parametrize("fails", [lambda n: False, lambda n: n < 3 or n % 4 == 0])
@pytest.mark.parametrize("popsize", [2, 15])
def test_it_is_scipys_loop(play, popsize, fails):
    def objective(point, number):
        config = MIXED.from_unit(
            [(x + 0.5) / (high + 1) if whole else x
             for x, (_, high), whole in zip(point, BOUNDS, INTEGERS, strict=True)]
        )  # fmt: skip
        return inf if fails(number) else loss(config)

    points, _ = own_loop(objective, BOUNDS, 130, rng=5, popsize=popsize, integrality=INTEGERS)
    found = play(DifferentialEvolution(popsize), MIXED, loss, seed=5, trials=130, fails=fails)
    assert found == [config_of(point) for point in points]


def test_the_first_population_is_a_latin_hypercube_whatever_the_losses(play):
    runs = [
        play(DifferentialEvolution(), MIXED, lambda c, s=s: s * loss(c), seed=1, trials=100)
        for s in (1, -1)
    ]
    # 15 for each of 6 parameters that are not fixed.
    assert runs[0][:90] == runs[1][:90]
    assert runs[0][90:] != runs[1][90:]
    assert sorted(int((c["x"] + 3) / 7 * 90) for c in runs[0][:90]) == list(range(90))


def test_a_converged_population_is_polished_and_ends_the_run(play):
    points, result = own_loop(lambda p, n: (p[0] - 0.3) ** 2, [(0, 1)], rng=2, popsize=5)
    found = play(DifferentialEvolution(5), LINE, lambda c: (c["x"] - 0.3) ** 2, seed=2, trials=5000)
    assert result is not None
    assert len(found) == result.nfev < 5000
    assert [config["x"] for config in found] == pytest.approx([p[0] for p in points], abs=1e-12)
    # The end is of L-BFGS-B, with its differences of 1e-8.
    assert abs(found[-1]["x"] - found[-2]["x"]) < 1e-7


def test_a_population_that_failed_as_a_whole_is_evaluated_again(play):
    configs = play(DifferentialEvolution(), LINE, len, seed=2, trials=30, fails=lambda n: n < 15)
    assert configs[15:] == configs[:15]


@pytest.mark.parametrize("kind", [Float(2, 2), Int(3, 3), Categorical(("a",)), Ordinal((0.5,))])
def test_a_space_of_one_value_is_evaluated_until_scipy_ends(play, kind):
    space = SearchSpace({"x": kind})
    configs = play(DifferentialEvolution(), space, lambda c: 1.0, seed=1, trials=200)
    assert 1 <= len(configs) < 200
    assert all(config == {"x": kind.from_unit(0.5)} for config in configs)


def test_a_tiny_finite_space_is_covered(play):
    space = SearchSpace({"flag": Categorical((True, None)), "k": Int(0, 2)})
    configs = play(DifferentialEvolution(), space, lambda c: c["k"], seed=1, trials=60)
    assert {(config["flag"], config["k"]) for config in configs} == {
        (flag, k) for flag in (True, None) for k in range(3)
    }


def test_it_waits_for_the_trial_that_is_being_evaluated():
    strategy = DifferentialEvolution()
    strategy.start(LINE, seed=1, budget=Budget(5))
    first = strategy.ask()
    assert strategy.ask() is None
    strategy.tell(Trial(0, first, Status.COMPLETED, 1.0, Evaluation(1.0)))
    assert strategy.ask() not in (None, first)


def test_a_population_needs_members():
    with pytest.raises(ValueError, match="popsize must be 1 or more, got 0; it counts members"):
        DifferentialEvolution(popsize=0)
