"""Planning a sweep: `plan`."""

from __future__ import annotations

import json
import math
import os
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli.options import Finite, as_json, jobs_option
from bench.cli.resumable import resumable
from bench.cli.run import sweep_of, sweep_options
from bench.cli.terminal import say
from bench.prose.phrases import number
from bench.prose.quantities import duration
from bench.words import many

if TYPE_CHECKING:
    from bench.execution.execute import Progress
    from bench.execution.forecast import Forecast, Seconds
    from bench.execution.plan import Plan
    from bench.spec import Sweep
    from bench.store import Store

MOST = 10_000
"""Repetitions that are proposed at most."""

CHOICES = (5, 10, 20, 30, 50, 100)
"""Numbers of repetitions of which the table tells what they take and detect, beside the sweep's."""

_UNITS = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86400, "": 1}


class Duration(click.ParamType):
    """A time such as 90s, 30min, 2h or 1.5d; a plain number is seconds."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return seconds."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)\s*(s|min|m|h|d|)", str(value).strip())
        if found is None or float(found[1]) == 0:
            self.fail(f"{value!r} is not a time; for example 90s, 30min or 2h.", param, ctx)
        return float(found[1]) * _UNITS[found[2]]


@click.command()
@click.argument("sweep", required=False)
@sweep_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    show_default="results/SWEEP",
    help="Folder for the results.",
)
@jobs_option
@click.option("--within", type=Duration(), help="Propose repetitions for this time, such as 2h.")
@click.option(
    "--detect",
    type=Finite(min=0, min_open=True),
    help="Propose repetitions that detect this difference in normalised regret.",
)
@as_json
@resumable()
def plan(
    sweep: str | None,
    out: Path | None,
    jobs: int | None,
    within: float | None,
    detect: float | None,
    as_json: bool,
    **changes: Any,
) -> None:
    """Say what a sweep will take and what it can detect.

    A short pilot runs first: two runs of each strategy and of each problem, which are kept and
    count. Nothing is run where the folder has such runs already. SWEEP and the options are those of
    `tunebench run`.

    \b
    Example:
      tunebench plan quick
      tunebench plan my-sweep.toml --within 2h
      tunebench plan my-sweep.toml --detect 0.01 --jobs 8
    """
    planned = _plan(sweep, out, changes, jobs or os.cpu_count() or 1, quiet=as_json)
    proposals = planned.proposals(within, detect)
    if as_json:
        say(json.dumps(planned.data() | {"proposals": proposals}, indent=2))
        return
    for line in planned.lines():
        say(line)
    for line in _proposed(proposals, planned):
        say(line)
    say(f"next: {shlex.join(['tunebench', 'run', *_arguments()])}")


def _arguments() -> list[str]:
    """Return what the command was given, without what `run` does not take."""
    import sys

    found, skip = [], False
    for text in sys.argv[2:]:
        name = text.partition("=")[0]
        if skip or text == "--json":
            skip = False
        elif name in ("--within", "--detect"):
            skip = "=" not in text
        else:
            found.append(text)
    return found


def _plan(
    name: str | None, out: Path | None, changes: dict[str, Any], jobs: int, *, quiet: bool
) -> Planned:
    from bench.execution.forecast import Forecast
    from bench.execution.local import run_locally
    from bench.execution.pilot import pilot, run_costs
    from bench.execution.plan import make_plan
    from bench.progress import ProgressBar
    from bench.store import Store

    sweep = sweep_of(name, changes, out)
    folder = out if out is not None else Path("results") / sweep.name
    store = Store(folder.absolute())
    whole = make_plan(sweep, store)
    few = pilot(whole, run_costs(store))
    done: Progress | None = None
    if few.todo:
        if not quiet:
            say(
                f"pilot: {many(len(few.todo), 'run')} of {len(whole.todo):,}, kept in {folder}; "
                f"{many(jobs, 'worker')}"
            )
        with ProgressBar() as bar:
            done = run_locally(few, store, jobs=jobs, show=(lambda _: None) if quiet else bar.show)
        if not quiet:
            for line in done.lines():
                say(line)
        whole = make_plan(sweep, store)
    return Planned(whole, Forecast(run_costs(store)), jobs, _waiting(done, jobs), _bytes(store))


def _waiting(done: Progress | None, jobs: int) -> float:
    """Return the seconds of a pilot in which workers had no run: starting, and at the end."""
    return 0.0 if done is None else max(done.seconds - done.busy_seconds / jobs, 0.0)


def _bytes(store: Store) -> float:
    """Return the mean size of a run's file; NaN without one."""
    try:
        sizes = [entry.stat().st_size for entry in os.scandir(store.folder / "runs")]
    except OSError:
        sizes = []
    return sum(sizes) / len(sizes) if sizes else math.nan


