"""What is said of a sweep before it begins."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.spec import Sweep
from bench.words import many, repetitions, simulated_workers

if TYPE_CHECKING:
    from bench.execution.plan import Plan


def announcement(
    plan: Plan, folder: Path, workers: str, *, in_looks: bool = False
) -> Iterator[str]:
    """Yield what is said of a sweep before it begins."""
    from bench.cli.problem_notes import problem_notes
    from bench.core import Capability
    from bench.registry import STRATEGIES

    sweep, total = plan.sweep, sum(1 for _ in plan.sweep.expand())
    planned = len(plan.todo) + plan.done
    most = planned * sweep.trials
    strategies = [STRATEGIES.create(entry) for entry in sweep.strategies]
    cheaper = any(Capability.FIDELITY in strategy.supports for strategy in strategies)
    budget = f"the cost of {many(most, 'full evaluation')}" if cheaper else many(most, "trial")
    yield (
        f"{sweep.name}: {many(len(sweep.strategies), 'strategy', 'strategies')} × "
        f"{many(len(sweep.problems), 'problem')} × {repetitions(sweep.repetitions, sweep.fewer)} = "
        f"{many(total, 'run')}, "
        + (f"of which shard {plan.shard} has {planned:,}, " if planned < total else "")
        + f"up to {budget}, in {folder}"
    )
    yield (
        f"{many(plan.done, 'run is', 'runs are')} there, {len(plan.todo):,} to do"
        + (f", {plan.resumed:,} of them begun" if plan.resumed else "")
        + (f", {len(plan.skips):,} of them skipped" if plan.skips else "")
        + f"; {workers}"
    )
    yield from _simulated(sweep)
    if in_looks and plan.looks is not None:
        times = ", ".join(map(str, plan.looks.times))
        yield (
            f"looks after {times} repetitions: a strategy whose comparisons are settled gets no "
            "more of them"
        )
    elif plan.looks is not None:
        yield (
            f"after {many(plan.looks.made, 'repetition')} a look stopped what was settled: now all "
            "repetitions are done, and the tests are the usual ones once they are"
        )
    for what, count in plan.edited.items():
        yield (
            f"{what} after {many(count, 'run')} in the folder: "
            f"{'it is' if count == 1 else 'they are'} repeated, and the old runs stay in the "
            "folder, outside of all reports"
        )
    if plan.todo:
        yield from _learning_nothing(sweep)
        yield from _detectable(plan)
        yield from problem_notes(plan)
    for path, reason in plan.damaged:
        yield f"{path} is damaged ({reason}): set aside in runs/damaged, its run is repeated"
    pairs = {}
    for job in plan.todo:
        if job.id in plan.skips:
            pairs[" on ".join(job.pair)] = plan.skips[job.id]
    for pair, reason in pairs.items():
        yield f"skipped: {pair}: {reason}"


def _simulated(sweep: Sweep) -> Iterator[str]:
    """Yield how many simulated workers runs have, where some have several."""
    found: dict[tuple[int, bool], list[str]] = {}
    for entry in sweep.strategies:
        found.setdefault(sweep.workers_of(entry), []).append(entry.label)
    for (count, waits), labels in found.items():
        if count > 1:
            yield simulated_workers(count, waits, labels)


def _learning_nothing(sweep: Sweep) -> Iterator[str]:
    """Yield which strategies do not come to learn within the budget."""
    from bench.analysis.startup import startup_of

    for entry in sweep.strategies:
        count = startup_of(entry.settings)
        if count is not None and count >= sweep.trials:
            yield (
                f"{entry.label} draws its first {many(count, 'trial')} at random, the whole budget "
                f"of {sweep.trials:,}: it is random search here; give it more (--trials)"
            )


def _detectable(plan: Plan) -> Iterator[str]:
    """Yield what the sweep could find out by its report's tests, before anybody has looked."""
    sweep = plan.sweep
    if len(sweep.strategies) < 2:  # nothing to compare, and the tests take long to import
        return
    from bench.inference.planning import TYPICAL_SD, prospect
    from bench.prose.samples import Sample, observations

    counts = {entry.label: sweep.repetitions_of(entry) for entry in sweep.strategies}
    found = prospect(plan.cells, plan.datasets, counts, TYPICAL_SD, functions=plan.functions)
    if not found.pairs:
        return
    pairs = many(found.pairs, "pair")
    if math.isinf(found.difference):
        yield (
            f"on this problem set the sweep cannot detect any difference for {pairs} of "
            "strategies, however large the differences: "
            f"{many(sweep.repetitions, 'repetition')} of each problem "
            f"{'is' if sweep.repetitions == 1 else 'are'} too few, {found.repetitions} are needed "
            "(--repetitions)"
        )
    else:
        yield (
            "on this problem set the sweep can detect a difference of about "
            f"{found.difference:.2g} in normalised regret (power 0.8, "
            f"corrected for {pairs}), if repetitions differ as they usually do "
            f"(standard deviation {TYPICAL_SD:g})"
        )
    if not found.decides_new:
        sets = observations([Sample(found.problems, found.datasets, found.functions)])
        yield (
            "generalising to new data sets the sweep cannot detect any difference: "
            f"{sets} {'is' if found.datasets == 1 else 'are'} too few for {pairs}, "
            f"{found.datasets_needed} are needed"
        )
