"""What `plan` says of the effort of a sweep, in lines and as data."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bench.execution.effort import MAX_PROPOSED_REPETITIONS, Choice, Effort, Runs
from bench.execution.forecast import Seconds
from bench.inference.planning import TYPICAL_SD
from bench.prose.phrases import number
from bench.prose.quantities import duration
from bench.words import many


def lines(effort: Effort) -> Iterator[str]:
    """Yield what the runs of a sweep that are left take, and what repetitions take and detect."""
    runs = effort.left()
    if count := runs.total():
        wall, computing = effort.wall(runs), effort.computing(runs)
        size = effort.size(runs)
        yield (
            f"{many(count, 'run is', 'runs are')} left: {_interval(wall)} with "
            f"{many(effort.jobs, 'worker')}; {_interval(computing)} of computing"
            + (f"; {_bytes(size)} on disk" if size else "")
        )
        width = max(len(label) for pair in runs for label in (*pair, "strategy"))
        for place, what in enumerate(("strategy", "problem")):
            yield from _table(effort, what, _parts(runs, place), width)
    else:
        yield "no run is left to do"
    if len(effort.sweep.strategies) > 1:
        yield from _by_repetitions(effort)


def proposals(effort: Effort, within: float | None, detect: float | None) -> dict[str, int]:
    """Return repetitions for a time and for a difference, 0 where no number of them will do.

    Args:
        effort: of the sweep.
        within: seconds of wall-clock time.
        detect: difference in normalised regret.
    """
    found = {}
    if within is not None:
        found["within"] = effort.within(within)
    if detect is not None:
        found["detect"] = effort.detecting(detect)
    return found


def proposal_lines(effort: Effort, found: dict[str, int]) -> Iterator[str]:
    """Yield what is proposed.

    Args:
        effort: of the sweep.
        found: as `proposals` returns it.
    """
    if (count := found.get("within")) is not None:
        if count:
            yield f"within this time: {_proposed(effort.choice(count))}"
        else:
            yield (
                "within this time: no repetition, since one takes "
                f"{duration(effort.choice(1).wall_s)}"
            )
    if (count := found.get("detect")) is not None:
        if count:
            yield f"to detect this difference: {_proposed(effort.choice(count))}"
        else:
            yield (
                "to detect this difference: more than "
                f"{many(MAX_PROPOSED_REPETITIONS, 'repetition')} are needed"
            )


def data(effort: Effort, found: dict[str, int]) -> dict[str, Any]:
    """Return all of it as plain data.

    Args:
        effort: of the sweep.
        found: as `proposals` returns it.

    Returns:
        sweep, jobs, runs (that are left), wall_s and computing_s (expected, low, high: ends of the
        95 % interval), bytes (null where unknown), strategies and problems (label -> runs,
        computing_s), repetitions (a list of repetitions, wall_s, detectable: null where nothing
        is), proposals (within, detect: repetitions, null where no number of them will do).
    """
    runs = effort.left()
    return {
        "sweep": effort.sweep.name,
        "jobs": effort.jobs,
        "runs": runs.total(),
        "wall_s": _data(effort.wall(runs)),
        "computing_s": _data(effort.computing(runs)),
        "bytes": round(effort.size(runs)) or None,
        **{
            name: {
                label: {"runs": part.total(), "computing_s": _data(effort.computing(part))}
                for label, part in _parts(runs, place).items()
            }
            for place, name in enumerate(("strategies", "problems"))
        },
        "repetitions": [
            {
                "repetitions": choice.repetitions,
                "wall_s": choice.wall_s,
                "detectable": None if math.isinf(choice.detectable) else choice.detectable,
            }
            for choice in effort.choices()
        ],
        "proposals": {name: count or None for name, count in found.items()},
    }


def _parts(runs: Runs, place: int) -> dict[str, Runs]:
    """Return the runs of each strategy (place 0) or problem (1)."""
    found: dict[str, Runs] = {}
    for pair, count in runs.items():
        found.setdefault(pair[place], Counter())[pair] = count
    return found


def _table(effort: Effort, what: str, parts: dict[str, Runs], width: int) -> Iterator[str]:
    rows = [
        (label, part.total(), effort.computing(part))
        for label, part in parts.items()
        if part.total()
    ]
    rows.sort(key=lambda row: -row[2].expected)
    yield f"  {what:<{width}}  {'runs':>7}  {'a run':>7}  computing (95 % interval)"
    for label, count, seconds in rows:
        mean = duration(seconds.expected / count)
        yield f"  {label:<{width}}  {count:>7,}  {mean:>7}  {_interval(seconds)}"


def _by_repetitions(effort: Effort) -> Iterator[str]:
    yield f"  {'repetitions':>11}  {'time left':>9}  detectable difference in normalised regret"
    for choice in effort.choices():
        own = " (this sweep)" if choice.repetitions == effort.sweep.repetitions else ""
        yield (
            f"  {choice.repetitions:>11,}  {duration(choice.wall_s):>9}  "
            f"{_difference(choice.detectable)}{own}"
        )
    yield (
        "detectable: on this problem set with a power of 0.8, if repetitions differ as they "
        f"usually do (standard deviation {TYPICAL_SD:g})"
    )


def _proposed(choice: Choice) -> str:
    return (
        f"{many(choice.repetitions, 'repetition')}, {duration(choice.wall_s)}, detectable "
        f"difference {_difference(choice.detectable)}"
    )


def _difference(detectable: float) -> str:
    return "none" if math.isinf(detectable) else number(detectable)


def _interval(seconds: Seconds) -> str:
    return f"{duration(seconds.expected)} ({duration(seconds.low)} to {duration(seconds.high)})"


def _data(seconds: Seconds) -> list[float]:
    return [seconds.expected, seconds.low, seconds.high]


def _bytes(count: float) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{number(count / size)} {unit}"
    return f"{number(count / 1e3)} kB"
