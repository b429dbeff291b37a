"""Records of older schemas, brought up to the present one: small, pure, and kept for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

SCHEMA = 2
"""What is written. 2: a trial has `started_s`, `finished_s` and `worker`."""

READABLE = (1, SCHEMA)

Floats = npt.NDArray[np.float64]


def trial_lines(schema: int, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the trials of a run as this schema has them.

    Args:
        schema: that wrote them.
        lines: of one run, all of them, in order.
    """
    if schema == SCHEMA or not lines:
        return list(lines)
    seconds = (np.array([line[name] for line in lines]) for name in ("ask_s", "cost", "tell_s"))
    started, finished = clock(*seconds)
    clocks = zip(lines, started.tolist(), finished.tolist(), strict=True)
    return [line | {"started_s": s, "finished_s": f, "worker": 0} for line, s, f in clocks]


def header(head: Mapping[str, Any]) -> dict[str, Any]:
    """Return a header as this schema has it."""
    return dict(head) | {"schema": SCHEMA}


def clock(ask: Floats, cost: Floats, tell: Floats) -> tuple[Floats, Floats]:
    """Return when the evaluations of a run started and finished that were made one by one.

    On the run's own clock, which stands while a test value is measured.

    Args:
        ask: seconds the strategy took to suggest, of each trial in order.
        cost: seconds of its evaluation.
        tell: seconds the strategy took to be told.
    """
    # One sum from left to right, as the loop adds: the same to the last bit.
    ends = np.column_stack([ask, cost, tell]).ravel().cumsum().reshape(-1, 3)
    return ends[:, 0], ends[:, 1]
