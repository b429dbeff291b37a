"""Fonts of the machine for what the one that figures are drawn in lacks."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable
from typing import Any

from bench.mpl import matplotlib_defaults

FAMILY = "DejaVu Sans"
"""Comes with matplotlib, so figures are the same bytes on every machine, as far as it reaches."""

NO_FONTS = ("Last Resort", ".Last Resort", ".LastResort", "LastResort", "Adobe Blank")
"""Have a box, or nothing, for every character."""


def families(text: str) -> list[str]:
    """Return the families that have what `FAMILY` lacks of a text, as few as there need be.

    They are those of this machine; of what no font has there is none.
    """
    chosen: list[Any] = []
    for character in _lacking(text):
        if not any(_has(entry, character) for entry in chosen):
            chosen += [entry for entry in _others() if _has(entry, character)][:1]
    return [entry.name for entry in chosen]


def missing(labels: Iterable[str]) -> list[str]:
    """Return the characters of labels that no font here has."""
    text = "".join(labels)
    return [one for one in _lacking(text) if not any(_has(entry, one) for entry in _others())]


def width(text: str) -> int:
    """Return how wide a text is, in letters: a sign of East Asia is as wide as two."""
    return len(text) + sum(unicodedata.east_asian_width(one) in "WF" for one in text)


def _lacking(text: str) -> list[str]:
    """Return the characters of a text that `FAMILY` lacks, in order."""
    if text.isascii():
        return []
    seen = {one for one in text if not one.isspace() and unicodedata.category(one)[0] != "C"}
    return [one for one in sorted(seen) if not one.isascii() and not _has(_own(), one)]


@functools.cache
def _manager() -> Any:
    matplotlib_defaults.load()
    from matplotlib import font_manager

    return font_manager.fontManager


@functools.cache
def _own() -> Any:
    return next(entry for entry in _manager().ttflist if entry.name == FAMILY)


@functools.cache
def _others() -> list[Any]:
    """Return the upright regular fonts of this machine, those without serifs first."""
    usable = [
        entry
        for entry in _manager().ttflist
        if entry.name != FAMILY
        and not entry.name.startswith(NO_FONTS)
        and (entry.style, entry.weight, entry.size) == ("normal", 400, "scalable")
    ]
    # The first face of a file is what its maker takes for usual.
    return sorted(usable, key=lambda e: ("Mono" in e.name, "Serif" in e.name, e.index, e.name))


@functools.cache
def _has(entry: Any, character: str) -> bool:
    return bool(_face(entry).get_char_index(ord(character)))


@functools.cache
def _face(entry: Any) -> Any:
    from matplotlib.ft2font import FT2Font

    return FT2Font(entry.fname, face_index=entry.index)
