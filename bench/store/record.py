"""The record format: what the lines of a run file say, as values and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from bench.core import Evaluation, Status, Suggestion, Trial
from bench.errors import UserError
from bench.job import Facts, Job
from bench.run import End, RunStatus
from bench.spec import RunSpec
from bench.store.migrations import SCHEMA

_ALWAYS = {"library", "metric", "direction", "optimum", "unordered"}
"""Facts that are recorded also where they are empty."""

_COMPLETED = Status.COMPLETED.value

_MADE_BY = ("library", "strategy_distribution", "problem_distribution")
"""What is so of the first attempt of a run, which made its first trials."""


FAULTS = (RunStatus.FAILED, RunStatus.TIMEOUT, RunStatus.CRASHED)
"""How runs end that may be tried again."""


class StoreError(UserError):
    """A results folder that cannot be used as it is; the message says what to do."""


class DamagedError(Exception):
    """A run file that does not hold what a run file holds."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A run as it stands on disk, without its trials.

    Args:
        header: as a `RunRecord` has it.
        end: how it ended, or None while it is unfinished.
    """

    header: dict[str, Any]
    end: End | None

    @property
    def id(self) -> str:
        """The run's id."""
        return str(self.header["run"])

    @property
    def spec(self) -> RunSpec:
        """What decides the run's values."""
        return RunSpec.from_dict(self.header["spec"])


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as it stands on disk.

    Args:
        header: schema, spec, seeds, facts about strategy and problem, environment.
        trials: one mapping a trial, as written: in the order in which they were reported to the
            strategy.
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
    def outline(self) -> Outline:
        """The run without its trials."""
        return Outline(self.header, self.end)

    @property
    def by_number(self) -> list[dict[str, Any]]:
        """The trials in the order of their numbers, which is that of asking."""
        return sorted(self.trials, key=lambda line: line["trial_number"])

    @property
    def spec(self) -> RunSpec:
        """What decides the run's values."""
        return RunSpec.from_dict(self.header["spec"])

    @property
    def job(self) -> Job:
        """The run as it was to be done."""
        return job_of(self.header)


