"""What changed in a strategy or a problem since it was measured, in words."""

from __future__ import annotations

import json

from bench.spec import Entry, RunSpec, without_code
from bench.words import shortened


def edits(now: RunSpec, before: RunSpec) -> list[str]:
    """Return what changed in a run since it was done: limits, settings, version or code."""
    found = [
        f"{name} changed ({_shown(old)} → {_shown(new)})"
        for name in ("evaluation_timeout", "memory")
        if (new := getattr(now, name)) != (old := getattr(before, name))
    ]
    pairs = (now.strategy, before.strategy), (now.problem, before.problem)
    return found + [
        f"{entry.name} changed ({', '.join(what)})"
        for entry, other in pairs
        if (what := changes(entry, other))
    ]


def _shown(limit: float | None) -> str:
    return "none" if limit is None else f"{limit:g}"


def changes(now: Entry, before: Entry) -> list[str]:
    """Return what differs between two entries, settings first: empty if they mean the same.

    >>> changes(Entry("tpe", settings={"n": 5}), Entry("tpe", settings={"n": 10}))
    ['n 10 → 5']

    Args:
        now: resolved.
        before: as it was recorded.
    """
    new, old = (without_code(entry.to_dict()) for entry in (now, before))
    values, were = new["settings"], old["settings"]
    what = [
        f"{name} {shortened(json.dumps(were.get(name)))} → "
        f"{shortened(json.dumps(values.get(name)))}"
        for name in {**were, **values}
        if name not in values or name not in were or values[name] != were[name]
    ]
    if what or now.to_dict() == before.to_dict():
        return what
    return ["its code" if new == old else "its version"]
