"""The only file that knows the record format: run files, the pack, the tidy frame."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from bench.core import Evaluation, Status, Suggestion, Trial
from bench.run import End, Ended
from bench.spec import RunSpec

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = 1
PACK = "trials.parquet"

TRIAL_COLUMNS = (
    "trial",
    "config",
    "fidelity",
    "status",
    "reason",
    "value",
    "test_value",
    "fold_values",
    "cost",
    "ask_s",
    "evaluate_s",
    "tell_s",
)


_HEADER_KEYS = {"schema", "run", "spec", "facts", "environment"}
_TRIAL_KEYS = {"trial", "config", "fidelity", "status", "cost", "ask_s", "evaluate_s", "tell_s"}


class StoreError(Exception):
    """A results folder that cannot be used as it is; the message says what to do."""


class DamagedError(Exception):
    """A run file that does not hold what a run file holds."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as it stands on disk.

    Args:
        header: schema, spec, seeds, facts about strategy and problem, environment.
        trials: one mapping a trial, as written.
        end: how it ended, or None while it is unfinished.
    """

    header: dict[str, Any]
    trials: list[dict[str, Any]]
    end: End | None

    @property
    def id(self) -> str:
        """The run's id."""
        return str(self.header["run"])


def header(
    spec: RunSpec, facts: Mapping[str, Any], environment: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the first line of a run file.

    Args:
        spec: of the run.
        facts: what the frame says of strategy and problem (metric, direction, seeds, …).
        environment: as `bench.environment.describe` gives it.
    """
    return {
        "schema": SCHEMA,
        "run": spec.id,
        "spec": spec.to_dict(),
        "facts": dict(facts),
        "environment": dict(environment),
    }


class Writer:
    """Appends trials to an unfinished run, one line and one system call each.

    Args:
        path: where the finished run will be; until then `.part` is added.
        head: the header.
        recorded: the lines of an earlier attempt to go on from.
    """

    def __init__(
        self, path: Path, head: Mapping[str, Any], recorded: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        self._path = path
        self._part = path.with_suffix(".part")
        lines = [orjson.dumps(head), *map(orjson.dumps, recorded)]
        # A fresh file instead of the old one: a process that outlived its driver may still hold
        # that one, and what it writes there now reaches nobody.
        fresh = path.with_suffix(".new")
        fresh.write_bytes(b"".join(line + b"\n" for line in lines))
        fresh.replace(self._part)
        self._file: BinaryIO = open(self._part, "ab", buffering=0)  # noqa: SIM115
        self._inode = os.fstat(self._file.fileno()).st_ino
        self._ends = [len(lines[0]) + 1]
        for line in lines[1:]:
            self._ends.append(self._ends[-1] + len(line) + 1)

    def append(self, trial: Trial) -> None:
        """Write a trial; recorded ones of the same number and after it are thrown away."""
        if trial.number < len(self._ends) - 1:
            self._cut(trial.number)
        line = orjson.dumps(_trial_to_dict(trial)) + b"\n"
        self._file.write(line)
        self._ends.append(self._ends[-1] + len(line))

    def close(self, end: End) -> None:
        """Write how the run ended and give the file its final name."""
        if end.trials < len(self._ends) - 1:
            self._cut(end.trials)
        self._file.write(orjson.dumps(_end_to_dict(end)) + b"\n")
        self._file.close()
        if self._part.stat().st_ino != self._inode:
            raise StoreError(f"another process took over {self._part}; its result counts")
        self._part.replace(self._path)

    def _cut(self, trials: int) -> None:
        del self._ends[trials + 1 :]
        self._file.truncate(self._ends[-1])


class Store:
    """A results folder: `runs/` with a file a run, and the pack.

    Args:
        folder: made by `create`; reading a folder that is not there gives nothing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._runs = folder / "runs"

    @property
    def pack_path(self) -> Path:
        """Where the packed runs are."""
        return self.folder / PACK

    @property
    def sweep_path(self) -> Path:
        """Where the resolved sweep is."""
        return self.folder / "sweep.json"

    def create(self, sweep: Mapping[str, Any]) -> None:
        """Make the folder and write the resolved sweep into it.

        Raises:
            StoreError: it cannot be written.
        """
        data = {"schema": SCHEMA, **sweep}
        fresh = self.sweep_path.with_suffix(".new")
        try:
            self._runs.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(orjson.dumps(data, option=orjson.OPT_INDENT_2) + b"\n")
            fresh.replace(self.sweep_path)
        except OSError as error:
            raise self.unwritable(error) from None

    def unwritable(self, error: OSError) -> StoreError:
        """Return what to raise where the folder cannot be written."""
        return StoreError(
            f"results need a folder that can be written, {self.folder} cannot be written "
            f"({error.strerror}); use another folder (--out)"
        )

    def sweep(self) -> dict[str, Any]:
        """Return the resolved sweep.

        Raises:
            StoreError: there is none, or another schema wrote it.
        """
        try:
            data = orjson.loads(self.sweep_path.read_bytes())
        except OSError:
            raise StoreError(
                f"a results folder must hold {self.sweep_path.name}, {self.folder} does not; "
                "name a folder that `tunebench run` wrote"
            ) from None
        except orjson.JSONDecodeError as error:
            raise self._damaged_sweep(error) from None
        if not isinstance(data, dict):
            raise self._damaged_sweep("it holds no table")
        self._check_schema(data, self.sweep_path)
        del data["schema"]
        return dict(data)

    def check_schema(self) -> None:
        """Refuse a folder of another schema; one without a sweep, or a damaged one, may be used.

        Raises:
            StoreError: another schema wrote it.
        """
        with suppress(OSError, orjson.JSONDecodeError):
            data = orjson.loads(self.sweep_path.read_bytes())
            if isinstance(data, dict):
                self._check_schema(data, self.sweep_path)

    def writer(self, head: Mapping[str, Any]) -> tuple[Writer, list[Trial]]:
        """Begin a run or go on with it.

        Returns:
            The writer, and the trials of an earlier attempt to replay.
        """
        path = self._path(head["run"])
        recorded: list[dict[str, Any]] = []
        for old in (path.with_suffix(".part"), path):
            if old.exists():
                with suppress(DamagedError):
                    recorded = self._read(old).trials
                break
        sign = -1.0 if head["facts"]["direction"] == "maximize" else 1.0
        writer = Writer(path, head, recorded)
        return writer, [_trial_from_dict(trial, sign) for trial in recorded]

    def end(self, head: Mapping[str, Any], end: Ended, reason: str, seconds: float = 0.0) -> End:
        """End a run from outside, keeping the trials it has, and return its end."""
        writer, trials = self.writer(head)
        ending = End(end, reason, len(trials), seconds=seconds)
        writer.close(ending)
        return ending

    def records(self, damaged: list[tuple[Path, str]] | None = None) -> Iterator[RunRecord]:
        """Yield every run, packed and loose, unfinished ones included; a loose one counts.

        Args:
            damaged: receives the files that could not be read, with the reason. Without it they
                are an error.

        Raises:
            StoreError: another schema, or a damaged pack.
        """
        loose = {path.stem: path for path in sorted(self._runs.glob("*.part"))}
        loose |= {path.stem: path for path in sorted(self._runs.glob("*.jsonl"))}
        for record in self._packed():
            if record.id not in loose:
                yield record
        for path in loose.values():
            try:
                found = self._read_wherever(path)
            except DamagedError as error:
                if damaged is None:
                    raise StoreError(f"{path} is damaged: {error}; `tunebench run` redoes it")  # noqa: B904
                damaged.append((path, str(error)))
            else:
                if found is not None:
                    yield found

    def set_aside(self, path: Path) -> Path:
        """Move a damaged run file out of the way and return where it is now."""
        place = self._runs / "damaged" / path.name
        place.parent.mkdir(exist_ok=True)
        return path.replace(place)

    def pack(self) -> int:
        """Fold all finished runs into the pack, remove their files, return how many it holds."""
        records = [record for record in self.records() if record.end is not None]
        _write_pack(self.pack_path, records)
        for record in records:
            self._path(record.id).unlink(missing_ok=True)
        return len(records)

    def frames(
        self, damaged: list[tuple[Path, str]] | None = None
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the tidy frame, a row a trial, and the frame of runs, a row a run."""
        import pandas as pd

        trials: list[dict[str, Any]] = []
        runs: list[dict[str, Any]] = []
        for record in self.records(damaged):
            common = _run_columns(record.header)
            runs.append(common | _end_columns(record))
            trials.extend(common | _trial_columns(trial) for trial in record.trials)
        columns = [*_RUN_COLUMNS, *TRIAL_COLUMNS]
        frame = pd.DataFrame.from_records(trials, columns=columns)
        kinds = {"value": float, "test_value": float, "optimum": float, "is_set": bool}
        runs_frame = pd.DataFrame.from_records(runs, columns=[*_RUN_COLUMNS, *_END_COLUMNS])
        return frame.astype(kinds), runs_frame.astype({"optimum": float, "is_set": bool})

    def rows(self) -> pd.DataFrame:
        """Return the tidy frame, a row a trial."""
        return self.frames()[0]

    def environments(self) -> list[dict[str, Any]]:
        """Return the different environments the runs were made in, in order of appearance."""
        found: list[dict[str, Any]] = []
        for record in self.records([]):
            if record.header["environment"] not in found:
                found.append(record.header["environment"])
        return found

    def _path(self, run: str) -> Path:
        return self._runs / f"{run}.jsonl"

    def _read_wherever(self, path: Path) -> RunRecord | None:
        """Read a run that may be finished or packed between the listing and the reading."""
        for place in (path, path.with_suffix(".jsonl")):
            with suppress(FileNotFoundError):
                return self._read(place)
        return next((record for record in self._packed() if record.id == path.stem), None)

    def _packed(self) -> Iterator[RunRecord]:
        if self.pack_path.exists():
            yield from _read_pack(self.pack_path, self._check_schema)

    def _read(self, path: Path) -> RunRecord:
        lines = path.read_bytes().split(b"\n")
        # What follows the last line feed was being written when the process died.
        torn = lines.pop()
        finished = path.suffix == ".jsonl"
        try:
            data = [orjson.loads(line) for line in lines]
        except orjson.JSONDecodeError as error:
            raise DamagedError(f"a line is not JSON ({error})") from None
        if not data or not isinstance(data[0], dict) or "schema" not in data[0]:
            raise DamagedError("the first line is no header")
        self._check_schema(data[0], path)
        head, *trials = data
        if head.get("run") != path.stem or not head.keys() >= _HEADER_KEYS:
            raise DamagedError("the first line is another run's header or a part of one")
        if not all(isinstance(line, dict) for line in trials):
            raise DamagedError("a line is no trial")
        end = None
        if trials and "ended" in trials[-1]:
            try:
                end = End(**_renamed(trials.pop()))
            except (KeyError, ValueError) as error:
                raise DamagedError(f"its last line is no end ({error})") from None
        if finished and (torn or end is None or end.trials != len(trials)):
            raise DamagedError("it stops before its end")
        if any(trial.get("trial") != number for number, trial in enumerate(trials)):
            raise DamagedError("its trials are not in order")
        if not all(trial.keys() >= _TRIAL_KEYS for trial in trials):
            raise DamagedError("a trial lacks a part")
        return RunRecord(head, trials, end if finished else None)

    def _damaged_sweep(self, why: object) -> StoreError:
        return StoreError(
            f"{self.sweep_path} is damaged ({why}); run the sweep again to rewrite it"
        )

    def _check_schema(self, data: Mapping[str, Any], path: Path) -> None:
        if data.get("schema") != SCHEMA:
            raise StoreError(
                f"results must have schema {SCHEMA}, {path} has {data.get('schema')!r}; "
                "use another folder (--out), or the tunebench that wrote it"
            )


def _trial_to_dict(trial: Trial) -> dict[str, Any]:
    suggestion, evaluation = trial.suggestion, trial.evaluation
    line: dict[str, Any] = {
        "trial": trial.number,
        "config": suggestion.config,
        "fidelity": suggestion.fidelity,
        "status": trial.status.value,
        "cost": trial.cost,
        "ask_s": trial.ask_seconds,
        "evaluate_s": trial.evaluate_seconds,
        "tell_s": trial.tell_seconds,
    }
    if evaluation is None:
        line["reason"] = trial.reason
    else:
        line["value"] = evaluation.value
        if evaluation.test_value is not None:
            line["test_value"] = evaluation.test_value
        if evaluation.fold_values is not None:
            line["fold_values"] = evaluation.fold_values
    return line


def _trial_from_dict(line: Mapping[str, Any], sign: float) -> Trial:
    evaluation = None
    if line["status"] == Status.COMPLETED:
        folds = line.get("fold_values")
        evaluation = Evaluation(
            line["value"],
            line.get("test_value"),
            None if folds is None else tuple(folds),
            line["cost"],
        )
    return Trial(
        number=line["trial"],
        suggestion=Suggestion(line["config"], line["fidelity"]),
        status=Status(line["status"]),
        loss=None if evaluation is None else sign * evaluation.value,
        evaluation=evaluation,
        reason=line.get("reason", ""),
        cost=line["cost"],
        ask_seconds=line["ask_s"],
        evaluate_seconds=line["evaluate_s"],
        tell_seconds=line["tell_s"],
    )


_END_COLUMNS = ("ended", "reason", "trials", "start_s", "seconds")


def _end_to_dict(end: End) -> dict[str, Any]:
    return {
        "ended": end.ended.value,
        "reason": end.reason,
        "trials": end.trials,
        "start_s": end.start_seconds,
        "seconds": end.seconds,
    }


def _renamed(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ended": Ended(line["ended"]),
        "reason": line["reason"],
        "trials": line["trials"],
        "start_seconds": line["start_s"],
        "seconds": line["seconds"],
    }


_RUN_COLUMNS = (
    "run",
    "strategy",
    "strategy_name",
    "strategy_version",
    "settings",
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
    "is_set",
)


def _run_columns(head: Mapping[str, Any]) -> dict[str, Any]:
    spec, facts = head["spec"], head["facts"]
    strategy, problem = spec["strategy"], spec["problem"]
    return {
        "run": head["run"],
        "strategy": strategy["label"],
        "strategy_name": strategy["name"],
        "strategy_version": strategy["version"],
        "settings": _json(strategy["settings"]),
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
        "is_set": facts["is_set"],
    }


def _trial_columns(line: Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: line.get(name) for name in TRIAL_COLUMNS}
    columns["config"] = _json(line["config"])
    columns["reason"] = line.get("reason", "")
    return columns


def _end_columns(record: RunRecord) -> dict[str, Any]:
    if record.end is None:
        return {"ended": "running", "reason": "", "trials": len(record.trials)}
    return _end_to_dict(record.end)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _write_pack(path: Path, records: Sequence[RunRecord]) -> None:
    """Write runs as one Parquet file: a row a trial, the runs and environments as metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    environments: list[dict[str, Any]] = []
    runs = []
    for record in records:
        environment = record.header["environment"]
        if environment not in environments:
            environments.append(environment)
        assert record.end is not None
        runs.append(
            record.header
            | {"environment": environments.index(environment), "end": _end_to_dict(record.end)}
        )
    dictionary = pa.dictionary(pa.int32(), pa.string())
    kinds = {
        "run": dictionary,
        "strategy": dictionary,
        "problem": dictionary,
        "repetition": pa.int32(),
        "trial": pa.int32(),
        "config": pa.string(),
        "fidelity": pa.float64(),
        "status": dictionary,
        "reason": dictionary,
        "value": pa.float64(),
        "test_value": pa.float64(),
        "fold_values": pa.list_(pa.float64()),
        "cost": pa.float64(),
        "ask_s": pa.float64(),
        "evaluate_s": pa.float64(),
        "tell_s": pa.float64(),
    }
    rows = [
        _run_columns(record.header) | _trial_columns(trial)
        for record in records
        for trial in record.trials
    ]
    metadata = {
        "tunebench": orjson.dumps({"schema": SCHEMA, "runs": runs, "environments": environments})
    }
    table = pa.table(
        {name: pa.array([row[name] for row in rows], kind) for name, kind in kinds.items()},
        metadata=metadata,
    )
    fresh = path.with_suffix(".new")
    pq.write_table(table, fresh, compression="zstd")
    fresh.replace(path)


def _read_pack(path: Path, check_schema: Any) -> Iterator[RunRecord]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        metadata = orjson.loads((table.schema.metadata or {})[b"tunebench"])
    except (pa.ArrowException, OSError, KeyError, orjson.JSONDecodeError) as error:
        raise StoreError(
            f"{path} must be a pack that `tunebench pack` wrote, it cannot be read ({error}); "
            "restore it, or remove it to do its runs again"
        ) from None
    check_schema(metadata, path)
    lines: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        line = {
            name: row[name]
            for name in TRIAL_COLUMNS
            if row[name] is not None and (name != "reason" or row["status"] == Status.FAILED)
        }
        line["config"] = orjson.loads(row["config"])
        lines.setdefault(row["run"], []).append(line)
    for head in metadata["runs"]:
        end = End(**_renamed(head.pop("end")))
        head["environment"] = metadata["environments"][head["environment"]]
        yield RunRecord(head, lines.get(head["run"], []), end)
