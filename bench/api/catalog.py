"""What there is: strategies, problems, suites, sweeps and data sets, a row each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from bench import description, registry
from bench.api.sweep_files import sweep_files
from bench.errors import UserError
from bench.prose import data_text
from bench.spec import Sweep

if TYPE_CHECKING:
    import pandas as pd

WHAT = ("strategies", "problems", "suites", "sweeps", "data")
"""What can be listed."""


class ListError(UserError, ValueError):
    """What cannot be listed."""


def list_(what: Literal["strategies", "problems", "suites", "sweeps", "data"]) -> pd.DataFrame:
    """Return what there is to name in a run.

    Args:
        what: "strategies", "problems", "suites", "sweeps" or "data".

    Returns:
        A row each, by name: a sentence on it and, of strategies and problems, what is missing
        where it is unavailable here, its settings with their defaults, and what it requires. Of
        data sets their rows, features, classes and what else `problems.datasets.rows` documents.

    Raises:
        ListError: there is no such list.

    >>> "tpe" in list_("strategies").index
    True
    """
    import pandas as pd

    if what not in WHAT:
        raise ListError(f"a list must be one of {', '.join(WHAT)}, got {what!r}; choose one")
    return pd.DataFrame(rows_of(what)).set_index("name")


def rows_of(what: str) -> list[dict[str, Any]]:
    """Return a list as plain data, a row each.

    Args:
        what: one of `WHAT`.
    """
    return _LISTS[what]()


def _classes(catalog: registry.Catalog[Any]) -> list[dict[str, Any]]:
    rows = [{"name": name} | description.of_class(cls) for name, cls in catalog.classes().items()]
    return rows + [
        {"name": place, "sentence": "", "unavailable": f"cannot be used: {reason}"}
        for place, reason in catalog.broken().items()
    ]


def _suites() -> list[dict[str, Any]]:
    return [
        {
            "name": suite.name,
            "sentence": suite.sentence,
            "citation": suite.citation,
            "reasoning": suite.reasoning,
            "problems": list(suite.problems),
        }
        for suite in registry.suites().values()
    ]


def _sweeps() -> list[dict[str, Any]]:
    sweeps = [Sweep.from_toml(path) for path in sweep_files().values()]
    return [{"name": sweep.name, "sentence": sweep.description} for sweep in sweeps]


def _data() -> list[dict[str, Any]]:
    rows = description.data_sets().values()
    return [{"name": row["name"], "sentence": data_text.sentence(row), **row} for row in rows]


_LISTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "strategies": lambda: _classes(registry.STRATEGIES),
    "problems": lambda: _classes(registry.PROBLEMS),
    "suites": _suites,
    "sweeps": _sweeps,
    "data": _data,
}
