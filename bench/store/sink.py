"""Where the runs of a sweep go, and what is there already: a folder, or memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bench.core import Status, Trial
from bench.job import Job
from bench.run import End, RunStatus
from bench.store.columns import Columns, columns
from bench.store.frame import frames
from bench.store.record import Outline, RunRecord, header_of, trial_to_dict

if TYPE_CHECKING:
    import pandas as pd


class Recording(Protocol):
    """A run that is being recorded."""

    @property
    def recorded(self) -> Sequence[Trial]:
        """The trials of an earlier attempt, to be replayed."""

    def append(self, trial: Trial, place: int) -> None:
        """Record a trial; recorded ones from its place on are thrown away.

        Args:
            trial: as the run yields it.
            place: from 0, in the order in which trials are reported. With one worker that is the
                trial's number.
        """

    def close(self, end: End) -> None:
        """Record how the run ended."""


class Sink(Protocol):
    """Takes runs; `bench.store.Store` is one."""

    def check_schema(self) -> None:
        """Refuse results that another schema wrote."""

    def records(self, damaged: list[tuple[Path, str]] | None = None) -> Iterator[RunRecord]:
        """Yield every run that is there, unfinished ones included.

        Args:
            damaged: receives the files that could not be read, with the reason.
        """

    def outlines(self, damaged: list[tuple[Path, str]] | None = None) -> Iterator[Outline]:
        """Yield what `records` does, without the trials: the first look at a long sweep."""

    def columns(self, damaged: list[tuple[Path, str]] | None = None) -> Columns:
        """Return what analysis takes of every run that is there, column by column.

        Args:
            damaged: as for `records`.
        """

    def changing(
        self, sweep: Mapping[str, Any], runs: Collection[str], damaged: Iterable[Path] = ()
    ) -> AbstractContextManager[None]:
        """Let some runs of a sweep be done inside.

        Args:
            sweep: resolved, as plain data.
            runs: ids of those that will be done.
            damaged: files to set aside first.
        """

    def open(self, job: Job, made_in: Mapping[str, Any]) -> Recording:
        """Begin a run or go on with it.

        Args:
            job: the run.
            made_in: the environment it is made in from here on.
        """

    def end(
        self,
        job: Job,
        made_in: Mapping[str, Any],
        status: RunStatus,
        reason: str,
        seconds: float = 0.0,
    ) -> End:
        """End a run from outside, keeping the trials it has, and return its end.

        Args:
            job: the run.
            made_in: the environment that is recorded where the run had not begun.
            status: how it ended.
            reason: why.
            seconds: what it took.
        """


class Memory:
    """A sink that keeps the records of its runs and nothing on disk."""

    def __init__(self) -> None:
        self._records: dict[str, RunRecord] = {}

    def check_schema(self) -> None:
        """Do nothing: no other version writes into this memory."""

    def records(self, damaged: list[tuple[Path, str]] | None = None) -> Iterator[RunRecord]:
        """Yield every run that ended, in the order of their ids, as a folder has them."""
        return (self._records[run] for run in sorted(self._records))

    def outlines(self, damaged: list[tuple[Path, str]] | None = None) -> Iterator[Outline]:
        """Yield what `records` does, without the trials."""
        return (record.outline for record in self.records())

    def columns(self, damaged: list[tuple[Path, str]] | None = None) -> Columns:
        """Return what analysis takes of every run, column by column."""
        return columns(None, self.records())

    def changing(
        self, sweep: Mapping[str, Any], runs: Collection[str], damaged: Iterable[Path] = ()
    ) -> AbstractContextManager[None]:
        """Do nothing: nobody else is here."""
        return nullcontext()

    def open(self, job: Job, made_in: Mapping[str, Any]) -> Recording:
        """Begin a run; an earlier one is replaced when it ends."""
        return _InMemory(self._records, header_of(job, made_in))

    def end(
        self,
        job: Job,
        made_in: Mapping[str, Any],
        status: RunStatus,
        reason: str,
        seconds: float = 0.0,
    ) -> End:
        """End a run, keeping the trials of an earlier attempt; one that used its budget stays."""
        earlier = self._records.get(job.id)
        if earlier is None:
            earlier = RunRecord(header_of(job, made_in), [], None)
        elif earlier.end is not None and earlier.end.status.is_whole:
            return earlier.end
        failed = sum(line["status"] != Status.COMPLETED for line in earlier.trials)
        end = End(status, reason, len(earlier.trials), run_seconds=seconds, failed=failed)
        self._records[job.id] = RunRecord(earlier.header, earlier.trials, end)
        return end

    def frames(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the tidy frame, a row a trial, and the frame of runs, a row a run."""
        return frames(self.records())


class _InMemory:
    recorded: Sequence[Trial] = ()

    def __init__(self, records: dict[str, RunRecord], header: dict[str, Any]) -> None:
        self._records, self._head = records, header
        self._lines: list[dict[str, Any]] = []

    def append(self, trial: Trial, place: int) -> None:
        del self._lines[place:]
        self._lines.append(trial_to_dict(trial))

    def close(self, end: End) -> None:
        del self._lines[end.n_trials :]
        self._records[self._head["run"]] = RunRecord(self._head, self._lines, end)
