"""What the sections of what ran, and where, say."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

ENTRIES = "Each label’s name, version and settings."
SENTENCE = "Where it ran, and the command that rebuilds this page."
REBUILD = Markup(
    "All of this page is computed from <code>trials.parquet</code> (a row a trial) and "
    "<code>runs.parquet</code> (a row a run, those without a trial too) beside it, "
    "up to a million rows also as CSV. To rebuild it:"
)


def seeds(numbers: Sequence[int]) -> str:
    """Return the master seeds."""
    return f"Master seed {', '.join(map(str, numbers))}. Every setting, defaults included:"
