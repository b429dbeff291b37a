"""What the harness itself costs: ask, check, evaluate, tell, record, with nothing else to do."""

import dataclasses

import pytest

from bench.spec import Entry, Sweep

SWEEP = Sweep(
    name="overhead",
    strategies=(Entry("random"),),
    problems=(Entry("quadratic-low-effective", settings={"dimension": 2, "effective": 2}),),
    trials=1000,
    repetitions=20,
)


@pytest.mark.parametrize("workers", [1, 4, 64])
def test_20_runs_of_1000_random_trials_on_a_sphere(timed, workers):
    """Bound: 30 µs a trial on one core, so 0.6 s for the 20,000 trials, recorded on disk.

    On simulated workers at most 1.5 times as much.
    """
    assert timed(dataclasses.replace(SWEEP, workers=workers)) == 20_000
