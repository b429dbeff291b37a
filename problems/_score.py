"""Which metric a live problem is measured by, and the class that it looks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from problems._dataset import Facts
from problems._metrics import Score, score_for
from problems._positive import Label, positive_code
from problems._scorer import OwnScore, own_score


def score_of(
    facts: Facts, cls: Any, scoring: str, positive: Label
) -> tuple[Score | OwnScore, int | None]:
    """Return the score of a problem, and the code of its positive class where it looks for one.

    Args:
        facts: of the data.
        cls: the class of the problem: its name, its `scorer` and its `metric` where it has some.
        scoring: the setting.
        positive: the setting.

    Raises:
        ValueError: a metric that does not fit the data, or is none; no such class.
    """
    score = _any_class(facts, cls, scoring)
    looks = score.looks_for_a_class and facts.task == "binary"
    if not (looks or positive != ""):
        return score, None
    code = positive_code(positive, facts)
    return (replace(score, positive=code), code) if looks else (score, None)


def _any_class(facts: Facts, cls: Any, scoring: str) -> Score | OwnScore:
    scorer, metric = cls.scorer, getattr(cls, "metric", None)
    if scorer is None:
        if metric is not None:
            raise ValueError(
                f"a custom metric needs a scorer that measures it, {cls.name} has "
                f"{metric.name!r} and none; give the class a `scorer`, or leave `metric` out"
            )
        return score_for(facts.task, scoring, largest_share=facts.largest_share)
    if scoring:
        raise ValueError(
            f"scoring must be empty for {cls.name}, which has a custom metric, got "
            f"{scoring!r}; leave it out"
        )
    return own_score(scorer, metric)
