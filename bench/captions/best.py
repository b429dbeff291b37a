"""What is said of best configurations, of models on one data set, and of parameter importance."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.analysis.landscape.fanova import MIN_TRIALS
from bench.analysis.models import SIGNIFICANT, UNTESTED
from bench.inference.estimates import ALPHA
from bench.inference.holm import observations_needed
from bench.prose.phrases import interval, listed, number
from bench.prose.quantities import equation, resolving
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

RULE = (
    "The configuration is chosen by validation score, which is optimistic as the best of many. "
    "Trials of different repetitions are compared by their advantage over the score that a quarter "
    "of their repetition's trials reach, or over a known optimum."
)
MEAN_TEST = (
    "The mean test score is over the best trials of all repetitions; its interval allows for the "
    "rows that training parts share (Nadeau & Bengio 2003)."
)
IMPORTANCE = (
    "Importance is the share of the variance of the validation value that a parameter explains "
    "alone (functional ANOVA on a random forest, Hutter et al. 2014), over the trials of all "
    "strategies. Bars are means over the trees of the forest, lines hold 90 % of the trees."
)
IMPORTANCE_LABEL = "Importance of the parameters of each problem"
BEST_LABEL = "The best configuration of each problem"
UNKNOWN = "No configuration is recorded with the trials."
MORE = (
    "The command tunebench best shows the best configuration of every strategy, with --format "
    "code as scikit-learn code."
)


def sentence(n_problems: int) -> str:
    """Return what the section shows."""
    each = f"each of {n_problems:,} problems" if n_problems > 1 else "one problem"
    return f"The table shows the best configuration of {each} with its validation and test score."


def found_by(strategies: Sequence[str]) -> str:
    """Return which strategy found the best configuration, or how many found one as good.

    >>> found_by(["gp"]), found_by(["gp", "tpe"])
    ('gp', '2 strategies')
    """
    return strategies[0] if len(strategies) == 1 else f"{len(strategies):,} strategies"


def configuration(config: str) -> str:
    """Return a configuration as "C = 12.5, kernel = rbf".

    Args:
        config: JSON.

    >>> configuration('{"C": 12.54321, "kernel": "rbf", "depth": 3}')
    'C = 12.54, kernel = rbf, depth = 3'
    """
    items = json.loads(config).items()
    return ", ".join(f"{name} = {_value(value)}" for name, value in items)


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def several(dataset: str) -> str:
    """Return that several models were tuned on a data set."""
    return f"Several models were tuned on {dataset}."


def models(group: pd.DataFrame, metric: str, sign: float) -> list[str]:
    """Return how models on one data set compare, a sentence each.

    Args:
        group: the rows of one group, as `bench.analysis.models.models` gives them.
        metric: its name.
        sign: loss = sign × value.
    """
    show = resolving([*group["mean_value"], *group["mean_test"].dropna()])
    names = _names(group)
    found = []
    for kind, column in (("validation", "mean_value"), ("test", "mean_test")):
        if group[column].notna().all():
            parts = [f"{show(v)} for {n}" for n, v in zip(names, group[column], strict=True)]
            found.append(f"The mean {kind} {metric} is {listed(parts, most=12)}.")
    for name, row in list(zip(names, group.to_dict("records"), strict=True))[1:]:
        found.append(_difference(names[0], name, row, metric, sign, len(group) - 1))
    return found


def in_short(group: pd.DataFrame) -> str:
    """Return how models compare in one line, as "forest 0.874, svm 0.869; test 0.861, 0.866; …".

    Args:
        group: the rows of one group, as `bench.analysis.models.models` gives them.
    """
    show = resolving([*group["mean_value"], *group["mean_test"].dropna()])
    names = _names(group)
    pairs = zip(names, group["mean_value"], strict=True)
    parts = [", ".join(f"{name} {show(value)}" for name, value in pairs)]
    if group["mean_test"].notna().all():
        parts.append(f"test {', '.join(map(show, group['mean_test']))}")
    words = list(group["verdict"])[1:]
    if len(words) == 1:
        return "; ".join([*parts, words[0]])
    return "; ".join([*parts, *(f"{n} {w}" for n, w in zip(names[1:], words, strict=True))])


def _names(group: pd.DataFrame) -> list[str]:
    """Return the names of the models, or of the problems where two have the same model."""
    names = [str(name).partition(":")[0] for name in group["model"]]
    return names if len(set(names)) == len(names) else list(group["problem"])


def _difference(
    first: str, name: str, row: dict[str, object], metric: str, sign: float, tests: int
) -> str:
    verdict, repetitions = row["verdict"], int(str(row["n_repetitions"]))
    if verdict == UNTESTED:
        return (
            f"The test values of {first} and {name} are not tested: a test needs two repetitions "
            "or more with different test parts."
        )
    difference, low, high, p = (
        float(str(row[key])) for key in ("difference", "low", "high", "p_holm")
    )
    if sign < 0:
        difference, low, high = -difference, -high, -low
    word = "is significant" if verdict == SIGNIFICANT else "is undecided"
    text = (
        f"The difference {first} − {name} in mean test {metric} {word}: {number(difference)} (95 % "
        f"interval {interval(low, high)}, {equation('p', p)}, {many(repetitions, 'repetition')})."
    )
    needed = observations_needed(tests, ALPHA)
    if verdict != SIGNIFICANT and row["paired"] and repetitions < needed:
        text += f" A significant difference needs {needed} repetitions or more."
    return text


def importance(frame: pd.DataFrame) -> str:
    """Return the importance of the parameters of one problem, the most important first.

    Args:
        frame: the rows of the problem, as `bench.analysis.landscape.fanova.importance` gives them.
    """
    parts = [
        f"{row.parameter} {row.share:.2f} ({row.low:.2f} to {row.high:.2f}"
        + (f", active {_when(row.when)})" if row.when else ")")
        for row in frame.itertuples()
    ]
    return ", ".join(parts)


def _when(condition: str) -> str:
    return f"{'when' if ' = ' in condition else 'in'} {condition}"


def unreliable(frame: pd.DataFrame) -> str:
    """Return why the importance of some problems is unreliable, "" where it is not.

    Args:
        frame: as `bench.analysis.landscape.fanova.importance` gives it.
    """
    always = frame[frame["when"] == ""]
    few = always[always["n_trials"] < MIN_TRIALS].drop_duplicates("problem")
    if few.empty:
        return ""
    counts = [f"{row.problem} ({many(row.n_trials, 'trial')})" for row in few.itertuples()]
    return (
        f"The importance is unreliable for {listed(counts)}: with fewer than {MIN_TRIALS} trials "
        "the forest follows the noise of single trials."
    )


def conditional(frame: pd.DataFrame) -> str:
    """Return when the parameters are active that are not always, "" where all are.

    Args:
        frame: as `bench.analysis.landscape.fanova.importance` gives it.
    """
    rows = frame[frame["when"] != ""].drop_duplicates(["parameter", "when"])
    if rows.empty:
        return ""
    parts = listed([f"{row.parameter} ({_when(row.when)})" for row in rows.itertuples()], most=8)
    return f"Parameters with * are judged on the trials in which they are active: {parts}."


def trials(x: str, y: str) -> str:
    """Return the caption of trials over two parameters."""
    return (
        f"All trials over the two most important parameters, {x} and {y}. The colour is the share "
        "of the trials that are worse, after what differs between repetitions is taken off."
    )


def in_parentheses(mean: float, low: float, high: float, metric_values: list[float]) -> str:
    """Return a mean with its interval, as "0.861 (0.82 to 0.90)", "–" where it is unknown."""
    if math.isnan(mean):
        return "–"
    ends = interval(low, high)
    return resolving(metric_values)(mean) + (f" ({ends})" if ends else "")
