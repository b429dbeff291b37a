"""The parts every page is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any, ClassVar

from markupsafe import Markup, escape

from bench.plots import style
from bench.prose import guide
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
        frame: texts, as the page shows them.
        label: what a screen reader says.
        text: columns that are words, left-aligned and broken into lines.
        styles: strategy -> line properties; the colour stands before its name in the first column.
        file: name of the files the table is written as, which the page links; none without.
        raw: its numbers, written as CSV.
        whole: its texts as the other files have them, where the page shows less.
    """

    kind: ClassVar[str] = "table"

    frame: pd.DataFrame
    label: str
    text: Sequence[str] = ()
    styles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    file: str = ""
    raw: pd.DataFrame | None = None
    whole: pd.DataFrame | None = None


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


@dataclass(frozen=True, slots=True)
class Files:
    """Tables that are written as files and linked, and stand nowhere on the page.

    Args:
        tables: each with a file name; its label, if any, stands before the link.
    """

    kind: ClassVar[str] = "files"

    tables: Sequence[PageTable]


@dataclass(frozen=True, slots=True)
class Details:
    """Items that stay closed until a reader asks for them; open on paper and without scripts.

    Args:
        items: in the order to show.
        summary: the line that opens them.
    """

    kind: ClassVar[str] = "details"

    items: Sequence[Item]
    summary: str = "How this is computed"


Item = PageFigure | Chart | PageTable | Note | Bullets | Terms | Heading | Files | Details


def every(items: Iterable[Item]) -> Iterator[Item]:
    """Return the items and what stands inside them, in the order of the page.

    Args:
        items: of a section.
    """
    for item in items:
        yield item
        inside: Sequence[Item] = ()
        if isinstance(item, Details):
            inside = item.items
        elif isinstance(item, Files):
            inside = item.tables
        yield from every(inside)


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
        return [item for item in every(self.items) if isinstance(item, Heading)]


WHOLE = re.compile(
    r"\(?[^\s()]+ to [^\s();,]+\)?|\(?\d+ of \d+\)?|[<>≥] [\d.]+(?: %)?"
    r"|[\d.,]+ (?:%|h|min|s|ms|µs)\b"
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


TERMS = {str(escape(name)): name for name in guide.TERMS}
"""A term as a page writes it, whose apostrophe is escaped -> its name."""

TERM = re.compile(rf"(?<!ROC )(?<!PR )\b({'|'.join(map(re.escape, TERMS))})\b")
"""A term that the page explains, where it is no part of the name of a metric."""

BUTTON = Markup(
    '<button type="button" class="term" popovertarget="{0}" '
    'aria-label="{1}: what it means">{1}</button>'
)


def term_id(name: str) -> str:
    """Return the id of the definition of a term.

    >>> term_id("power of 0.8")
    'term-power-of-0-8'
    """
    return f"term-{re.sub('[^a-z0-9]+', '-', name.lower())}"


def with_terms(text: str) -> Markup:
    """Return a text in which the first use of each term opens its definition.

    Args:
        text: plain, or `markupsafe.Markup`.
    """
    found: set[str] = set()

    def button(match: re.Match[str]) -> str:
        name = TERMS[match[0]]
        if name in found:
            return match[0]
        found.add(name)
        return BUTTON.format(term_id(name), name)

    return Markup(TERM.sub(button, str(escape(text))))


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
    environment.filters["with_terms"] = with_terms
    environment.filters["term_id"] = term_id
    return environment.get_template(template).render(page)
