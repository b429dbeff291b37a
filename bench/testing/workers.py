"""Frames of a run, put on the clock of several workers by hand."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from bench.testing.frames import Frames


def on_workers(
    frames: Frames,
    count: int,
    *,
    name: str = "random",
    settings: str = "{}",
    version: int = 1,
    synchronous: bool = False,
    costs: Sequence[float] | None = None,
) -> Frames:
    """Return a run whose evaluations are made by so many workers, and whose strategy takes no time.

    In their order, each trial starts as soon as a worker is free, or, with `synchronous`, as soon
    as the batch before is over.

    Args:
        frames: of one run, as `make_run` gives them.
        count: workers.
        name: of the strategy; its label stays.
        settings: of the strategy, as JSON.
        version: of the strategy.
        synchronous: whether the workers wait for each other.
        costs: seconds of each evaluation; without, those of the frames.

    >>> from bench.testing.frames import make_run
    >>> on_workers(make_run([1.0, 2.0, 3.0]), 2)[0]["finished_s"].tolist()
    [1.0, 1.0, 2.0]
    """
    trials, runs = frames
    seconds = trials["evaluation_s"].tolist() if costs is None else list(costs)
    free = [(0.0, worker) for worker in range(count)]
    rows = []
    for place, cost in enumerate(seconds):
        if synchronous and place % count == 0:
            last = max(time for time, _ in free)
            free = [(last, worker) for worker in range(count)]
        begin, worker = heappop(free)
        heappush(free, (begin + cost, worker))
        rows.append((begin, begin + cost, worker))
    started, finished, workers = zip(*rows, strict=True) if rows else ((), (), ())
    trials = trials.assign(
        evaluation_s=seconds, evaluation_wall_s=0.0, ask_s=0.0, tell_s=0.0,
        started_s=started, finished_s=finished, worker=workers,
    )  # fmt: skip
    facts = {"strategy_name": name, "strategy_version": version, "strategy_settings": settings}
    return trials, runs.assign(**facts, n_workers=count, synchronous=synchronous and count > 1)
