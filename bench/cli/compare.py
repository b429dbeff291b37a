"""Whether a change of a strategy helped: `compare`."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli.options import as_json, rope_option
from bench.cli.terminal import say

if TYPE_CHECKING:
    from bench.inference.compare import Comparison

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
    The exit code is 0 for better or equivalent, 1 for worse, 3 for undecided, 2 for wrong usage.
    With several strategies the exit code is that of the worst outcome: worse, then undecided.

    \b
    Example:
      tunebench compare results/before results/after --strategy tpe
    """
    from bench.api.compare import compared
    from bench.bundles.bundle import opened_results
    from bench.prose.change import in_words
    from bench.sources.source import read_part

    with opened_results(before) as one, opened_results(after) as other:
        first, second = read_part(one), read_part(other)
        found, notes = compared(first, second, strategies=strategies, rope=rope, trials=trials)
    say(json.dumps(_plain(found, notes), indent=2) if as_json else in_words(found, notes))
    sys.exit(CODES[found.outcome])


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
