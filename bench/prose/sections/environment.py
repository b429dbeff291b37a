"""What the sections of settings and environment say."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

ENTRIES = "Each strategy and problem has a version and settings; defaults are included."
SENTENCE = "The sweep ran in this environment; one command rebuilds the page."
REBUILD = Markup(
    "This page is computed from <code>trials.parquet</code> (a row a trial) and "
    "<code>runs.parquet</code> (a row a run) beside it; up to a million rows are written as CSV "
    "too. This command rebuilds it:"
)


def settings(kind: str) -> str:
    """Return the label of the settings of all strategies, or problems."""
    return f"Settings of each {kind}"


def seeds(numbers: Sequence[int]) -> str:
    """Return the master seeds."""
    many = "seeds are" if len(numbers) > 1 else "seed is"
    return f"The master {many} {', '.join(map(str, numbers))}."
