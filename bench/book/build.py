"""The catalog of problems: a page, a readable table and pictures under `results/catalog`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import description
from bench.book import surface, tables, texts
from bench.core import Problem
from bench.errors import UserError
from bench.measured.problems import Measured, measure
from bench.output.folder import swapped_in
from bench.plots import style
from bench.prose import description_text, escaping
from bench.report.drawing import Builder, PageFigure
from bench.report.page import render

if TYPE_CHECKING:
    import pandas as pd

GROUPS = {"table": "Tables", "analytic": "Functions", "live": "Live models"}
"""A problem's first tag -> the heading it stands under."""

OTHER, MORE = "Other problems", "Need an argument or a library"

MARK = "catalog.csv"
FILES = {MARK, "README.md", "figures", "index.html"}
"""What a catalog holds; a folder that holds anything else is not replaced."""


class CatalogError(UserError):
    """A catalog that cannot be written there."""


@dataclass(frozen=True, slots=True)
class Item:
    """One problem as the catalog shows it.

    Args:
        facts: as `bench.description.of_problem` gives them.
        measured: what is measured.
        picture: of a table, or None.
        file: of its figures, without suffix.
    """

    facts: Mapping[str, Any]
    measured: Measured
    picture: PageFigure | None
    file: str

    @property
    def group(self) -> str:
        """The heading it stands under."""
        if "metric" not in self.facts:
            return MORE
        return GROUPS.get(next(iter(self.facts["tags"]), ""), OTHER)


def build_catalog(
    names: Sequence[str], *, command: str, folder: Path, draws: pd.DataFrame | None = None
) -> Path:
    """Write the catalog of this problem set and return the page's path.

    The folder is swapped in when all is written, so a failure leaves the old one as it was.

    Args:
        names: of problems.
        command: what rebuilds the catalog.
        folder: where it goes.
        draws: the tidy frame of a sweep with the strategies random and default, from which the
            difficulty of live models is taken.

    Raises:
        CatalogError: the folder holds something else.
        RegistryError: no such problem.
    """
    held = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if folder.exists() and not (folder.is_dir() and held <= FILES and (not held or MARK in held)):
        raise CatalogError(
            f"a catalog replaces its whole folder, {folder} holds something else; "
            "use another folder",
            option="out",
        )
    files = style.file_names(names)
    with swapped_in(folder) as fresh, Builder(fresh, ("svg", "png")) as builder:
        items = [_item(name, files[name], builder, draws) for name in names]
        frame = tables.raw(items)
        escaping.for_spreadsheets(frame).to_csv(fresh / MARK, index=False, float_format="%.6g")
        (fresh / "README.md").write_text(_readme(items, command), encoding="utf-8")
        page = {
            "sentence": texts.sentence(_counts(items)),
            "command": command,
            "notes": texts.NOTES,
            "groups": [
                (heading, _overview(part), [_section(item) for item in part])
                for heading, part in _grouped(items).items()
            ],
        }
        (fresh / "index.html").write_text(render("catalog.html.j2", page), encoding="utf-8")
    return folder / "index.html"


def _item(name: str, file: str, builder: Builder, draws: pd.DataFrame | None) -> Item:
    found = description.of_problem(name)
    problem, _ = description.create(name)
    if problem is None:
        return Item(found, Measured(), None, file)
    measured = measure(problem, name, draws)
    return Item(found, measured, _picture(problem, name, file, measured, builder), file)


def _picture(
    problem: Problem, name: str, file: str, measured: Measured, builder: Builder
) -> PageFigure | None:
    if measured.landscape is None:
        return None
    picture = surface.draw(measured, problem.space, problem.metric, name)
    label = texts.surface_label(name)
    return builder.figure(
        attrgetter("axes"), picture, name=file, label=label, caption=picture.caption
    )


def _grouped(items: Sequence[Item]) -> dict[str, list[Item]]:
    """Return heading -> items, in the order of the headings."""
    headings = (*GROUPS.values(), OTHER, MORE)
    groups = {h: [item for item in items if item.group == h] for h in headings}
    return {heading: part for heading, part in groups.items() if part}


def _overview(items: Sequence[Item]) -> pd.DataFrame:
    """Return the table of a group without what its problems' sections say at length."""
    return tables.table(items).drop(columns=["what it is", "data"], errors="ignore")


def _section(item: Item) -> dict[str, Any]:
    """Return what the page says of one problem."""
    created = "metric" in item.facts
    return {
        **item.facts,
        "id": item.file,
        "facts": description_text.headed(item.facts),
        "parameters": tables.parameters(item.facts) if created else None,
        "measured": texts.measured_text(item.measured),
        "shares": tables.shares(item.measured),
        "figure": item.picture,
    }


def _counts(items: Sequence[Item]) -> dict[str, int]:
    return {heading: len(part) for heading, part in _grouped(items).items()}


def _readme(items: Sequence[Item], command: str) -> str:
    """Return the catalog as Markdown."""
    parts = [
        "# The catalog of problems",
        texts.lead(_counts(items), MARK),
    ]
    for heading, part in _grouped(items).items():
        parts += [f"## {heading}", tables.markdown(tables.table(part))]
    parts += ["## What the columns mean", "\n".join(f"- {note}" for note in texts.NOTES)]
    drawn = [(item, item.picture) for item in items if item.picture is not None]
    if drawn:
        parts.append("## Pictures")
    for item, picture in drawn:
        name = item.facts["name"]
        parts += [
            f"### {escaping.markdown(name)}",
            escaping.markdown(f"{item.facts['sentence']} {texts.measured_text(item.measured)}"),
            f"![{escaping.markdown(picture.label)}](figures/{item.file}.png)",
            escaping.markdown(picture.caption),
        ]
    parts += ["## Rebuild", f"    {command}"]
    return "\n\n".join(parts) + "\n"
