"""Whether a change of a strategy helped: `compare`."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli.options import as_json, rope_option
from bench.cli.terminal import say
from bench.errors import UserError
from bench.store.columns import KEYS
from bench.words import many, shortened

if TYPE_CHECKING:
    import pandas as pd

    from bench.inference.compare import Comparison
    from bench.panels.panel import Panel
    from bench.sources.source import Part
    from bench.spec import Sweep

CODES = {"better": 0, "equivalent": 0, "worse": 1, "undecided": 3}

_folder = click.Path(path_type=Path)


@click.command()
@click.argument("before", type=_folder)
@click.argument("after", type=_folder)
@click.option(
    "--strategy",
    "strategies",
    multiple=True,
    help="Compare this strategy only; repeatable.  [default: all in both]",
)
@rope_option
@click.option(
    "--trials",
    type=click.IntRange(min=1),
    help="Compare after this many trials.  [default: the budget]",
)
@as_json
def compare(
    before: Path,
    after: Path,
    strategies: tuple[str, ...],
    rope: float,
    trials: int | None,
    as_json: bool,
) -> None:
    """Say whether strategies got better from the sweep in BEFORE to that in AFTER.

    Runs are paired by strategy, problem and repetition; the outcome holds on this problem set.
    Exit code: 0 better or equivalent, 1 worse, 3 undecided, 2 wrong usage. With several strategies
    the exit code is that of the worst outcome: worse, then undecided.

    \b
    Example:
      tunebench compare results/before results/after --strategy tpe
    """
    from bench.inference import compare as analysis
    from bench.sources.source import first_few, read_part

    first, second = read_part(before), read_part(after)
    if first.sweep.seed != second.sweep.seed:
        raise UserError(
            "both sweeps must have the same seed, or a repetition is not the same in both, "
            f"got {first.sweep.seed} and {second.sweep.seed}; run one of them again"
        )
    _check(strategies, first.sweep, second.sweep)
    problems, notes = _problems(first.sweep, second.sweep)
    budget = min(first.sweep.trials, second.sweep.trials)
    if trials is not None and trials > budget:
        raise UserError(
            f"'--trials' must be within both budgets, {budget} or less, got {trials}; "
            "leave it out to compare at the end"
        )
    found = analysis.compare(
        _panels(first, problems),
        _panels(second, problems),
        rope,
        trials=budget if trials is None else trials,
        strategies=strategies or None,
    )
    if not found.table["n_pairs"].any():
        why = [*notes, *found.unpaired, *first.notes, *second.notes]
        why += [line for part in (first, second) for line in _skipped(part)]
        raise UserError(
            "the sweeps must have a run in common, of the same strategy, problem and repetition, "
            f"they have none ({first_few(why)}); run what they lack"
        )
    if first.sweep.trials != second.sweep.trials:
        notes.append(
            f"the budgets were {first.sweep.trials} and {second.sweep.trials}: a strategy that "
            "plans with its budget behaves differently"
        )
    for part in (first, second):
        notes += [*part.notes, *_broken(part.columns.runs, part.name)]
    notes += found.unpaired
    say(json.dumps(_plain(found, notes), indent=2) if as_json else in_words(found, notes))
    sys.exit(CODES[found.outcome])


def _skipped(part: Part) -> list[str]:
    """Return a line for each strategy that was skipped, with the first reason."""
    skipped = part.columns.runs[part.columns.runs["status"] == "skipped"]
    return [
        f"{part.name}: {row.strategy} was skipped, {shortened(' '.join(row.reason.split()))}"
        for row in skipped.drop_duplicates("strategy").itertuples()
    ]


def _broken(runs: pd.DataFrame, where: str) -> list[str]:
    """Return a line for each strategy whose runs did not all come to their end."""
    broken = runs[runs["status"].isin(["failed", "crashed", "timeout"])]
    counts = broken["strategy"].astype(str).value_counts(sort=False)
    return [
        f"{where}: {many(int(count), 'run')} of {name} failed, crashed or ran out of time"
        for name, count in counts.items()
    ]


def _panels(part: Part, problems: list[str]) -> list[Panel]:
    from bench.measured.scales import scales
    from bench.panels.panel import to_panels

    return to_panels(
        part.columns.frame(KEYS),
        part.columns.runs,
        strategies=[entry.label for entry in part.sweep.strategies],
        problems=problems,
        scales=scales(part.columns.runs),
    )


def _check(strategies: tuple[str, ...], first: Sweep, second: Sweep) -> None:
    ours, theirs = ([entry.label for entry in sweep.strategies] for sweep in (first, second))
    both = [label for label in ours if label in theirs]
    if not both:
        raise UserError(
            f"the sweeps must have a strategy in common, got {', '.join(ours)} and "
            f"{', '.join(theirs)}; give the changed one the same label"
        )
    for label in strategies:
        if label not in both:
            raise UserError(
                f"'--strategy' must be in both sweeps, got {label!r}; there is {', '.join(both)}"
            )


def _problems(first: Sweep, second: Sweep) -> tuple[list[str], list[str]]:
    """Return the problems that are the same in both sweeps, and a line for each other one."""
    old, new = ({entry.label: entry for entry in sweep.problems} for sweep in (first, second))
    notes = [
        *(f"problem {name}: only in the sweep before" for name in old if name not in new),
        *(f"problem {name}: only in the sweep after" for name in new if name not in old),
    ]
    same = []
    for name in (name for name in old if name in new):
        if old[name] == new[name]:
            same.append(name)
        else:
            notes.append(f"problem {name}: another version or settings")
    return same, notes


def in_words(found: Comparison, notes: Sequence[str]) -> str:
    """Return what was found: a line a note and a strategy, then how the numbers are made."""
    lines = [f"note: {note}" for note in notes]
    table = found.table
    width = max(map(len, table["strategy"]), default=0)
    for row in table.to_dict("records"):
        lines.append(f"{row['strategy']:<{width}}  {row['outcome']}: {_numbers(row, found.tests)}")
    per = " per strategy" if found.tests > 1 else ""
    corrected = (
        f" Outcomes are corrected for {found.tests:,} strategies that changed (Holm)."
        if found.tests > 1
        else ""
    )
    lines.append(
        f"The overall outcome is {found.outcome} after {many(found.trials, 'trial')}. A difference "
        "is after − before in mean bounded regret over this problem set, so a negative difference "
        "is an improvement. Bounded regret is normalised regret up to 1, the regret of a median "
        "random draw, and 2 − 1 / regret beyond 1. The 95 % intervals are Student's"
        f"{per}.{corrected} Equivalent means that the 90 % interval is within ±{found.rope:g}"
        f"{' even after the correction' if found.tests > 1 else ''}."
    )
    return "\n".join(lines)


def _numbers(row: dict[str, Any], tests: int) -> str:
    from bench.prose.effects import alone
    from bench.prose.phrases import interval, number
    from bench.prose.quantities import equation

    if not row["n_pairs"]:
        return "the sweeps have no run of it in common"
    size = f"{many(row['n_problems'], 'problem')}, {many(row['n_pairs'], 'pair')} of runs"
    if not row["n_changed"]:
        return f"identical in {size}"
    text = f"the difference is {number(row['difference'])}"
    if math.isnan(row["low"]):
        return f"{text} ({size}; one repetition gives no interval)"
    p = equation("p", row["p_holm"]) + (" after Holm's correction" if tests > 1 else "")
    parts = [f"95 % interval {interval(row['low'], row['high'])}"]
    if row["outcome"] != "equivalent":
        parts.append(p)
    if row["outcome"] != "undecided":
        return f"{text} ({'; '.join([*parts, size])})"
    family = many(tests, "strategy", "strategies")
    why = alone(row["low"], row["high"], row["p"], row["p_equal"], family, equal="equivalent")
    text += f" ({'; '.join([*parts, *([why] if why else []), size])})"
    needed = row["n_repetitions_needed"]
    if math.isfinite(needed) and needed > row["n_repetitions"]:
        text += (
            f"; {needed:,.0f} repetitions would be needed for a significant result, "
            f"{row['n_repetitions']} were made"
        )
    return text


def _plain(found: Comparison, notes: list[str]) -> dict[str, Any]:
    """Return what JSON can hold: a number that is not there, or not finite, is null."""
    rows = [
        {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()}
        for row in found.table.to_dict("records")
    ]
    return {
        "outcome": found.outcome,
        "budget": found.trials,
        "rope": found.rope,
        "n_tests": found.tests,
        "strategies": rows,
        "notes": notes,
    }
