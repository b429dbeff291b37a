"""Scikit-learn's `cv_results_`, as a CSV file or a frame: one search, a row a candidate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.exchange.imported import ExchangeError, Imported, Study
from bench.exchange.naming import metric_of, place_of
from bench.exchange.text_files import csv_frame, header

if TYPE_CHECKING:
    import pandas as pd

TOOL = "scikit-learn"
_MEAN = "mean_test_"
_TIMES = ("mean_fit_time", "mean_score_time")


def reads(what: str) -> bool:
    """Say whether a path is a CSV file with the columns of `cv_results_`."""
    return is_search(header(metric_of(what)[0]))


def is_search(names: Iterable[object]) -> bool:
    """Say whether names are those of the columns of `cv_results_`, some of which may be gone."""
    known = {*map(str, names)}
    return any(name.startswith((_MEAN, "rank_test_")) for name in known) and any(
        name.startswith("param") or name in _TIMES for name in known
    )


def read(what: str) -> Imported:
    """Return the candidates of a search.

    Args:
        what: the path of a CSV file, whose name says whose search it is; of several scores it says
            one after a `#`.

    Raises:
        ExchangeError: it cannot be read, or has several scores.
    """
    path, metric, _ = metric_of(what)
    frame = csv_frame(path, "pandas.DataFrame(search.cv_results_).to_csv(…)")
    return of_frame(Path(path).stem + (f"#{metric}" if metric else ""), frame, called=what)


def of_frame(name: str, results: pd.DataFrame | Mapping[str, Any], *, called: str = "") -> Imported:
    """Return the candidates of a search.

    Scores are better the higher they are, as scikit-learn has it. A candidate took the time of all
    of its splits. Successive halving repeats candidates with more resources: each is a trial, and
    its fidelity is its share of the most.

    Args:
        name: of the search, `strategy/problem/repetition`; of several scores it says one after a
            `#`, "grid/svm/0#accuracy".
        results: `search.cv_results_` or a frame of it.
        called: what errors name; the name if empty.

    Raises:
        ExchangeError: there are several scores, or none, or columns that are no numbers.
    """
    import pandas as pd

    called = called or name
    if not isinstance(results, Mapping | pd.DataFrame):
        raise ExchangeError(
            f"{called}: a search must be its cv_results_ or a frame of it, got "
            f"{type(results).__name__}; give search.cv_results_"
        )
    try:
        frame = pd.DataFrame(results)
    except (ValueError, TypeError) as error:
        text = " ".join(str(error).split())[:200]
        raise ExchangeError(
            f"{called}: cv_results_ must have a row a candidate in each column, it has not "
            f"({text}); give search.cv_results_"
        ) from None
    if frame.empty:
        raise ExchangeError(f"{called}: cv_results_ must have rows, it has none; fit the search")
    name, metric, _ = metric_of(name)
    score = _score(called, frame, metric)
    rules = ["scores are better the higher they are"]
    trials = pd.DataFrame({"value": _numbers(called, frame, score), "direction": "maximize"})
    if score != f"{_MEAN}score":
        trials["metric"] = score.removeprefix(_MEAN)
    splits = sum(str(n).startswith("split") and str(n).endswith(score[4:]) for n in frame.columns)
    if splits and all(column in frame for column in _TIMES):
        each = np.sum([_numbers(called, frame, column) for column in _TIMES], axis=0)
        trials["evaluation_s"] = np.where(each >= 0, each * splits, np.nan)
        rules.append("the time of a candidate is the mean of its splits times their number")
    if "n_resources" in frame:
        resources = _numbers(called, frame, "n_resources")
        if not (resources > 0).all():
            raise ExchangeError(
                f"{called}: n_resources must be above 0 in each row; write the table again"
            )
        trials["fidelity"] = resources / resources.max()
        rules.append("the fidelity of a candidate of successive halving is its share of resources")
    return Imported(TOOL, (Study(place_of(name), trials, f"search {called}"),), tuple(rules))


def _score(called: str, frame: pd.DataFrame, metric: str) -> str:
    """Return the column of the mean score that is asked for, or of the only one."""
    scores = [str(n) for n in frame.columns if str(n).startswith(_MEAN)]
    if metric and f"{_MEAN}{metric}" in scores:
        return f"{_MEAN}{metric}"
    if metric or len(scores) != 1:
        has = ", ".join(score.removeprefix(_MEAN) for score in scores[:10]) or "none"
        wanted = f"the mean of the score {metric}" if metric else "the mean of one score"
        way = f"name one, as in {called.partition('#')[0]}#{has.split(',')[0]}"
        raise ExchangeError(
            f"{called}: cv_results_ must have {wanted} on the test folds, it has {has}; "
            f"{way if scores else 'keep the column mean_test_score'}"
        )
    return scores[0]


def _numbers(called: str, frame: pd.DataFrame, column: str) -> Any:
    """Return a column as numbers, NaN where an entry is empty."""
    import pandas as pd

    try:
        return pd.to_numeric(frame[column]).to_numpy(dtype=float)
    except (ValueError, TypeError) as error:
        text = " ".join(str(error).split())[:200]
        raise ExchangeError(
            f"{called}: {column} must hold numbers, it does not ({text}); write the table again"
        ) from None