@dataclass(frozen=True, slots=True)
class Planned:
    """What is known of a sweep before it runs.

    Args:
        plan: what is to be done after the pilot.
        forecast: of the seconds of its runs.
        jobs: worker processes.
        waiting: seconds in which workers have no run.
        run_bytes: of a run's file.
    """

    plan: Plan
    forecast: Forecast
    jobs: int
    waiting: float
    run_bytes: float

    @property
    def sweep(self) -> Sweep:
        """The sweep, with every entry resolved."""
        return self.plan.sweep

    def left(self, repetitions: int) -> Counter[tuple[str, str]]:
        """Return how many runs of each pair a sweep of so many repetitions still needs."""
        done = self.done
        found: Counter[tuple[str, str]] = Counter()
        for entry in self.sweep.strategies:
            wanted = min(repetitions, entry.repetitions or repetitions)
            for problem in self.sweep.problems:
                pair = entry.label, problem.label
                if pair in self.plan.cells:
                    found[pair] = max(wanted - done[pair], 0)
        return found

    @property
    def done(self) -> Counter[tuple[str, str]]:
        """How many runs of each pair are there already."""
        todo = Counter(job.pair for job in self.plan.todo)
        counts = {entry.label: self.sweep.repetitions_of(entry) for entry in self.sweep.strategies}
        return Counter({pair: counts[pair[0]] - todo[pair] for pair in self.plan.cells})

    def busy(self, runs: Counter[tuple[str, str]]) -> Seconds:
        """Return the seconds of so many runs, one after the other."""
        return self.forecast.total(runs)

    def wall(self, runs: Counter[tuple[str, str]]) -> Seconds:
        """Return the wall-clock seconds of so many runs on all workers."""
        busy = self.busy(runs)
        if not busy.expected:
            return busy
        # At the end a worker waits for half of the longest run, on average.
        longest = max(self.forecast.run(*pair) for pair, count in runs.items() if count)
        last = longest / 2 if self.jobs > 1 else 0.0
        return busy.times(1 / self.jobs, self.waiting + last)

    def difference(self, repetitions: int) -> float:
        """Return the difference that so many repetitions can detect; infinite without one."""
        from bench.inference.planning import TYPICAL_SD, prospect

        counts = {
            entry.label: min(repetitions, entry.repetitions or repetitions)
            for entry in self.sweep.strategies
        }
        plan = self.plan
        return prospect(
            plan.cells, plan.datasets, counts, TYPICAL_SD, functions=plan.functions
        ).difference

    def proposals(self, within: float | None, detect: float | None) -> dict[str, int]:
        """Return the repetitions for a time and for a difference, 0 where none will do."""
        from bench.execution.forecast import fewest_repetitions, most_repetitions

        found = {}
        if within is not None:
            found["within"] = most_repetitions(
                lambda count: self.wall(self.left(count)).expected, within, MOST
            )
        if detect is not None:
            found["detect"] = fewest_repetitions(self.difference, detect, MOST)
        return found

    def data(self) -> dict[str, Any]:
        """Return everything as plain data; seconds, and bytes."""
        runs = self.left(self.sweep.repetitions)
        wall, busy = self.wall(runs), self.busy(runs)
        return {
            "sweep": self.sweep.name,
            "runs": runs.total(),
            "jobs": self.jobs,
            "wall_s": [wall.expected, wall.low, wall.high],
            "run_s": [busy.expected, busy.low, busy.high],
            "bytes": None if math.isnan(self.run_bytes) else runs.total() * self.run_bytes,
            "strategies": {label: self.busy(part).expected for label, part in self._parts(runs, 0)},
            "problems": {label: self.busy(part).expected for label, part in self._parts(runs, 1)},
            "repetitions": [
                {"repetitions": count, "wall_s": seconds, "detectable": difference}
                for count, seconds, difference in self._choices()
            ],
        }

    def lines(self) -> Iterator[str]:
        """Yield what the plan says of the sweep."""
        runs = self.left(self.sweep.repetitions)
        total = runs.total()
        if not total:
            yield "no run is left to do"
        else:
            wall, busy = self.wall(runs), self.busy(runs)
            size = (
                "" if math.isnan(self.run_bytes) else f", {_size(total * self.run_bytes)} on disk"
            )
            yield (
                f"{many(total, 'run is', 'runs are')} left: {_span(wall)} wall-clock time with "
                f"{many(self.jobs, 'worker')}, {_span(busy)} of computing{size}"
            )
            for place, what in enumerate(("strategy", "problem")):
                yield from self._table(what, runs, place)
        yield from self._by_repetitions()

    def _parts(
        self, runs: Counter[tuple[str, str]], place: int
    ) -> Iterator[tuple[str, Counter[tuple[str, str]]]]:
        for label in dict.fromkeys(pair[place] for pair in runs):
            yield label, Counter({k: n for k, n in runs.items() if k[place] == label})

    def _table(self, what: str, runs: Counter[tuple[str, str]], place: int) -> Iterator[str]:
        rows = [
            (label, part.total(), self.busy(part))
            for label, part in self._parts(runs, place)
            if part.total()
        ]
        rows.sort(key=lambda row: -row[2].expected)
        width = max(len(what), *(len(label) for label, _, _ in rows))
        yield f"  {what:<{width}}  {'runs':>7}  {'a run':>7}  computing (95 % interval)"
        for label, count, seconds in rows:
            each = duration(seconds.expected / count)
            yield f"  {label:<{width}}  {count:>7,}  {each:>7}  {_span(seconds)}"

    def _choices(self) -> Iterator[tuple[int, float, float]]:
        """Yield numbers of repetitions, the wall-clock seconds they take and what they detect."""
        for count in sorted({*CHOICES, self.sweep.repetitions}):
            yield count, self.wall(self.left(count)).expected, self.difference(count)

    def _by_repetitions(self) -> Iterator[str]:
        from bench.inference.planning import TYPICAL_SD

        if len(self.sweep.strategies) < 2:
            return
        yield f"  {'repetitions':>11}  {'time left':>9}  detectable difference in normalised regret"
        for count, seconds, difference in self._choices():
            told = "none" if math.isinf(difference) else number(difference)
            mark = " (this sweep)" if count == self.sweep.repetitions else ""
            yield f"  {count:>11,}  {duration(seconds):>9}  {told}{mark}"
        yield (
            "detectable: with a power of 0.8 on this problem set, if repetitions differ as they "
            f"usually do (standard deviation {TYPICAL_SD:g})"
        )


def _span(seconds: Seconds) -> str:
    return f"{duration(seconds.expected)} ({duration(seconds.low)} to {duration(seconds.high)})"


def _size(count: float) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{number(count / size)} {unit}"
    return f"{number(count / 1e3)} kB"


def _proposed(proposals: dict[str, int], planned: Planned) -> Iterator[str]:
    if "within" in proposals:
        count = proposals["within"]
        if count:
            seconds = planned.wall(planned.left(count)).expected
            yield f"in this time: --repetitions {count} ({duration(seconds)})"
        else:
            seconds = planned.wall(planned.left(1)).expected
            yield f"in this time: none, since one repetition takes {duration(seconds)}"
    if "detect" in proposals:
        count = proposals["detect"]
        if count:
            seconds = planned.wall(planned.left(count)).expected
            yield f"to detect this difference: --repetitions {count} ({duration(seconds)})"
        else:
            yield f"to detect this difference: none up to {MOST:,} repetitions do"
