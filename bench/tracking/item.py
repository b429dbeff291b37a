"""What a tracker is sent: an item, pure data that no tracker has seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["sweep", "pair", "run"]
"""All of a sweep, a strategy on a problem, a repetition of that."""

State = Literal["running", "finished", "failed"]


@dataclass(frozen=True, slots=True)
class Series:
    """A number by step.

    Args:
        steps: integers, rising.
        values: finite, one a step.
        seconds: when each was known, on the clock of the run; none: at its beginning.
    """

    steps: Sequence[int]
    values: Sequence[float]
    seconds: Sequence[float] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A run of a tracker, or what is added to one.

    To send an item again changes nothing: all it holds follows from the results alone.

    Args:
        key: of the run in the tracker, the same for ever.
        kind: of what it is about.
        name: to be shown.
        parts: what of the run this is -> a token of the results it was made from.
        parent: the key of the run that it belongs to; "" of none.
        group: of a run and its siblings, in words.
        tags: words to find it by.
        params: what was set, and what was found.
        metrics: finite numbers.
        series: finite numbers by step.
        files: name -> content.
        note: a description, in Markdown.
        state: of the run.
        seconds: that the run took; None where this is not known.
        revision: how often other results were sent as the same part before.
    """

    key: str
    kind: Kind
    name: str
    parts: Mapping[str, str]
    parent: str = ""
    group: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    series: Mapping[str, Series] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    note: str = ""
    state: State = "running"
    seconds: float | None = None
    revision: int = 0


def together(first: Item, second: Item) -> Item:
    """Return two items of one run as one; where both say something, the second counts.

    >>> both = together(Item("a", "run", "r", {"x": "1"}), Item("a", "run", "r", {"y": "2"}))
    >>> dict(both.parts)
    {'x': '1', 'y': '2'}
    """
    return Item(
        first.key,
        first.kind,
        first.name,
        {**first.parts, **second.parts},
        parent=first.parent,
        group=first.group,
        tags={**first.tags, **second.tags},
        params={**first.params, **second.params},
        metrics={**first.metrics, **second.metrics},
        series={**first.series, **second.series},
        files={**first.files, **second.files},
        note=second.note or first.note,
        state=first.state if second.state == "running" else second.state,
        seconds=first.seconds if second.seconds is None else second.seconds,
        revision=max(first.revision, second.revision),
    )
