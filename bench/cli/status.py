"""How far a sweep is: `status`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli.options import as_json, folder_argument
from bench.cli.terminal import say
from bench.prose.phrases import number
from bench.words import clock, many

if TYPE_CHECKING:
    from bench.execution.sweep_status import SweepStatus
    from bench.spec import RunSpec

SECONDS_BETWEEN_LOOKS = 2.0
"""Seconds between two looks of `--watch`."""

MAX_NAMED_RUNS = 12
"""Running runs that are named; more are counted."""


@click.command()
@folder_argument
@as_json
@click.option("--watch", is_flag=True, help="Show it again until no process does runs any more.")
def status(folder: Path, as_json: bool, watch: bool) -> None:
    """Show the progress of a sweep.

    FOLDER is its results folder. The command works while the sweep runs, from another terminal. It
    shows how many runs of each strategy there are, which are running and at which trial, which
    failed and why, how fast it goes, and the time left.

    \b
    Example:
      tunebench status results/quick
      tunebench status results/quick --watch
    """
    from bench.bundles.bundle import opened_results
    from bench.execution.sweep_status import Watch
    from bench.sources.source import opened

    with opened_results(folder) as place:
        looking = Watch(*opened(place))
        shown = ""
        while True:
            found = looking.look(time.time())
            text = (
                json.dumps(_data(found), indent=None if watch else 2) if as_json else _text(found)
            )
            if text != shown:
                if watch and not as_json:
                    click.clear()  # nothing where the output is no terminal
                say(text)
                shown = text
            if not watch or not found.is_running:
                return
            time.sleep(SECONDS_BETWEEN_LOOKS)


def _text(found: SweepStatus) -> str:
    return "\n".join(_lines(found))


def _lines(found: SweepStatus) -> Iterator[str]:
    part = f", shard {found.shard}" if found.shard else ""
    state = "" if found.n_done == found.n_runs else ", not running"
    yield (
        f"{found.sweep.name}{part}: {found.n_done:,} of {many(found.n_runs, 'run')} done"
        + (", running" if found.is_running else state)
    )
    if (looks := found.looks) is not None:
        settled = ", ".join(f"{label} after {n}" for label, n in looks.stopped.items())
        yield (
            f"looked at after {looks.made} of {many(looks.times[-1], 'repetition')}"
            + (f"; settled: {settled}" if settled else "")
        )
    width = max(map(len, found.counts))
    for label, kinds in found.counts.items():
        text = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))
        left = found.left_s[label] if found.left_s else 0.0
        yield f"{label:<{width}}  {text}" + (f", {clock(left)} left" if left else "")
    for spec, trials in found.running[:MAX_NAMED_RUNS]:
        yield f"running: {_name(spec)}: {trials:,} of {many(spec.trials, 'trial')}"
    if (more := len(found.running) - MAX_NAMED_RUNS) > 0:
        yield f"running: {many(more, 'more run')}"
    for text, (first, *others) in found.failures.items():
        yield _name(first) + (f", and {many(len(others), 'more run')}" if others else "") + text
    if found.runs_per_s is not None and found.trials_per_s is not None:
        yield (
            f"{number(60 * found.runs_per_s)} runs a minute, {number(found.trials_per_s)} trials/s"
            + (f", {clock(sum(found.left_s.values()))} left" if found.left_s else "")
        )
    elif found.is_running:
        yield "time left: not known yet"
    for path, reason in found.damaged.items():
        yield f"{path} is damaged ({reason}); `tunebench run` repeats it"


def _data(found: SweepStatus) -> dict[str, Any]:
    """Return the same as plain data."""
    left = found.left_s
    return {
        "sweep": found.sweep.name,
        "shard": found.shard or None,
        "is_running": found.is_running,
        "n_runs": found.n_runs,
        "n_done": found.n_done,
        "n_trials": found.n_trials,
        "strategies": {label: dict(kinds) for label, kinds in found.counts.items()},
        "running": [
            {**_place(spec), "n_trials": trials, "trials": spec.trials}
            for spec, trials in found.running
        ],
        "looks": None if found.looks is None else found.looks.to_dict(),
        "failures": [
            {"reason": text.removeprefix(": "), "runs": [_place(spec) for spec in specs]}
            for text, specs in found.failures.items()
        ],
        "runs_per_s": found.runs_per_s,
        "trials_per_s": found.trials_per_s,
        "left_s": None if left is None else sum(left.values()),
        "left_s_by_strategy": left,
        "damaged": [str(path) for path in found.damaged],
    }


def _name(spec: RunSpec) -> str:
    return f"{spec.strategy.label} on {spec.problem.label}, repetition {spec.repetition}"


def _place(spec: RunSpec) -> dict[str, Any]:
    return {
        "strategy": spec.strategy.label,
        "problem": spec.problem.label,
        "repetition": spec.repetition,
    }
