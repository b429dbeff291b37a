"""What is said when something is refused: one line, with the rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from click.testing import Result


def refusal(error: type[Exception], call: Callable[..., Any], *args: Any, **options: Any) -> str:
    """Return the message of the error that a call raises; it must be of one line.

    >>> refusal(ValueError, int, "three")
    "invalid literal for int() with base 10: 'three'"
    """
    try:
        call(*args, **options)
    except error as raised:
        message = str(raised)
        assert "\n" not in message, message
        return message
    raise AssertionError(f"{error.__name__} must be raised, nothing was")


def assert_refused(result: Result, message: str) -> None:
    """Hold that a command said a message in one line on stderr."""
    assert result.stderr.startswith("error: ")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
