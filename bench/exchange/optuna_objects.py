"""Studies of Optuna in memory, and those of a journal file, which Optuna itself replays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.exchange.imported import ExchangeError, Imported
from bench.exchange.optuna_studies import FIXED, OptunaStudy, OptunaTrial, imported
from bench.files import check_plain

if TYPE_CHECKING:
    import optuna

MAX_LINE = 2**16
"""Characters of the first line of a journal, which says that a study was made."""


def reads(what: str) -> bool:
    """Say whether a path is that of a journal file, by its first line."""
    try:
        check_plain(Path(what))
        with Path(what).open(encoding="utf-8") as file:
            first = json.loads(file.readline(MAX_LINE))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(first, dict) and {"op_code", "worker_id"} <= first.keys()


def read(what: str) -> Imported:
    """Return the studies of a journal file.

    Raises:
        ExchangeError: it cannot be read.
    """
    import optuna
    from optuna.storages.journal import JournalFileBackend, JournalStorage

    called = f"Optuna journal {what}"
    try:
        storage = JournalStorage(JournalFileBackend(what))
        studies = [
            _of(optuna.load_study(study_name=name, storage=storage))
            for name in optuna.get_all_study_names(storage)
        ]
    except Exception as error:
        # Optuna trusts its journal: a damaged one ends in any error.
        text = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        raise ExchangeError(
            f"{called} must be a whole journal, Optuna cannot replay it ({text}); copy it again"
        ) from None
    return imported(studies, where=called)


def is_study(thing: object) -> bool:
    """Say whether something is a study of Optuna."""
    return hasattr(thing, "study_name") and hasattr(thing, "get_trials")


def of_studies(studies: Sequence[optuna.Study], names: Sequence[str] | None = None) -> Imported:
    """Return the runs that studies in memory are.

    Args:
        studies: one or more.
        names: to be used instead of theirs.

    Raises:
        ExchangeError: none can be taken.
    """
    found = [
        _of(study, name) for study, name in zip(studies, names or [""] * len(studies), strict=True)
    ]
    return imported(found, where="studies of Optuna")


def _of(study: Any, name: str = "") -> OptunaStudy:
    return OptunaStudy(
        name or study.study_name,
        [direction.name for direction in study.directions],
        study.user_attrs,
        [_trial(trial) for trial in study.get_trials(deepcopy=False)],
    )


def _trial(trial: Any) -> OptunaTrial:
    steps = trial.intermediate_values
    last = max(steps, default=None)
    return OptunaTrial(
        trial.number,
        trial.state.name,
        trial.values[0] if trial.values else None,
        trial.datetime_start,
        trial.datetime_complete,
        min(steps, default=None),
        last,
        float("nan") if last is None else steps[last],
        FIXED in trial.system_attrs,
    )
