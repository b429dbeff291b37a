"""Planning a sweep: `plan`."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from bench.cli.announcement import announcement
from bench.cli.options import MAX_OPTION_VALUE, Finite, as_json, jobs_option
from bench.cli.resumable import resumable
from bench.cli.run import run, sweep_of, sweep_options
from bench.cli.terminal import say
from bench.words import many

if TYPE_CHECKING:
    from bench.execution.execute import Progress
    from bench.execution.plan import Plan
    from bench.store import Store

_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "": 1}


class Duration(click.ParamType[float]):
    """A time such as 90s, 30min, 2h or 1.5d, in seconds; a plain number is seconds."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?) ?(s|min|h|d|)", str(value))
        seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
        if not 0 < seconds <= MAX_OPTION_VALUE:
            self.fail(f"{value!r} is not a time; for example 90s, 30min, 2h or 1.5d.", param, ctx)
        return seconds


@click.command()
@click.argument("sweep", required=False)
@sweep_options
@jobs_option
@click.option("--within", type=Duration(), help="Propose repetitions for this time, such as 2h.")
@click.option(
    "--detect",
    type=Finite(min=0, min_open=True),
    help="Propose repetitions that detect this difference in normalised regret.",
)
@as_json
@click.pass_context
@resumable()
def plan(
    context: click.Context,
    /,
    sweep: str | None,
    out: Path | None,
    jobs: int | None,
    within: float | None,
    detect: float | None,
    as_json: bool,
    **changes: Any,
) -> None:
    """Say how long a sweep takes and what it can detect.

    A short pilot runs first: two runs of each strategy and of each problem. They are kept in the
    folder of the results, and the sweep does not repeat them. Where such runs exist there is no
    pilot. SWEEP and the options are those of `tunebench run`.

    \b
    Example:
      tunebench plan quick
      tunebench plan my-sweep.toml --within 2h
      tunebench plan my-sweep.toml --detect 0.01 --jobs 8
    """
    from bench.cli import plan_text
    from bench.execution.effort import Effort
    from bench.execution.pilot import pilot, run_costs
    from bench.execution.plan import make_plan
    from bench.store import Store

    jobs = jobs or os.cpu_count() or 1
    asked = sweep_of(sweep, changes, out)
    folder = out if out is not None else Path("results") / asked.name
    store = Store(folder.absolute())
    planned = make_plan(asked, store)
    for line in announcement(planned, folder, many(jobs, "worker")):
        say(line, err=as_json)
    first = pilot(planned, run_costs(planned.sweep, store))
    if first.todo:
        say(f"pilot: {many(len(first.todo), 'run')} of them, which count", err=as_json)
        # A plan decides nothing: whoever reads the folder sees the sweep that was run in it.
        before = store.sweep() | store.beside_sweep() if store.sweep_path.exists() else None
        try:
            done = _run(first, store, jobs, is_shown=not as_json)
        finally:
            if before is not None:
                store.create(before)
        for line in done.lines():
            say(line, err=as_json)
    effort = Effort(planned, run_costs(planned.sweep, store), jobs)
    proposed = plan_text.proposals(effort, within, detect)
    if as_json:
        say(json.dumps(plan_text.data(effort, proposed), indent=2))
        return
    for line in (*plan_text.lines(effort), *plan_text.proposal_lines(effort, proposed)):
        say(line)
    fewest = min(filter(None, proposed.values()), default=None)
    say(f"next: {shlex.join(['tunebench', 'run', *_options_of_run(context, fewest)])}")


def _run(first: Plan, store: Store, jobs: int, *, is_shown: bool) -> Progress:
    from bench.execution.local import run_locally
    from bench.progress import ProgressBar

    if not is_shown:
        return run_locally(first, store, jobs=jobs)
    with ProgressBar() as bar:
        return run_locally(first, store, jobs=jobs, show=bar.show)


def _options_of_run(context: click.Context, repetitions: int | None) -> Iterator[str]:
    """Yield the arguments with which `run` does the sweep that was planned.

    Args:
        context: of the command that planned it.
        repetitions: that are proposed.
    """
    values = {
        name: value
        for name, value in context.params.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    if repetitions is not None:
        values["repetitions"] = repetitions
    for parameter in run.params:
        value = values.get(str(parameter.name))
        if value is None:
            continue
        if isinstance(parameter, click.Option):
            yield parameter.opts[0]
        if value is not True:
            yield ",".join(value) if isinstance(value, list) else str(value)
