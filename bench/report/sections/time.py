"""The section of time: who is ahead on the clock, and what an evaluation must cost for that."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from bench.analyses import Analyses
from bench.analysis.time.breakeven import CASES
from bench.analysis.time.replay import sets_deadline
from bench.panels.rounding import at_most
from bench.prose import phrases
from bench.report import tables
from bench.report.drawing import Builder
from bench.report.page import Item, Note, PageTable, Section
from bench.report.sections.common import BASELINE, in_order, line_styles, ran
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

MOST = 12
"""Strategies up to which every pair has a cell."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    del builder
    title = "Wall-clock and break-even"
    if not found.timed:
        why = "Not every row holds its seconds, so nothing can be said of time."
        return Section("time", title, why, [])
    items: list[Item] = [
        Note(
            f"{_deadline(found)} (in that repetition, a hundredth of grace), this is the "
            "normalised regret each strategy has reached by then (mean over repetitions, then "
            "problems; in brackets its 95 % interval for these problems, and the share of the "
            "trials it came to), if an evaluation took so long. Before its "
            "first trial is finished a run counts as the worst value. The schedule is ideal: "
            "nothing but evaluations and the strategy’s own recorded seconds takes time. With "
            "several workers it flatters strategies that learn: they suggest as if every earlier "
            "result were known."
        ),
        _replayed(found),
        *_even(found),
    ]
    return Section("time", title, _told(found), items)


def _least(found: Analyses) -> dict[tuple[str, ...], list[str]]:
    """Return the strategies whose regret is the least -> for which costs of an evaluation."""
    least: dict[tuple[str, ...], list[str]] = {}
    for (cost, workers), frame in found.deadlines.items():
        # A mean over fewer problems is not comparable.
        known = frame[frame["problems"] == len(found.panels)].set_index("strategy")["regret"]
        if workers == 1 and len(known):
            names = tuple(str(name) for name in known.index[at_most(known, known.min())])
            taken = "as long as recorded" if cost is None else tables.duration(cost)
            least.setdefault(names, []).append(taken)
    return least


def _told(found: Analyses) -> str:
    """Return whose regret is the least at which cost of an evaluation, in words."""
    least = _least(found)
    if len(ran(found)) < 2 or not least:
        return "What is reached when time is counted, not trials."
    if len(least) == 1:
        parts = [
            f"that of {phrases.listed(next(iter(least)))}, at each cost of an evaluation below"
        ]
    else:
        parts = [
            f"that of {phrases.listed(names)} if an evaluation takes {' or '.join(taken)}"
            for names, taken in least.items()
        ]
    return f"{_deadline(found)}, the least mean regret is {'; '.join(parts)}."


def _schedule(cost: float | None, workers: int) -> str:
    name = "as recorded" if cost is None else f"{tables.duration(cost)} each"
    return name + (f", {workers} workers" if workers > 1 else "")


def _deadline(found: Analyses) -> str:
    """Return when the deadline is, as `replay.at_deadline` sets it."""
    usual, first = "When random search has spent its budget", "when the fastest strategy has"
    there = [sets_deadline(panel) for panel in found.panels]
    if all(there):
        return usual
    return f"{usual}, or without it {first}" if any(there) else f"W{first[1:]} spent its budget"


def _replayed(found: Analyses) -> PageTable:
    import pandas as pd

    columns: dict[str, list[str]] = {"strategy": list(found.source.strategies)}
    raw = []
    for (cost, workers), frame in found.deadlines.items():
        columns[_schedule(cost, workers)] = [
            tables.NONE if row.regret != row.regret else _reached(row) for row in frame.itertuples()
        ]
        raw.append(frame.assign(cost=cost, workers=workers))
    order = in_order(found)
    table = tables.texts(columns).set_index("strategy", drop=False).loc[order]
    label = "Regret at the deadline, by seconds an evaluation takes"
    return PageTable(table, label, looks=line_styles(found), file="replay", raw=pd.concat(raw))


def _reached(row: Any) -> str:
    """Return regret, its interval and the share of the trials that were finished."""
    span = phrases.interval(row.low, row.high)
    parts = [*([span] if span else []), tables.percent(row.trials)]
    return f"{tables.number(row.regret)} ({'; '.join(parts)})"


def _even(found: Analyses) -> list[Item]:
    frame = found.breakeven
    if frame.empty:
        return []
    names = in_order(found)
    few = len(names) <= MOST
    others = names if few or BASELINE not in ran(found) else [BASELINE]
    cells = {
        pair: _even_text(part)
        for pair, part in found.breakeven_costs.groupby(["strategy", "other"])
    }
    columns = {
        f"than {other}": [cells.get((name, other), "") for name in names] for other in others
    }
    text = (
        "Break-even: how long an evaluation must take for the strategy of the row to reach a "
        f"target sooner than that of the column. {_target(found)} Median over the problems on "
        "which it is so, and on how many of those that decide what most of them say."
    )
    start = {"start-up, trials": [_startup(found, name) for name in names]}
    table = tables.texts({"faster": names, **(start if found.startups else {}), **columns})
    return [
        Note(text),
        *_apart(found, cells),
        PageTable(table, "Break-even evaluation cost", looks=line_styles(found), file="breakeven",
                  raw=frame),
    ]  # fmt: skip


def _target(found: Analyses) -> str:
    """Return what the targets are, in words."""
    after = sorted(found.breakeven_costs["after"].unique())
    counts = many(int(after[-1]), "trial")
    counts = counts if len(after) == 1 else f"{after[0]:,} to {counts}"
    what = f"The target of a repetition is what most strategies have reached after {counts}"
    if not found.startups:
        return f"{what}, halfway through the budget."
    return (
        f"{what}, halfway from the end of the longest start-up to that of the budget: in its "
        "start-up a strategy draws at random."
    )


def _apart(found: Analyses, cells: Mapping[Any, str]) -> list[Note]:
    """Return where the mean regret and the time to a target put two strategies in another order."""
    never = {
        name: [other for (one, other), text in cells.items() if one == name and _is_never(text)]
        for name in dict.fromkeys(chain.from_iterable(_least(found)))
    }
    return [
        Note(
            f"{name} has the least mean regret at a deadline and yet is never faster than "
            f"{phrases.listed(others)} on most problems: a mean counts how large differences are, "
            "the time to a target only who is there first."
        )
        for name, others in never.items()
        if others
    ]


def _is_never(text: str) -> bool:
    return text.split(" (")[0] == "never"


def _startup(found: Analyses, name: str) -> str:
    """Return the start-up of a strategy, and whether it is all there is."""
    if name not in found.startups:
        return tables.NONE
    count = found.startups[name]
    whole = count >= max(panel.budget for panel in found.panels)
    return f"{count:,} (random search)" if whole else f"{count:,}"


def _even_text(rows: pd.DataFrame) -> str:
    """Return what most problems say of a pair, and how many do."""
    decided = rows[rows["case"] != "undefined"]
    if decided.empty:
        return tables.NONE
    counts = decided["case"].value_counts()
    case = max(CASES, key=lambda name: counts.get(name, 0))
    if (counts == counts[case]).sum() > 1:
        told = ", ".join(f"{name} {counts[name]}" for name in CASES if name in counts)
        return f"differs ({told})"
    text = case
    if case in ("above", "below"):
        middle = decided.loc[decided["case"] == case, "cost"].median()
        text = f"{case} {tables.duration(float(middle))}"
    number = int(counts[case])
    return text if number == len(decided) else f"{text} ({number} of {len(decided)})"
