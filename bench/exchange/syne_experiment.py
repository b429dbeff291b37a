"""An experiment of Syne Tune: the folder with its metadata and its reported results."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.exchange.imported import ExchangeError, Imported, Rule
from bench.exchange.naming import PROBLEM, Place, metric_of, place_of
from bench.exchange.reports import LastReport, missing_numbers, run_of_reports
from bench.exchange.text_files import are_integers, csv_frame, json_value, number

if TYPE_CHECKING:
    import pandas as pd

TOOL = "Syne Tune"
METADATA, RESULTS = "metadata.json", "results.csv.zip"
MAX_BYTES = 2**30
"""Of the results when they are unpacked: a small file may hold any number of zeros."""

_UNREADABLE = (OSError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error)
_STAMP = re.compile(r"-\d{4}(-\d{2}){5}-\d{3}$")
"""What Syne Tune adds to the name of a tuner."""


def reads(what: str) -> bool:
    """Say whether a path is that of an experiment's folder."""
    folder = Path(metric_of(what)[0])
    try:
        return (folder / METADATA).is_file() and (folder / RESULTS).is_file()
    except (OSError, ValueError):
        return False


def read(what: str) -> Imported:
    """Return the run in the folder of an experiment.

    Its name, less the time, says which it is; a name of one part is that of the problem, and the
    strategy is the scheduler. Metric and mode are those that were recorded. Numbers without a
    report are failed trials.

    Args:
        what: the folder; of several metrics it says one after a `#`.

    Raises:
        ExchangeError: it cannot be read, or has several metrics.
    """
    path, wanted, said = metric_of(what)
    folder = Path(path)
    metadata = json_value(folder / METADATA, "the metadata of an experiment")
    if not isinstance(metadata, dict):
        raise ExchangeError(f"{folder / METADATA} must hold an object, it has none; copy it again")
    metric, direction = _metric(what, metadata, wanted)
    settings = metadata.get("scheduler_kwargs")
    settings = settings if isinstance(settings, dict) else {}
    frame = _results(folder / RESULTS)
    reports, found = _reports(what, frame, metric, str(settings.get("time_attr")))
    run, rules = run_of_reports(
        _place(folder, metadata),
        reports,
        tool=TOOL,
        called=f"experiment {what}",
        direction=said or direction,
        metric=metric,
        full=number(settings.get("max_t")),
    )
    rules += found
    if not np.isnan(run.trials["evaluation_s"]).all():
        rules.append("the time of a trial is that from its reporter's start to its last report")
    return Imported(TOOL, (run,), tuple(rules))


def _metric(what: str, metadata: dict[str, Any], wanted: str) -> tuple[str, str]:
    names, modes = metadata.get("metric_names"), metadata.get("metric_mode")
    names = [str(name) for name in names] if isinstance(names, list) else []
    if wanted not in names and (wanted or len(names) != 1):
        raise ExchangeError(
            f"experiment {what} must have {f'the metric {wanted}' if wanted else 'one metric'}, "
            f"its metadata name {', '.join(names)[:200] or 'none'}; "
            f"name one, as in {metric_of(what)[0]}#{names[0] if names else 'loss'}"
        )
    metric = wanted or names[0]
    mode = modes
    if isinstance(modes, list) and len(modes) == len(names):
        mode = modes[names.index(metric)]
    if mode not in ("min", "max"):
        raise ExchangeError(
            f"experiment {what}: the metric_mode must be min or max, got {ascii(mode)[:100]}; "
            f"correct {METADATA}"
        )
    return metric, "minimize" if mode == "min" else "maximize"


def _place(folder: Path, metadata: dict[str, Any]) -> Place:
    place = place_of(_STAMP.sub("", folder.resolve().name))
    scheduler = metadata.get("scheduler_name")
    if place.problem != PROBLEM or not isinstance(scheduler, str) or not scheduler.strip():
        return place
    return replace(place, strategy=scheduler.strip(), problem=place.strategy)


def _results(path: Path) -> pd.DataFrame:
    try:
        with zipfile.ZipFile(path) as archive:
            (member,) = archive.infolist()
            if member.file_size > MAX_BYTES:
                raise ExchangeError(
                    f"{path} must hold {MAX_BYTES:,} bytes or fewer, it holds "
                    f"{member.file_size:,}; report a part of it as a table"
                )
            with archive.open(member) as file:
                return csv_frame(str(path), "Syne Tune", file=file)
    except _UNREADABLE as error:
        text = " ".join(str(error).split())[:200]
        raise ExchangeError(
            f"{path} must be a ZIP archive with one CSV file, it cannot be read ({text}); "
            "copy it again"
        ) from None


def _reports(
    what: str, frame: pd.DataFrame, metric: str, resource: str
) -> tuple[list[LastReport], list[str | Rule]]:
    """Return the last report of each trial by number, and rules on numbers that have none."""
    import pandas as pd

    if gone := [name for name in ("trial_id", metric) if name not in frame]:
        raise ExchangeError(
            f"experiment {what}: the results must have the columns trial_id and {metric}, "
            f"{gone[0]} is missing; copy the folder again"
        )
    columns = pd.DataFrame(
        {
            "trial": pd.to_numeric(frame["trial_id"], errors="coerce"),
            "value": pd.to_numeric(frame[metric], errors="coerce"),
        }
    )
    for name, column in (("resource", resource), ("seconds", "st_worker_time")):
        columns[name] = pd.to_numeric(frame.get(column, np.nan), errors="coerce")
    if columns["resource"].isna().all():
        columns["resource"] = columns.groupby("trial").cumcount() + 1
    if not are_integers(columns["trial"]):
        raise ExchangeError(
            f"experiment {what}: each row must have an integer as trial_id; copy the folder again"
        )
    last = columns.groupby("trial").tail(1).set_index("trial")
    missing, rules = missing_numbers(int(trial) for trial in last.index)
    last = last.reindex([*last.index, *missing]).sort_index()
    reports = [
        LastReport(row.value, row.resource, row.seconds, failed=np.isnan(row.value))
        for row in last.itertuples()
    ]
    without = Rule(
        len(missing),
        "number without a report counts as a failed trial",
        "numbers without a report count as failed trials",
    )
    return reports, [*rules, without]
