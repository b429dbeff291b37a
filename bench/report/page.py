"""The parts every page is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any, ClassVar

from markupsafe import Markup, escape

from bench.report import style
from bench.report.drawing import PageFigure

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Chart:
    """An interactive chart of the page's curves, with the figures that stand there without one.

    Args:
        figures: shown without JavaScript, and where the page has no curves of the problem.
        label: what a screen reader says.
        caption: text.
        problem: the one it shows, or None to let the reader choose.
    """

    kind: ClassVar[str] = "chart"

    figures: Sequence[PageFigure]
    label: str
    caption: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table as a page shows it.

    Args:
        frame: texts.
        label: what a screen reader says.
        text: columns that are words, left-aligned and broken into lines.
        styles: strategy -> line properties; the colour stands before its name in the first column.
        file: name of the files the table is written as, none without.
        raw: its numbers, written as CSV.
    """

    kind: ClassVar[str] = "table"

    frame: pd.DataFrame
    label: str
    text: Sequence[str] = ()
    styles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    file: str = ""
    raw: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph; plain text unless it is `markupsafe.Markup`.

    Args:
        text: what it says.
        soft: whether it explains rather than tells.
        code: whether it is a command, word for word.
    """

    kind: ClassVar[str] = "note"

    text: str
    soft: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of paragraphs, each as in `Note`."""

    kind: ClassVar[str] = "bullets"

    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Terms:
    """A list of terms, each with what it stands for."""

    kind: ClassVar[str] = "terms"

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section, which links lead to.

    Args:
        text: what it says.
        id: unique in the page.
    """

    kind: ClassVar[str] = "heading"

    text: str
    id: str


Item = PageFigure | Chart | PageTable | Note | Bullets | Terms | Heading


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page that opens.

    Args:
        id: unique in the page.
        title: its heading.
        sentence: what it shows, said below the title while it is closed too.
        items: in the order to show.
        open: whether it is open from the start.
    """

    id: str
    title: str
    sentence: str
    items: Sequence[Item]
    open: bool = False

    @property
    def headings(self) -> list[Heading]:
        """Those inside it."""
        return [item for item in self.items if isinstance(item, Heading)]


WHOLE = re.compile(
    r"[^\s()]+ to [^\s();,]+|\d+ of \d+|[<>≥] [\d.]+(?: %)?|[\d.,]+ (?:%|h|min|s|ms|µs)\b"
)
"""What a narrow column breaks last: an interval, a number with its sign or unit."""


SPAN = Markup('<span class="whole">{}</span>')


def kept_whole(text: str) -> Markup:
    """Return the text of a cell, with what lines should not break marked."""
    parts, end = [], 0
    for found in WHOLE.finditer(text):
        first, to, last = found[0].partition(" to ")
        # On a telephone an interval has two lines, not three.
        inside = Markup("<span>{} to</span> {}").format(first, last) if to else found[0]
        parts += [escape(text[end : found.start()]), SPAN.format(inside)]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


MAX_WORD_LENGTH = 20
"""Characters that a column for text has room for on a telephone."""


def has_words(text: str) -> bool:
    """Return whether the text of a cell needs no break within a word."""
    return all(len(word) <= MAX_WORD_LENGTH for word in re.split(r"[\s-]+", str(text)))


def render(template: str, page: Mapping[str, Any]) -> str:
    """Return a template of this package, filled."""
    import jinja2

    folder = resources.files("bench.report").joinpath("templates")
    loader = jinja2.FunctionLoader(lambda name: folder.joinpath(name).read_text(encoding="utf-8"))
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, loader=loader
    )
    environment.filters["themed"] = style.themed
    environment.filters["kept_whole"] = kept_whole
    environment.filters["has_words"] = has_words
    return environment.get_template(template).render(page)
