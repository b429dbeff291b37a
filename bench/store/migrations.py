"""Records of older schemas, brought up to the present one: small, pure, and kept for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

SCHEMA = 4
"""What is written. 2: a trial has a clock and a worker. 3: names say what they hold. 4: a model may
go on from a lower step, and there are training values and scores of all metrics."""

READABLE = (1, 2, 3, SCHEMA)

Floats = npt.NDArray[np.float64]

CLOCK = ("started_s", "finished_s", "worker")
"""What a trial of schema 1 does not have."""

CONTINUED = "continued_from"
"""What trials before schema 4 do not have: all of them began anew."""

BESIDE = ("train_value", "validation_scores", "test_scores")
"""What was not measured before schema 4, and is not on many problems."""

_SINCE = dict.fromkeys(CLOCK, 2) | dict.fromkeys((CONTINUED, *BESIDE), 4)
_NAMED = 3
"""The schema whose names are those of today."""

_TRIAL = {"trial_number": "trial", "evaluation_s": "cost", "evaluation_wall_s": "evaluate_s"}
_END = {"status": "ended", "n_trials": "trials", "run_s": "seconds"}
_FACTS = {"unordered": "is_set"}
_STATUS = {"exhausted": "stopped early"}
"""Names of schema 3 and what they were before; of a status the other way round."""

_NO_CANDIDATES = "nothing more to suggest", "no candidates left"
"""How the reason of a run that stopped early began, and begins."""


def column(schema: int, name: str) -> str | None:
    """Return what a column of trials is called in a schema; None where it has none."""
    if schema < _SINCE.get(name, 1):
        return None
    return name if schema >= _NAMED else _TRIAL.get(name, name)


def trial_lines(schema: int, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the trials of a run as this schema has them.

    Args:
        schema: that wrote them.
        lines: of one run, all of them, in order.
    """
    if schema >= _NAMED or not lines:
        return list(lines)
    named = [_renamed(line, _TRIAL) for line in lines]
    if schema > 1:
        return named
    clocks = zip(named, *clock_of(named), strict=True)
    return [line | {"started_s": s, "finished_s": f, "worker": 0} for line, s, f in clocks]


def clock_of(lines: Sequence[Mapping[str, Any]]) -> tuple[list[float], list[float]]:
    """Return when the evaluations of a run's trials started and finished, as `clock` has it."""
    names = ("ask_s", "evaluation_s", "tell_s")
    started, finished = clock(*(np.array([line[name] for line in lines]) for name in names))
    return started.tolist(), finished.tolist()


def current_header(header: Mapping[str, Any]) -> dict[str, Any]:
    """Return a header as this schema has it."""
    facts = header["facts"]
    if header["schema"] < _NAMED:
        facts = _renamed(facts, _FACTS)
    return dict(header) | {"schema": SCHEMA, "facts": facts}


def is_end(schema: int, line: Mapping[str, Any]) -> bool:
    """Return whether a line says how a run ended, and is no trial."""
    return ("n_trials" if schema >= _NAMED else "ended") in line


def end(schema: int, line: Mapping[str, Any]) -> dict[str, Any]:
    """Return the last line of a run as this schema has it."""
    if schema >= _NAMED:
        return dict(line)
    named = _renamed(line, _END)
    status, reason = named["status"], named["reason"]
    if isinstance(status, str) and status in _STATUS:
        status, reason = _STATUS[status], str(reason).replace(*_NO_CANDIDATES)
    return named | {"status": status, "reason": reason}


def clock(ask: Floats, evaluation: Floats, tell: Floats) -> tuple[Floats, Floats]:
    """Return when the evaluations of a run started and finished that were made one by one.

    On the run's own clock, which stands while a test value is measured.

    Args:
        ask: seconds the strategy took to suggest, of each trial in order.
        evaluation: seconds of its evaluation.
        tell: seconds the strategy took in `tell`.
    """
    # One sum from left to right, as the loop adds: the same to the last bit.
    ends = np.column_stack([ask, evaluation, tell]).ravel().cumsum().reshape(-1, 3)
    return ends[:, 0], ends[:, 1]


def _renamed(line: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return a mapping under new names; new -> old, in the old order."""
    new = {old: name for name, old in names.items()}
    return {new.get(name, name): value for name, value in line.items()}
