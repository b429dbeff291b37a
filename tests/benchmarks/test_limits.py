"""What an evaluation costs in a process of its own, where a sweep has limits, and where not."""

import dataclasses
from typing import Any

import pytest

from bench.spec import Entry, Sweep

SWEEP = Sweep(
    name="limits",
    strategies=(Entry("random"),),
    problems=(Entry("quadratic-low-effective", settings={"dimension": 2, "effective": 2}),),
    trials=200,
    repetitions=5,
)
LIMITS: dict[str, dict[str, Any]] = {
    "none": {},
    "time": {"evaluation_timeout": 60.0},
    "memory": {"memory": 4000.0},
    "both": {"evaluation_timeout": 60.0, "memory": 4000.0},
}


@pytest.mark.parametrize("limits", LIMITS)
def test_5_runs_of_200_trials(timed, limits):
    """Bound: at most 3 ms an evaluation more than without limits, so 3 s more for all.

    With what a process costs each run, and without limits as in `test_harness`.
    """
    assert timed(dataclasses.replace(SWEEP, **LIMITS[limits])) == 1000
