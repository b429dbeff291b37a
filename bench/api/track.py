"""`track`, and `run(…, track=…)`: results sent to a tracker by a process of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.api.inputs import InputError
from bench.panels.looks import Looks
from bench.sources.source import looks_of, opened
from bench.spec import Sweep
from bench.tracking.beside import Beside
from bench.tracking.identity import identity
from bench.tracking.tracker import DEPTHS, Target, target


def track(
    folder: str | os.PathLike[str],
    to: str,
    *,
    tracking_uri: str | None = None,
    level: str = DEPTHS[0],
) -> tuple[str, ...]:
    """Send results to a tracker of experiments; what was sent before is not sent again.

    Args:
        folder: of the results, finished or running.
        to: "mlflow" or "wandb".
        tracking_uri: MLflow's store or server; by default MLFLOW_TRACKING_URI, or the file
            mlflow.db of the working directory.
        level: "parents" makes a run of the tracker for each strategy on each problem, "runs" for
            each repetition as well.

    Returns:
        What was sent, what was not and why, in lines.

    Raises:
        UserError: the folder holds no results, or the tracker is unknown or not installed.
    """
    where = target(to, tracking_uri, level)
    store, sweep = opened(Path(folder))
    with Beside(Path(folder), where, identity(sweep, looks_of(store))) as process:
        return tuple(process.finish())


def checked(track: object, folder: Path | None) -> Target | None:
    """Return where a call of `run` sends its results, None where nowhere.

    Args:
        track: what it was given.
        folder: of its results; None where they are held in memory.

    Raises:
        InputError: they are held in memory.
        TrackingError: no such tracker.
    """
    if track is None:
        return None
    if folder is None:
        raise InputError(
            f"'track' needs results in a folder, which a process of its own reads, got {track!r} "
            "without 'out'; for example out = 'results/mine'"
        )
    return target(str(track))


@contextmanager
def beside(
    wanted: Target | None, folder: Path, sweep: Sweep, looks: Looks | None, said: list[str]
) -> Iterator[None]:
    """Track a folder while its sweep is done inside.

    Args:
        wanted: where to, or None.
        folder: of the results.
        sweep: resolved.
        looks: at it, None where nothing stops it early.
        said: gets what was sent, in lines.
    """
    if wanted is None:
        yield
        return
    with Beside(folder, wanted, identity(sweep, looks)) as process:
        yield
        said += process.finish()
