"""Kinds of problems, by their tags, and the best strategy for each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bench.curves.ranks import from_pairs, pair_losses
from bench.inference.estimates import OPPOSITE, WORSE
from bench.inference.intervals import counts_of, mean
from bench.inference.paired import Pairs, all_pairs, on_problems, standing
from bench.inference.verdicts import verdicts_on_problem_set
from bench.panels.arrays import Array
from bench.panels.panel import Panel
from bench.panels.regret import RANDOM, bounded
from bench.panels.rounding import tied

TYPES = ("numeric", "categorical", "mixed")
"""The tags of the type of parameters, of which every space has one."""

SIZES = ("up to 3 parameters", "4 to 6 parameters", "7 or more parameters")
"""The tags of the number of parameters, of which every space has one."""

COLUMNS = [
    "tag", "n_datasets", "n_problems", "budget", "strategy", "bounded", "random_bounded",
    "mean_difference", "rank", "n_repetitions", "best", "difference", "p_holm", "vs_best",
    "as_good", "vs_random",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """Problems that have tags in common.

    Args:
        keys: each a tag, or a type and a number of parameters, that no other problem of the sweep
            has. Empty for all problems of the sweep.
        problems: labels.
    """

    keys: tuple[tuple[str, ...], ...]
    problems: tuple[str, ...]

    @property
    def tags(self) -> tuple[str, ...]:
        """Those of all keys."""
        return tuple(dict.fromkeys(tag for key in self.keys for tag in key))


def kinds_of(problems: Sequence[str], tags: Mapping[str, Sequence[str]]) -> list[Kind]:
    """Return the kinds of problems: all, then by parameters, then by the other tags.

    Tags that all problems have, or none, are left out; tags of the same problems are one kind.

    Args:
        problems: labels.
        tags: problem -> its tags.
    """
    every = dict.fromkeys(tag for problem in problems for tag in tags.get(problem, ()))
    both = [(one, other) for one in TYPES for other in SIZES if one in every and other in every]
    first = [(tag,) for tag in (*TYPES, *SIZES) if tag in every]
    keys = dict.fromkeys([*first, *both, *((tag,) for tag in every)])
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {tuple(problems): []}
    for key in keys:
        inside = tuple(name for name in problems if {*key} <= {*tags.get(name, ())})
        if inside and len(inside) < len(problems):
            found.setdefault(inside, []).append(key)
    return [Kind(tuple(names), inside) for inside, names in found.items()]


def tag_of(key: Sequence[str]) -> str:
    """Return a key of a kind as files have it, empty for all problems.

    >>> tag_of(("mixed", "4 to 6 parameters"))
    'mixed, 4 to 6 parameters'
    """
    return ", ".join(key)


def places_of(kind: Kind, panels: Sequence[Panel]) -> list[int]:
    """Return which of the panels are of a kind."""
    inside = set(kind.problems)
    return [place for place, panel in enumerate(panels) if panel.problem in inside]


def by_kind(
    panels: Sequence[Panel], kinds: Sequence[Kind], budgets: Sequence[int | None], rope: float
) -> pd.DataFrame:
    """Return the best strategy for each kind of problem after so many trials.

    The best has the lowest mean, over the other strategies, of its mean paired difference in
    bounded regret (`bench.panels.regret.bounded`) to each. Where all strategies have the same
    repetitions that is the lowest mean bounded regret; otherwise each pair is compared on the
    repetitions that both have. A strategy without a run on one of the problems is not the best.

    Args:
        panels: of all problems, in the same strategies.
        kinds: as `kinds_of` gives them.
        budgets: trials; None is left out, as are problems with a smaller budget.
        rope: half the width of the region of practical equivalence, in bounded regret.

    Returns:
        A row a key of a kind, budget and strategy with a run, the best first: tag (of two tags both
        with a comma; empty for all problems), n_datasets, n_problems, budget, strategy; bounded
        (its mean bounded regret over repetitions, then problems, on the repetitions that random
        search has too, or on its own without random search), random_bounded (that of random search
        on the same; NaN without); mean_difference (what the rows are sorted by, below 0 better),
        rank (mean, as on the leaderboard), n_repetitions (of a problem, the fewest), best;
        difference (mean paired difference to the best in bounded regret, at least 0 in most cases),
        p_holm (of it, corrected by Holm over all pairs of strategies of this kind and budget),
        vs_best, vs_random (the verdict on this problem set: better, worse, practically equal or
        undecided; empty without a comparison), as_good (the best is not significantly better).
    """
    parts = []
    for budget in filter(None, budgets):
        there = [panel for panel in panels if panel.budget >= budget]
        pairs = all_pairs(there, budget)
        scores = [panel.regret_after(budget) for panel in there]
        losses = [pair_losses(values) for values in scores]
        for kind in kinds:
            places = places_of(kind, there)
            if not places:
                continue
            part = _of_kind(
                on_problems(pairs, places),
                [bounded(scores[place]) for place in places],
                [losses[place] for place in places],
                there[0].strategies,
                rope,
            )
            part = part.assign(
                n_datasets=len({there[place].dataset for place in places}),
                n_problems=len(places),
                budget=budget,
            )
            parts += [part.assign(tag=tag_of(key)) for key in kind.keys or ((),)]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _of_kind(
    pairs: Pairs,
    scores: Sequence[Array],
    losses: Sequence[Array],
    names: Sequence[str],
    rope: float,
) -> pd.DataFrame:
    """Return the columns of one kind and budget that are of its strategies, the best first."""
    tests = verdicts_on_problem_set(pairs, rope)
    difference = _square(tests["difference"].to_numpy(dtype=float), len(names), -1.0)
    p = _square(tests["p_holm"].to_numpy(dtype=float), len(names), 1.0)
    counts = counts_of(scores)
    entered = np.asarray((counts > 0).any(axis=0))
    everywhere = np.asarray((counts > 0).all(axis=0))
    score = tied(standing(difference, everywhere))
    whole = np.where(everywhere, score, np.nan)
    order = np.lexsort((score, np.isnan(score), np.isnan(whole)))
    best = int(order[0])
    words = _words(tests, names)
    own, random = _beside_random(scores, names)
    frame = pd.DataFrame(
        {
            "strategy": list(names),
            "bounded": own,
            "random_bounded": random,
            "mean_difference": score,
            "rank": tied(from_pairs(mean(losses), entered)),
            "n_repetitions": np.where(counts > 0, counts, np.iinfo(np.int64).max).min(axis=0),
            "best": (np.arange(len(names)) == best) & ~np.isnan(whole),
            "difference": difference[:, best],
            "p_holm": p[:, best],
            "vs_best": words[:, best],
            "vs_random": words[:, names.index(RANDOM)] if RANDOM in names else "",
        }
    )
    frame["as_good"] = ~np.isnan(difference[:, best]) & (frame["vs_best"] != WORSE)
    return frame.iloc[[place for place in order if entered[place]]]


def _square(values: Array, count: int, sign: float) -> Array:
    """Return what is of pairs i < j as a matrix, the other way round times sign; NaN between."""
    found = np.full((count, count), np.nan)
    first, second = np.triu_indices(count, k=1)
    found[first, second], found[second, first] = values, sign * values
    return found


def _words(tests: pd.DataFrame, names: Sequence[str]) -> npt.NDArray[np.object_]:
    """Return the verdicts on the strategies of the rows against those of the columns."""
    found = np.full((len(names), len(names)), "", dtype=object)
    first, second = np.triu_indices(len(names), k=1)
    found[first, second] = tests["verdict"]
    found[second, first] = tests["verdict"].map(OPPOSITE)
    return found


def _beside_random(scores: Sequence[Array], names: Sequence[str]) -> tuple[Array, Array]:
    """Return the mean scores of each strategy and of random search on the repetitions of both."""
    if RANDOM not in names:
        return mean(scores), np.full(len(names), np.nan)
    place = list(names).index(RANDOM)
    random = [np.where(np.isnan(values), np.nan, values[place]) for values in scores]
    own = [np.where(np.isnan(of), np.nan, at) for at, of in zip(scores, random, strict=True)]
    return mean(own), mean(random)
