"""Which metric a live problem is measured by, and the class that it looks for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from problems._metrics import Score, score_for
from problems._positive import positive_code
from problems._scorer import OwnScore, own_score

if TYPE_CHECKING:
    from problems._live import LiveProblem


def score_of(problem: LiveProblem) -> tuple[Score | OwnScore, int | None]:
    """Return the score of a problem, and the code of its positive class where it looks for one.

    Args:
        problem: its facts and settings are used.

    Raises:
        ValueError: a metric that does not fit the data, or is none; no such class.
    """
    facts = problem.facts
    score = _any_class(problem)
    looks = score.looks_for_a_class and facts.task == "binary"
    if not (looks or problem.positive != ""):
        return score, None
    code = positive_code(problem.positive, facts)
    return (replace(score, positive=code), code) if looks else (score, None)


def _any_class(problem: LiveProblem) -> Score | OwnScore:
    own, metric = type(problem).scorer, getattr(type(problem), "metric", None)
    if own is None:
        if metric is not None:
            raise ValueError(
                f"a metric of one's own needs a scorer that measures it, {problem.name} has "
                f"{metric.name!r} and none; give the class a `scorer`, or leave `metric` out"
            )
        facts = problem.facts
        return score_for(facts.task, problem.scoring, largest_share=facts.largest_share)
    if problem.scoring:
        raise ValueError(
            f"scoring must be empty for {problem.name}, which has a metric of its own, got "
            f"{problem.scoring!r}; leave it out"
        )
    return own_score(own, metric)
