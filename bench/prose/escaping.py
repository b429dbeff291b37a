"""Texts of others as the files for people have them: shown, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

ENTITY = re.compile(r"&(?=#?\w+;)")
"""Where Markdown would take what follows for a sign of HTML's."""

TAG = re.compile(r"<(?=[A-Za-z/!?])")
"""Where HTML would begin a tag, a comment or an address; a blank after the sign makes it text."""

SIGNS = re.compile(r"[\\`*_\[\]|~#!]")
"""What Markdown takes for emphasis, code, a link, a picture, a heading or the end of a cell."""

ADDRESS = re.compile(r":(?=//)|(?<=www)\.|@", re.IGNORECASE)
"""What makes a link of a bare address."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes a text for that starts so."""


def markdown(text: str) -> str:
    """Return a text in one line that Markdown shows as it is, without emphasis, tags or links."""
    plain = TAG.sub("&lt;", ENTITY.sub("&amp;", " ".join(text.split())))
    plain = SIGNS.sub(r"\\\g<0>", plain)
    return ADDRESS.sub(lambda found: f"&#{ord(found[0])};", plain)


def code(text: str) -> str:
    """Return a text in one line as code of Markdown, in which nothing else is a sign.

    >>> code("a `b`")
    '`` a `b` ``'
    """
    plain = " ".join(text.split())
    marks = "`" * (max(map(len, re.findall("`+", plain)), default=0) + 1)
    return f"{marks}{plain}{marks}" if len(marks) == 1 else f"{marks} {plain} {marks}"


def for_spreadsheets(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose texts no spreadsheet takes for a formula, by an apostrophe before them.

    For tables that people open. The rows that a report was made from keep their labels, since our
    own reader takes them back.
    """
    texts = frame.select_dtypes(exclude=["number", "bool", "datetime"]).columns
    guarded = frame.assign(**{name: frame[name].astype(object).map(_guarded) for name in texts})
    return guarded.rename(columns=_guarded)


def _guarded(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
