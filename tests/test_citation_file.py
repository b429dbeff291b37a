"""The citation file says what the package says of itself."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CITATION = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def field(name):
    """The text of a field, without quotes, of one line."""
    return re.search(rf'^{name}: "?([^"\n]+)"?$', CITATION, flags=re.MULTILINE)[1]


def items(name):
    """The items of a list."""
    return re.findall(r"^  - (?:name: )?(.+)$", CITATION.split(f"\n{name}:")[1].split("\n\n")[0],
                      flags=re.MULTILINE)  # fmt: skip


def test_version_and_licence_are_those_of_the_package():
    assert field("version") == PROJECT["version"]
    assert field("license") == PROJECT["license"]
    assert set(PROJECT["keywords"]) <= set(items("keywords"))


def test_the_release_has_a_date():
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", field("date-released"))


@pytest.mark.parametrize("name", ["cff-version", "message", "title", "abstract", "type", "authors"])
def test_what_a_citation_needs_is_there(name):
    assert re.search(rf"^{name}:", CITATION, flags=re.MULTILINE)
