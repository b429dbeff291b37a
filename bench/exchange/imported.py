"""Trials of other tools as one tidy table, with the rules by which they became one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.errors import UserError
from bench.exchange.naming import Place, numbered

if TYPE_CHECKING:
    import pandas as pd


class ExchangeError(UserError):
    """Files of another tool that cannot be read or written; the message says what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """One run of one strategy on one problem, as another tool recorded it.

    Args:
        place: where it belongs.
        trials: a row a trial in the order of the run: value (NaN of a failed one), and of the other
            columns of a tidy table (`bench.sources.tidy.from_tidy`) those that are known.
    """

    place: Place
    trials: pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """What files of one tool hold.

    Args:
        tool: its name, "Optuna".
        studies: in the order in which they were made, one or more.
        rules: by which ambiguities were resolved, a line each; only those that mattered here.
    """

    tool: str
    studies: tuple[Study, ...]
    rules: tuple[str, ...] = ()


def tidy_table(parts: Sequence[Imported]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return all trials as a tidy table, and the rules by which they became one.

    Args:
        parts: one or more.

    Returns:
        A row a trial with the columns that `bench.sources.tidy.from_tidy` takes; and lines.
    """
    import pandas as pd

    studies = [study for part in parts for study in part.studies]
    places = numbered([study.place for study in studies])
    frames = [
        study.trials.assign(
            strategy=place.strategy,
            problem=place.problem,
            repetition=place.repetition,
            trial_number=range(len(study.trials)),
        )
        for study, place in zip(studies, places, strict=True)
    ]
    rules = dict.fromkeys(rule for part in parts for rule in part.rules)
    if places != [study.place for study in studies]:
        rules["studies without a repetition in their names are numbered in their order"] = None
    return pd.concat(frames, ignore_index=True), tuple(rules)
