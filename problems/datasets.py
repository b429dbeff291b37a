"""The data sets that a model can be tuned on by name, as rows of plain data."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from problems._catalogue import choices
from problems._data import BUNDLED, NAMED, SHELVES

RECORDED = "data-facts.json"
"""Recorded facts, so that listing needs no package that ships data and imports nothing heavy."""


def rows() -> list[dict[str, Any]]:
    """Return the data sets that have a name, without loading any.

    Returns:
        Of each `name` (what the setting `data` takes), `title`, `source`, `use` (the suite it was
        chosen for, or ""), `target` and `dropped` (column -> why), `unavailable` (why it cannot be
        loaded here, or None), and all of `problems._dataset.Facts`.
    """
    bundled = [_row(dataclasses.asdict(known), "scikit-learn") for known in BUNDLED.values()]
    generated = [_row(recorded()[name], named.text) for name, named in NAMED.items()]
    return [*bundled, *generated, *(_chosen(name) for name in choices())]


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
    }
    return {**known, **about}


@cache
def recorded() -> Mapping[str, Any]:
    """Return the recorded facts of data sets that are not bundled, by name."""
    file = resources.files("problems") / RECORDED
    return dict(json.loads(file.read_text(encoding="utf-8")))
