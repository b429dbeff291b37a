"""Progress bars: of a sweep, and of the figures of a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from bench.execution import execute
from bench.prose.phrases import number
from bench.run import RunStatus
from bench.store import FAULTS
from bench.words import clock, many


class ProgressBar:
    """Shows runs done, failed and skipped, trials a second, and the time left."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("{task.completed:,.0f}/{task.total:,.0f} runs"),
            BarColumn(),
            TextColumn("{task.fields[text]}", markup=False),
        )
        # Made when there is something to show: a sweep that is refused leaves no bar behind.
        self._row: TaskID | None = None

    def __enter__(self) -> ProgressBar:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def show(self, progress: execute.Progress) -> None:
        """Draw how far a sweep is; nothing where there is nothing to do."""
        if not progress.runs:
            return
        if progress.stopping:
            self._bar.console.print("stopping")
        failed = sum(progress.by_status[kind] for kind in FAULTS)
        broken = progress.failed_trials
        rate = progress.trials / progress.seconds if progress.seconds else 0.0
        parts = [
            f"{many(failed, 'run')} failed",
            *([f"{many(broken, 'trial')} failed"] if broken else []),
            f"{progress.by_status[RunStatus.SKIPPED]} skipped",
            f"{number(rate)} trials/s",
            _left(progress),
        ]
        if self._row is None:
            self._row = self._bar.add_task("", text="")
        self._bar.update(
            self._row, total=progress.runs, completed=progress.done, text=" · ".join(parts)
        )


@contextmanager
def figures_bar() -> Iterator[Callable[[int, int], None]]:
    """Give what shows how many figures are drawn, and of how many; gone when they are."""
    console = Console(stderr=True)
    columns = TextColumn("{task.completed:,.0f}/{task.total:,.0f} figures"), BarColumn()
    # A file or a pipe would get nothing but an empty line of it.
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        row = bar.add_task("", total=0)
        yield lambda done, of: bar.update(row, completed=done, total=of)


def _left(progress: execute.Progress) -> str:
    if progress.done == progress.runs:
        return f"{clock(progress.seconds)} in all"
    if progress.seconds_left is None:
        return "time left: not known yet"
    return f"{clock(progress.seconds_left)} left"
