"""An experiment of MLflow: its runs as trials, or the steps of each run as trials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import isnan, nan
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from bench.addresses import without_password
from bench.exchange.databases import engine, is_address
from bench.exchange.imported import ExchangeError, Imported, Rule, Study
from bench.exchange.naming import DIRECTIONS, Place, metric_of, place_of
from bench.exchange.reports import LastReport, run_of_reports
from bench.sources.source import first_few
from bench.words import readable

TOOL = "MLflow"
RUNS, STEPS = "mlflow:", "mlflow-steps:"
"""What begins the addresses in which the runs, or the steps of each run, are the trials."""

PARENT = "mlflow.parentRunId"
OURS = "tunebench.kind"
"""A tag of each run that `tunebench track` makes: a pair of strategy and problem is no trial."""

PAGE = 1000
"""Runs that are asked for at a time."""

SECONDS = 10.0
"""Until a server that says nothing counts as absent."""


def reads(what: str) -> bool:
    """Say whether an address is that of an experiment."""
    return what.startswith((RUNS, STEPS))


def read(what: str) -> Imported:
    """Return the runs of an experiment of the tracking server that MLflow is set to.

    In `mlflow:EXPERIMENT#METRIC:min` the runs below one parent are the trials of one study, in the
    order of their starts, and so are all runs without a parent. In `mlflow-steps:…` each run that
    is no parent is a study, and the steps of its metric are the trials.

    Args:
        what: the address; metric and direction may be left out where the runs have one metric and a
            tag `direction`.

    Raises:
        ExchangeError: it cannot be read, or metric or direction are not known.
    """
    address, metric, direction = metric_of(what)
    steps = address.startswith(STEPS)
    name = address.removeprefix(STEPS if steps else RUNS)
    with _refused(what):
        client, runs = _runs(what, name)
        if any(OURS in run.data.tags for run in runs):
            raise ExchangeError(
                f"{what} must be an experiment of another program, `tunebench track` wrote it; "
                "report its results folder"
            )
        parents = {run.data.tags.get(PARENT) for run in runs} - {None}
        leaves = [run for run in runs if run.info.run_id not in parents]
        ended = [run for run in leaves if run.info.status not in ("RUNNING", "SCHEDULED")]
        if not ended:
            raise ExchangeError(
                f"{what} must have a run that ended, none of its {len(leaves):,} has; wait for one"
            )
        metric = metric or _only_metric(what, ended)
        direction = direction or _direction(what, metric, runs)
        by_id = {run.info.run_id: run for run in runs}
        if steps:
            studies, without = _of_steps(client, ended, metric, direction)
        else:
            studies, without = _of_runs(name, ended, by_id, metric, direction)
    if not studies:
        raise ExchangeError(
            f"{what} must have a run with the metric {metric}, none of {len(ended):,} has it; "
            "name another one"
        )
    rules: list[str | Rule] = [
        Rule(
            len(leaves) - len(ended), "run has not ended and is left out",
            "runs have not ended and are left out",
        ),
        f"the {'steps of a run' if steps else 'runs below one parent'} are the trials of a study",
    ]  # fmt: skip
    if without:
        shown = first_few([readable(label)[:100] for label in without])
        rules.append(f"studies without the metric {metric} are left out: {shown}")
    return Imported(TOOL, tuple(studies), tuple(rules))


@contextmanager
def _refused(what: str) -> Iterator[None]:
    """Turn what MLflow raises into a line."""
    try:
        import mlflow
        import requests
        import sqlalchemy as sa
    except ImportError as error:
        raise ExchangeError(
            f"{what} needs MLflow, {error.name} is not installed; pip install 'tunebench[mlflow]'"
        ) from None
    failures = (mlflow.MlflowException, requests.RequestException, sa.exc.SQLAlchemyError, OSError)
    try:
        yield
    except failures as error:
        text = without_password(" ".join(str(error).split())[:200])
        raise ExchangeError(
            f"{what} must be an experiment of the tracking server "
            f"{without_password(str(mlflow.get_tracking_uri()))}, it cannot be read ({text}); "
            "set MLFLOW_TRACKING_URI"
        ) from None


def _runs(what: str, name: str) -> tuple[Any, list[Any]]:
    """Return MLflow's client and the runs of an experiment in the order of their starts."""
    import mlflow

    uri = str(mlflow.get_tracking_uri())
    _check_there(uri)
    client = mlflow.MlflowClient(uri)
    experiment = client.get_experiment_by_name(name)
    if experiment is None:
        raise ExchangeError(
            f"{what} must be an experiment of the tracking server {without_password(uri)}, it has "
            f"none of the name {name[:200]!a}; check it, or set MLFLOW_TRACKING_URI"
        )
    runs: list[Any] = []
    token = None
    while token or not runs:
        found = client.search_runs(
            [experiment.experiment_id], max_results=PAGE, page_token=token,
            order_by=["attributes.start_time ASC"],
        )  # fmt: skip
        runs += found
        if not (token := found.token):
            break
    return client, runs


