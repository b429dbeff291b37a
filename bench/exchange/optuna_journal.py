"""Runs as the studies of an Optuna journal, for its dashboard and its importances."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.core import SearchSpace
from bench.core.distributions import Categorical, Distribution, Float, Int, Ordinal
from bench.exchange.imported import ExchangeError
from bench.exchange.outgoing import Exported
from bench.exchange.ran import partial_runs
from bench.exchange.spaces import space_of
from bench.sources.source import Source, first_few
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

FILE = "journal.log"

MAX_TRIALS = 100_000
"""Trials of a journal: whoever writes or opens it holds all of them, 6 kB each."""

MAX_LINES_HELD = 1_000
"""Lines of a journal that wait to be written."""

BEGIN = datetime.datetime(2000, 1, 1)
"""When every run begins: a record has the seconds since, and no date."""

RUN_FACTS = ("metric", "budget", "optimum", "strategy_settings", "strategy_seed", "library",
             "problem_settings", "problem_seed")  # fmt: skip
TRIAL_FACTS = ("test_value", "evaluation_s", "ask_s", "tell_s", "worker", "reason")
TRIAL_COLUMNS = (
    "trial_number", "config", "fidelity", "status", "value", "started_s", "finished_s", *TRIAL_FACTS
)  # fmt: skip


def write(source: Source, folder: Path) -> Exported:
    """Write a journal file with a study for each run, named `strategy/problem/repetition`.

    Its user attributes `strategy`, `problem`, `repetition` and, where there is one, `dataset` say
    the same; others begin with `tunebench:`. A trial of a lower fidelity is pruned. All trials of
    such a problem report their value at a step, whose share of the last step is the fidelity.
    Parameters that are not active are absent.

    Args:
        source: the runs.
        folder: an empty one.

    Raises:
        ExchangeError: there are too many trials.
    """
    import optuna

    if len(source.trials) > MAX_TRIALS:
        raise ExchangeError(
            f"an Optuna journal may have {MAX_TRIALS:,} trials, {len(source.trials):,} are given; "
            "export a results folder of fewer strategies or problems"
        )
    runs = source.runs.set_index("run")
    backend = _buffered(folder / FILE)
    storage = optuna.storages.JournalStorage(backend)
    spaces, guessed = _spaces(source)
    steps = {
        str(problem): _steps(fidelity)
        for problem, fidelity in source.trials.groupby("problem", observed=True)["fidelity"]
    }
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)  # else a line for each study
    try:
        count = 0
        needed = [name for name in ("run", *TRIAL_COLUMNS) if name in source.trials]
        trials = source.trials[needed].astype({"status": str, "reason": str})
        for run, rows in trials.groupby("run", observed=True, sort=False):
            facts = runs.loc[run]
            study = optuna.create_study(
                storage=storage,
                study_name=f"{facts['strategy']}/{facts['problem']}/{facts['repetition']}",
                direction="maximize" if facts["direction"] == "maximize" else "minimize",
            )
            for name, value in _attributes(source, str(run), facts).items():
                study.set_user_attr(name, value)
            problem = str(facts["problem"])
            study.add_trials(_trials(rows, spaces[problem], steps[problem]))
            count += 1
        backend.flush()
    finally:
        optuna.logging.set_verbosity(verbosity)
    lines = partial_runs(source)
    lines.append("runs are recorded without dates: in the journal each begins on 2000-01-01")
    if guessed:
        lines.append(
            "the ranges of parameters are those of the values tried, since the problem does not "
            f"come with the package as it was: {first_few(guessed)}"
        )
    if "config" not in source.trials:
        lines.append("trials have no parameters, since these results hold none")
    lower = source.trials["fidelity"] < 1
    if lower.any():
        lines.append(
            f"{many(int(lower.sum()), 'trial')} of lower fidelity: state PRUNED, with their steps"
        )
    return Exported(
        f"{many(count, 'study', 'studies')} in {FILE}",
        len(source.trials),
        tuple(lines),
        (
            "import optuna; from optuna.storages.journal import JournalFileBackend",
            f'storage = optuna.storages.JournalStorage(JournalFileBackend("{{}}/{FILE}"))',
            "print(optuna.get_all_study_names(storage))",
        ),
    )


def _buffered(path: Path) -> Any:
    """Return a backend of a journal that writes a thousand lines at a time, not each for itself."""
    from optuna.storages.journal import BaseJournalBackend, JournalFileBackend

    class Buffered(BaseJournalBackend):
        def __init__(self) -> None:
            self._file = JournalFileBackend(str(path))
            self._first, self._logs = 0, list[dict[str, Any]]()

        def read_logs(self, log_number_from: int) -> Iterable[dict[str, Any]]:
            # Who writes reads each line once, right after it was written.
            return self._logs[log_number_from - self._first :]

        def append_logs(self, logs: list[dict[str, Any]]) -> None:
            if len(self._logs) >= MAX_LINES_HELD:
                self.flush()
            self._logs.extend(logs)

        def flush(self) -> None:
            if self._logs:
                self._file.append_logs(self._logs)
            self._first, self._logs = self._first + len(self._logs), []

    return Buffered()


def _spaces(source: Source) -> tuple[dict[str, SearchSpace | None], list[str]]:
    """Return problem with a trial -> space, and those whose ranges are of the values tried."""
    found: dict[str, SearchSpace | None] = {}
    guessed, there = [], set(source.trials["problem"].unique())
    for problem in source.problems:
        if problem not in there:
            continue
        # What is asked of it is the same in all its runs.
        found[problem] = space_of(source.runs[source.runs["problem"] == problem].iloc[0])
        if "config" not in source.trials:
            continue
        configs = source.trials["config"][source.trials["problem"] == problem].map(json.loads)
        if not _fits(found[problem], configs):
            found[problem] = _tried(configs)
            guessed.append(problem)
    return found, guessed


def _fits(space: SearchSpace | None, configs: Iterable[Mapping[str, Any]]) -> bool:
    try:
        return space is not None and all(space.check(config) == config for config in configs)
    except ValueError:
        return False


def _tried(configs: Iterable[Mapping[str, Any]]) -> SearchSpace | None:
    """Return the smallest ranges that hold the values of all configurations."""
    values: dict[str, dict[Any, None]] = {}
    for config in configs:
        for name, value in config.items():
            values.setdefault(name, {})[value] = None
    return (
        SearchSpace({name: _range(list(one)) for name, one in values.items()}) if values else None
    )


def _range(values: Sequence[Any]) -> Distribution:
    if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return Int(min(values), max(values))
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return Float(min(values), max(values))
    return Categorical(tuple(values))


def _attributes(source: Source, run: str, facts: pd.Series[Any]) -> dict[str, Any]:
    problem = str(facts["problem"])
    found: dict[str, Any] = {
        "strategy": str(facts["strategy"]),
        "problem": problem,
        "repetition": int(facts["repetition"]),
    }
    if problem not in source.functions and problem in source.datasets:
        found["dataset"] = source.datasets[problem]
    found["tunebench:run"] = run
    return found | _plain(facts, RUN_FACTS, "tunebench:")


def _plain(row: Any, names: Iterable[str], prefix: str = "") -> dict[str, Any]:
    """Return what a row says as plain values, without what is empty."""
    found = {}
    for name in names:
        value = row.get(name)
        value = value.item() if isinstance(value, np.generic) else value
        if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
            continue
        found[f"{prefix}{name}"] = value
    return found


def _steps(fidelities: pd.Series[float]) -> int:
    """Return the fewest steps of a full evaluation that make each share an integer; 0 if all are 1.

    It is 100, and steps are rounded up, where more than a million would be needed.
    """
    shares = fidelities.unique().tolist()
    if all(share >= 1 for share in shares):
        return 0
    found = math.lcm(*(Fraction(share).limit_denominator(10**5).denominator for share in shares))
    return found if found <= 10**6 else 100


def _trials(rows: pd.DataFrame, space: SearchSpace | None, steps: int) -> list[FrozenTrial]:
    """Return the trials of a run; with steps, each that completed reports its value at one."""
    from optuna.trial import TrialState, create_trial

    distributions = (
        {} if space is None else {n: _distribution(d) for n, d in space.parameters.items()}
    )
    found, clock = [], 0.0
    for row in rows.sort_values("trial_number").to_dict("records"):
        params = json.loads(row["config"]) if "config" in row and space is not None else {}
        completed, fidelity = row["status"] == "completed", float(row["fidelity"])
        value = float(row["value"])
        state = TrialState.COMPLETE if fidelity >= 1 else TrialState.PRUNED
        step = math.ceil(steps * fidelity - 1e-6)
        trial = create_trial(
            state=state if completed else TrialState.FAIL,
            value=value if completed else None,
            params=params,
            distributions={name: distributions[name] for name in params},
            intermediate_values={step: value} if completed and steps else {},
            user_attrs=({"fidelity": fidelity} if fidelity < 1 else {})
            | ({} if completed else {"tunebench:status": str(row["status"])})
            | _plain(row, TRIAL_FACTS, "tunebench:"),
        )
        start = _seconds(row.get("started_s"), clock)
        clock = max(start, _seconds(row.get("finished_s"), start + _spent(row)))
        trial.datetime_start = BEGIN + datetime.timedelta(seconds=start)
        trial.datetime_complete = BEGIN + datetime.timedelta(seconds=clock)
        found.append(trial)
    return found


def _seconds(value: Any, otherwise: float) -> float:
    return otherwise if value is None or math.isnan(value) else float(value)


def _spent(row: Mapping[str, Any]) -> float:
    return sum(_seconds(row.get(name), 0.0) for name in ("evaluation_s", "ask_s", "tell_s"))


def _distribution(distribution: Distribution) -> BaseDistribution:
    from optuna import distributions

    match distribution:
        case Float(low, high, log):
            return distributions.FloatDistribution(low, high, log=log)
        case Int(low, high, log):
            return distributions.IntDistribution(low, high, log=log)
        case Ordinal(values) | Categorical(values):
            return distributions.CategoricalDistribution(values)
    raise TypeError(f"an unknown distribution: {distribution!r}")
