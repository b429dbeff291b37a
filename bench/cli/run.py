"""Doing a sweep: `run`."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bench.api.sweep_files import is_suite, sweep_files, sweep_named
from bench.cli import on_data
from bench.cli.against import beside, lines, read, report_paths
from bench.cli.announcement import announcement
from bench.cli.options import jobs_option
from bench.cli.resumable import resumable
from bench.cli.terminal import say
from bench.cli.track import tracking_options, wanted_target
from bench.execution.workers import Workers
from bench.prose.phrases import number
from bench.spec import Entry, SpecError, Sweep
from bench.tracking.tracker import TRACKERS
from bench.words import many

if TYPE_CHECKING:
    from bench.execution.execute import Progress
    from bench.execution.plan import Plan
    from bench.execution.reference import Reference
    from bench.store import Store
    from bench.tracking.tracker import Target

F = TypeVar("F", bound=Callable[..., Any])


def _names(_: click.Context, __: click.Parameter, value: str | None) -> list[str] | None:
    if value is None:
        return None
    return [name.strip() for name in value.split(",") if name.strip()]


def sweep_options(command: F) -> F:
    """Add the options that make or change a sweep, and its folder."""
    for option in reversed(
        [
            click.option("--strategies", callback=_names, help="Strategies, separated by commas."),
            click.option("--problems", callback=_names, help="Problems, separated by commas."),
            click.option("--suites", callback=_names, help="Suites, separated by commas."),
            click.option("--data", help="Data set to tune on: a file, openml:31 or wine."),
            click.option("--model", callback=_names, help="Models to tune, such as svm,forest."),
            *on_data.OPTIONS,
            click.option("--trials", type=int, show_default="50", help="Trials in each run."),
            click.option(
                "--repetitions",
                type=int,
                show_default="10",
                help="Runs of each strategy on each problem.",
            ),
            click.option("--seed", type=int, show_default="1", help="Master seed."),
            # `--workers` would be taken for the processes that do the runs, which are `--jobs`.
            click.option(
                "--simulated-workers",
                "workers",
                type=int,
                show_default="1",
                help="Simulated parallel evaluations in each run; no processes are started.",
            ),
            click.option(
                "--synchronous",
                is_flag=True,
                default=None,
                help="Simulated workers wait for each other, so that a run evaluates in batches.",
            ),
            click.option(
                "--run-timeout",
                type=float,
                show_default="no limit",
                help="Seconds that a run may take.",
            ),
            click.option(
                "--evaluation-timeout",
                type=float,
                show_default="no limit",
                help="Seconds that an evaluation may take; a longer one is a failed trial.",
            ),
            click.option(
                "--memory",
                type=float,
                show_default="no limit",
                help="Megabytes that an evaluation may hold; one with more is a failed trial.",
            ),
            click.option(
                "--out",
                type=click.Path(path_type=Path),
                show_default="results/SWEEP",
                help="Folder for the results.",
            ),
        ]
    ):
        command = option(command)
    return command


@click.command()
@click.argument("sweep", required=False)
@sweep_options
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    help="Measure only these strategies, as the results in this folder were measured.",
)
@click.option(
    "--shard",
    metavar="I/N",
    show_default="1/1, the whole sweep",
    help="Do only the I-th of N parts of the sweep; `tunebench merge` joins them.",
)
@jobs_option
@click.option(
    "--cluster",
    show_default="worker processes of this machine",
    help="Dask cluster that does the runs: the address of its scheduler, or local:4.",
)
@click.option(
    "--retry",
    metavar="STATUS,…",
    help="Repeat runs that ended so: failed, timeout, crashed, separated by commas.",
)
@click.option(
    "--stop-when-decided",
    is_flag=True,
    help="A strategy whose comparisons are settled gets no more repetitions.",
)
@click.option(
    "--track",
    type=click.Choice(TRACKERS),
    show_default="no tracker",
    help="Send the results to this tracker: MLflow gets each run when it ends, W&B all at the end.",
)
@tracking_options
@resumable()
def run(
    sweep: str | None,
    out: Path | None,
    against: Path | None,
    shard: str | None,
    jobs: int | None,
    cluster: str | None,
    retry: str | None,
    stop_when_decided: bool,
    track: str | None,
    tracking_uri: str | None,
    track_level: str,
    **changes: Any,
) -> None:
    """Run a sweep, or resume it.

    SWEEP is a name or a TOML file, or a suite for --strategies. Options override its values;
    without SWEEP, the options define the sweep. Press Ctrl-C at any time: the same command resumes
    the sweep where it stopped.

    With --against, problems, trials, repetitions and seed are those of the results in that folder,
    whose strategies are not measured again; the results go into results/REFERENCE-STRATEGY.

    With --shard 3/10 a machine does the third of ten fixed parts, which depend on the sweep alone.
    The results go into results/SWEEP-3-of-10.

    With --stop-when-decided the sweep is looked at up to six times, and the tests of its report are
    corrected for that.

    With --track a separate process sends the results to MLflow or W&B. The sweep never waits for
    it, and what it misses `tunebench track` sends later.

    \b
    Example:
      tunebench run quick
      tunebench run my-sweep.toml --jobs 4
      tunebench run my-sweep.toml --retry failed,timeout
      tunebench run --strategies random,tpe --problems branin,svm-breast-cancer \\
          --trials 50 --repetitions 10 --out results/mine
      tunebench run --strategies random,tpe --data houses.csv --target value --model svm,forest \\
          --groups street --drop id,date --out results/houses
      tunebench run --strategies mine.py:Mine --against results/quick
      tunebench run my-sweep.toml --shard 3/10
      tunebench run my-sweep.toml --repetitions 30 --stop-when-decided
      tunebench run quick --track mlflow
    """
    where = wanted_target(track, tracking_uri, track_level)
    reference = None if against is None else read(against)
    _run(
        sweep, out, reference, Workers(jobs, cluster), changes,
        retry=retry, part=shard, in_looks=stop_when_decided, tracked=where,
    )  # fmt: skip


def _run(
    name: str | None,
    out: Path | None,
    reference: Reference | None,
    workers: Workers,
    changes: dict[str, Any],
    *,
    retry: str | None,
    part: str | None,
    in_looks: bool,
    tracked: Target | None,
) -> None:
    from bench.execution.looking import plan_run
    from bench.execution.plan import retried
    from bench.execution.shards import WHOLE, Shard
    from bench.sources.source import looks_of
    from bench.store import Store
    from bench.tracking.beside import tracked_beside

    shard = WHOLE if part is None else Shard.parse(part)
    again = () if retry is None else retried(retry)
    if reference is None:
        sweep = sweep_of(name, changes, out)
        folder = out if out is not None else Path("results") / f"{sweep.name}{shard.suffix}"
    else:
        wanted = sweep_of(name, changes, out, reference)
        sweep, folder = beside(reference, wanted, out, shard.suffix)
    store = Store(folder.absolute())  # wherever a strategy or a problem goes
    plan = plan_run(
        sweep, store, looks_of(store),
        in_looks=in_looks, retry=again, reference=reference, shard=shard,
    )  # fmt: skip
    for line in announcement(plan, folder, str(workers), in_looks=in_looks):
        say(line)
    for line in lines(reference, plan.sweep) if reference else ():
        say(line)
    with tracked_beside(tracked, folder, plan.sweep, plan.looks) as sent:
        plan, done, count = _do(plan, store, workers, in_looks=in_looks)
        for line in done.lines():
            say(line)
        say(_summary(done, count))
        if tracked is not None:
            say("tracking: what is left is being sent; Ctrl-C stops that, and only that")
        for line in sent():
            say(line)
    # Who tunes a model wants its configuration first.
    if on_data.tunes_models(plan.sweep):
        say(f"next: {shlex.join(['tunebench', 'best', str(folder)])}")
    if out is None and shard != WHOLE:
        whole = shlex.quote(str(folder).removesuffix(shard.suffix))
        say(f"next, of all shards: tunebench merge {whole}-*-of-{shard.count} --out {whole}")
        return
    paths = report_paths(reference, folder) if reference else [str(folder)]
    say(f"next: {shlex.join(['tunebench', 'report', *paths])}")


def _do(
    plan: Plan, store: Store, workers: Workers, *, in_looks: bool
) -> tuple[Plan, Progress, int]:
    """Do a plan with a bar, up to each look where there are looks.

    Returns:
        The plan as it ended, what was done, and by how many workers in the end.
    """
    from bench.execution.looking import do_run
    from bench.progress import ProgressBar

    count = 0

    def do(part: Plan) -> Progress:
        nonlocal count
        with ProgressBar() as bar:
            done, count = workers.do(part, store, bar.show)
        return done

    plan, done = do_run(plan, store, do, lambda look: say(str(look)), in_looks=in_looks)
    return plan, done, count


def sweep_of(
    name: str | None,
    changes: dict[str, Any],
    out: Path | None,
    reference: Reference | None = None,
) -> Sweep:
    """Return the named sweep with the options' changes, or one made of options alone."""
    given = {key: value for key, value in changes.items() if value is not None}
    for key in ("strategies", "problems"):
        if key in given:
            given[key] = tuple(map(Entry, given[key]))
    if own := on_data.entries({key: given.pop(key) for key in on_data.NAMES if key in given}):
        given["problems"] = (*given.get("problems", ()), *own)
    if "suites" in given:
        given["suites"] = tuple(given["suites"])
    if name is None:
        if "strategies" not in given:
            raise SpecError(
                "a run needs a sweep or --strategies and --problems; for example "
                f"`tunebench run quick` (there are {', '.join(sweep_files())})"
            )
        if reference is not None:
            return Sweep(**{"name": "against", **reference.unless(given), **given})
        if out is None:
            raise SpecError(
                "a sweep given by options needs its own folder, --out; for example "
                "--out results/mine"
            )
        return Sweep(name=Path(os.path.abspath(out)).name.strip(". ") or "results", **given)
    if reference is not None and is_suite(name):
        given = reference.unless({"suites", *given}) | given
    return sweep_named(name, given)


def _summary(done: Progress, jobs: int) -> str:
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(done.by_status.items()))
    if not done.trials:
        return f"{kinds or 'nothing to do'} in {done.seconds:.1f} s"
    if done.failed_trials:
        every = "every one" if done.failed_trials == done.trials else f"{done.failed_trials:,}"
        kinds += f", {every} of {many(done.trials, 'trial')} failed"
    share = done.busy_seconds / (jobs * done.seconds)
    return (
        f"{kinds} in {done.seconds:.1f} s; {number(done.trials / done.seconds)} trials/s; "
        f"efficiency {share:.0%} (evaluation and strategy time {done.busy_seconds:.1f} s "
        f"÷ {many(jobs, 'worker')} ÷ wall time, start-up included)"
    )
