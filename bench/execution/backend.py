"""What does jobs: where they run is a backend's business, what becomes of them is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from bench.errors import UserError
from bench.job import Job
from bench.processes.state import Changes
from bench.run import End


class WorkersError(UserError):
    """Workers that do not start or do not live, through no run's fault."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job.

    Args:
        job: which.
        end: how its run ended, and is recorded; None where something ended it from outside.
        busy_seconds: spent in the strategy and the problem.
        error: why there is no end, in words.
        late: whether there is none because of the time limit.
        changes: what the run changed of the process it was in.
    """

    job: Job
    end: End | None = None
    busy_seconds: float = 0.0
    error: str = ""
    late: bool = False
    changes: Changes = field(default_factory=Changes)


class Backend(Protocol):
    """Does jobs side by side, in any order; entered before the first, left after the last.

    Attributes:
        workers: how many jobs it does at a time.
        trials: reported so far in the jobs that are being done.
        trouble: why there are fewer workers than were asked for, or "".
    """

    @property
    def workers(self) -> int: ...

    @property
    def trials(self) -> int: ...

    @property
    def trouble(self) -> str: ...

    def submit(self, job: Job) -> None:
        """Add a job."""

    def wait(self, seconds: float) -> None:
        """Wait until something may have happened, or so long."""

    def poll(self) -> list[Outcome]:
        """Go on, and return what ended.

        Raises:
            WorkersError: the workers cannot be kept going.
        """

    def cancel(self) -> None:
        """End the jobs that are being done, at once, and forget the others."""

    def close(self) -> None:
        """End the workers; what they were doing is given up."""

    def __enter__(self) -> Self:
        """Start.

        Raises:
            WorkersError: there can be no workers.
        """

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close, after an error at once."""
