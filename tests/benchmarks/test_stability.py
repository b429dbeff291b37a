"""What the stability of ranks and verdicts costs on many data sets."""

import pytest

from bench.analysis.halves import halves
from bench.inference.leave_out import leave_out
from bench.inference.paired import all_pairs
from bench.inference.verdicts import verdicts_of
from bench.inference.wrong_winner import wrong_winner
from bench.testing import synthetic
from bench.testing.panels import panels_of


@pytest.fixture(scope="module")
def panels():
    """Panels of 40 data sets × 25 strategies × 20 repetitions, the last trials of 50."""
    made = synthetic.make(20, problems=40, strategies=25, trials=50)
    problems = [entry.label for entry in made.sweep.problems]
    names = [entry.label for entry in made.sweep.strategies]
    return panels_of(dict(zip(problems, made.value[..., -5:], strict=True)), strategies=names)


def test_halves(benchmark, panels):
    """Bound: 2 s on one core, with the next one together."""
    found = benchmark.pedantic(halves, (panels,), rounds=3)
    assert len(found) == 25


def test_leaving_out(benchmark, panels):
    """Bound: 2 s on one core, with the one before together."""
    pairs = all_pairs(panels)
    verdicts = verdicts_of(pairs)
    found = benchmark.pedantic(leave_out, (pairs, verdicts), rounds=3)
    assert set(found["n_left_out"]) == {5}


def test_wrong_winners_of_all_pairs(benchmark, panels):
    """Bound: 3 s on one core."""
    pairs = all_pairs(panels)
    wanted = list(zip(pairs.a, pairs.b, strict=True))
    assert len(benchmark.pedantic(wrong_winner, (panels, wanted), rounds=3)) == 300 * 20
