"""Sending results to a tracker of experiments: `track`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from bench.cli.options import folder_argument
from bench.cli.resumable import resumable
from bench.cli.terminal import say
from bench.errors import UserError
from bench.tracking.tracker import DEPTHS, TRACKERS, Target, target

F = TypeVar("F", bound=Callable[..., Any])


def tracking_options(command: F) -> F:
    """Add the options that say where results are sent, and how much of them."""
    level = click.option(
        "--track-level",
        type=click.Choice(DEPTHS),
        default=DEPTHS[0],
        show_default=True,
        help="parents: a run for each strategy on each problem; runs: for each repetition, too.",
    )
    uri = click.option(
        "--tracking-uri",
        show_default="MLFLOW_TRACKING_URI, or sqlite:///mlflow.db",
        help="Address of the MLflow store or server.",
    )
    return uri(level(command))


@click.command()
@folder_argument
@click.option("--to", type=click.Choice(TRACKERS), required=True, help="The tracker.")
@tracking_options
@resumable("what was sent is noted")
def track(folder: Path, to: str, tracking_uri: str | None, track_level: str) -> None:
    """Send results to MLflow or Weights & Biases.

    FOLDER is a results folder. If its sweep is running, MLflow gets each run when it ends, and W&B
    gets everything at the end of the sweep. What was sent before is not sent again, so the same
    command goes on where it stopped. The exit code is 1 if something could not be sent.

    \b
    Example:
      tunebench track results/quick --to mlflow
      tunebench track results/quick --to mlflow --tracking-uri http://localhost:5000
      tunebench track results/quick --to wandb --track-level runs
    """
    from bench.tracking.track import track as send

    outcome, lines = send(folder, target(to, tracking_uri, track_level))
    for line in lines:
        say(line)
    sys.exit(1 if outcome.missed else 0)


def wanted_target(track: str | None, uri: str | None, level: str) -> Target | None:
    """Return where `run` sends its results, None where nowhere.

    Raises:
        UserError: an option of tracking stands alone.
    """
    if track is not None:
        return target(track, uri, level)
    if uri is None and level == DEPTHS[0]:
        return None
    name = "track-level" if uri is None else "tracking-uri"
    raise UserError(
        f"'--{name}' needs a tracker, '--track' is not given; for example --track mlflow"
    )