def _check_there(uri: str) -> None:
    """Refuse an address at which nothing is, or at which MLflow would make something."""
    import requests
    import sqlalchemy as sa

    called = f"the tracking server {without_password(uri)}"
    if is_address(uri):
        database = engine(uri, called)
        try:
            if not sa.inspect(database).has_table("experiments"):
                raise ExchangeError(
                    f"{called} must be a database of MLflow, it has no table of experiments; set "
                    "MLFLOW_TRACKING_URI"
                )
        finally:
            database.dispose()
        return
    parts = urlparse(uri)
    if parts.scheme in ("http", "https"):
        # MLflow itself tries for four minutes to reach a server that is not there.
        requests.head(uri, timeout=SECONDS)
    if parts.scheme in ("", "file") and not Path(unquote(parts.path)).is_dir():
        raise ExchangeError(f"{called} must be there, it is no folder; set MLFLOW_TRACKING_URI")


def _of_runs(
    name: str, ended: Sequence[Any], by_id: dict[str, Any], metric: str, direction: str
) -> tuple[list[Study], list[str]]:
    """Return a study for the runs below each parent, and one for those without a parent.

    Beside them it returns the names of those in which no run has the metric.
    """
    groups: dict[str | None, list[Any]] = {}
    for run in ended:
        groups.setdefault(run.data.tags.get(PARENT), []).append(run)
    studies, without = [], []
    for parent, runs in groups.items():
        above = by_id.get(parent or "")
        reports = [
            LastReport(
                run.data.metrics.get(metric, nan),
                seconds=_seconds(run),
                failed=run.info.status != "FINISHED",
            )
            for run in runs
        ]
        label = str(above.info.run_name) if above else name
        if all(isnan(report.value) for report in reports):
            without.append(label)
            continue
        place = _place(label, above) if above else place_of(name)
        studies.append(_study(place, reports, f"the runs of {label!a}", metric, direction))
    return studies, without


def _of_steps(
    client: Any, ended: Sequence[Any], metric: str, direction: str
) -> tuple[list[Study], list[str]]:
    """Return a study for each run, with a trial for each step at which its metric was logged.

    Beside them it returns the names of the runs without the metric.
    """
    studies, without = [], []
    for run in ended:
        label = str(run.info.run_name)
        if metric not in run.data.metrics:
            without.append(label)
            continue
        history = client.get_metric_history(run.info.run_id, metric)
        values = {entry.step: entry.value for entry in sorted(history, key=lambda e: e.timestamp)}
        reports = [LastReport(values[step]) for step in sorted(values)]
        place = _place(label, run)
        studies.append(_study(place, reports, f"the run {label!a}", metric, direction))
    return studies, without


def _study(
    place: Place, reports: Sequence[LastReport], called: str, metric: str, direction: str
) -> Study:
    return run_of_reports(
        place, reports, tool=TOOL, called=called, direction=direction, metric=metric
    )[0]


def _place(name: str, run: Any) -> Place:
    """Return what the tags of a run say of its place, and its name of the rest."""
    place, tags = place_of(name), run.data.tags
    strategy, problem = (str(tags.get(part, "")).strip() for part in ("strategy", "problem"))
    place = Place(strategy or place.strategy, problem or place.problem, place.repetition)
    repetition = tags.get("repetition", "")
    if not repetition:
        return place
    if not (repetition.isascii() and repetition.isdigit() and len(repetition) < 10):
        raise ExchangeError(
            f"the run {name!a}: the tag repetition must be an integer from 0, got "
            f"{repetition[:100]!a}; set it again"
        )
    return replace(place, repetition=int(repetition))


def _seconds(run: Any) -> float:
    start, end = run.info.start_time, run.info.end_time
    return nan if start is None or end is None else (end - start) / 1000


def _only_metric(what: str, runs: Sequence[Any]) -> str:
    """Return the one metric that all runs with metrics share."""
    each = [{*run.data.metrics} for run in runs if run.data.metrics]
    shared = sorted(set.intersection(*each)) if each else []
    if len(shared) != 1:
        raise ExchangeError(
            f"{what} must have one metric that all runs share, they share "
            f"{', '.join(shared)[:200] or 'none'}; name metric and direction, as in "
            f"{metric_of(what)[0]}#{shared[0] if shared else 'loss'}:min"
        )
    return str(shared[0])


def _direction(what: str, metric: str, runs: Sequence[Any]) -> str:
    """Return the direction that all tags `direction` say."""
    said = {run.data.tags["direction"].lower() for run in runs if "direction" in run.data.tags}
    found = {DIRECTIONS.get(word.rpartition(".")[2].strip("[]'\"")) for word in said}
    if len(found) != 1 or None in found:
        raise ExchangeError(
            f"{what}: which way {metric} is better must be known, the tags direction say "
            f"{', '.join(sorted(said))[:100] or 'nothing'}; give "
            f"{metric_of(what)[0]}#{metric}:min or …:max"
        )
    return str(found.pop())
