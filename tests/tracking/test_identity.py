"""The identity of a sweep: any setting changes it, and nothing that happens while it runs."""

from dataclasses import replace

from bench.execution.plan import stopping
from bench.panels.looks import Looks
from bench.spec import Entry
from bench.testing.sweeps import entry_of, make_sweep
from bench.tracking.identity import identity

SWEEP = make_sweep(
    ["Random", Entry(entry_of("Climber").name, "slow", repetitions=2)], ["Sphere"], repetitions=4
)
LOOKS = Looks(1, {"Random": 4, "slow": 2})


def test_with_and_without_looks_a_sweep_is_the_same():
    assert identity(SWEEP, LOOKS) == identity(SWEEP, None)


def test_what_a_look_stops_changes_nothing():
    stopped = replace(LOOKS, made=1, stopped={"Random": 1})
    sweep = stopping(SWEEP, stopped)
    assert sweep != SWEEP
    assert identity(sweep, stopped) == identity(SWEEP, None)


def test_any_setting_changes_it():
    others = [
        replace(SWEEP, seed=SWEEP.seed + 1),
        replace(SWEEP, trials=SWEEP.trials + 1),
        replace(SWEEP, strategies=SWEEP.strategies[:1]),
        replace(
            SWEEP, strategies=(replace(SWEEP.strategies[0], repetitions=3), *SWEEP.strategies[1:])
        ),
    ]
    assert len({identity(sweep, None) for sweep in [SWEEP, *others]}) == 5
