"""What the sections of settings and environment say."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

ENTRIES = "Each strategy and problem has a version and settings; defaults are included."
SENTENCE = "The sweep ran in this environment."
REBUILD = Markup(
    "The files <code>trials.parquet</code> and <code>runs.parquet</code> beside this page have "
    "every trial and run. This command rebuilds the page:"
)


def settings(kind: str) -> str:
    """Return the label of the settings of all strategies, or problems."""
    return f"Settings of each {kind}"


def seeds(numbers: Sequence[int]) -> str:
    """Return the master seeds."""
    many = "seeds are" if len(numbers) > 1 else "seed is"
    return f"The master {many} {', '.join(map(str, numbers))}."
