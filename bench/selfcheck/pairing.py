"""What a comparison rests on: seeds that pair, a tie of equals, a win of the one who knows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.panels.arrays import Array
from bench.panels.panel import Panel
from bench.selfcheck.closed_form_problems import BestFirst, Steps, entry
from bench.selfcheck.expected_and_measured import Line, exact, sampled
from bench.selfcheck.small_sweep import as_panels, small_sweep
from bench.spec import Entry

TWINS = [Entry("random"), Entry("random", "random-control")]


def seeds() -> Iterator[Line]:
    """A repetition is one instance for all strategies, another repetition another instance.

    Strategies have seeds of their own, also under a second label; and all of it happens again.
    """
    repetitions = 20
    default = [Entry("default"), Entry("default", "default-control")]
    sweep = [*default, *TWINS], [Entry("branin"), Entry("hartmann6")]
    trials, runs = small_sweep(*sweep, trials=1, repetitions=repetitions)
    pairs = runs.groupby(["problem", "repetition"])
    yield exact(
        "problem seeds in a repetition, all strategies", 1, pairs["problem_seed"].nunique().max()
    )
    yield exact(
        "problem seeds in 20 repetitions",
        repetitions,
        runs.groupby("problem")["problem_seed"].nunique().min(),
    )
    yield exact("strategy seeds in 160 runs", len(runs), runs["strategy_seed"].nunique())
    values = trials[trials["strategy_name"] == "default"]
    yield exact(
        "values of the default in a repetition, two labels",
        1,
        values.groupby(["problem", "repetition"])["value"].nunique().max(),
    )
    yield exact(
        "values of the default in 20 repetitions",
        repetitions,
        values.groupby("problem")["value"].nunique().min(),
    )
    again, _ = small_sweep(*sweep, trials=1, repetitions=repetitions)
    same = trials["value"].to_numpy() == again["value"].to_numpy()
    yield exact("share of values that come again", 1, same.mean())


def a_second_label_ties() -> Iterator[Line]:
    """Random search wins half of all comparisons with itself under another label."""
    problems = [Entry("branin"), Entry("hartmann6"), Entry("ackley5"), entry(Steps)]
    panels = as_panels(*small_sweep(TWINS, problems, trials=20, repetitions=80))
    won = np.concatenate([wins(panel, TWINS) for panel in panels])
    yield sampled("wins of random over random under a second label", 0.5, won)


def the_oracle_wins() -> Iterator[Line]:
    """A strategy that knows the table begins with its optimum.

    Random search draws the optimum as well with 1 − (1 − 1/N)^n, which is half a win for each.
    """
    trials_each = 10
    table = entry(Steps, "table", direction="maximize")
    known = {"name": table.name, "settings": dict(table.settings)}
    strategies = [entry(BestFirst, "oracle", of=known), Entry("random")]
    (panel,) = as_panels(*small_sweep(strategies, [table], trials=trials_each, repetitions=120))
    first = panel.regret[panel.strategies.index("oracle"), :, 0]
    yield exact("regret of an oracle after its first trial", 0, np.abs(first).max())
    won = wins(panel, strategies)
    yield exact("share of repetitions in which the oracle is not behind", 1, (won >= 0.5).mean())
    half = (1 - (1 - 1 / 100) ** trials_each) / 2
    yield sampled("wins of the oracle over random, a tie half", 1 - half, won)


def wins(panel: Panel, pair: list[Entry]) -> Array:
    """Return for each repetition whether the first wins (1), ties (½) or loses (0)."""
    first, second = (panel.best[panel.strategies.index(entry.label), :, -1] for entry in pair)
    return np.where(first == second, 0.5, first < second)
