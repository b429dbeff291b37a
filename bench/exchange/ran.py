"""Which runs an export is made of: a skipped one never ran, and one may have no trial."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bench.exchange.imported import ExchangeError
from bench.run import RunStatus
from bench.sources.source import Source, first_few
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

UNFINISHED = "unfinished"
"""The status of a run that has not ended."""


def without_skipped(source: Source) -> tuple[Source, list[str]]:
    """Return a source without what never ran, and lines that name it.

    That is: skipped runs, and strategies and problems that have no other run.

    Args:
        source: the results.

    Raises:
        ExchangeError: no run that was done has a trial.
    """
    runs = source.runs
    skipped = (runs["status"] == RunStatus.SKIPPED).to_numpy()
    lines = [
        f"left out, since they were skipped ({reason}): {of_strategies(rows, source)}"
        for reason, rows in runs[skipped].groupby("reason", sort=False)
    ]
    kept = runs[~skipped]
    for kind, labels in (("strategy", source.strategies), ("problem", source.problems)):
        without = [label for label in labels if label not in set(runs[kind])]
        if without:
            lines.append(f"left out, since there is no run of the {kind}: {first_few(without)}")
    trials = source.trials
    if skipped.any():
        # One that was begun, and could not go on where it was resumed, has trials.
        trials = trials[trials["run"].isin(kept["run"])]
    if not len(trials):
        raise ExchangeError(
            "an export needs a run with a trial, these results have none"
            f"{''.join(f' ({line})' for line in lines[:1])}; run the sweep first (tunebench run)"
        )
    strategies, problems = (
        tuple(label for label in labels if label in set(kept[kind]))
        for kind, labels in (("strategy", source.strategies), ("problem", source.problems))
    )
    found = replace(source, trials=trials, runs=kept, strategies=strategies, problems=problems)
    return found, lines


def partial_runs(source: Source) -> list[str]:
    """Return lines on runs of which a format that holds trials has nothing, or not all.

    Args:
        source: without skipped runs.
    """
    runs = source.runs
    empty = ~runs["run"].isin(source.trials["run"])
    lines = [
        f"left out, since they have no trial ({status}): {of_strategies(rows, source)}"
        for status, rows in runs[empty].groupby("status", sort=False)
    ]
    begun = runs[(runs["status"] == UNFINISHED) & ~empty]
    if len(begun):
        lines.append(f"unfinished, written as far as they went: {of_strategies(begun, source)}")
    return lines


def of_strategies(rows: pd.DataFrame, source: Source) -> str:
    """Return how many of the runs of each strategy some runs are, and of which problems.

    Args:
        rows: of the frame of runs, one or more.
        source: whose runs are counted.
    """
    totals = source.runs["strategy"].astype(str).value_counts()
    items = []
    for strategy, part in rows.groupby(rows["strategy"].astype(str), sort=False):
        count, total = len(part), int(totals[strategy])
        if count == total:
            items.append(f"{f'all {count:,} runs' if count > 1 else 'the only run'} of {strategy}")
        else:
            there = set(part["problem"])
            on = first_few(label for label in source.problems if label in there)
            items.append(f"{count:,} of {many(total, 'run')} of {strategy} on {on}")
    return first_few(items)
