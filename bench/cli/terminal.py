"""What commands print: nothing in it can steer the terminal that shows it."""

from __future__ import annotations

import unicodedata

import click

_STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories of Unicode: controls, such as the start of an escape sequence, and what turns or hides
text."""


def say(text: object = "", *, err: bool = False) -> None:
    """Print a text, which may quote what somebody else wrote, with its line feeds.

    Args:
        text: anything.
        err: to standard error.
    """
    click.echo(plain(str(text)), err=err)


def plain(text: str) -> str:
    """Return a text whose controls but line feeds are written out, as \\x1b."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(
        char.encode("unicode_escape").decode()
        if char != "\n" and unicodedata.category(char) in _STEERING
        else char
        for char in text
    )
