"""What a person sees of a page and of its sections: texts and tables."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from bench.report.page import Bullets, Note, PageTable, Section, Terms, every

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """Elements, text and tables of a page; an unbalanced one is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.tables: dict[str, list[list[str]]] = {}
        self.paragraphs: list[str] = []
        self._rows: list[list[str]] = []
        self._label = ""
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append((tag, given))
        if tag not in VOID:
            self.stack.append(tag)
        if given.get("role") == "region":
            self._label = given["aria-label"] or ""
        elif tag == "table":
            self._rows = self.tables.setdefault(self._label, [])
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
        elif tag in ("p", "li", "dd"):
            self.paragraphs.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.stack or self.stack[-1] in ("style", "script"):
            return
        self.text += data
        if "td" in self.stack or "th" in self.stack:
            self._rows[-1][-1] += data
        elif self.paragraphs:
            self.paragraphs[-1] += data

    @property
    def sections(self) -> list[str]:
        """The ids of its sections."""
        return [attrs["id"] or "" for tag, attrs in self.elements if tag == "section"]


def read(path: Path) -> Page:
    """Read a page from its file."""
    return Page(path.read_text(encoding="utf-8"))


def said(section: Section) -> str:
    """Return all sentences of a section."""
    found = [section.sentence]
    for item in every(section.items):
        if isinstance(item, Note):
            found.append(item.text)
        elif isinstance(item, Bullets):
            found += item.texts
        elif isinstance(item, Terms):
            found += [text for _, text in item.pairs]
    return "\n".join(found)


def table(section: Any, label: str, *keys: str, whole: bool = False) -> dict[Any, dict[str, str]]:
    """Return the table of a section: first column -> column -> text.

    Args:
        section: or the items of one.
        label: of the table, or the name of its files.
        keys: columns whose texts are the key, instead of the first.
        whole: take the table as its files have it, not as the page shows it.
    """
    items = section.items if isinstance(section, Section) else section
    (found,) = (
        item
        for item in every(items)
        if isinstance(item, PageTable) and label in (item.label, item.file)
    )
    frame = found.whole if whole and found.whole is not None else found.frame
    rows = frame.to_dict("records")
    names = keys or (frame.columns[0],)
    return {
        tuple(row[name] for name in names) if keys else row[names[0]]: {
            name: text for name, text in row.items() if name not in names
        }
        for row in rows
    }
