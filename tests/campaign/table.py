"""The table of a campaign: a row a kind."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from tests.campaign.kinds import Seen

COLUMNS = ("kind", "faults", "seen", "violations")


def rows(found: list[Seen]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows: kind, faults, what was seen and how often, and violations."""
    kinds = dict.fromkeys(sorted(seen.kind.name for seen in found))
    for name in kinds:
        each = [seen for seen in found if seen.kind.name == name]
        reasons = {seen.not_run for seen in each if seen.not_run}
        run = [seen for seen in each if not seen.not_run]
        what = [f"{text} × {count}" for text, count in sorted(Counter(s.what for s in run).items())]
        what += [f"not run: {reason}" for reason in sorted(reasons)]
        violations = sum(len(seen.violations) for seen in run)
        yield name, str(len(run)), "; ".join(what), str(violations) if run else "not run"


def as_text(found: list[Seen]) -> str:
    """Return the table for a terminal."""
    lines = [COLUMNS, *rows(found)]
    widths = [max(len(line[place]) for line in lines) for place in range(3)]
    return "\n".join(
        f"{a:<{widths[0]}}  {b:>{widths[1]}}  {d:>10}  {c}".rstrip() for a, b, c, d in lines
    )


def as_csv(found: list[Seen]) -> str:
    """Return the table as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows(found)])
    return text.getvalue()
