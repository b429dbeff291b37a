"""The record format: the lines of a run file, and how they are read."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import NoneType
from typing import Any

import orjson

from bench import files
from bench.core import Evaluation, Status, Suggestion, Trial
from bench.errors import UserError
from bench.job import Facts, Job
from bench.run import LARGEST, End, Ended
from bench.spec import RunSpec, run_id, unknown_fields
from bench.store.rows import run_columns
from bench.store.seal import SealError, checksum, is_sealed, unseal

SCHEMA = 1

_HEADER_KEYS = {"schema", "run", "spec", "facts", "environment"}
_FACTS = {
    "library": (str,),
    "metric": (str,),
    "direction": (str,),
    "optimum": (int, float, NoneType),
    "is_set": (bool,),
    "strategy_seed": (int,),
    "problem_seed": (int,),
}
_OTHER_FACTS = {
    "dataset": (str,),
    "median_draw": (int, float, NoneType),
    "positive": (str,),
    "strategy_distribution": (str,),
    "problem_distribution": (str,),
}
"""Of runs that were planned by later versions."""

_MADE_BY = ("library", "strategy_distribution", "problem_distribution")
"""What is so of the first attempt of a run, which made its first trials."""

_DIRECTIONS = ("minimize", "maximize")
_SECONDS = ("cost", "ask_s", "evaluate_s", "tell_s")
_TRIAL_KEYS = {"trial", "config", "fidelity", "status", "cost", "ask_s", "evaluate_s", "tell_s"}


class StoreError(UserError):
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
        checked: it has checksums, and they hold; old results have none.
    """

    header: dict[str, Any]
    trials: list[dict[str, Any]]
    end: End | None
    checked: bool = False

    @property
    def id(self) -> str:
        """The run's id."""
        return str(self.header["run"])

    @property
    def spec(self) -> RunSpec:
        """What decides the run's values."""
        return RunSpec.from_dict(self.header["spec"])

    @property
    def job(self) -> Job:
        """The run as it was to be done."""
        return job_of(self.header)


