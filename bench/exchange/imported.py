"""Trials of other tools as one tidy table, with the rules by which they became one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bench.errors import UserError
from bench.exchange.naming import Place, labelled, numbered
from bench.sweep_rules import MAX_LABEL_LENGTH
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd


class ExchangeError(UserError):
    """Files of another tool that cannot be read or written; the message says what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """One run of one strategy on one problem, as another tool recorded it.

    Args:
        place: where it belongs.
        trials: a row a trial in the order of the run, one or more: value (NaN of a failed one), and
            of the other columns of a tidy table (`bench.sources.tidy.from_tidy`) those that are
            known.
        called: what errors call it, "study 'tpe/svm/0'".
    """

    place: Place
    trials: pd.DataFrame
    called: str = "a run"


@dataclass(frozen=True, slots=True)
class Rule:
    """By which an ambiguity was resolved, with how often it was applied.

    Args:
        count: how many trials or studies it concerns; those of all files are summed.
        one: what follows the count, "pruned trial counts as failed".
        more: the same of several, "pruned trials count as failed".
    """

    count: int
    one: str
    more: str


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """What files of one tool hold.

    Args:
        tool: its name, "Optuna".
        studies: in the order in which they were made, one or more.
        rules: by which ambiguities were resolved; only those that mattered here. A string is a
            sentence of its own.
    """

    tool: str
    studies: tuple[Study, ...]
    rules: tuple[str | Rule, ...] = ()


def tidy_table(parts: Sequence[Imported]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return all trials as a tidy table, and the rules by which they became one.

    Args:
        parts: one or more.

    Returns:
        A row a trial with the columns that `bench.sources.tidy.from_tidy` takes; and lines.

    Raises:
        ExchangeError: two studies are the same strategy, problem and repetition.
    """
    import pandas as pd

    studies = [study for part in parts for study in part.studies]
    named = [study.place for study in studies]
    shown = [labelled(place) for place in named]
    places = numbered(shown)
    _check_once(studies, places)
    # At once: a frame for each study, with columns of its own, takes milliseconds a study.
    counts = np.array([len(study.trials) for study in studies])
    table = pd.concat([study.trials for study in studies], ignore_index=True)
    for name in ("strategy", "problem"):
        codes, labels = pd.factorize(np.array([getattr(place, name) for place in places], object))
        table[name] = pd.Categorical.from_codes(np.repeat(codes, counts), labels)
    table["repetition"] = np.repeat([place.repetition for place in places], counts)
    table["trial_number"] = np.arange(len(table)) - np.repeat(np.cumsum(counts) - counts, counts)
    rules = [f"{part.tool}: {rule}" for part in _by_tool(parts) for rule in _lines(part.rules)]
    if shown != named:
        rules.append(
            f"names of more than {MAX_LABEL_LENGTH} characters are cut, and characters that cannot "
            "be printed are escaped"
        )
    if any(a.repetition is None and b.repetition for a, b in zip(shown, places, strict=True)):
        rules.append("runs whose names have no repetition are numbered in their order")
    return table, tuple(rules)


def _check_once(studies: Sequence[Study], places: Sequence[Place]) -> None:
    seen: dict[Place, Study] = {}
    for study, place in zip(studies, places, strict=True):
        if place in seen:
            raise ExchangeError(
                "a strategy must have one run in a repetition of a problem, "
                f"{seen[place].called} and {study.called} are both {place.strategy} on "
                f"{place.problem}, repetition {place.repetition}; leave one out or rename it"
            )
        seen[place] = study


def _by_tool(parts: Sequence[Imported]) -> list[Imported]:
    """Return the parts of each tool as one, without its studies."""
    return [
        Imported(tool, (), tuple(r for part in parts if part.tool == tool for r in part.rules))
        for tool in dict.fromkeys(part.tool for part in parts)
    ]


def _lines(rules: Sequence[str | Rule]) -> list[str]:
    """Return each rule once, with the sum of its counts; none that was never applied."""
    counts: Counter[tuple[str, str]] = Counter()
    for rule in rules:
        if isinstance(rule, str):
            counts[rule, ""] += 1
        else:
            counts[rule.one, rule.more] += rule.count
    return [
        many(count, one, more) if more else one for (one, more), count in counts.items() if count
    ]
