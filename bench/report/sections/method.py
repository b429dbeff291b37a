"""The section on how the numbers came about."""

from __future__ import annotations

from bench.analyses import Analyses
from bench.measured import scales
from bench.prose import method as texts
from bench.report.page import Bullets, Section
from bench.simulations import committed


def section(found: Analyses) -> Section:
    """Return the section."""
    parts = [*_measured(found), *_resampled(found), *_tested(found)]
    return Section("method", "Method", texts.SENTENCE, [Bullets([text for text in parts if text])])


def _measured(found: Analyses) -> list[str]:
    source = found.source
    runs, seeded = source.runs, bool(source.seeds)
    unordered = set(runs.loc[runs["unordered"].astype(bool), "strategy"])
    # A table of others has no files that could have checksums.
    without = int((~runs["checked"]).sum()) if seeded else 0
    return [
        texts.INCUMBENT,
        texts.repetition(seeded),
        texts.REGRET,
        texts.not_recorded(scales.not_recorded(runs) if seeded else []),
        texts.CURVES,
        texts.cheaper(found.cheaper, [name for name in found.cheaper if name in unordered]),
        texts.unordered(found.unordered),
        texts.seconds(found.timed, seeded),
        texts.unchecked(without, len(runs)),
    ]


def _resampled(found: Analyses) -> list[str]:
    if not found.panels:
        return []
    return [
        texts.intervals(found.repetitions, committed("coverage")),
        texts.observations(len(found.panels), len(found.datasets)),
    ]


def _tested(found: Analyses) -> list[str]:
    pairs = found.verdicts
    if pairs.empty:
        return [texts.NO_TEST]
    return [
        texts.these(pairs, found.rope),
        texts.new(pairs, found.rope, committed("words")),
        texts.friedman(found.friedman.iloc[0]),
        texts.SINGLE_PROBLEMS,
        texts.when(found.when, found.trials is not None),
    ]
