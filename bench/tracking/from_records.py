"""Recorded runs as items: what is known of a run when it ends, without any other.

A sweep is an experiment. A strategy on a problem is a run of it, the pair, and each repetition is a
run below its pair, which repeats the tags of the pair.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.core import Status
from bench.spec import Sweep
from bench.store import FAULTS, RunRecord
from bench.store.record import environments
from bench.store.rows import run_columns
from bench.tracking.item import Item, Series, State
from bench.tracking.names import short_hash

SWEEP_KEY = "sweep"

BEGUN, ENDED, COMPARED, FILES = "begun", "ended", "compared", "files"
"""Parts: what was known before the first run ended, when the run did, when all runs had, and the
files of that."""

_ABOUT = (
    "strategy", "strategy_name", "strategy_version", "library", "problem", "problem_name",
    "problem_version", "metric", "direction", "dataset",
)  # fmt: skip


def pair_key(strategy: str, problem: str) -> str:
    """Return the key of a strategy on a problem, given by their labels."""
    return f"pair/{short_hash(json.dumps([strategy, problem]), 16)}"


def run_key(run: str) -> str:
    """Return the key of a repetition, given the id of its run."""
    return f"run/{run}"


def sweep_item(sweep: Sweep, identity: str, n_runs: int) -> Item:
    """Return what is known of a sweep before its first run.

    Args:
        sweep: resolved.
        identity: of it.
        n_runs: how many it has.
    """
    params = {
        "trials": sweep.trials,
        "repetitions": sweep.repetitions,
        "seed": sweep.seed,
        "n_strategies": len(sweep.strategies),
        "n_problems": len(sweep.problems),
        "n_runs": n_runs,
    }
    return Item(
        SWEEP_KEY,
        "sweep",
        f"sweep: {sweep.name}",
        {BEGUN: identity},
        group="sweep",
        tags={"kind": "sweep", "sweep": identity, "sweep_name": sweep.name},
        params={name: str(value) for name, value in params.items()},
    )


def pair_tags(header: Mapping[str, Any], identity: str) -> dict[str, str]:
    """Return the words by which a pair and each of its repetitions is found.

    Args:
        header: of a run of the pair.
        identity: of the sweep.
    """
    columns = run_columns(header)
    tags = {name: str(columns[name]) for name in ("strategy", "problem", "metric", "direction")}
    words = json.loads(columns["tags"])
    more = {"problem_tags": ", ".join(words)} if words else {}
    return tags | more | {"sweep": identity}


def pair_item(header: Mapping[str, Any], sweep: Sweep, identity: str) -> Item:
    """Return what is known of a pair before its first run: its settings and versions.

    Args:
        header: of a run of the pair.
        sweep: resolved.
        identity: of it.
    """
    columns = run_columns(header)
    strategy, problem = columns["strategy"], columns["problem"]
    count = next(
        (sweep.repetitions_of(e) for e in sweep.strategies if e.label == strategy),
        sweep.repetitions,
    )
    about = {name: columns[name] for name in _ABOUT if columns[name] not in ("", None)}
    about |= {"trials": columns["budget"], "repetitions": count, "seed": columns["master_seed"]}
    about |= _prefixed("strategy", json.loads(columns["strategy_settings"]))
    about |= _prefixed("problem", json.loads(columns["problem_settings"]))
    return Item(
        pair_key(strategy, problem),
        "pair",
        f"{strategy} on {problem}",
        {BEGUN: identity},
        group=f"{strategy} on {problem}",
        tags={"kind": "pair", **pair_tags(header, identity)},
        params=_texts(about) | _versions(environments(header)[0]),
    )


def progress(pair: Item, records: Iterable[tuple[RunRecord, str, int]]) -> Item:
    """Return a pair with where some of its repetitions ended, which are its steps.

    Args:
        pair: what is known of it without.
        records: runs that ended, their tokens, and how often each was sent before with another.
    """
    rows: dict[str, list[tuple[int, float, float]]] = {}
    parts: dict[str, str] = {}
    for record, token, revision in records:
        repetition = record.spec.repetition
        numbers = {"run_failed_trials": float(n_failed(record))}
        best = incumbents(record)
        if best:
            numbers["run_value"] = best[-1]["value"]
            numbers["run_test_value"] = _number(best[-1].get("test_value"))
        if record.end is not None:
            numbers["run_s"] = record.end.run_seconds
        for name, value in numbers.items():
            if math.isfinite(value):
                rows.setdefault(name, []).append((repetition, value, float(revision)))
        parts[f"{ENDED}/{record.id}"] = token
    return Item(
        pair.key, "pair", pair.name, {**pair.parts, **parts},
        group=pair.group, tags=pair.tags, params=pair.params,
        series={name: _series(found) for name, found in rows.items()},
    )  # fmt: skip


def run_item(record: RunRecord, identity: str, token: str) -> Item:
    """Return a run that ended: what it measured, trial by trial.

    A step is a number of trials: at step 3 stands what the third trial measured, and the best value
    of the first three. Numbers that are missing or infinite are left out, since trackers store them
    as something else.

    Args:
        record: of the run.
        identity: of the sweep.
        token: of how it ended.
    """
    columns = run_columns(record.header)
    strategy, problem = columns["strategy"], columns["problem"]
    end, failed, best = record.end, n_failed(record), incumbents(record)
    status = "unfinished" if end is None else end.status.value
    tags = {
        **pair_tags(record.header, identity),
        "kind": "run",
        "repetition": str(columns["repetition"]),
        "run": record.id,
        "status": status,
        "failed_trials": str(failed),
    }
    if end is not None and end.reason:
        tags["reason"] = end.reason
    params = {name: str(columns[name]) for name in ("repetition", "strategy_seed", "problem_seed")}
    if best:
        tags["best_config"] = json.dumps(best[-1]["config"], sort_keys=True)
        params |= _texts(_prefixed("best", best[-1]["config"]))
    state: State = "failed" if end is not None and end.status in FAULTS else "finished"
    return Item(
        run_key(record.id),
        "run",
        f"{strategy} on {problem}, repetition {columns['repetition']}",
        {ENDED: token},
        parent=pair_key(strategy, problem),
        group=f"{strategy} on {problem}",
        tags=tags,
        params=params,
        metrics={"failed_trials": float(failed), "n_trials": float(len(record.trials))},
        series=by_trial(record),
        state=state,
        seconds=None if end is None else end.run_seconds,
    )


def by_trial(record: RunRecord) -> dict[str, Series]:
    """Return the numbers of a run by trial.

    Returns:
        value (of completed trials), best_value and best_test_value (of the best full evaluation so
        far), evaluation_s, strategy_s (seconds of ask and tell).
    """
    rows: dict[str, list[tuple[int, float, float]]] = {}
    best = dict(zip(_full_numbers(record), incumbents(record), strict=True))
    held: Mapping[str, Any] | None = None
    for trial in record.by_number:
        number, at = int(trial["trial_number"]), float(trial["finished_s"])
        held = best.get(number, held)
        numbers = {
            "value": _number(trial.get("value")),
            "evaluation_s": float(trial["evaluation_s"]),
            "strategy_s": float(trial["ask_s"]) + float(trial["tell_s"]),
        }
        if held is not None:
            numbers["best_value"] = float(held["value"])
            numbers["best_test_value"] = _number(held.get("test_value"))
        for name, value in numbers.items():
            if math.isfinite(value):
                rows.setdefault(name, []).append((number + 1, value, at))
    return {name: _series(found) for name, found in rows.items()}


def incumbents(record: RunRecord) -> list[dict[str, Any]]:
    """Return the best full evaluation so far after each completed full one.

    The validation value decides, and of equal ones the earlier trial.
    """
    sign = -1.0 if run_columns(record.header)["direction"] == "maximize" else 1.0
    found: list[dict[str, Any]] = []
    for trial in _full(record):
        is_better = not found or sign * trial["value"] < sign * found[-1]["value"]
        found.append(trial if is_better else found[-1])
    return found


def n_failed(record: RunRecord) -> int:
    """Return how many trials of a run failed."""
    return sum(trial["status"] != Status.COMPLETED.value for trial in record.trials)


def best_params(config: Mapping[str, Any]) -> dict[str, str]:
    """Return a configuration as parameters."""
    return _texts(_prefixed("best", config))


def _full(record: RunRecord) -> list[dict[str, Any]]:
    return [
        trial
        for trial in record.by_number
        if trial["status"] == Status.COMPLETED.value and trial["fidelity"] == 1
    ]


def _full_numbers(record: RunRecord) -> list[int]:
    return [int(trial["trial_number"]) for trial in _full(record)]


def _series(rows: Sequence[tuple[int, float, float]]) -> Series:
    steps, values, seconds = zip(*sorted(rows), strict=True)
    return Series(steps, values, seconds)


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _prefixed(prefix: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{prefix}.{name}": value for name, value in values.items()}


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return values as text: strings as they are, all else as JSON."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in values.items()
    }


def _versions(environment: Mapping[str, Any]) -> dict[str, str]:
    """Return the versions and the machine that a run recorded."""
    packages = _prefixed("version", environment.get("packages", {}))
    known = {name: environment.get(name) for name in ("python", "platform", "cpu", "git")}
    return _texts({name: value for name, value in {**packages, **known}.items() if value})
