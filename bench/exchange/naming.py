"""Which strategy, problem and repetition the name of a study, file or run means."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from bench.addresses import without_password
from bench.sweep_rules import MAX_LABEL_LENGTH

DIRECTIONS = {
    "min": "minimize", "max": "maximize", "minimize": "minimize", "maximize": "maximize",
}  # fmt: skip
"""What an address may say of which way is better."""

PROBLEM = "problem"
"""What a problem is called that no name says."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the trials of one study belong.

    Args:
        strategy: its label.
        problem: its label.
        repetition: its number, None where the name does not say.
    """

    strategy: str
    problem: str
    repetition: int | None


def place_of(name: str) -> Place:
    """Return what a name means: `strategy/problem/repetition`, or with `--` instead of `/`.

    The last part is the repetition if it is an integer. A name of one part is that of the strategy;
    one of more than two names the problem with all of its other parts.

    Args:
        name: of a study, of a file without its ending, of a run.

    >>> place_of("tpe/svm-wine/3")
    Place(strategy='tpe', problem='svm-wine', repetition=3)
    >>> place_of("tpe--svm-wine")
    Place(strategy='tpe', problem='svm-wine', repetition=None)
    """
    mark = "/" if "/" in name else "--"
    parts = [part.strip() for part in name.split(mark)]
    parts = [part for part in parts if part] or [name.strip() or "strategy"]
    repetition = None
    if len(parts) > 1 and re.fullmatch("[0-9]+", parts[-1]) and len(parts[-1]) < 10:
        repetition = int(parts.pop())
    return Place(parts[0], mark.join(parts[1:]) or PROBLEM, repetition)


def labelled(place: Place) -> Place:
    """Return a place with labels that a page can show: short and printable."""
    return replace(place, strategy=_label(place.strategy), problem=_label(place.problem))


def _label(name: str) -> str:
    """Return a name, if need be escaped and cut; the digits at its end keep it unique."""
    plain = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)
    if len(plain) <= MAX_LABEL_LENGTH:
        return plain
    digest = hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:8]
    return f"{plain[: MAX_LABEL_LENGTH - 10]}… {digest}"


def numbered(places: Sequence[Place]) -> list[Place]:
    """Return places of which each has a repetition: those without one get the first free number.

    Args:
        places: in the order in which they were made.
    """
    taken = {place for place in places if place.repetition is not None}
    following: Counter[Place] = Counter()
    found = []
    for place in places:
        named = place
        while named.repetition is None or (place.repetition is None and named in taken):
            named = replace(place, repetition=following[place])
            following[place] += 1
        found.append(named)
    return found


def metric_of(address: str) -> tuple[str, str, str]:
    """Return a path or address, the metric that it names after a `#`, and which way is better.

    What it does not say is empty.

    >>> metric_of("results/search#loss:min"), metric_of("a#b"), metric_of("a")
    (('results/search', 'loss', 'minimize'), ('a', 'b', ''), ('a', '', ''))
    """
    what, mark, named = address.rpartition("#")
    if not mark or os.path.lexists(address):
        return address, "", ""
    metric, mark, word = named.rpartition(":")
    if mark and word in DIRECTIONS:
        return what, metric, DIRECTIONS[word]
    return what, named, ""


def title_of(address: str) -> str:
    """Return what a report on a path or address is called: its last part, without its ending.

    >>> title_of("sqlite:///runs/study.db"), title_of("mlflow:search")
    ('study', 'search')
    """
    last = re.split(r"[/\\:]", re.split("[?#]", without_password(address))[0].rstrip("/\\"))[-1]
    plain = re.sub(r"[^\w.@+ -]", "-", last).strip(". ")
    return PurePath(plain).stem[:MAX_LABEL_LENGTH] or "results"
