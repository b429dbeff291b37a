"""Studies of Optuna as runs, wherever they were read from: the rules by which trials are taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from math import isnan, nan
from typing import Any

import numpy as np

from bench.exchange.imported import ExchangeError, Imported, Rule, Study
from bench.exchange.naming import Place, place_of
from bench.sources.source import first_few
from bench.words import readable

TOOL = "Optuna"
FINISHED = ("COMPLETE", "PRUNED", "FAIL")
FIXED = "fixed_params"
"""The system attribute of a trial that somebody enqueued."""


@dataclass(frozen=True, slots=True)
class OptunaTrial:
    """A trial as Optuna recorded it.

    Args:
        number: its place in the study.
        state: the name of Optuna's `TrialState`.
        value: None where there is none.
        start, end: None where they are not known.
        first: the lowest step of which a value was reported, None where none was.
        step: the highest one.
        reported: the value at that step.
        enqueued: whether somebody asked for its parameters.
    """

    number: int
    state: str
    value: float | None
    start: datetime | None
    end: datetime | None
    first: int | None = None
    step: int | None = None
    reported: float = nan
    enqueued: bool = False


@dataclass(frozen=True, slots=True)
class OptunaStudy:
    """A study as Optuna recorded it.

    Args:
        name: which Optuna gives it once in a storage.
        directions: names of Optuna's `StudyDirection`, one an objective.
        attributes: the user attributes.
        trials: in any order.
    """

    name: str
    directions: Sequence[str]
    attributes: Mapping[str, Any]
    trials: Sequence[OptunaTrial]


def imported(studies: Iterable[OptunaStudy], *, where: str) -> Imported:
    """Return the runs that studies are.

    Running and waiting trials are left out, and what is without a finished trial. A pruned trial is
    a cheaper evaluation: its value is the last one that it reported, its fidelity the share of the
    last step among the most steps of a completed trial of its study. Where these reported none, it
    is a failed trial. The seconds of an evaluation are those from its start to its end.

    Args:
        studies: in the order in which they were made.
        where: what errors name, "storage sqlite:///study.db".

    Raises:
        ExchangeError: no study can be taken, or a user attribute has another type.
    """
    several, waiting, taken = [], [], []
    rules: list[str | Rule] = []
    for study in studies:
        finished = sorted(
            (trial for trial in study.trials if trial.state in FINISHED), key=lambda t: t.number
        )
        rules.append(
            Rule(
                len(study.trials) - len(finished),
                "running or waiting trial is left out",
                "running or waiting trials are left out",
            )
        )
        if list(study.directions) not in (["MINIMIZE"], ["MAXIMIZE"]):
            several.append(study.name)
        elif not finished:
            waiting.append(study.name)
        else:
            run, applied = _run(replace(study, trials=finished))
            taken.append(run)
            rules += applied
    if several:
        rules.append(f"studies of several objectives are left out: {_names(several)}")
    if waiting:
        rules.append(f"studies without a finished trial are left out: {_names(waiting)}")
    if not taken:
        found = [
            f"studies {what} ({_names(names)})"
            for what, names in (
                ("of several objectives", several),
                ("without a finished trial", waiting),
            )
            if names
        ]
        raise ExchangeError(
            f"{where} must have a study of one objective with a finished trial, it has "
            f"{' and '.join(found) or 'no study'}; give another one"
        )
    if any(not np.isnan(run.trials["evaluation_s"]).all() for run in taken):
        rules.append("the time of a trial, from its start to its end, includes that of the sampler")
    return Imported(TOOL, tuple(taken), tuple(rules))


def _names(names: Sequence[str]) -> str:
    return first_few([readable(repr(name)[1:-1])[:100] for name in names])


def _run(study: OptunaStudy) -> tuple[Study, list[Rule]]:
    import pandas as pd

    trials = study.trials
    pruned = [trial.state == "PRUNED" for trial in trials]
    shares = _shares(trials)
    cheaper = [share > 0 for share in shares]
    values = [
        trial.reported if cheap
        else trial.value if trial.state == "COMPLETE" and trial.value is not None
        else nan
        for trial, cheap in zip(trials, cheaper, strict=True)
    ]  # fmt: skip
    frame = pd.DataFrame(
        {
            "value": np.array(values, dtype=float),
            "direction": study.directions[0].lower(),
            "fidelity": [share or 1.0 for share in shares],
            "reason": [_reason(trial, cheap) for trial, cheap in zip(trials, cheaper, strict=True)],
            "evaluation_s": [_seconds(trial) for trial in trials],
        }
    )
    dataset = study.attributes.get("dataset")
    if dataset is not None:
        frame["dataset"] = _text(study, "dataset", dataset)
    rules = [
        Rule(
            sum(cheaper),
            "pruned trial counts as a cheaper evaluation, in the share of its steps",
            "pruned trials count as cheaper evaluations, in the share of their steps",
        ),
        Rule(
            sum(pruned) - sum(cheaper),
            "pruned trial counts as failed, since no completed trial of its study reported steps",
            "pruned trials count as failed, since no completed trial of their study reported steps",
        ),
        Rule(
            sum(trial.enqueued for trial in trials),
            "enqueued trial counts as a suggestion of the strategy",
            "enqueued trials count as suggestions of the strategy",
        ),
        Rule(
            _overlap(trials),
            "study has trials that overlap in time: several workers did it, how many is unknown",
            "studies have trials that overlap in time: several workers did them, how many is "
            "unknown",
        ),
    ]
    return Study(_place(study), frame, f"study {study.name[:200]!a}"), rules


def _shares(trials: Sequence[OptunaTrial]) -> list[float]:
    """Return the fidelity of each pruned trial that has one, 0 of the others.

    It is the share of the highest step among the most of a completed trial. Steps that begin at 0
    count from 1.
    """
    more = int(min((t.first for t in trials if t.first is not None), default=1) == 0)
    steps = [0 if trial.step is None else trial.step + more for trial in trials]
    completed = (s for s, t in zip(steps, trials, strict=True) if t.state == "COMPLETE")
    full = max(completed, default=0)
    return [
        min(step / full, 1.0)
        if trial.state == "PRUNED" and min(step, full) > 0 and not isnan(trial.reported)
        else 0.0
        for step, trial in zip(steps, trials, strict=True)
    ]


def _reason(trial: OptunaTrial, cheaper: bool) -> str:
    if trial.state == "FAIL":
        return "Optuna: failed"
    return "Optuna: pruned" if trial.state == "PRUNED" and not cheaper else ""


def _seconds(trial: OptunaTrial) -> float:
    if trial.start is None or trial.end is None:
        return nan
    seconds = (trial.end - trial.start).total_seconds()
    # Local times go back in autumn.
    return seconds if seconds >= 0 else nan


def _overlap(trials: Sequence[OptunaTrial]) -> bool:
    timed = sorted((t.start, t.end) for t in trials if t.start is not None and t.end is not None)
    return any(later[0] < earlier[1] for earlier, later in pairwise(timed))


def _place(study: OptunaStudy) -> Place:
    """Return what the user attributes of a study say of its place, and its name of the rest."""
    place, attributes = place_of(study.name), study.attributes
    strategy, problem = (
        given if attributes.get(name) is None else _text(study, name, attributes[name])
        for name, given in (("strategy", place.strategy), ("problem", place.problem))
    )
    place = replace(place, strategy=strategy, problem=problem)
    repetition = attributes.get("repetition")
    if repetition is None:
        return place
    if type(repetition) is not int or not 0 <= repetition < 2**53:
        raise _attribute_error(study, "repetition", "an integer from 0 to 2^53", repetition)
    return replace(place, repetition=repetition)


def _text(study: OptunaStudy, name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _attribute_error(study, name, "a string", value)
    return value.strip()


def _attribute_error(study: OptunaStudy, name: str, rule: str, value: Any) -> ExchangeError:
    return ExchangeError(
        f"study {study.name[:200]!a}: the user attribute {name!r} must be {rule}, got "
        f"{ascii(value)[:100]}; set it again with study.set_user_attr({name!r}, …)"
    )
