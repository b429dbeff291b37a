"""The fingerprints of a sweep: of its trials, its code and its data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.spec import Entry, Sweep

DIRTY = "-dirty"
"""What the name of a revision ends with where files differed from it."""


def fingerprints(
    sweep: Sweep,
    headers: Iterable[Mapping[str, Any]],
    environments: Sequence[Mapping[str, Any]],
    trials: str,
) -> dict[str, Any]:
    """Return what tells whether code and data are those of recorded runs.

    Args:
        sweep: resolved.
        headers: of its runs.
        environments: that they were made in.
        trials: the fingerprint of the trials (`bench.sources.fingerprint`).

    Returns:
        `trials`; `revisions`, each with `git` and `clean`; `strategies` and `problems`, each with
        `label`, `name`, `version`, and where there is one: `code` (fingerprint of the source of a
        class that nobody installed), `library` and `distribution` (name and version, several where
        runs differ), `data_set`, `data` (fingerprints of files).
    """
    known: dict[tuple[str, str, str], dict[str, None]] = {}
    for header in headers:
        facts, spec = header["facts"], header["spec"]
        strategy, problem = (spec[kind]["label"] for kind in ("strategy", "problem"))
        for kind, label, name, key in (
            ("strategy", strategy, "library", "library"),
            ("strategy", strategy, "distribution", "strategy_distribution"),
            ("problem", problem, "distribution", "problem_distribution"),
            ("problem", problem, "data_set", "dataset"),
        ):
            if facts.get(key):
                known.setdefault((kind, label, name), {})[str(facts[key])] = None

    def row(kind: str, entry: Entry) -> dict[str, Any]:
        more = {name: sorted(found) for (k, label, name), found in known.items()
                if (k, label) == (kind, entry.label)}  # fmt: skip
        code = {"code": entry.code} if entry.code else {}
        data = {"data": found} if (found := sorted(set(_of_data(entry.settings)))) else {}
        about = {"label": entry.label, "name": entry.name, "version": entry.version}
        return about | code | data | more

    revisions = [str(one["git"]) for one in environments if one.get("git")]
    return {
        "trials": trials,
        "revisions": [
            {"git": name.removesuffix(DIRTY), "clean": not name.endswith(DIRTY)}
            for name in dict.fromkeys(revisions)
        ],
        "strategies": [row("strategy", entry) for entry in sweep.strategies],
        "problems": [row("problem", entry) for entry in sweep.problems],
    }


def _of_data(settings: Mapping[str, Any]) -> Iterable[str]:
    """Yield the fingerprints of data in the settings of a problem, and of those inside it."""
    for name, value in settings.items():
        if name == "fingerprint" and value:
            yield str(value)
        elif isinstance(value, Mapping):
            yield from _of_data(value)
