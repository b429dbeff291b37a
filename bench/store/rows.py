"""The rows of a record: what header, trials and end say in the tidy frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

RUN_COLUMNS = (
    "run",
    "strategy",
    "strategy_name",
    "strategy_version",
    "strategy_settings",
    "library",
    "problem",
    "problem_name",
    "problem_version",
    "problem_settings",
    "metric",
    "direction",
    "optimum",
    "repetition",
    "master_seed",
    "strategy_seed",
    "problem_seed",
    "budget",
    "unordered",
)

RUN_FACTS = (
    "dataset", "median_draw", "scale_best", "scale_typical", "scale_source", "positive", "tags",
    "metrics", "n_workers", "synchronous", "checked",
)  # fmt: skip
"""What the frame of runs has beside them: empty and NaN of runs that were planned without, the
simulated workers, and whether they have checksums. `tags` is a list as JSON, `metrics` an object of
names and directions."""

TRIAL_COLUMNS = (
    "trial_number",
    "config",
    "fidelity",
    "status",
    "reason",
    "value",
    "test_value",
    "fold_values",
    "train_value",
    "validation_scores",
    "test_scores",
    "evaluation_s",
    "ask_s",
    "evaluation_wall_s",
    "tell_s",
    "started_s",
    "finished_s",
    "worker",
    "continued_from",
)


def run_columns(header: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the header of a run says in each of its rows."""
    spec, facts = header["spec"], header["facts"]
    scale = facts.get("scale") or {}
    strategy, problem = spec["strategy"], spec["problem"]
    return {
        "run": header["run"],
        "strategy": strategy["label"],
        "strategy_name": strategy["name"],
        "strategy_version": strategy["version"],
        "strategy_settings": _json(strategy["settings"]),
        "library": facts["library"],
        "problem": problem["label"],
        "problem_name": problem["name"],
        "problem_version": problem["version"],
        "problem_settings": _json(problem["settings"]),
        "metric": facts["metric"],
        "direction": facts["direction"],
        "optimum": facts["optimum"],
        "repetition": spec["repetition"],
        "master_seed": spec["seed"],
        "strategy_seed": facts["strategy_seed"],
        "problem_seed": facts["problem_seed"],
        "budget": spec["trials"],
        "unordered": facts["unordered"],
        "dataset": facts.get("dataset", ""),
        "median_draw": facts.get("median_draw"),
        "scale_best": scale.get("best"),
        "scale_typical": scale.get("typical"),
        "scale_source": scale.get("source", ""),
        "positive": facts.get("positive", ""),
        "tags": _json(facts.get("tags", [])),
        "metrics": _json(facts.get("metrics", {})),
        "n_workers": spec.get("workers", 1),
        "synchronous": spec.get("synchronous", False),
    }


def trial_columns(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the line of a trial says in its row."""
    columns = {name: line.get(name) for name in TRIAL_COLUMNS}
    columns["continued_from"] = line.get("continued_from", 0.0)
    columns["config"] = _json(line["config"])
    columns["reason"] = line.get("reason", "")
    return columns


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
