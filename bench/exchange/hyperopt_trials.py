"""Trials of hyperopt as JSON: one file a run, a list of what `trials.trials` holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import nan
from pathlib import Path
from typing import Any

from bench.exchange.imported import ExchangeError, Imported, Rule, Study
from bench.exchange.naming import place_of
from bench.exchange.reports import missing_numbers
from bench.exchange.text_files import json_value, number
from bench.files import check_plain

TOOL = "hyperopt"
EXPORT = 'json.dump(trials.trials, open("tpe--svm--0.json", "w"), default=str)'
"""What writes such a file."""

STATES = ("new", "running", "suspended", "ok", "fail")
ERROR = 3
"""hyperopt's `JOB_STATE_ERROR`."""

_START = 2**10
"""Characters in which a file shows what it is."""


def reads(what: str) -> bool:
    """Say whether a path is that of a JSON list of trials, or of a pickle, which is refused."""
    try:
        check_plain(Path(what))
        with Path(what).open("rb") as file:
            start = file.read(_START)
    except (OSError, ValueError):
        return False
    if _is_pickle(start):
        return True
    return (start.lstrip().startswith(b"[") and b'"tid"' in start) or start.strip() == b"[]"


def _is_pickle(start: bytes) -> bool:
    # Of protocols 2 to 5, which name themselves; 0 and 1 are older than Python 3.
    return start[:1] == b"\x80" and start[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")


def read(what: str) -> Imported:
    """Return the trials of the run in a file, whose name says which it is.

    Raises:
        ExchangeError: it cannot be read.
    """
    with Path(what).open("rb") as file:
        if _is_pickle(file.read(2)):
            raise ExchangeError(
                f"{what} must be no pickle, since opening one may run any code; where it was made "
                f"write trials of hyperopt with {EXPORT}, and a study of Optuna with "
                "study.trials_dataframe().to_csv(…)"
            )
    trials = json_value(Path(what), "trials of hyperopt")
    return of_trials(Path(what).stem, trials, called=what)


def is_trials(thing: object) -> bool:
    """Say whether something is a `Trials` object of hyperopt."""
    return hasattr(thing, "tids") and hasattr(thing, "trials")


def of_trials(name: str, trials: Any, *, called: str) -> Imported:
    """Return the run that some trials are.

    The loss is minimised; `true_loss` is the test value. Trials that are new, running or suspended
    are left out. The seconds of an evaluation are those from `book_time` to `refresh_time`.

    Args:
        name: of the run, `strategy/problem/repetition`.
        trials: a list of dicts, in order.
        called: what errors name.

    Raises:
        ExchangeError: they are no trials, or none is finished.
    """
    import pandas as pd

    if not isinstance(trials, list) or not all(map(_is_trial, trials)):
        raise ExchangeError(
            f"{called} must hold a list of trials of hyperopt, each with a result and its status; "
            f"write it with {EXPORT}"
        )
    done = [trial for trial in trials if _ended(trial)]
    if not done:
        raise ExchangeError(
            f"{called} must have a finished trial, it has {len(trials):,} unfinished; "
            "give another file"
        )
    raised, numbering = _raised(trials)
    rows = sorted([*done, *raised], key=_place) if raised else done
    good = [_ok(trial) for trial in rows]
    frame = pd.DataFrame(
        {
            "value": [
                number(trial["result"].get("loss")) if ok else nan
                for trial, ok in zip(rows, good, strict=True)
            ],
            "direction": "minimize",
            "reason": ["" if ok else "hyperopt: failed" for ok in good],
            "test_value": [number(trial["result"].get("true_loss")) for trial in rows],
            "evaluation_s": [_seconds(trial) for trial in rows],
        }
    )
    rules: list[str | Rule] = [
        Rule(
            len(trials) - len(done),
            "running or waiting trial is left out",
            "running or waiting trials are left out",
        ),
        Rule(
            len(raised),
            "number without a trial counts as failed: trials.trials has none that raised",
            "numbers without a trial count as failed: trials.trials has none that raised",
        ),
        *numbering,
    ]
    if frame["test_value"].notna().any():
        rules.append("true_loss is the test value")
    return Imported(TOOL, (Study(place_of(name), frame, called),), tuple(rules))


def _is_trial(trial: Any) -> bool:
    return (
        isinstance(trial, dict)
        and isinstance(trial.get("result"), dict)
        and trial["result"].get("status") in STATES
    )


def _ok(trial: dict[str, Any]) -> bool:
    return trial["result"]["status"] == "ok" and trial.get("state") != ERROR


def _ended(trial: dict[str, Any]) -> bool:
    # A trial whose function raised stays new, and its state says so.
    return trial["result"]["status"] in ("ok", "fail") or trial.get("state") == ERROR


def _place(trial: dict[str, Any]) -> int:
    return int(trial["tid"])


def _raised(trials: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str | Rule]]:
    """Return a failed trial for each number that is missing before the last one, and rules."""
    # Runs that share a database share its numbers.
    if any(trial.get("exp_key") is not None for trial in trials):
        return [], [
            "the numbers of trials with an exp_key do not say which ones are missing, so trials "
            "that raised are not counted"
        ]
    missing, rules = missing_numbers(trial.get("tid") for trial in trials)
    return [{"tid": tid, "result": {"status": "fail"}} for tid in missing], rules


def _seconds(trial: dict[str, Any]) -> float:
    try:
        start, end = (
            datetime.fromisoformat(str(trial[key])) for key in ("book_time", "refresh_time")
        )
        seconds = (end - start).total_seconds()
    except (KeyError, ValueError, TypeError):
        return nan
    return seconds if seconds >= 0 else nan
