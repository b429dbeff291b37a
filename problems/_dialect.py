"""How a text file is written: what separates its values, and how its numbers look."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

MISSING = ("", "NA", "N/A", "n/a", "<NA>", "#N/A", "NaN", "nan", "null", "NULL")
"""What stands for a missing value in a text file."""

BLANKS = " \u00a0\u2009\u202f"
"""A space, and those that typesetters put into numbers: no-break, thin, narrow no-break."""
APOSTROPHES = "'\u2019"
_THOUSANDS = (",", ".", "_", *BLANKS, *APOSTROPHES)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text file is written.

    Args:
        sep: what separates the values of a row: one character, or backslash and t for a tab.
        decimal: what separates whole from fraction, "." or ",".
        thousands: what groups the digits of integers by three; "" for nothing. Any blank
            stands for all kinds of blanks, and either apostrophe for both.

    Raises:
        ValueError: a character that cannot be one of these, or one for two of them.
    """

    sep: str = ","
    decimal: str = "."
    thousands: str = ""

    def __post_init__(self) -> None:
        if self.sep == "\\t":
            object.__setattr__(self, "sep", "\t")
        if (
            len(self.sep) != 1
            or not self.sep.isascii()
            or self.sep.isalnum()
            or self.sep in '"\r\n'
        ):
            raise ValueError(
                f"sep must be one character that separates values, got {self.sep!r}; "
                "for example ';', or '\\t' for a tab"
            )
        if self.decimal not in (".", ","):
            raise ValueError(f"decimal must be '.' or ',', got {self.decimal!r}; use one of them")
        if self.thousands and self.thousands not in _THOUSANDS:
            raise ValueError(
                f"thousands must be empty, ',', '.', '_', an apostrophe or a blank, got "
                f"{self.thousands!r}; use one of them"
            )
        if self.thousands == self.decimal:
            raise ValueError(
                f"decimal and thousands must differ, got {self.decimal!r} for both; "
                "1.500,25 has decimal ',' and thousands '.'"
            )

    def number(self, text: str) -> float | None:
        """Return the number that a text is, or None; blanks around it do not count."""
        text = text.strip()
        if not _pattern(self.decimal, self.thousands).fullmatch(text):
            return None
        for mark in _alike(self.thousands):
            text = text.replace(mark, "")
        return float(text.replace(self.decimal, "."))


USUAL = Dialect()


@cache
def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    whole = r"\d+"
    if thousands:
        # India groups by two before the last three.
        mark = f"[{re.escape(''.join(_alike(thousands)))}]"
        whole = rf"(?:\d+|\d{{1,3}}(?:{mark}\d{{3}})+|\d{{1,2}}(?:{mark}\d\d)+{mark}\d{{3}})"
    point = re.escape(decimal)
    return re.compile(
        rf"[+-]?(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?", flags=re.ASCII
    )


def _alike(thousands: str) -> tuple[str, ...]:
    for kind in (BLANKS, APOSTROPHES):
        if thousands and thousands in kind:
            return tuple(kind)
    return (thousands,) if thousands else ()
