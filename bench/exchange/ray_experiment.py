"""An experiment of Ray Tune: its folder, or the table of its last results as CSV."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from bench.exchange.imported import ExchangeError, Imported, Rule
from bench.exchange.naming import metric_of, place_of
from bench.exchange.reports import LastReport, missing_numbers, run_of_reports
from bench.exchange.text_files import csv_frame, header, json_value, number

TOOL = "Ray Tune"
TABLE = frozenset({"trial_id", "training_iteration", "time_total_s"})
"""Columns that `ResultGrid.get_dataframe()` always has."""

OWN = frozenset({
    "timestamp", "checkpoint_dir_name", "done", "training_iteration", "trial_id", "date",
    "time_this_iter_s", "time_total_s", "pid", "hostname", "node_ip", "time_since_restore",
    "iterations_since_restore", "experiment_tag", "should_checkpoint", "logdir", "config",
    "episodes_total", "timesteps_total", "timesteps_since_restore", "warmup_time",
})  # fmt: skip
"""What Ray Tune adds to each report."""


def reads(what: str) -> bool:
    """Say whether a path is that of an experiment's folder, or of the table of one."""
    path = metric_of(what)[0]
    return _state(path) is not None or {*header(path)} >= TABLE


def read(what: str) -> Imported:
    """Return the run in the folder or the table of an experiment, whose name says which it is.

    What Ray pickles is never opened, so of the metric only the name is recorded, and the address
    says which way is better. Of a trial the last report counts. Those that have not ended are left
    out.

    Args:
        what: the path, and after a `#` metric and mode, as in `results/asha--svm--0#loss:min`.

    Raises:
        ExchangeError: it cannot be read, or metric or mode are not known.
    """
    path, metric, direction = metric_of(what)
    state = _state(path)
    if state is None:
        results, rules = _of_table(path)
        recorded = ""
    else:
        results, rules, recorded = _of_state(state)
    metric = metric or recorded or _only_metric(what, [result for _, result, _ in results])
    if not direction:
        raise ExchangeError(
            f"{what}: which way {metric} is better must be known, Ray Tune does not record it; "
            f"give {path}#{metric}:min or {path}#{metric}:max"
        )
    reports = [
        LastReport(
            number(_at(result, metric)),
            number(result.get("training_iteration")),
            number(result.get("time_total_s")),
            failed=failed,
        )
        for _, result, failed in sorted(results, key=lambda trial: trial[0])
    ]
    if all(report.value != report.value for report in reports):
        raise ExchangeError(
            f"{what} must have a trial that reported {metric}, none of {len(reports):,} did; "
            "name another metric"
        )
    run, applied = run_of_reports(
        place_of(Path(path).resolve().name if state else Path(path).stem),
        reports,
        tool=TOOL,
        called=f"experiment {what}",
        direction=direction,
        metric=metric,
    )
    return Imported(TOOL, (run,), (*rules, *applied, "the time of a trial is time_total_s"))


_Results = list[tuple[int, dict[str, Any], bool]]


def _state(path: str) -> Path | None:
    """Return the newest file of the state of an experiment in a folder."""
    try:
        return max(Path(path).glob("experiment_state-*.json"), default=None)
    except (OSError, ValueError):
        return None


def _of_state(path: Path) -> tuple[_Results, list[str | Rule], str]:
    """Return number, last result and whether it failed of each trial; rules; the metric."""
    state = json_value(path, "the state of an experiment")
    try:
        trials = [(json.loads(about), json.loads(run)) for about, run in state["trial_data"]]
        recorded = state.get("runner_data", {}).get("_metric")
        ended: _Results = [
            (
                place if (n := _number_in(_tag(about), r"^(\d+)")) is None else n,
                run.get("last_result") or {},
                about["status"] == "ERROR",
            )
            for place, (about, run) in enumerate(trials)
            if about["status"] in ("TERMINATED", "ERROR")
        ]
        if not all(isinstance(result, dict) for _, result, _ in ended):
            raise TypeError("a result is no object")
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ExchangeError(
            f"{path} must hold the trials of an experiment of Ray Tune, it does not "
            f"({type(error).__name__}: {str(error)[:200]}); copy the folder again"
        ) from None
    if not ended:
        raise ExchangeError(
            f"{path} must have a trial that ended, none of its {len(trials):,} has; wait for one"
        )
    rules: list[str | Rule] = [
        Rule(
            len(trials) - len(ended),
            "running or waiting trial is left out",
            "running or waiting trials are left out",
        )
    ]
    return ended, rules, recorded if isinstance(recorded, str) and recorded != "_metric" else ""


def _of_table(path: str) -> tuple[_Results, list[str | Rule]]:
    frame = csv_frame(path, "results.get_dataframe().to_csv(…)")
    rows = frame.to_dict(orient="records")
    numbers = [_number_in(str(row["trial_id"]), r"_(\d+)$") for row in rows]
    missing, rules = missing_numbers(numbers)
    results: _Results = [
        (place if rules or found is None else found, row, False)
        for place, (found, row) in enumerate(zip(numbers, rows, strict=True))
    ]
    results += [(number, {}, True) for number in missing]
    rule = Rule(
        len(missing),
        "number without a row counts as a failed trial",
        "numbers without a row count as failed trials",
    )
    return results, [*rules, rule]


def _tag(about: dict[str, Any]) -> str:
    return str(about.get("experiment_tag"))


def _number_in(text: str, pattern: str) -> int | None:
    """Return the number of a trial that a text holds, None where it holds none."""
    found = re.search(pattern, text)
    return int(found[1]) if found and len(found[1]) < 10 else None


def _at(result: dict[str, Any], metric: str) -> Any:
    """Return the value of a metric, which Ray names by the path in nested results."""
    if metric in result:
        return result[metric]
    found: Any = result
    for part in metric.split("/"):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _only_metric(what: str, results: list[dict[str, Any]]) -> str:
    names = dict.fromkeys(
        name
        for result in results
        for name, value in result.items()
        if name not in OWN and not name.startswith("config/") and number(value) == number(value)
    )
    if len(names) != 1:
        has = ", ".join(list(names)[:10]) or "none"
        raise ExchangeError(
            f"{what} must have one metric, its trials reported {has[:300]}; name metric and mode, "
            f"as in {metric_of(what)[0]}#{next(iter(names), 'loss')}:min"
        )
    return next(iter(names))
