"""A problem that fails on a share of its space."""

from __future__ import annotations

import numpy as np
import pytest

from bench import (
    Categorical,
    Float,
    Int,
    Ordinal,
    SearchSpace,
    Status,
)
from bench.testing.script import trials_of
from bench.testing.toys import Probe
from problems.analytic import Branin
from problems.outcomes import Failing

# Failures.


def fails(problem, config, seed):
    try:
        problem.evaluate(config, seed=seed)
    except RuntimeError:
        return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.05, 0.25, 0.5, 0.75, 0.95])
@pytest.mark.parametrize("at", [0.0, 0.1, 0.5, 0.93, 1.0])
def test_exactly_a_share_fails_and_the_default_does_not(share, at):
    space = SearchSpace({"x": Float(0, 1), "rate": Float(1e-4, 1, log=True)})
    space = SearchSpace(dict(space.parameters), default=space.from_unit([at, at]))
    problem = Failing(of=Probe(space), share=share)
    points = [(k + 0.5) / 1000 for k in range(1000)]
    for seed in range(12):
        assert not fails(problem, space.default, seed)
        failed = []
        for u in points:
            config = space.from_unit([u, 0.5])
            other = space.from_unit([0.5, u])
            failed.append((fails(problem, config, seed), fails(problem, other, seed)))
        counts = np.sum(failed, axis=0)
        # Along the axis it is cut on; along the other all or none fail.
        cut = 0 if counts[0] not in (0, 1000) else 1
        assert abs(counts[cut] - 1000 * share) <= 2
        assert counts[1 - cut] in (0, 1000)


def test_a_failure_says_where():
    problem = Failing(of=Probe(SearchSpace({"x": Float(0, 1)})), share=0.9)
    with pytest.raises(RuntimeError, match=r"^this region fails on purpose, got x = 0\.5$"):
        problem.evaluate({"x": 0.5}, seed=1)


def test_one_end_fails_wherever_one_has_room_beside_the_default():
    problem = Failing(of=Branin(), share=0.3)
    seen = set()
    for seed in range(40):
        name, low, high = problem._working(seed)
        assert (low, high) in ((0.0, 0.7), (0.3, 1.0))
        seen.add((name, low))
    assert len(seen) == 4


def test_without_a_default_either_end_may_fail():
    problem = Failing(of=Probe(SearchSpace({"x": Float(0, 1)})), share=0.9)
    ends = {problem._working(seed)[1:] for seed in range(20)}
    assert len(ends) == 2
    for low, high in ends:
        assert high - low == pytest.approx(0.1)
        assert low == 0 or high == 1


@pytest.mark.parametrize("axis", [Int(1, 10), Ordinal(tuple(k * k for k in range(10)))])
@pytest.mark.parametrize(("share", "count"), [(0.1, 1), (0.3, 3), (0.34, 3), (0.36, 4)])
def test_of_finitely_many_values_those_with_their_middle_inside_fail(axis, share, count):
    space = SearchSpace({"k": axis})
    problem = Failing(of=Probe(space), share=share)
    for seed in range(10):
        failed = [fails(problem, config, seed) for config in space.configs()]
        assert sum(failed) == count
        assert failed in (
            [True] * count + [False] * (10 - count),
            [False] * (10 - count) + [True] * count,
        )


def test_it_is_cut_on_a_number_that_always_exists():
    space = SearchSpace(
        {"on": Categorical((True, False)), "x": Float(0, 1), "k": Int(1, 9), "y": Float(0, 1)},
        conditions={"x": {"on": (True,)}},
    )
    problem = Failing(of=Probe(space))
    assert {problem._working(seed)[0] for seed in range(10)} == {"y"}


def test_what_works_is_the_inner_evaluation_and_the_optimum_is_unknown():
    problem = Failing(of=Branin(), share=0.2)
    config = problem.space.default
    assert problem.evaluate(config, seed=3) == Branin().evaluate(config, seed=3)
    assert (problem.optimum, problem.optimum_of(3)) == (None, None)


def test_a_run_goes_on_after_failures():
    trials = trials_of("tpe", Failing(of=Branin(), share=0.4), 30)
    status = [trial.status for trial in trials]
    assert len(trials) == 30
    assert {Status.FAILED, Status.COMPLETED} == set(status)
