"""The sections of what ran, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.analyses import Analyses
from bench.captions import environment as texts
from bench.report import tables
from bench.report.page import Files, Item, Note, PageTable, Section, Terms


def entries(found: Analyses) -> Section:
    """Return the section of what stands behind the labels."""
    source = found.source
    items: list[Item] = [Note(texts.seeds(source.seeds))]
    for kind, labels in (("strategy", source.strategies), ("problem", source.problems)):
        whole = tables.entries(source.runs, kind, labels)
        # Labels that are no names are the exception, and so are problems with settings.
        same = (whole["name"] == whole[kind]).all()
        shown = whole.drop(columns="name") if same else whole
        table = PageTable(
            shown,
            texts.settings(kind),
            ("name", "settings", "library"),
            file=f"{kind}-settings",
            whole=whole,
        )
        items.append(table if kind == "strategy" else Files([table]))
    return Section("entries", "Settings", texts.ENTRIES, items)


def section(found: Analyses) -> Section:
    """Return the section of the environment and the command that rebuilds the page."""
    source = found.source
    items: list[Item] = [
        Terms([*_merged(source.environments), *_verified(source.verified)]),
        Note(texts.REBUILD),
        Note(source.command, code=True),
    ]
    return Section("environment", "Environment", texts.SENTENCE, items)


def _verified(said: str) -> list[tuple[str, str]]:
    return [("verified", said)] if said else []


def _merged(environments: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return what the environments say, key by key; where they differ, all of it."""
    merged: dict[str, dict[str, None]] = {}
    for environment in environments:
        for key, value in environment.items():
            if isinstance(value, Mapping):
                value = ", ".join(f"{name} {item}" for name, item in value.items())
            if value is not None:
                merged.setdefault(key, {})[str(value)] = None
    return [(key, " · or · ".join(values)) for key, values in merged.items()]