def header_of(job: Job, environment: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first line of a run file.

    Args:
        job: the run.
        environment: where it is made, as `bench.environment.describe` gives it.
    """
    facts = {name: value for name, value in asdict(job.facts).items() if name in _ALWAYS or value}
    if job.facts.median_draw is not None:
        facts["median_draw"] = job.facts.median_draw  # it may be 0
    if job.facts.tags:
        facts["tags"] = list(job.facts.tags)
    seeds = {"strategy_seed": job.strategy_seed, "problem_seed": job.problem_seed}
    return {
        "schema": SCHEMA,
        "run": job.id,
        "spec": job.spec.to_dict(),
        "facts": facts | seeds,
        "environment": dict(environment),
    }


def job_of(header: Mapping[str, Any]) -> Job:
    """Return the job of a header, of this version or an older one."""
    facts = dict(header["facts"])
    seeds = {name: facts.pop(name) for name in ("strategy_seed", "problem_seed")}
    known = {part.name for part in fields(Facts)}
    facts["tags"] = tuple(facts.get("tags", ()))
    return Job(
        RunSpec.from_dict(header["spec"]),
        **seeds,
        facts=Facts(**{name: value for name, value in facts.items() if name in known}),
    )


def resumed(header: Mapping[str, Any], earlier: RunRecord) -> dict[str, Any]:
    """Return the header of a run that goes on from an earlier attempt.

    How that attempt ended is added under `attempts` if a fault ended it. Its trials were measured
    where it was: the first environment and the library of then stay, and another environment is
    added under `resumed_in`.
    """
    attempts = list(earlier.header.get("attempts", ()))
    if earlier.end is not None and earlier.end.status in FAULTS:
        attempts.append(end_to_dict(earlier.end))
    more = {"attempts": attempts} if attempts else {}
    if not earlier.trials:
        return dict(header) | more
    first, *others = environments(earlier.header)
    if header["environment"] not in (first, *others):
        others.append(header["environment"])
    before = earlier.header["facts"]
    made_by = {name: before[name] for name in _MADE_BY if name in before}
    # In the order of today's: where nothing else differs, the header has the same bytes.
    facts = {k: v for k, v in header["facts"].items() if k not in _MADE_BY or k in before} | made_by
    known = {"facts": facts, "environment": first}
    return dict(header) | known | ({"resumed_in": others} if others else {}) | more


def environments(header: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the environments a run was made in, in their order."""
    return [header["environment"], *header.get("resumed_in", ())]


def trial_to_dict(trial: Trial) -> dict[str, Any]:
    """Return the line of a trial."""
    suggestion, evaluation = trial.suggestion, trial.evaluation
    line: dict[str, Any] = {
        "trial_number": trial.number,
        "config": suggestion.config,
        "fidelity": suggestion.fidelity,
        "status": _COMPLETED if evaluation is not None else trial.status.value,
        "evaluation_s": trial.cost,
        "ask_s": trial.ask_seconds,
        "evaluation_wall_s": trial.evaluation_wall_seconds,
        "tell_s": trial.tell_seconds,
        "started_s": trial.started,
        "finished_s": trial.finished,
        "worker": trial.worker,
    }
    if trial.continued_from:
        line["continued_from"] = trial.continued_from
    if evaluation is None:
        line["reason"] = trial.reason
    else:
        line["value"] = evaluation.value
        if evaluation.test_value is not None:
            line["test_value"] = evaluation.test_value
        if evaluation.fold_values is not None:
            line["fold_values"] = evaluation.fold_values
        if evaluation.train_value is not None:
            line["train_value"] = evaluation.train_value
        if evaluation.scores is not None:
            pairs = evaluation.scores.values()
            line["validation_scores"], line["test_scores"] = map(list, zip(*pairs, strict=True))
    return line


def trial_from_dict(line: Mapping[str, Any], sign: float, metrics: Sequence[str] = ()) -> Trial:
    """Return the trial of a line.

    Args:
        line: as `trial_to_dict` gives it.
        sign: turns its value into a loss.
        metrics: those of the run, whose scores the line has; none: its scores are left out.
    """
    evaluation = None
    if line["status"] == Status.COMPLETED:
        folds = line.get("fold_values")
        evaluation = Evaluation(
            line["value"],
            line.get("test_value"),
            None if folds is None else tuple(folds),
            line["evaluation_s"],
            line.get("train_value"),
            _scores(line, metrics),
        )
    return Trial(
        number=line["trial_number"],
        suggestion=Suggestion(line["config"], line["fidelity"]),
        status=Status(line["status"]),
        loss=None if evaluation is None else sign * evaluation.value,
        evaluation=evaluation,
        reason=line.get("reason", ""),
        cost=line["evaluation_s"],
        ask_seconds=line["ask_s"],
        evaluation_wall_seconds=line["evaluation_wall_s"],
        tell_seconds=line["tell_s"],
        started=line["started_s"],
        finished=line["finished_s"],
        worker=line["worker"],
        continued_from=line.get("continued_from", 0.0),
    )


def _scores(
    line: Mapping[str, Any], metrics: Sequence[str]
) -> dict[str, tuple[float | None, float | None]] | None:
    if not metrics or "validation_scores" not in line:
        return None
    pairs = zip(line["validation_scores"], line["test_scores"], strict=True)
    return dict(zip(metrics, pairs, strict=True))


def end_to_dict(end: End) -> dict[str, Any]:
    """Return the last line of a finished run."""
    return {
        "status": end.status.value,
        "reason": end.reason,
        "n_trials": end.n_trials,
        "start_s": end.start_seconds,
        "run_s": end.run_seconds,
    }


def end_from_dict(line: Mapping[str, Any]) -> End:
    """Return how a run ended, from its last line."""
    return End(
        status=RunStatus(line["status"]),
        reason=line["reason"],
        n_trials=line["n_trials"],
        start_seconds=line["start_s"],
        run_seconds=line["run_s"],
    )
