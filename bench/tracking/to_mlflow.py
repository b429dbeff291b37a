"""Items as runs of MLflow, written by its client: no run is ever active in the process.

Whatever is sent twice has the same timestamps the second time, and MLflow stores equal points once.
"""

from __future__ import annotations

import json
import logging
import os
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bench.tracking.item import Item
from bench.tracking.names import cut, key_of
from bench.tracking.tracker import SendError, Why

T = TypeVar("T")

MAX_METRICS, MAX_PARAMS, MAX_TAGS = 1000, 100, 100
"""What a request may hold (mlflow.utils.validation)."""

MAX_PARAM_LENGTH, MAX_TAG_LENGTH, MAX_NAME_LENGTH = 6000, 8000, 250
"""Characters; the column of the name of a run has 250."""

MAX_EXPERIMENT_LENGTH = 500
"""Characters of the name of an experiment."""

PREFIX = "tunebench."
"""Of our tags."""

KEY = f"{PREFIX}key"

SETTINGS = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "15",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_ENABLE_ASYNC_LOGGING": "false",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "GIT_PYTHON_REFRESH": "quiet",
}
"""Of MLflow's client, where the user has none: by its own a request to a server that is down takes
minutes."""

_STATES = {"running": "RUNNING", "finished": "FINISHED", "failed": "FAILED"}

_REFUSED = {
    "INVALID_PARAMETER_VALUE", "BAD_REQUEST", "RESOURCE_ALREADY_EXISTS", "RESOURCE_DOES_NOT_EXIST",
    "INVALID_STATE", "NOT_FOUND", "ENDPOINT_NOT_FOUND", "NOT_IMPLEMENTED", "CUSTOMER_UNAUTHORIZED",
}  # fmt: skip
_LOCKED_OUT = {"UNAUTHENTICATED", "PERMISSION_DENIED", "UNAUTHORIZED"}


@dataclass(slots=True)
class _Run:
    """A run that MLflow has."""

    id: str
    started_ms: int
    params: set[str] = field(default_factory=set)
    state: str = "RUNNING"


