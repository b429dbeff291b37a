"""The section on how the numbers came about."""

from __future__ import annotations

from bench.analyses import Analyses
from bench.measured import scales
from bench.prose import method as texts
from bench.report.page import Details, Item, Note, Section, Terms
from bench.simulations import committed

Entry = tuple[str, str]
"""A term and its definition; an empty one is left out."""


def section(found: Analyses) -> Section:
    """Return the section.

    Args:
        found: the analyses.
    """
    entries = [*_measured(found), *_resampled(found), *_tested(found)]
    items: list[Item] = [Terms([entry for entry in entries if entry[1]])]
    if held := _simulated(found):
        items.append(Details([Note(text, soft=True) for text in held], texts.SIMULATIONS))
    return Section("method", "Method", texts.SENTENCE, items)


def _measured(found: Analyses) -> list[Entry]:
    source = found.source
    runs, seeded = source.runs, bool(source.seeds)
    unordered = set(runs.loc[runs["unordered"].astype(bool), "strategy"])
    # A table of others has no files that could have checksums.
    without = int((~runs["checked"]).sum()) if seeded else 0
    return [
        ("Incumbent", texts.INCUMBENT),
        ("Repetition", texts.repetition(seeded)),
        ("Regret", texts.REGRET),
        ("Scale", texts.not_recorded(scales.not_recorded(runs) if seeded else [])),
        ("Bounded regret", texts.BOUNDED),
        ("Fidelity", texts.cheaper(found.cheaper, [n for n in found.cheaper if n in unordered])),
        ("Unordered", texts.unordered(found.unordered)),
        ("Seconds", texts.seconds(found.timed, seeded)),
        ("Checksums", texts.unchecked(without, len(runs))),
    ]


def _resampled(found: Analyses) -> list[Entry]:
    if not found.panels:
        return []
    return [
        ("Intervals", texts.INTERVALS),
        ("Data sets", texts.observations(found.sample)),
    ]


def _tested(found: Analyses) -> list[Entry]:
    pairs = found.verdicts
    if pairs.empty:
        return [("Tests", texts.NO_TEST)]
    return [
        ("Verdicts on this problem set", texts.these(pairs)),
        ("Verdicts generalising to new data sets", texts.new(pairs)),
        ("Looks", texts.looks(found.source.looks)),
        ("Budget", texts.when(found.when, found.trials is not None)),
    ]


def _simulated(found: Analyses) -> list[str]:
    if not found.panels:
        return []
    held = [texts.held(committed("coverage"))]
    if found.verdicts.empty:
        return held
    held.append(texts.errors(committed("words")))
    if found.source.looks is not None:
        held += texts.errors_of_looks(committed("looks"), committed("looks-new"))
    return held
