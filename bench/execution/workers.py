"""Who does the runs of a sweep: processes of this machine, or a cluster."""

from __future__ import annotations

import importlib.util
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.errors import UserError
from bench.words import many

if TYPE_CHECKING:
    from bench.execution.execute import Progress
    from bench.execution.objects import Objects
    from bench.execution.plan import Plan
    from bench.store import Store


@dataclass(frozen=True, slots=True)
class Workers:
    """Who does the runs.

    Args:
        jobs: processes of this machine, None for as many as it has cores.
        cluster: a Dask cluster, as `bench.execution.cluster.Cluster` has it; None for processes.

    Raises:
        UserError: both; no cluster; or what it needs is not installed.
    """

    jobs: int | None
    cluster: str | None

    def __post_init__(self) -> None:
        if self.cluster is None:
            return
        if self.jobs is not None:
            raise UserError(
                "'jobs' must be left out with a cluster, whose workers do the runs, "
                f"got {self.jobs}; local:{self.jobs} is a cluster of so many"
            )
        if importlib.util.find_spec("distributed") is None:
            raise UserError(
                "'cluster' needs distributed, which is not installed; "
                "pip install 'tunebench[cluster]'"
            )
        from bench.execution.connection import local_workers

        local_workers(self.cluster)

    def __str__(self) -> str:
        return many(self._processes, "worker") if self.cluster is None else self.cluster

    def do(
        self,
        plan: Plan,
        store: Store,
        show: Callable[[Progress], None],
        objects: Objects | None = None,
    ) -> tuple[Progress, int]:
        """Do the runs of a plan, and return what was done and by how many workers.

        Args:
            plan: what to do.
            store: where the results go.
            show: called a few times a second.
            objects: those that stand for strategies and problems, None for none.

        Raises:
            UserError: objects for a cluster.
        """
        if self.cluster is not None:
            if objects:
                raise UserError(
                    "a cluster must be given names, since its workers make strategies and "
                    f"problems anew, got objects for {objects.labels}; name their class as "
                    "'path/file.py:Class', or leave the cluster out"
                )
            from bench.execution.cluster import run_on_cluster

            # What Dask has to say is said here in one line, without a traceback, also by what still
            # ends when the sweep is done.
            for logger in loggers_of_dask():
                logger.setLevel(logging.CRITICAL + 1)
            return run_on_cluster(plan, store, where=self.cluster, show=show)
        from bench.execution.local import run_locally

        count = self._processes
        return run_locally(plan, store, jobs=count, show=show, objects=objects), count

    @property
    def _processes(self) -> int:
        return self.jobs or os.cpu_count() or 1


def loggers_of_dask() -> list[logging.Logger]:
    """Return the loggers of Dask and what it is built on; some parts have a level of their own."""
    tops = ("distributed", "tornado", "asyncio")
    names = [n for n in logging.root.manager.loggerDict if n.partition(".")[0] in tops]
    return [logging.getLogger(name) for name in dict.fromkeys((*tops, *names))]
