"""`track`, and `run(…, track=…)`: results sent to a tracker by a process of its own."""

from __future__ import annotations

import os
from pathlib import Path

from bench.api.inputs import InputError
from bench.sources.source import looks_of, opened
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
    with Beside(Path(folder), where, identity(sweep, looks_of(store)), None) as process:
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
