"""The data sets that a model can be tuned on by name, as rows of plain data."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from problems._arrow import floats, stored
from problems._catalogue import choices, left_out
from problems._data import BUNDLED, NAMED, SHELVES, facts
from problems._dataset import hint
from problems._installed import Shelf

RECORDED = "data-facts.json"
"""Recorded facts, so that listing needs no package that ships data and imports nothing heavy."""


def rows() -> list[dict[str, Any]]:
    """Return the data sets that have a name, without loading any.

    Returns:
        Of each `name` (what the setting `data` takes), `title`, `source`, `use` (the suite it was
        chosen for, or ""), `target` and `dropped` (column -> why), `unavailable` (why it cannot be
        loaded here, or None), `not_chosen` (why it is in no suite, or ""), `columns` (their names,
        of a set whose target is not known, else ()), and all of `problems._dataset.Facts`.
    """
    bundled = [_row(dataclasses.asdict(known), "scikit-learn") for known in BUNDLED.values()]
    generated = [_row(recorded()[name], named.text) for name, named in NAMED.items()]
    return [*bundled, *generated, *(_chosen(name) for name in choices())]


def row(name: str) -> dict[str, Any]:
    """Return what `rows` has of a data set, or of any other that a package ships, which is loaded.

    Args:
        name: what the setting `data` takes.

    Raises:
        ValueError: none is called so, or it cannot be loaded here; the message says what to do.
    """
    named = {known["name"]: known for known in rows()}
    if name in named:
        return named[name]
    shelf = next((shelf for shelf in SHELVES if name.startswith(shelf.prefix)), None)
    if shelf is None:
        prefixes = " and ".join(f"{shelf.prefix}NAME" for shelf in SHELVES)
        raise ValueError(
            f"no data set is called {name!r}; {hint(name, named, 'names')}; {prefixes} lead to "
            "those that packages ship"
        )
    known = dataclasses.asdict(facts(name)) if shelf.target else _without_target(shelf, name)
    return _row(known, shelf.distribution) | {
        "target": shelf.target,
        "not_chosen": left_out().get(name, ""),
        "columns": known.get("columns", ()),
    }


def _without_target(shelf: Shelf, name: str) -> dict[str, Any]:
    """Return what is known of a data set before anybody has said what is to be predicted."""
    table = shelf.table(name)
    columns = {
        column: stored(table.column(column))
        for column in table.column_names
        if column != shelf.row_names
    }
    numeric = [values for values in columns.values() if _is_numeric(values)]
    nulls = any(values.null_count for values in columns.values())
    return {
        "name": name,
        "title": name.removeprefix(shelf.prefix),
        "task": "",
        "rows": table.num_rows,
        "features": len(columns),
        "numeric": len(numeric),
        "categorical": len(columns) - len(numeric),
        "missing": nulls or any(bool(np.isnan(floats(values)).any()) for values in numeric),
        "classes": 0,
        "largest_share": 0.0,
        "licence": "not stated",
        "reference": shelf.title,
        "fingerprint": "",
        "categories": 0,
        "labels": (),
        "members": (),
        "columns": tuple(columns),
    }


def _is_numeric(values: Any) -> bool:
    import pyarrow.types as kinds

    return bool(kinds.is_integer(values.type) or kinds.is_floating(values.type))


def _chosen(name: str) -> dict[str, Any]:
    choice = choices()[name]
    shelf = next(shelf for shelf in SHELVES if name.startswith(shelf.prefix))
    return _row(recorded()[name], shelf.distribution) | {
        "use": choice.use,
        "target": choice.target,
        "dropped": dict(choice.drop),
        "unavailable": shelf.unavailable(),
    }


def _row(known: Mapping[str, Any], source: str) -> dict[str, Any]:
    about: dict[str, Any] = {
        "source": source,
        "use": "",
        "target": "",
        "dropped": {},
        "unavailable": None,
        "not_chosen": "",
        "columns": (),
    }
    return {**known, **about}


@cache
def recorded() -> Mapping[str, Any]:
    """Return the recorded facts of data sets that are not bundled, by name."""
    file = resources.files("problems") / RECORDED
    return dict(json.loads(file.read_text(encoding="utf-8")))
