"""The facts of a data set as texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bench.prose.description_text import pairs_lines
from bench.prose.quantities import NONE


def sentence(row: Mapping[str, Any]) -> str:
    """Return what a list says of a data set.

    Args:
        row: as `bench.description.data_sets` gives it.
    """
    classes = ""
    if row["classes"]:
        classes = f", {row['classes']} classes (the largest {row['largest_share']:.0%})"
    missing = ", missing values" if row["missing"] else ""
    return f"{row['title']}: {row['task']}, {_size(row)}{classes}{missing}"


def terminal_lines(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the facts line by line, as a terminal shows them.

    Args:
        row: as `bench.description.data_sets` gives it.
    """
    yield f"{row['name']} (data)"
    yield ""
    yield row["title"]
    yield ""
    yield from pairs_lines(headed(row))


def headed(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return heading and text of what people should know of a data set.

    Args:
        row: as `bench.description.data_sets` gives it.
    """
    found = []
    if row["columns"]:
        found += [("rows and columns", _size(row, "columns"))]
        found += [("columns", ", ".join(row["columns"]))]
    else:
        found += [("task", row["task"]), ("rows and features", _size(row))]
    if row["classes"]:
        members = zip(row["labels"], row["members"], strict=True)
        found.append(("classes", ", ".join(f"{label} ({count:,})" for label, count in members)))
    found.append(("missing values", "yes" if row["missing"] else "no"))
    if row["columns"]:
        found.append(("target", "not known: name a column with --target, or the setting target"))
    elif row["target"]:
        found.append(("target", row["target"]))
    found += [("left out", f"{name} ({why})") for name, why in row["dropped"].items()]
    found += [
        ("source", row["source"]),
        ("licence", row["licence"]),
        ("reference", row["reference"]),
        ("chosen for", row["use"] or NONE),
    ]
    if row["not_chosen"]:
        found.append(("not chosen", row["not_chosen"]))
    if row["fingerprint"]:
        found.append(("fingerprint", row["fingerprint"]))
    if row["unavailable"]:
        found.append(("unavailable", row["unavailable"]))
    return found


def _size(row: Mapping[str, Any], what: str = "features") -> str:
    kinds = [f"{row[kind]:,} {kind}" for kind in ("numeric", "categorical") if row[kind]]
    return f"{row['rows']:,} rows × {row['features']:,} {what} ({', '.join(kinds)})"
