"""Families: the strategies of a sweep that differ in nothing but their number of workers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

COLUMNS = ["family", "strategy", "baseline", "n_workers", "synchronous"]

BATCHES = "batches"
"""What the name of a family has whose workers wait for each other."""


class _Kind(NamedTuple):
    """What the strategies of a family have in common, settings as sorted JSON."""

    name: str
    version: int
    settings: str


def families(runs: pd.DataFrame, strategies: Sequence[str]) -> pd.DataFrame:
    """Return which strategies are the same one with other numbers of workers.

    Whether two are the same is read from what was recorded of their runs: name, version, settings,
    and whether the workers wait for each other. With one worker nobody waits, so such a run belongs
    to both families of its strategy.

    Args:
        runs: a row a run: strategy, strategy_name, strategy_version, strategy_settings (JSON),
            n_workers, synchronous.
        strategies: all labels, in the order to show; those without a run are left out.

    Returns:
        A row a strategy of a family, by family, then by workers: family (its name: that of the
        strategy, in parentheses with the version and those settings that other families of the
        name have otherwise, and "batches"), strategy, baseline (its first strategy with one
        worker, empty without), n_workers, synchronous (of the family). Strategies that nobody ran
        with more than one worker are in no family.
    """
    first = runs.drop_duplicates("strategy").set_index("strategy")
    labels = [label for label in strategies if label in first.index]
    kinds = {
        label: _Kind(
            str(first.at[label, "strategy_name"]),
            int(first.at[label, "strategy_version"]),
            json.dumps(json.loads(first.at[label, "strategy_settings"]), sort_keys=True),
        )
        for label in labels
    }
    count = {label: int(first.at[label, "n_workers"]) for label in labels}
    waits = {label: bool(first.at[label, "synchronous"]) for label in labels}
    found = dict.fromkeys((kinds[label], waits[label]) for label in labels if count[label] > 1)
    told = _differences([kind for kind, _ in found])
    rows = []
    for kind, synchronous in found:
        same = [label for label in labels if kinds[label] == kind]
        alone = [label for label in same if count[label] == 1]
        several = [label for label in same if count[label] > 1 and waits[label] == synchronous]
        parts = [*told[kind], *([BATCHES] if synchronous else [])]
        family = kind.name + (f" ({', '.join(parts)})" if parts else "")
        for label in sorted([*alone, *several], key=count.__getitem__):
            rows.append((family, label, alone[0] if alone else "", count[label], synchronous))
    return pd.DataFrame(rows, columns=COLUMNS)


def _differences(kinds: Iterable[_Kind]) -> dict[_Kind, list[str]]:
    """Return for each kind what tells it from others of its strategy's name."""
    kinds = list(dict.fromkeys(kinds))
    told = {}
    for kind in kinds:
        others = [other for other in kinds if other.name == kind.name]
        versions = {other.version for other in others}
        given = [_written(other) for other in others]
        parts = [f"version {kind.version}"] if len(versions) > 1 else []
        for key, value in _written(kind).items():
            if any(settings.get(key) != value for settings in given):
                parts.append(f"{key} = {value}")
        told[kind] = parts
    return told


def _written(kind: _Kind) -> dict[str, str]:
    """Return the settings of a kind, each value as JSON, in which true is not 1."""
    return {
        key: json.dumps(value, ensure_ascii=False)
        for key, value in json.loads(kind.settings).items()
    }
