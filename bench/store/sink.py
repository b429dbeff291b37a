"""Where the trials of a run go while it goes on: into a folder, or into memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from bench.core import Trial
from bench.run import End
from bench.store.frame import frames
from bench.store.record import RunRecord, trial_to_dict

if TYPE_CHECKING:
    import pandas as pd


class Recording(Protocol):
    """A run that is being recorded."""

    def append(self, trial: Trial) -> None:
        """Record a trial; recorded ones of the same number and after it are thrown away."""

    def close(self, end: End) -> None:
        """Record how the run ended."""


class Sink(Protocol):
    """Takes runs; `bench.store.Store` is one."""

    def writer(self, head: Mapping[str, Any]) -> tuple[Recording, list[Trial]]:
        """Begin a run or go on with it.

        Args:
            head: the header of its record.

        Returns:
            The recording, and the trials of an earlier attempt to replay.
        """


class Memory:
    """A sink that keeps the records of its runs and nothing on disk."""

    def __init__(self) -> None:
        self.records: list[RunRecord] = []

    def writer(self, head: Mapping[str, Any]) -> tuple[Recording, list[Trial]]:
        """Begin a run; there is no earlier attempt."""
        return _InMemory(self.records, head), []

    def frames(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the tidy frame, a row a trial, and the frame of runs, a row a run."""
        return frames(self.records)


class _InMemory:
    def __init__(self, records: list[RunRecord], head: Mapping[str, Any]) -> None:
        self._records, self._head = records, dict(head)
        self._lines: list[dict[str, Any]] = []

    def append(self, trial: Trial) -> None:
        del self._lines[trial.number :]
        self._lines.append(trial_to_dict(trial))

    def close(self, end: End) -> None:
        del self._lines[end.trials :]
        self._records.append(RunRecord(self._head, self._lines, end))
