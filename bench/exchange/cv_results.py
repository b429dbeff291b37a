"""Scikit-learn's `cv_results_`, as a CSV file or a frame: one search, a row a candidate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.exchange.imported import ExchangeError, Imported, Study
from bench.exchange.naming import place_of

if TYPE_CHECKING:
    import pandas as pd

TOOL = "scikit-learn"
_TIMES = ("mean_fit_time", "mean_score_time")


def reads(what: str) -> bool:
    """Say whether a path is a CSV file with the columns of `cv_results_`."""
    if not what.lower().endswith(".csv"):
        return False
    try:
        with Path(what).open(encoding="utf-8") as file:
            return is_search(file.readline(2**20).rstrip("\n").split(","))
    except (OSError, UnicodeDecodeError):
        return False


def is_search(names: object) -> bool:
    """Say whether names are those of the columns of `cv_results_`."""
    known = {str(name).strip('"') for name in names}  # type: ignore[attr-defined]
    return "params" in known and any(name.startswith("mean_test_") for name in known)


def read(what: str) -> Imported:
    """Return the candidates of a search.

    Args:
        what: the path of a CSV file, whose name says whose search it is.

    Raises:
        ExchangeError: it cannot be read, or has several scores.
    """
    import pandas as pd

    path = Path(what)
    try:
        frame = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise ExchangeError(
            f"{what} must be CSV with the columns of cv_results_, it cannot be read "
            f"({' '.join(str(error).split())[:200]}); write it again with "
            "pandas.DataFrame(search.cv_results_).to_csv(…)"
        ) from None
    return of_frame(path.stem, frame)


def of_frame(name: str, results: pd.DataFrame | Mapping[str, Any]) -> Imported:
    """Return the candidates of a search.

    Scores are better the higher they are, as scikit-learn has it. A candidate took the time of all
    of its splits. Successive halving repeats candidates with more resources: each is a trial, and
    its fidelity is its share of the most.

    Args:
        name: of the search, `strategy/problem/repetition`.
        results: `search.cv_results_` or a frame of it.

    Raises:
        ExchangeError: there are several scores.
    """
    import pandas as pd

    if not isinstance(results, Mapping | pd.DataFrame):
        raise ExchangeError(
            f"{name}: a search must be its cv_results_ or a frame of it, got "
            f"{type(results).__name__}; give search.cv_results_"
        )
    frame = pd.DataFrame(results)
    scores = [n for n in frame.columns if n.startswith("mean_test_")]
    if len(scores) != 1:
        raise ExchangeError(
            f"{name}: cv_results_ must have one mean score of the test folds, it has "
            f"{', '.join(scores) or 'none'}; drop the columns of the others"
        )
    rules = ["scores of scikit-learn are better the higher they are"]
    trials = pd.DataFrame({"value": frame[scores[0]].astype(float), "direction": "maximize"})
    if scores[0] != "mean_test_score":
        trials["metric"] = scores[0].removeprefix("mean_test_")
    splits = sum(n.startswith("split") and n.endswith(scores[0][4:]) for n in frame.columns)
    if splits and all(column in frame for column in _TIMES):
        each = np.sum([frame[column].to_numpy(dtype=float) for column in _TIMES], axis=0)
        trials["evaluation_s"] = each * splits
        rules.append("the time of a candidate is the mean of its splits times their number")
    if "n_resources" in frame:
        trials["fidelity"] = frame["n_resources"] / frame["n_resources"].max()
        rules.append("the fidelity of a candidate of successive halving is its share of resources")
    return Imported(TOOL, (Study(place_of(name), trials),), tuple(rules))
