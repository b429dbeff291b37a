"""The real data sets that were chosen for suites, as `catalogue.toml` records them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal

Use = Literal["standard", "held-out"]


@dataclass(frozen=True, slots=True)
class Published:
    """What a description of a data set says, to compare with what was read.

    Args:
        where: the descriptions and what each gives.
        rows: all rows of the file, before any is left out.
        columns: those of the description, with the target, without the names of rows.
        members: class -> rows, {} for regression and where no description counts them.
        without: columns of the description that the file does not have.
    """

    where: str
    rows: int
    columns: int
    members: Mapping[str, int] = field(default_factory=dict)
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A data set that was chosen, and how it is read unless a setting says otherwise.

    Args:
        data: what the setting `data` takes, such as `keel:sonar`.
        title: its name for people.
        use: the suite it was chosen for.
        target: the column to predict.
        reference: what to cite.
        licence: its licence, "not stated" where its source states none.
        published: what a description of it says.
        drop: column -> why it is left out.
        categories: columns of numbers that are names of categories.
    """

    data: str
    title: str
    use: Use
    target: str
    reference: str
    licence: str
    published: Published
    drop: Mapping[str, str] = field(default_factory=dict)
    categories: tuple[str, ...] = ()


@cache
def choices() -> Mapping[str, Choice]:
    """Return the chosen data sets: what the setting `data` takes -> how it is read."""
    return {row["data"]: _choice(row) for row in _file()["data"]}


@cache
def left_out() -> Mapping[str, str]:
    """Return the data sets that were looked at and not chosen: name -> why."""
    return dict(_file()["left_out"])


def rule() -> str:
    """Return the rule of the choice, in words."""
    return str(_file()["rule"])


def _choice(row: Mapping[str, Any]) -> Choice:
    described = row["published"]
    published = Published(**{**described, "without": tuple(described.get("without", ()))})
    categories = tuple(row.get("categories", ()))
    return Choice(**{**row, "published": published, "categories": categories})


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(resources.files("problems").joinpath("catalogue.toml").read_text("utf-8"))
