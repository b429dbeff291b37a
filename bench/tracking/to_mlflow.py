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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
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

KEY, NAMES = f"{PREFIX}key", f"{PREFIX}names"

MAX_EXACT_NAME_LENGTH = 1000
"""Characters of an exact name that are kept: JSON may make six of one, and a tag holds 8,000."""

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
_TOO_LARGE = re.compile(r"error code (413|414|431)\b")
"""What a proxy answers, which has no codes of MLflow."""

_LOCKED_OUT = {"UNAUTHENTICATED", "PERMISSION_DENIED", "UNAUTHORIZED"}


@dataclass(slots=True)
class _Run:
    """A run that MLflow has."""

    id: str
    started_ms: int
    params: set[str] = field(default_factory=set)
    state: str = "RUNNING"
    names: dict[str, str] = field(default_factory=dict)


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
                if item.files:
                    self._attach(run, item)
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
        try:
            from mlflow import MlflowClient

            self.client = MlflowClient(tracking_uri=self._uri)
            found = self._find_experiment()
        except ImportError as error:  # also of what a kind of store needs
            raise SendError(str(error), "locked out") from None
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

        Where the answer to a request came too late there are two of one: the one with more numbers
        and parameters stays, of equal ones the older.
        """
        found: dict[str, Any] = {}
        page = None
        while True:
            runs = self.client.search_runs(
                [experiment], max_results=1000, page_token=page,
                order_by=["attributes.start_time ASC"],
            )  # fmt: skip
            for run in runs:
                key = run.data.tags.get(KEY)
                if key is None:
                    continue
                other = found.setdefault(key, run)
                if other is not run:
                    less, found[key] = sorted((run, other), key=_size)
                    self.client.delete_run(less.info.run_id)
            page = runs.token
            if not page:
                return {key: _recorded(run) for key, run in found.items()}

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
            run.names.update(renamed)
            tags |= names_in_tags(run.names)
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

    def _attach(self, run: _Run, item: Item) -> None:
        """Attach the files of an item, whose numbers are written.

        Raises:
            SendError: the files are refused; or the tracker does not answer at all.
        """
        try:
            self._log_files(run, item)
        except Exception as error:
            self.client.get_run(run.id)  # fails as well if it is down
            raise SendError(f"its files: {_words(error)}", "no files") from None

    def _log_files(self, run: _Run, item: Item) -> None:
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


def names_in_tags(names: Mapping[str, str]) -> dict[str, str]:
    """Return tags with the exact names of keys: JSON objects, as many as they fill.

    A name of more than `MAX_EXACT_NAME_LENGTH` characters is cut.

    Args:
        names: key -> exact name.

    Returns:
        tunebench.names, tunebench.names_2 and so on -> a JSON object that is whole.
    """
    pieces: list[dict[str, str]] = [{}]
    length = 2
    for key, name in sorted(names.items()):
        kept = cut(name, MAX_EXACT_NAME_LENGTH)
        size = len(json.dumps({key: kept}, ensure_ascii=False))  # two more than of the pair
        if pieces[-1] and length + size > MAX_TAG_LENGTH:
            pieces.append({})
            length = 2
        pieces[-1][key] = kept
        length += size
    return {
        NAMES + (f"_{number}" if number > 1 else ""): json.dumps(piece, ensure_ascii=False)
        for number, piece in enumerate(pieces, 1)
    }


def _names_of(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the exact names that tags hold."""
    found: dict[str, str] = {}
    for tag, text in tags.items():
        if tag == NAMES or tag.startswith(f"{NAMES}_"):
            with suppress(json.JSONDecodeError, TypeError, ValueError):
                found.update(json.loads(text))
    return found


def _size(run: Any) -> int:
    """Return how much a run of MLflow holds."""
    return len(run.data.params) + len(run.data.metrics)


def _recorded(run: Any) -> _Run:
    about, data = run.info, run.data
    return _Run(
        about.run_id, about.start_time, set(data.params), about.status, _names_of(data.tags)
    )


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
        raise SendError(_words(error), meaning(error)) from None


def _words(error: Exception) -> str:
    """Return why, in few words: those of the system where a connection failed."""
    text = str(error) or type(error).__name__
    system = re.search(r"\[Errno -?\d+\] ([^'\")\]]+)", text)
    return f"no connection: {system[1]}" if system and "HTTPConnection" in text else text


def meaning(error: Exception) -> Why:
    """Return what an error of the client means.

    Args:
        error: of any kind; those of MLflow have a code.
    """
    code = getattr(error, "error_code", "")
    if code in _LOCKED_OUT:
        return "locked out"
    is_refused = code in _REFUSED or isinstance(error, ImportError) or _TOO_LARGE.search(str(error))
    return "refused" if is_refused else "down"
