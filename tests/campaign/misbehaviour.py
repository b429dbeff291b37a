"""Objectives that misbehave in the middle of a sweep."""

from collections.abc import Mapping
from functools import partial

import pandas as pd

from tests.campaign.arena import Arena
from tests.campaign.kinds import Kind
from tests.campaign.objectives import RETURNED

NO_LIMIT: dict[str, float] = {}
SECONDS = {"evaluation_timeout": 1.0}
PATIENT = {"evaluation_timeout": 600.0}
RUN_SECONDS = {"run_timeout": 3.0}
MEGABYTES = {"memory": 700.0}


def _run(arena: Arena, status: str, runs: str) -> str:
    """Run with what misbehaves, and again without it.

    Args:
        arena: of the fault.
        status: of the trials at which something happens, with a limit of an evaluation.
        runs: how runs end in which something happens, without one.
    """
    isolated = bool(arena.limits.keys() & {"evaluation_timeout", "memory"})
    command = arena.start(CAMPAIGN_ARMED="")
    code = arena.end(command, [0])
    arena.check_no_process()
    before = arena.recorded()
    trials, ends = _found(arena)
    expected = {"completed", status if isolated or not runs else "completed"}
    if not trials <= expected:
        arena.violations.append(f"trials: {sorted(trials)}, only {sorted(expected)} can be")
    expected = {"completed", "completed" if isolated or not runs else runs}
    if not ends.keys() <= expected:
        arena.violations.append(f"runs: {dict(ends)}, only {sorted(expected)} can be")
    arena.resume(retry=True)
    arena.check_kept(before)
    arena.check_whole()
    seen = sorted(trials - {"completed"}) + [f"run {name}" for name in ends if name != "completed"]
    return f"exit {code}" + "".join(f", {name}" for name in seen)


def _found(arena: Arena) -> tuple[set[str], Mapping[str, int]]:
    from bench.store import Store

    trials, runs = Store(arena.results).frames()
    assert isinstance(trials, pd.DataFrame)
    return set(trials["status"]), runs["status"].value_counts().to_dict()


def _kind(how: str, status: str = "completed", runs: str = "", *limits: dict[str, float]) -> Kind:
    act = partial(_run, status=status, runs=runs)
    return Kind(f"objective: {how}", act, how, limits or (NO_LIMIT, NO_LIMIT, PATIENT), weight=3)


KINDS = [
    *(_kind(how, "failed") for how in ("raise", *RETURNED)),
    _kind("hang", "timeout", "timeout", RUN_SECONDS, SECONDS),
    *(_kind(how, "crashed", "crashed") for how in ("exit 0", "exit 1", "segfault")),
    _kind("leak", "out of memory", "", MEGABYTES),
    *(_kind(how) for how in (
        "fork", "print a megabyte", "seed", "change folder", "change handlers", "close output",
    )),
]  # fmt: skip
