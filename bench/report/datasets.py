"""Which data a problem is made of: problems on the same data are no independent evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from bench import facts, registry
from bench.registry import RegistryError
from bench.spec import Entry


def dataset_of(name: str, settings: str | Mapping[str, Any]) -> str:
    """Return the data set of a problem, or the problem's name where it has none.

    A live model has it in its settings, a table that `tunebench tabulate` wrote in those of the
    live model it was made from, a transform in the problem it changes.

    Args:
        name: of the problem in the catalog.
        settings: all of them, or their JSON.
    """
    given = orjson.loads(settings) if isinstance(settings, str) else settings
    data = given.get("data")
    if isinstance(data, str) and data:
        return data
    for value in given.values():
        if isinstance(value, Mapping) and isinstance(value.get("name"), str):
            return dataset_of(value["name"], value.get("settings") or {})
    made_from = _made_from(name, given)
    if isinstance(made_from.get("settings"), Mapping):
        return dataset_of(str(made_from.get("name", name)), made_from["settings"])
    return name


def _made_from(name: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return name and settings of the problem behind a table; nothing where there is none."""
    # Only tables are made: to make another problem may run anyone's code.
    if not name.startswith("table") or name.endswith(".py"):
        return {}
    try:
        table = facts.table_of(registry.PROBLEMS.create(Entry(name, settings=settings)))
    except (RegistryError, OSError, ValueError):
        return {}
    behind = None if table is None else table.meta.get("problem")
    return behind if isinstance(behind, Mapping) else {}
