"""The command that records the facts of data sets that have a name: `make data-facts`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from problems._catalogue import choices
from problems._data import NAMED, facts
from problems.datasets import RECORDED


def found() -> dict[str, dict[str, Any]]:
    """Return the facts of each, counted in what is installed.

    Raises:
        ValueError: a package is not installed.
    """
    return {name: dataclasses.asdict(facts(name)) for name in (*NAMED, *choices())}


def main() -> None:
    """Write them into the package."""
    text = json.dumps(found(), indent=1, ensure_ascii=False) + "\n"
    (Path(__file__).parent / RECORDED).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
