"""Whether a record holds what a run writes: every part, of its kind, in its range."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any

import orjson

from bench.evaluation import MAX_ABS_VALUE
from bench.run import End
from bench.spec import RunSpec, run_id, unknown_fields
from bench.store.record import (
    DamagedError,
    RunRecord,
    StoreError,
    end_from_dict,
    environments,
    trial_from_dict,
)
from bench.store.rows import TRIAL_COLUMNS, run_columns

_FACTS: dict[str, tuple[type, ...]] = {
    "library": (str,),
    "metric": (str,),
    "direction": (str,),
    "optimum": (int, float, NoneType),
    "unordered": (bool,),
    "strategy_seed": (int,),
    "problem_seed": (int,),
}
_OTHER_FACTS: dict[str, tuple[type, ...]] = {
    "dataset": (str,),
    "median_draw": (int, float, NoneType),
    "scale": (dict,),
    "positive": (str,),
    "tags": (list,),
    "metrics": (dict,),
    "strategy_distribution": (str,),
    "problem_distribution": (str,),
}
"""Of runs that were planned by later versions."""

_DIRECTIONS = ("minimize", "maximize")
_LISTS = ("fold_values", "validation_scores", "test_scores")
_KNOWN = frozenset(TRIAL_COLUMNS)
_SCALARS = {bool, int, float, str, NoneType}
SECONDS = ("evaluation_s", "ask_s", "evaluation_wall_s", "tell_s", "started_s", "finished_s")


OUT_OF_ORDER = "its trials are out of order"


def check_record(record: RunRecord) -> None:
    """Refuse what has the parts of a run but not their kinds.

    Raises:
        DamagedError: the header or a trial cannot be what a run wrote.
    """
    try:
        check_header(record.header)
        for line in record.trials:
            trial_from_dict(line, 1.0)
            _check_trial(line)
        check_numbers([line["trial_number"] for line in record.trials], record.spec.workers)
        if record.end is not None:
            _check_end(record.end)
    except (StoreError, DamagedError):
        raise
    except Exception as error:
        raise DamagedError(f"a part has the wrong type ({type(error).__name__}: {error})") from None


def check_numbers(numbers: Sequence[int], workers: int) -> None:
    """Refuse numbers that trials cannot have in the order in which they were reported.

    The trial at place p was asked for when at most p trials were reported and at most all workers
    but one had another, so its number is at most p + workers - 1. With one worker it is p.

    Raises:
        DamagedError: one is too high, or there twice.
    """
    late = any(not 0 <= number < place + workers for place, number in enumerate(numbers))
    if late or len(set(numbers)) < len(numbers):
        raise DamagedError(OUT_OF_ORDER)


def check_header(header: Mapping[str, Any]) -> None:
    """Raise whatever comes of a header that lacks a part or has another kind of it.

    Raises:
        StoreError: it has a part that this version does not know.
    """
    if run_id(header["spec"]) != header["run"]:
        raise ValueError("the id belongs to another spec")
    orjson.dumps(header)  # it is written again, and may nest deeper than can be written
    if unknown := unknown_fields(header["spec"]):
        raise StoreError(
            "results must be of this version of tunebench or an older one, run "
            f"{header['run']} has {', '.join(unknown)}; use the tunebench that wrote it, or a "
            "newer one"
        )
    spec = RunSpec.from_dict(header["spec"])
    if spec.to_dict() != header["spec"]:
        raise ValueError("its spec does not have the form of a recorded spec")
    run_columns(header)
    _check_history(header)
    facts = header["facts"]
    for name, kinds in _FACTS.items():
        if type(facts[name]) not in kinds:  # a boolean is no number
            raise TypeError(f"{name} is {facts[name]!r}")
    for name, kinds in _OTHER_FACTS.items():
        if name in facts and type(facts[name]) not in kinds:
            raise TypeError(f"{name} is {facts[name]!r}")
    _check_tags(facts.get("tags", ()))
    _check_scale(facts.get("scale"))
    if facts["direction"] not in _DIRECTIONS:
        raise ValueError(f"direction is {facts['direction']!r}")


def _check_history(header: Mapping[str, Any]) -> None:
    for environment in environments(header):
        dict(environment)
    for attempt in header.get("attempts", ()):
        _check_end(end_from_dict(attempt))


def _check_tags(tags: Sequence[object]) -> None:
    if not all(isinstance(tag, str) for tag in tags):
        raise TypeError(f"tags is {tags!r}")


def _check_scale(scale: Mapping[str, Any] | None) -> None:
    if scale is None:
        return
    numbers = scale["best"], scale["typical"]
    if not isinstance(scale["source"], str) or type(numbers[1]) not in (int, float):
        raise TypeError(f"scale is {scale!r}")
    if type(numbers[0]) not in (int, float, NoneType):
        raise TypeError(f"scale is {scale!r}")


def _check_trial(line: Mapping[str, Any]) -> None:
    for name in SECONDS:
        if not line[name] >= 0:
            raise ValueError(f"{name} is {line[name]!r}")
    _check_numbers(line)
    _check_data(line)
    if not 0 < line["fidelity"] <= 1:
        raise ValueError(f"fidelity is {line['fidelity']!r}")
    if not 0 <= line.get("continued_from", 0.0) < line["fidelity"]:
        raise ValueError(f"continued_from is {line['continued_from']!r}")
    bounds = ("value", MAX_ABS_VALUE), ("test_value", math.inf), ("train_value", math.inf)
    for name, most in bounds:
        number = line.get(name)
        if number is not None and not abs(number) <= most:
            raise ValueError(f"{name} is {number!r}")
    for name, kind in (("reason", str), *((lists, list) for lists in _LISTS)):
        if not isinstance(line.get(name), kind | None):
            raise TypeError(f"{name} is {line[name]!r}")


def _check_data(line: Mapping[str, Any]) -> None:
    if not line.keys() <= _KNOWN:
        orjson.dumps(line)  # as for the header
    config = line["config"]
    if type(config) is not dict or not _SCALARS.issuperset(map(type, config.values())):
        raise TypeError(f"config is {str(config)[:100]}")


def _check_numbers(line: Mapping[str, Any]) -> None:
    names = (*SECONDS, "fidelity", "continued_from", "value", "test_value", "train_value")
    numbers = [line.get(name) for name in names]
    for name in ("worker", "trial_number"):
        if type(line[name]) is not int or line[name] < 0:
            raise TypeError(f"{name} is {line[name]!r}")
    lists = [line.get(name) or () for name in _LISTS]
    for number in itertools.chain(numbers, *lists):
        if type(number) not in (int, float, NoneType):  # a boolean is no number
            raise TypeError(f"{number!r} is no number")


def _check_end(end: End) -> None:
    if not isinstance(end.reason, str):
        raise TypeError(f"reason is {end.reason!r}")
    if type(end.n_trials) is not int:
        raise TypeError(f"n_trials is {end.n_trials!r}")
    for name in ("start_seconds", "run_seconds"):
        if not getattr(end, name) >= 0:
            raise ValueError(f"{name} is {getattr(end, name)!r}")
