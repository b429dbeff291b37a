"""What tells a sweep from every other one, whatever of it has been done."""

from __future__ import annotations

from dataclasses import replace

import orjson

from bench.panels.looks import Looks
from bench.spec import Sweep
from bench.tracking.names import short_hash


def identity(sweep: Sweep, looks: Looks | None) -> str:
    """Return sixteen hexadecimal digits that change with any setting of a sweep.

    Looks that stop strategies do not change it, since they are made while the sweep runs, and are
    dropped by a later call that runs all repetitions.

    Args:
        sweep: resolved.
        looks: at it, None where nothing stops it early.
    """
    planned = {} if looks is None else looks.planned
    entries = [
        replace(entry, repetitions=planned.get(entry.label, sweep.repetitions_of(entry)))
        for entry in sweep.strategies
    ]
    sweep = replace(sweep, strategies=tuple(entries))
    data = sweep.to_dict()
    return short_hash(orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode(), 16)
