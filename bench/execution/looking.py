"""A sweep in looks: strategies whose comparisons are settled get no more repetitions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench.errors import UserError
from bench.execution.execute import Progress
from bench.execution.objects import Objects
from bench.execution.plan import Plan, make_plan, resolve, stopping
from bench.execution.reference import Reference
from bench.execution.shards import WHOLE, Shard
from bench.panels.looks import Looks
from bench.prose.phrases import listed
from bench.run import RunStatus
from bench.spec import Sweep
from bench.store import Sink
from bench.words import many

MOST_LOOKS = 6
"""Looks at a sweep: more save few runs, and each costs power."""

FEWEST_REPETITIONS = 5
"""Repetitions before the first look: fewer say too little of a variance."""


class LooksError(UserError):
    """A sweep that cannot be looked at, or not in this folder."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look did.

    Args:
        looks: with this one.
        stopped: the strategies that it stopped, in the order of the sweep.
        going_on: those that have repetitions to come.
    """

    looks: Looks
    stopped: tuple[str, ...]
    going_on: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in a line.

        >>> looks = Looks(5, {"random": 30, "tpe": 30, "grid": 30}, {"grid": 5}, made=5)
        >>> print(Looked(looks, ("grid",), ("random", "tpe")))
        after 5 of 30 repetitions: grid is settled and stops; random and tpe go on
        """
        parts = []
        if self.stopped:
            is_settled = (
                "is settled and stops" if len(self.stopped) == 1 else "are settled and stop"
            )
            parts.append(f"{listed(self.stopped)} {is_settled}")
        if self.going_on:
            go = "goes" if len(self.going_on) == 1 else "go"
            parts.append(f"{listed(self.going_on)} {go} on")
        most = many(self.looks.times[-1], "repetition")
        return f"after {self.looks.made} of {most}: {'; '.join(parts) or 'all are done'}"


def plan_run(
    sweep: Sweep,
    sink: Sink,
    recorded: Looks | None,
    *,
    in_looks: bool,
    retry: Collection[RunStatus] = (),
    objects: Objects | None = None,
    reference: Reference | None = None,
    shard: Shard = WHOLE,
) -> Plan:
    """Return what a run has to do, as `make_plan` does, with its looks.

    Args:
        sweep: as a file or the command line gives it.
        sink: where its results are or will be.
        recorded: looks that were made at what is there.
        in_looks: strategies stop whose comparisons are settled. Without it all repetitions are
            done, and looks that were made stay recorded until then.
        retry: as for `make_plan`.
        objects: likewise.
        reference: likewise.
        shard: likewise.

    Raises:
        LooksError: what cannot be looked at, or what was looked at and would be another sweep.
        UserError: as `make_plan`.
    """
    options: dict[str, Any] = {"retry": retry, "objects": objects, "shard": shard}
    made = recorded is not None and recorded.made > 0
    if not (in_looks or made):
        return make_plan(sweep, sink, reference=reference, **options)
    if in_looks:
        _check_alone(is_shard=shard != WHOLE, has_reference=reference is not None)
    if in_looks and made and retry:
        raise LooksError(
            "'retry' must be left out after a look, which has seen how these runs ended; use "
            "another folder, or do all repetitions, without 'stop_when_decided'"
        )
    sweep = resolve(sweep, objects)
    looks = looks_at(sweep) if in_looks else None
    if recorded is not None and recorded.made:
        same = recorded.runs == _fingerprint(sweep) and shard == WHOLE and reference is None
        if not same or (looks is not None and looks.each != recorded.each):
            raise LooksError(
                "results that were looked at must stay one sweep, since what a look stopped cannot "
                f"be tested in another one; this one changed after {recorded.made} repetitions "
                "(strategies, problems, trials, repetitions, seed, limits or code): use another "
                "folder",
                option="out",
            )
        looks = recorded
    if in_looks:
        return make_plan(sweep, sink, looks=looks, **options)
    return replace(make_plan(sweep, sink, **options), looks=looks)


