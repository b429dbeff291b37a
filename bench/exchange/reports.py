"""Trials that report again and again while they train, each taken at its last report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, isnan, nan

import numpy as np

from bench.exchange.imported import Rule, Study
from bench.exchange.naming import Place

MAX_MISSING = 10_000
"""Numbers that may be missing; of more they are no numbers of trials in one run."""

UNUSED = (
    "the numbers of the trials do not say which ones are missing, so trials that were not recorded "
    f"are not counted (each must be another integer from 0 on, and {MAX_MISSING:,} or fewer may be "
    "missing)"
)
"""The rule where numbers cannot be used."""


@dataclass(frozen=True, slots=True)
class LastReport:
    """A trial at its last report.

    Args:
        value: of the metric, NaN where it has none.
        resource: how far it went, in epochs or reports; NaN where it is not known.
        seconds: it took, NaN where they are not known.
        failed: whether the tool recorded so.
    """

    value: float
    resource: float = nan
    seconds: float = nan
    failed: bool = False


def run_of_reports(
    place: Place,
    reports: Sequence[LastReport],
    *,
    tool: str,
    called: str,
    direction: str,
    metric: str,
    full: float = nan,
) -> tuple[Study, list[str | Rule]]:
    """Return the run that some trials are, and the rules that were applied.

    A trial that went less far than another is a cheaper evaluation: its fidelity is its share of
    the most.

    Args:
        place: of the run.
        reports: of its trials in order, one or more.
        tool: which wrote them.
        called: what errors name.
        direction: `minimize` or `maximize`.
        metric: the name of the value.
        full: how far a trial may go, NaN where only the trials say.
    """
    import pandas as pd

    failed = [trial.failed or isnan(trial.value) for trial in reports]
    most = max(
        (t.resource for t in (*reports, LastReport(0, full)) if isfinite(t.resource)), default=0
    )
    shares = [
        trial.resource / most if not fails and 0 < trial.resource < most else 1.0
        for trial, fails in zip(reports, failed, strict=True)
    ]
    frame = pd.DataFrame(
        {
            "value": np.where(failed, np.nan, [trial.value for trial in reports]),
            "direction": direction,
            "metric": metric,
            "fidelity": shares,
            "reason": [f"{tool}: failed" if fails else "" for fails in failed],
            "evaluation_s": [t.seconds if 0 <= t.seconds < np.inf else nan for t in reports],
        }
    )
    rules: list[str | Rule] = [
        Rule(
            sum(share < 1 for share in shares),
            "trial that was stopped early counts as a cheaper evaluation, in the share of its "
            "reports",
            "trials that were stopped early count as cheaper evaluations, in the share of their "
            "reports",
        )
    ]
    if most > 1:
        rules.insert(0, "the value of a trial is the last one that it reported")
    return Study(place, frame, called), rules


def missing_numbers(numbers: Iterable[object]) -> tuple[list[int], list[str | Rule]]:
    """Return which numbers from 0 are missing before the last one, and the rule if none is used.

    They are used if each is another integer from 0 on, and up to `MAX_MISSING` are missing.
    """
    given = list(numbers)
    used = {number for number in given if type(number) is int and number >= 0}
    if len(used) < len(given) or max(used, default=-1) + 1 - len(used) > MAX_MISSING:
        return [], [UNUSED]
    return sorted({*range(max(used, default=0))} - used), []
