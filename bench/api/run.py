"""A sweep done from Python."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bench.api.inputs import InputError, folder_name, sweep_of
from bench.api.sweep_files import is_suite

if TYPE_CHECKING:
    from bench.api.result import Result
    from bench.core import Problem, Strategy


def run(
    sweep: str | os.PathLike[str] | None = None,
    /,
    *,
    strategies: str
    | Strategy
    | Iterable[str | Strategy]
    | Mapping[str, str | Strategy]
    | None = None,
    problems: str | Problem | Iterable[str | Problem] | Mapping[str, str | Problem] | None = None,
    suites: str | Iterable[str] | None = None,
    trials: int | None = None,
    repetitions: int | None = None,
    seed: int | None = None,
    run_timeout: float | None = None,
    evaluation_timeout: float | None = None,
    memory: float | None = None,
    simulated_workers: int | None = None,
    synchronous: bool | None = None,
    out: str | os.PathLike[str] | None = None,
    against: str | os.PathLike[str] | None = None,
    shard: str | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    retry: str | Iterable[str] = (),
    stop_when_decided: bool = False,
    track: str | None = None,
    progress: bool = True,
) -> Result:
    """Run strategies on problems, and return what came of it.

    Without `out` and `jobs` all runs are done one after the other in this process, and nothing is
    written. With `out` the runs are recorded in a folder as they are measured, by worker
    processes: a call that was interrupted goes on where it was. What was given as an object that
    is no part of the catalog cannot be resumed: see `Result.notes`.

    Args:
        sweep: a sweep of the package ("quick"), the path of a TOML file, or a suite ("functions");
            the other arguments change what it says.
        strategies: names as on the command line, or objects; a mapping gives them labels.
        problems: the same; `problem` makes one of a function or an estimator.
        suites: names of suites whose problems are added.
        trials: the budget of each run, in full evaluations; 50 unless the sweep says otherwise.
        repetitions: runs of each strategy on each problem; 10 unless the sweep says otherwise.
        seed: the master seed, 0 or more; 1 unless the sweep says otherwise.
        run_timeout: seconds a run may take; the runs are then done by worker processes.
        evaluation_timeout: seconds an evaluation may take, likewise; a longer one is ended with all
            it started, and is a failed trial.
        memory: megabytes an evaluation may hold, likewise.
        simulated_workers: evaluations at a time in each run, on its clock; 1 unless the sweep says
            otherwise. They need no processes.
        synchronous: the simulated workers wait for each other, so that a run evaluates in batches.
        out: the results folder.
        against: a folder of results: problems, trials, repetitions and seed are those of its sweep,
            whose strategies are not measured again, and the result has all of them.
        shard: "3/10" does only the third of ten equal parts, which depend on the sweep alone.
        jobs: worker processes; with `out` as many as there are cores unless given.
        cluster: a Dask cluster that does the runs instead: the address of its scheduler, or
            "local:4" for a new one on this machine. Objects cannot be sent there.
        retry: runs in `out` that ended so are done again: "failed", "timeout", "crashed", or
            several of them.
        stop_when_decided: a strategy whose comparisons are settled gets no more repetitions; the
            tests are corrected for it (`bench.inference.sequential`).
        track: "mlflow" or "wandb" sends what is in `out` to this tracker, by a process of its own
            that the sweep never waits for: MLflow gets each run when it ends, W&B all at the end
            (`track` has more to choose).
        progress: show a bar.

    Returns:
        The result.

    Raises:
        UserError: an argument breaks a rule; the message names the rule, the value, the way out.

    >>> result = run(strategies=["random", "sobol"], problems="branin", trials=4, repetitions=2)
    >>> len(result.trials)
    16
    """
    from bench.api.result import among
    from bench.api.track import checked
    from bench.api.work import Call, done_by_workers, done_here, done_in_folder
    from bench.execution.plan import retried
    from bench.execution.reference import read_reference
    from bench.execution.shards import WHOLE, Shard
    from bench.execution.workers import Workers

    given = {
        key: value
        for key, value in (
            ("strategies", strategies),
            ("problems", problems),
            ("suites", suites),
            ("trials", trials),
            ("repetitions", repetitions),
            ("seed", seed),
            ("run_timeout", run_timeout),
            ("evaluation_timeout", evaluation_timeout),
            ("memory", memory),
            ("workers", simulated_workers),
            ("synchronous", synchronous),
        )
        if value is not None
    }
    if jobs is not None and (isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1):
        raise InputError(
            f"'jobs' must be an integer, 1 or more, got {jobs!r}; for example jobs = 2, and with "
            "'out' leave it out for as many as there are cores"
        )
    folder = None if out is None else Path(out)
    tracked = checked(track, folder)
    reference = None if against is None else read_reference(Path(against))
    on_suite = {"suites"} if sweep is not None and is_suite(sweep) else set()
    known = {} if reference is None else reference.unless({*given, *on_suite})
    wanted, objects = sweep_of(sweep, given, name=folder_name(folder), otherwise=known)
    if not isinstance(retry, Iterable):
        raise InputError(f"'retry' must be a status of runs, got {retry!r}; for example 'failed'")
    again = retried(retry) if retry else ()
    if shard is not None and not isinstance(shard, str):
        raise InputError(f"'shard' must be a text such as '3/10', got {shard!r}")
    part = WHOLE if shard is None else Shard.parse(shard)
    call = Call(
        wanted, objects, reference, part, retry=again, in_looks=stop_when_decided,
        is_shown=progress,
    )  # fmt: skip
    if folder is not None:
        found = done_in_folder(call, folder, Workers(jobs, cluster), tracked)
    elif jobs is None and cluster is None and not wanted.is_limited:
        found = done_here(call)
    else:
        found = done_by_workers(call, Workers(jobs if cluster else jobs or 1, cluster))
    return found if reference is None else among(found, reference.folder)
