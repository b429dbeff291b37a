"""Tracking of one results folder, from its first look to its last."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext, redirect_stdout
from pathlib import Path

from bench.addresses import without_password
from bench.sources.source import looks_of, opened
from bench.tracking.feed import Feed
from bench.tracking.follow import Clock, Outcome, follow
from bench.tracking.identity import identity
from bench.tracking.ledger import FOLDER, Ledger
from bench.tracking.tracker import DEPTHS, Target, open_tracker
from bench.tracking.watch import Watch, watched
from bench.words import many

OF = {"pair": "strategy × problem", "run": "repetition"}
"""Kind of an item -> what a run of it is of."""


def track(
    folder: Path,
    target: Target,
    *,
    is_live: Callable[[], bool] | None = None,
    most_s: float = float("inf"),
    clock: Clock = time,
    hung: Callable[[], None] | None = None,
) -> tuple[Outcome, list[str]]:
    """Send what a results folder has and lacks in its ledger, while it changes and afterwards.

    Args:
        folder: of the results.
        target: where to.
        is_live: whether more may come; by default whether a process changes the folder.
        most_s: seconds after the end of the sweep, at most.
        clock: the time.
        hung: called from a thread of its own if the tracker hangs after the end of the sweep, to
            end the process; None: whoever waits ends it.

    Returns:
        What was sent, and that in lines.

    Raises:
        StoreError: no results folder.
        TrackingError: another process tracks it, or what was sent cannot be noted.
    """
    store, sweep = opened(folder)
    known = identity(sweep, looks_of(store))
    ledger = Ledger(folder, str(target), known)
    with ledger.open():
        is_live = is_live or store.is_changing
        opened_tracker = open_tracker(target, folder, sweep.name, known, ledger.results_id())
        tracker = Watch(opened_tracker, is_live, clock)
        feed = Feed(folder, ledger, with_runs=target.level == "runs", in_parts=tracker.in_parts)
        with watched(tracker, hung) if hung else nullcontext():
            try:
                # Standard output is for what is said here; MLflow prints where each run is.
                with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
                    outcome = follow(
                        feed.look, tracker, ledger, is_live=is_live, most_s=most_s, clock=clock
                    )
            finally:
                tracker.close()
    return outcome, list(lines(outcome, feed, folder, target))


def lines(outcome: Outcome, feed: Feed, folder: Path, target: Target) -> Iterator[str]:
    """Yield what was sent, what was not, and what to do next.

    Args:
        outcome: of following.
        feed: that was followed.
        folder: of the results.
        target: where it was sent.
    """
    if target.to == "wandb" and feed.shard:
        yield (
            f"tracking: nothing sent, since W&B gets whole sweeps and this is shard {feed.shard}; "
            "merge the shards and track the merged folder"
        )
        return
    if target.to == "wandb" and feed.n_left and not outcome.sent:
        yield (
            "tracking: nothing sent yet, since W&B gets a sweep when all its runs have ended, "
            f"{many(feed.n_left, 'run has', 'runs have')} not; then: {command(folder, target)}"
        )
        return
    counts = [f"{many(outcome.sent[k], 'run')} ({of})" for k, of in OF.items() if outcome.sent[k]]
    sent = " and ".join(counts) or ("the sweep" if outcome.sent else "nothing new")
    yield f"tracking: {sent} sent to {where(target, folder)}"
    for text in list(outcome.refused.values())[:3]:
        yield f"tracking: refused: {text}"
    if outcome.missed:
        why = f" ({outcome.why})" if outcome.why else ""
        count = f"{many(len(outcome.refused), 'run')} refused" if outcome.refused else ""
        what = count or "some of the results were not sent"
        yield f"tracking: {what}{why}; send what is missing with: {command(folder, target)}"
    elif feed.shard:
        yield (
            f"tracking: the folder has shard {feed.shard} only; to send regret and ranks, merge "
            "the shards and track the merged folder"
        )
    elif feed.n_left:
        yield (
            f"tracking: {many(feed.n_left, 'run')} not done yet; regret, ranks and figures are "
            f"sent when all are, with: {command(folder, target)}"
        )


def where(target: Target, folder: Path) -> str:
    """Return where the results are, and the command that shows them.

    Args:
        target: where they were sent.
        folder: of the results.
    """
    if target.to == "mlflow":
        shown = without_password(target.uri)
        if target.uri.startswith(("http://", "https://")):
            return shown
        return f"{shown}; see them with: mlflow ui --backend-store-uri {shlex.quote(shown)}"
    from bench.tracking.to_wandb import place

    if target.uri != "offline":
        return "W&B"
    runs = place(folder / FOLDER) / "wandb"
    return f"{runs}; upload them with: wandb sync {shlex.quote(str(runs))}/offline-run-*"


def again(folder: Path, target: Target, why: str) -> str:
    """Return the line on a process that did not come to its end.

    Args:
        folder: of the results.
        target: where to.
        why: it did not.
    """
    return (
        f"tracking: not all was sent, {why}; send what is missing with: {command(folder, target)}"
    )


def command(folder: Path, target: Target) -> str:
    """Return the command that sends what is missing; a password in its address is to be filled in.

    Args:
        folder: of the results.
        target: where to.
    """
    more = ["--tracking-uri", without_password(target.uri)] if target.to == "mlflow" else []
    more += ["--track-level", target.level] if target.level != DEPTHS[0] else []
    return shlex.join(["tunebench", "track", str(folder), "--to", target.to, *more])