def header(job: Job, environment: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first line of a run file.

    Args:
        job: the run.
        environment: where it is made, as `bench.environment.describe` gives it.
    """
    facts = {name: value for name, value in asdict(job.facts).items() if name in _FACTS or value}
    if job.facts.median_draw is not None:
        facts["median_draw"] = job.facts.median_draw  # it may be 0
    seeds = {"strategy_seed": job.strategy_seed, "problem_seed": job.problem_seed}
    return {
        "schema": SCHEMA,
        "run": job.id,
        "spec": job.spec.to_dict(),
        "facts": facts | seeds,
        "environment": dict(environment),
    }


def job_of(head: Mapping[str, Any]) -> Job:
    """Return the job of a header, of this version or an older one."""
    facts = dict(head["facts"])
    seeds = {name: facts.pop(name) for name in ("strategy_seed", "problem_seed")}
    known = {part.name for part in fields(Facts)}
    return Job(
        RunSpec.from_dict(head["spec"]),
        **seeds,
        facts=Facts(**{name: value for name, value in facts.items() if name in known}),
    )


def resumed(head: Mapping[str, Any], earlier: RunRecord) -> dict[str, Any]:
    """Return the header of a run that goes on from an earlier attempt.

    Its trials were measured where that attempt was: the first environment and the library of then
    stay, and another environment is added under `resumed_in`.
    """
    if not earlier.trials:
        return dict(head)
    first, *others = environments(earlier.header)
    if head["environment"] not in (first, *others):
        others.append(head["environment"])
    before = earlier.header["facts"]
    made_by = {name: before[name] for name in _MADE_BY if name in before}
    # In the order of today's: where nothing else differs, the header has the same bytes.
    facts = {k: v for k, v in head["facts"].items() if k not in _MADE_BY or k in before} | made_by
    known = {"facts": facts, "environment": first}
    return dict(head) | known | ({"resumed_in": others} if others else {})


def environments(head: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the environments a run was made in, in their order."""
    return [head["environment"], *head.get("resumed_in", ())]


def check_schema(data: Mapping[str, Any], path: Path) -> None:
    """Refuse what another schema wrote.

    Raises:
        StoreError: `data`, read from `path`, names another schema or none.
    """
    if data.get("schema") != SCHEMA:
        raise StoreError(
            f"results must have schema {SCHEMA}, {path} has {data.get('schema')!r}; "
            "use another folder (--out), or the tunebench that wrote it"
        )


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what keeps a file or folder from being read into an error that says so.

    Args:
        path: of what is read.

    Raises:
        FileNotFoundError: it is not there.
        StoreError: it is there, and cannot be read.
    """
    try:
        yield
    except OSError as error:
        # A link that leads nowhere is there.
        gone = isinstance(error, (FileNotFoundError, NotADirectoryError))
        if gone and not os.path.lexists(path):
            raise FileNotFoundError(error.errno, error.strerror, str(path)) from None
        raise StoreError(
            f"results must be readable, {path} cannot be read ({error.strerror}); "
            "check its rights and where it leads, or move it away"
        ) from None


def read_run(path: Path) -> RunRecord:
    """Read a run file, finished (`.jsonl`) or not (`.part`).

    Raises:
        DamagedError: it does not hold what a run file holds.
        FileNotFoundError: it is not there.
        StoreError: it cannot be read, or another schema wrote it.
    """
    with reading(path):
        lines = files.read(path).split(b"\n")
    # What follows the last line feed was being written when the process died.
    torn = lines.pop()
    finished = path.suffix == ".jsonl"
    sealed = sum(map(is_sealed, lines))
    if 0 < sealed < len(lines):
        raise DamagedError("some of its lines have a checksum, others have none")
    data = list(_loaded(lines))
    if not data or not isinstance(data[0], dict) or "schema" not in data[0]:
        raise DamagedError("the first line is no header")
    check_schema(data[0], path)
    head, *trials = data
    if head.get("run") != path.stem or not head.keys() >= _HEADER_KEYS:
        raise DamagedError("the first line is another run's header or a part of one")
    if not all(isinstance(line, dict) for line in trials):
        raise DamagedError("a line is no trial")
    end = None
    if trials and "ended" in trials[-1]:
        try:
            end = end_from_dict(trials.pop())
        except (KeyError, ValueError) as error:
            raise DamagedError(f"its last line is no end ({error})") from None
    if finished and (torn or end is None or end.trials != len(trials)):
        raise DamagedError("it stops before its end")
    if any(trial.get("trial") != number for number, trial in enumerate(trials)):
        raise DamagedError("its trials are not in order")
    if not all(trial.keys() >= _TRIAL_KEYS for trial in trials):
        raise DamagedError("a trial lacks a part")
    record = RunRecord(head, trials, end if finished else None, sealed > 0)
    check_record(record)
    return record


def _loaded(lines: Sequence[bytes]) -> Iterator[Any]:
    before = 0
    for number, line in enumerate(lines, 1):
        try:
            yield unseal(line, before)
            before = checksum(line)
        except SealError as error:
            raise DamagedError(f"line {number} was changed after it was written: {error}") from None
        except orjson.JSONDecodeError as error:
            raise DamagedError(f"a line is not JSON ({error})") from None


def check_record(record: RunRecord) -> None:
    """Refuse what has the parts of a run but not their kinds.

    Raises:
        DamagedError: the header or a trial cannot be what a run wrote.
    """
    try:
        check_head(record.header)
        for line in record.trials:
            trial_from_dict(line, 1.0)
            _check_trial(line)
        if record.end is not None:
            _check_end(record.end)
    except StoreError:
        raise
    except Exception as error:
        raise DamagedError(f"a part is not of its kind ({type(error).__name__}: {error})") from None


def check_head(head: Mapping[str, Any]) -> None:
    """Raise whatever comes of a header that lacks a part or has another kind of it.

    Raises:
        StoreError: it has a part that this version does not know.
    """
    if run_id(head["spec"]) != head["run"]:
        raise ValueError("the id is that of another spec")
    if unknown := unknown_fields(head["spec"]):
        raise StoreError(
            f"results must be of this version of tunebench or an older one, run {head['run']} has "
            f"{', '.join(unknown)}; use the tunebench that wrote it, or a newer one"
        )
    spec = RunSpec.from_dict(head["spec"])
    if spec.to_dict() != head["spec"]:
        raise ValueError("its spec is not as a spec is recorded")
    run_columns(head)
    for environment in environments(head):
        dict(environment)
    facts = head["facts"]
    for name, kinds in _FACTS.items():
        if type(facts[name]) not in kinds:  # a truth value is no number
            raise TypeError(f"{name} is {facts[name]!r}")
    for name, kinds in _OTHER_FACTS.items():
        if name in facts and type(facts[name]) not in kinds:
            raise TypeError(f"{name} is {facts[name]!r}")
    if facts["direction"] not in _DIRECTIONS:
        raise ValueError(f"direction is {facts['direction']!r}")


def _check_trial(line: Mapping[str, Any]) -> None:
    for name in _SECONDS:
        if not line[name] >= 0:
            raise ValueError(f"{name} is {line[name]!r}")
    if not 0 < line["fidelity"] <= 1:
        raise ValueError(f"fidelity is {line['fidelity']!r}")
    for name, most in (("value", LARGEST), ("test_value", math.inf)):
        number = line.get(name)
        if number is not None and not abs(number) <= most:
            raise ValueError(f"{name} is {number!r}")
    for name, kind in (("reason", str), ("fold_values", list)):
        if not isinstance(line.get(name), kind | None):
            raise TypeError(f"{name} is {line[name]!r}")
    numbers = [line.get(name) for name in (*_SECONDS, "fidelity", "value", "test_value")]
    for number in (*numbers, *(line.get("fold_values") or ())):
        if type(number) not in (int, float, NoneType):  # a truth value is no number
            raise TypeError(f"{number!r} is no number")


def _check_end(end: End) -> None:
    if not isinstance(end.reason, str):
        raise TypeError(f"reason is {end.reason!r}")
    for name in ("start_seconds", "seconds"):
        if not getattr(end, name) >= 0:
            raise ValueError(f"{name} is {getattr(end, name)!r}")


def trial_to_dict(trial: Trial) -> dict[str, Any]:
    """Return the line of a trial."""
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


def trial_from_dict(line: Mapping[str, Any], sign: float) -> Trial:
    """Return the trial of a line; `sign` turns its value into a loss."""
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


def end_to_dict(end: End) -> dict[str, Any]:
    """Return the last line of a finished run."""
    return {
        "ended": end.ended.value,
        "reason": end.reason,
        "trials": end.trials,
        "start_s": end.start_seconds,
        "seconds": end.seconds,
    }


def end_from_dict(line: Mapping[str, Any]) -> End:
    """Return how a run ended, from its last line."""
    return End(
        ended=Ended(line["ended"]),
        reason=line["reason"],
        trials=line["trials"],
        start_seconds=line["start_s"],
        seconds=line["seconds"],
    )