class MLflow:
    """Writes items into one experiment of an MLflow store.

    Args:
        uri: of the store or server.
        name: of the sweep.
        sweep: its identity.
        results: the identity of the results folder.
    """

    in_parts = True

    def __init__(self, uri: str, name: str, sweep: str, results: str) -> None:
        self._uri, self._name, self._sweep, self._results = uri, name, sweep, results
        self.client: Any = None
        self._experiment = ""
        self._runs: dict[str, _Run] = {}

    def send(self, item: Item) -> None:
        """Write an item; see `bench.tracking.tracker.Tracker`."""
        try:
            with _errors():
                self._connect()
                run = self._runs.get(item.key) or self._create(item)
                self._log(run, item)
                self._end(run, item)
        except SendError as error:
            if error.why == "down":
                # What was asked for may have been done: look again what is there.
                self._experiment = ""
            raise

    def close(self) -> None:
        """Do nothing: each request stands for itself."""

    def _connect(self) -> None:
        if self._experiment:
            return
        os.environ.update({name: os.environ.get(name, value) for name, value in SETTINGS.items()})
        logging.getLogger("alembic").setLevel(logging.ERROR)
        from mlflow import MlflowClient

        self.client = MlflowClient(tracking_uri=self._uri)
        found = self._find_experiment()
        self._runs = {} if found is None else self._recorded(found)
        if found is None:
            found = self._create_experiment()
        self._experiment = found

    def _find_experiment(self) -> str | None:
        """Return the experiment of these results, where they were tracked before."""
        wanted = (
            f"tags.`{PREFIX}results` = '{self._results}' AND tags.`{PREFIX}sweep` = '{self._sweep}'"
        )
        for experiment in self.client.search_experiments(filter_string=wanted):
            return str(experiment.experiment_id)
        return None

    def _create_experiment(self) -> str:
        """Make the experiment, named as the sweep, or with a suffix if another one is."""
        from mlflow.exceptions import MlflowException

        tags = {
            f"{PREFIX}results": self._results,
            f"{PREFIX}sweep": self._sweep,
            f"{PREFIX}sweep_name": cut(self._name, MAX_TAG_LENGTH),
        }
        suffix = f" {self._results[:6]}-{self._sweep[:4]}"
        plain = cut(self._name, MAX_EXPERIMENT_LENGTH - len(suffix))
        try:
            return str(self.client.create_experiment(plain, tags=tags))
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        return str(self.client.create_experiment(plain + suffix, tags=tags))

    def _recorded(self, experiment: str) -> dict[str, _Run]:
        """Return the runs that the experiment has, by their keys.

        Where the answer to a request came too late there are two of one: the newer one goes.
        """
        found: dict[str, _Run] = {}
        page = None
        while True:
            runs = self.client.search_runs(
                [experiment], max_results=1000, page_token=page,
                order_by=["attributes.start_time ASC"],
            )  # fmt: skip
            for run in runs:
                key = run.data.tags.get(KEY)
                if key in found:
                    self.client.delete_run(run.info.run_id)
                elif key is not None:
                    about = run.info
                    params = set(run.data.params)
                    found[key] = _Run(about.run_id, about.start_time, params, about.status)
            page = runs.token
            if not page:
                return found

    def _create(self, item: Item) -> _Run:
        seconds = item.seconds or 0.0
        started = int(1000 * (time.time() - seconds))
        tags = {KEY: item.key}
        if item.parent:
            parent = self._runs.get(item.parent)
            if parent is None:
                raise SendError("its parent run was not sent", "refused")
            tags["mlflow.parentRunId"] = parent.id
        run = self.client.create_run(
            self._experiment,
            start_time=started,
            tags=tags,
            run_name=cut(item.name, MAX_NAME_LENGTH),
        )
        self._runs[item.key] = made = _Run(run.info.run_id, started)
        return made

    def _log(self, run: _Run, item: Item) -> None:
        from mlflow.entities import Metric, Param, RunTag

        params = {key_of(name): (name, value) for name, value in item.params.items()}
        # MLflow never changes a parameter.
        new = {key: value for key, (_, value) in params.items() if key not in run.params}
        tags = {f"{PREFIX}{name}": value for name, value in item.tags.items()}
        renamed = {key: name for key, (name, _) in params.items() if key != name}
        if renamed:
            tags[f"{PREFIX}names"] = json.dumps(renamed, ensure_ascii=False)
        if item.note:
            tags["mlflow.note.content"] = item.note
        metrics = [
            Metric(key_of(name), value, run.started_ms + ms, step)
            for name, value, ms, step in points(item)
        ]
        rest = [
            _batches([Param(k, cut(v, MAX_PARAM_LENGTH)) for k, v in new.items()], MAX_PARAMS),
            _batches([RunTag(k, cut(v, MAX_TAG_LENGTH)) for k, v in tags.items()], MAX_TAGS),
        ]
        of_metrics = _batches(metrics, MAX_METRICS)
        for place in range(max(len(of_metrics), *map(len, rest))):
            part = [found[place] if place < len(found) else [] for found in (of_metrics, *rest)]
            self.client.log_batch(run.id, metrics=part[0], params=part[1], tags=part[2])
        run.params.update(new)
        if item.files:
            self._attach(run, item)

    def _attach(self, run: _Run, item: Item) -> None:
        with tempfile.TemporaryDirectory(prefix="tunebench-") as place:
            for name, content in item.files.items():
                path = Path(place) / name
                path.write_bytes(content)
                self.client.log_artifact(run.id, str(path))

    def _end(self, run: _Run, item: Item) -> None:
        state = _STATES[item.state]
        if state in ("RUNNING", run.state):
            return
        ended = None
        if item.seconds is not None:
            ended = run.started_ms + int(1000 * item.seconds)
        self.client.set_terminated(run.id, status=state, end_time=ended)
        run.state = state


def points(item: Item) -> Iterator[tuple[str, float, int, int]]:
    """Yield name, value, milliseconds after the start of the run, and step of each number.

    What was sent before from other results stands below: MLflow shows the point with the later
    time.

    Args:
        item: of any kind.
    """
    for name, value in item.metrics.items():
        yield name, value, item.revision, 0
    for name, series in item.series.items():
        seconds = series.seconds or [0.0] * len(series.steps)
        for step, value, at in zip(series.steps, series.values, seconds, strict=True):
            yield name, value, int(1000 * at) + item.revision, step


def _batches(items: Sequence[T], most: int) -> list[Sequence[T]]:
    return [items[start : start + most] for start in range(0, len(items), most)]


@contextmanager
def _errors() -> Iterator[None]:
    """Turn whatever the client raises into what it means."""
    try:
        yield
    except SendError:
        raise
    except Exception as error:
        raise SendError(_words(error), _meaning(error)) from None


def _words(error: Exception) -> str:
    """Return why, in few words: those of the system where a connection failed."""
    text = str(error) or type(error).__name__
    system = re.search(r"\[Errno -?\d+\] ([^'\")\]]+)", text)
    return f"no connection: {system[1]}" if system and "HTTPConnection" in text else text


def _meaning(error: Exception) -> Why:
    code = getattr(error, "error_code", "")
    if code in _LOCKED_OUT or isinstance(error, ImportError):
        return "locked out"
    return "refused" if code in _REFUSED else "down"