def looks_at(sweep: Sweep) -> Looks:
    """Return the looks at a sweep that has none so far.

    There are up to six, after the same number of repetitions each, five or more.

    Args:
        sweep: resolved, with all repetitions that it may have.

    Raises:
        LooksError: the sweep has nothing to compare.
    """
    if len(sweep.strategies) < 2:
        raise LooksError(
            "'stop_when_decided' must have two strategies or more to compare, got "
            f"{sweep.strategies[0].label} alone; add one, or leave it out"
        )
    planned = {entry.label: sweep.repetitions_of(entry) for entry in sweep.strategies}
    each = max(FEWEST_REPETITIONS, -(-max(planned.values()) // MOST_LOOKS))
    return Looks(each, planned, runs=_fingerprint(sweep))


def _fingerprint(sweep: Sweep) -> str:
    ids = "".join(sorted(spec.id for spec in sweep.expand()))
    return hashlib.sha256(ids.encode()).hexdigest()


def _check_alone(*, is_shard: bool, has_reference: bool) -> None:
    """Refuse a sweep that does not see all runs which it compares."""
    if is_shard:
        raise LooksError(
            "'stop_when_decided' must be left out with a shard, which does not see the runs of the "
            "others; leave one of the two out (a cluster shares a sweep among machines)"
        )
    if has_reference:
        raise LooksError(
            "'stop_when_decided' must be left out with 'against', whose strategies have all their "
            "repetitions; leave one of the two out"
        )


def do_run(
    plan: Plan,
    sink: Sink,
    do: Callable[[Plan], Progress],
    said: Callable[[Looked], None] = lambda _: None,
    *,
    in_looks: bool,
) -> tuple[Plan, Progress]:
    """Do the runs of a plan that `plan_run` made.

    Args:
        plan: what to do.
        sink: where its results go.
        do: does a plan, or a part of it.
        said: called after each look.
        in_looks: as for `plan_run`.

    Returns:
        The plan as it ended, and what was done.
    """
    if in_looks:
        return do_in_looks(plan, sink, do, said)
    done = do(plan)
    if plan.looks is not None:
        # All repetitions are there, so nothing that the looks chose is left.
        plan = replace(plan, looks=None)
        with sink.changing(plan.recorded, ()):
            pass
    return plan, done


def do_in_looks(
    plan: Plan,
    sink: Sink,
    do: Callable[[Plan], Progress],
    said: Callable[[Looked], None] = lambda _: None,
) -> tuple[Plan, Progress]:
    """Do the runs of a plan up to each look, and no more of what a look settles.

    A look sees recorded values of the repetitions before it alone, so a sweep that is resumed goes
    on where it was. What a look stopped stays so: runs that are repeated later change no look.

    Args:
        plan: of the sweep, with the looks that were made.
        sink: where its results go.
        do: does a part of it.
        said: called after each look.

    Returns:
        The plan with all looks, and what was done.

    Raises:
        ValueError: a plan without looks.
    """
    total = Progress(runs=len(plan.todo))
    while True:
        looks = _looks(plan)
        now = [job for job in plan.todo if job.spec.repetition < looks.next]
        total.add(do(replace(plan, todo=now)))
        if looks.is_over:
            break
        looked = _look(plan, sink)
        said(looked)
        plan = replace(
            plan,
            sweep=stopping(plan.sweep, looked.looks),
            looks=looked.looks,
            todo=[
                job
                for job in plan.todo
                if job.spec.repetition >= looks.next
                and job.spec.strategy.label not in looked.looks.stopped
            ],
            damaged=[],
        )
        if looked.looks.is_over:
            with sink.changing(plan.recorded, ()):
                pass  # the folder knew the look before this one
            break
    return plan, total


def _looks(plan: Plan) -> Looks:
    if plan.looks is None:
        raise ValueError("a plan without looks")
    return plan.looks


def _look(plan: Plan, sink: Sink) -> Looked:
    """Make the next look at a sweep."""
    # Statistics take long to import, and most sweeps are done without.
    from bench.inference.settled import after_look
    from bench.measured.scales import scales
    from bench.panels.panel import to_panels

    looks, sweep = _looks(plan), plan.sweep
    wanted = {spec.id for spec in sweep.expand() if spec.repetition < looks.next}
    found = sink.columns([])
    found = found.only(np.array([run in wanted for run in found.runs["run"]], dtype=bool))
    panels = to_panels(
        found.frame(),
        found.runs,
        strategies=[entry.label for entry in sweep.strategies],
        problems=[entry.label for entry in sweep.problems],
        scales=scales(found.runs),
        datasets=plan.datasets,
        functions=plan.functions,
        looks=looks,
    )
    now = after_look(panels, looks, looks.next)
    new = tuple(
        label for label in now.planned if label in now.stopped.keys() - looks.stopped.keys()
    )
    able = {strategy for strategy, _ in plan.cells}
    going_on = tuple(
        label
        for label, most in now.planned.items()
        if most > now.made and label not in now.stopped and label in able
    )
    return Looked(now, new, going_on)
