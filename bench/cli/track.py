"""Sending results to a tracker of experiments: `track`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bench.cli.options import folder_argument
from bench.cli.resumable import resumable
from bench.cli.terminal import say
from bench.tracking.tracker import DEPTHS, TRACKERS, Target, target

if TYPE_CHECKING:
    from bench.execution.plan import Plan
    from bench.tracking.beside import Beside

F = TypeVar("F", bound=Callable[..., Any])


def tracking_options(command: F) -> F:
    """Add the options that say where results are sent, and how much of them."""
    level = click.option(
        "--track-level",
        type=click.Choice(DEPTHS),
        default=DEPTHS[0],
        show_default=True,
        help="A run of the tracker for each strategy × problem, or each repetition as well.",
    )
    uri = click.option(
        "--tracking-uri",
        show_default="MLFLOW_TRACKING_URI, or sqlite:///mlflow.db",
        help="MLflow store or server.",
    )
    return uri(level(command))


@click.command()
@folder_argument
@click.option("--to", type=click.Choice(TRACKERS), required=True, help="The tracker.")
@tracking_options
@resumable()
def track(folder: Path, to: str, tracking_uri: str | None, track_level: str) -> None:
    """Send results to MLflow or Weights & Biases.

    FOLDER is a results folder. Where its sweep is running, what ends is sent as it ends. What was
    sent before is not sent again, so the same command goes on where it stopped. The exit code is 1
    if something could not be sent.

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


def beside_sweep(
    wanted: Target | None, plan: Plan, folder: Path
) -> AbstractContextManager[Beside | None]:
    """Start the process that tracks a sweep, where one is wanted.

    Args:
        wanted: where to, or None.
        plan: of the sweep.
        folder: of its results.
    """
    if wanted is None:
        return nullcontext()
    from bench.tracking.beside import Beside
    from bench.tracking.identity import identity

    return Beside(folder, wanted, identity(plan.sweep, plan.looks))
