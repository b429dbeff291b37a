"""Texts held against files that `pytest --renew-golden` writes anew."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

FOLDER = "golden"
"""Beside the tests that use it."""

OPTION = "--renew-golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the flag."""
    parser.addoption(
        OPTION, action="store_true", help="write the golden files of the tests that run anew"
    )


def lines(parts: Mapping[str, str]) -> str:
    """Return name -> text as the lines of a golden file."""
    return "\n".join(f"{name}: {text or '(nothing)'}" for name, text in parts.items())


def hold(path: Path, text: str, *, renew: bool) -> None:
    """Fail unless a file has a text, or write it.

    Args:
        path: of the golden file.
        text: what it should say.
        renew: write the file instead of comparing with it.
    """
    wanted = text.rstrip("\n") + "\n"
    if renew:
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted, encoding="utf-8")
        return
    if not path.exists():
        pytest.fail(f"a golden text has a file, {path} is missing; write it with {OPTION}")
    there = path.read_text(encoding="utf-8")
    if there != wanted:
        lines = difflib.unified_diff(
            there.splitlines(), wanted.splitlines(), str(path), "what the code says", lineterm=""
        )
        changed = "\n".join(lines)
        pytest.fail(f"a text is not its golden file; if it should change, {OPTION}\n{changed}")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Hold a text against `golden/NAME.txt` beside the test: `golden("name", text)`."""

    def check(name: str, text: str) -> None:
        path = request.path.parent / FOLDER / f"{name}.txt"
        hold(path, text, renew=bool(request.config.getoption(OPTION)))

    return check
