"""Tuning on another metric: what the choice by each metric of a task is worth under every other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.analysis import rules
from bench.inference.intervals import counts_of
from bench.inference.paired import medians
from bench.panels.arrays import Array, Flags, Ints
from bench.panels.axis import LAYOUT
from bench.panels.panel import Panel
from bench.panels.regret import RANDOM, bounded
from bench.panels.rounding import cleared, of_size, tied

KINDS: tuple[tuple[str, frozenset[str]], ...] = (
    ("binary classification", frozenset({"ROC AUC", "average precision"})),
    ("multiclass classification", frozenset({"accuracy", "balanced accuracy", "F1", "log loss"})),
    ("regression", frozenset({"RMSE", "MAE", "R²"})),
)
"""Kinds of tasks, each with names of which one says that a task is of it; the first that fits."""

COLUMNS = ["kind", "chosen_by", "scored_by", *(f"loss{end}" for end in rules.ENDS), "n_problems",
           "n_repetitions", "n_tuned"]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """What each metric would have chosen in the runs on a problem.

    Args:
        panel: the runs.
        metrics: M names, in the order of the scores.
        loss: shape (M, M, S, R): how much the choice by the first metric loses under the second,
            as bounded test regret less that of the choice by the second itself. Below 0 it is
            better. NaN where the run has fewer than two trials to choose from, or a score of a
            choice is unknown.
    """

    panel: Panel
    metrics: tuple[str, ...]
    loss: Array

    @property
    def several(self) -> Flags:
        """Which runs had a choice, shape (S, R)."""
        found: Flags = np.asarray(~np.isnan(self.loss).all(axis=(0, 1)))
        return found


def other_metrics(
    trials: pd.DataFrame, runs: pd.DataFrame, panels: Sequence[Panel]
) -> pd.DataFrame:
    """Return what choosing by each metric costs under every other, by kind of task.

    In each repetition the mean is taken over the strategies that choose
    (`rules.choosing_strategies`), then over repetitions, then over problems. All strategies had
    tuned the metric of the sweep, so their trials are not those that another would have led to.

    Args:
        trials: the tidy frame, with `validation_scores` and `test_scores`: lists in the order of
            the metrics of the run, None where they are unknown.
        runs: a row a run: problem, metrics (name -> direction, as JSON).
        panels: of the same trials.

    Returns:
        A row a kind of task and ordered pair of its metrics: kind, chosen_by, scored_by; loss (of
        the choice by the first under the second, in bounded test regret, less that of the choice
        by the second), with its 95 % intervals on this problem set (_low, _high) and generalising
        to new data sets (_new_low, _new_high); n_problems, n_repetitions; n_tuned (problems of the
        kind on which the sweep tuned `chosen_by`). No row where scores are unknown, or a task has
        one metric.
    """
    groups: dict[str, list[Choices]] = {}
    for choices in choices_of(trials, runs, panels):
        groups.setdefault(kind_of(choices.metrics), []).append(choices)
    order = [kind for kind, _ in KINDS]
    kinds = sorted(groups, key=lambda kind: order.index(kind) if kind in order else len(order))
    parts = [_of_kind(groups[kind]).assign(kind=kind) for kind in kinds]
    return pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)


def kind_of(metrics: Sequence[str]) -> str:
    """Return the kind of task that has these metrics; of metrics of one's own their names.

    >>> kind_of(["accuracy", "F1", "log loss"]), kind_of(["pinball loss", "coverage"])
    ('multiclass classification', 'pinball loss, coverage')
    """
    return next((kind for kind, some in KINDS if some.intersection(metrics)), ", ".join(metrics))


def choices_of(trials: pd.DataFrame, runs: pd.DataFrame, panels: Sequence[Panel]) -> list[Choices]:
    """Return what each metric would have chosen, of the problems with scores of several metrics.

    Args:
        trials: as for `other_metrics`.
        runs: the same.
        panels: the same.
    """
    if "validation_scores" not in trials or "metrics" not in runs:
        return []
    needed = [name for name in trials if name in (*LAYOUT, "validation_scores", "test_scores")]
    found = []
    for panel in panels:
        directions = _directions(runs[runs["problem"] == panel.problem])
        if len(directions) > 1:
            rows = trials.loc[trials["problem"] == panel.problem, needed]
            found.append(_choices(rows, panel, directions))
    return [choices for choices in found if choices.several.any()]


def _directions(runs: pd.DataFrame) -> dict[str, str]:
    """Return metric -> direction of a problem; nothing where runs have different ones."""
    # Runs of an older version have none.
    written = {str(text) for text in runs["metrics"].unique()} - {"", "{}"}
    return dict(json.loads(written.pop())) if len(written) == 1 else {}


def _choices(trials: pd.DataFrame, panel: Panel, directions: Mapping[str, str]) -> Choices:
    layout = panel.layout(trials)
    run = np.full(len(trials), -1)
    run[layout.inside] = layout.cell
    known = (run >= 0) & (trials["status"] == "completed").to_numpy()
    known &= trials["fidelity"].to_numpy(dtype=float) >= 1
    for name in ("validation_scores", "test_scores"):
        known &= trials[name].notna().to_numpy()
    rows, run = trials[known], run[known]
    signs = np.array([-1.0 if way == "maximize" else 1.0 for way in directions.values()])
    validation, test = (
        signs * _array(rows[name], len(signs)) for name in ("validation_scores", "test_scores")
    )
    number = rows["trial_number"].to_numpy(dtype=np.int64)
    runs_there, counts = np.unique(run, return_counts=True)
    chosen = np.array([_first_best(column, run, number) for column in validation.T], dtype=int)
    scores = test[chosen]
    # A metric whose validation score is nowhere known chose nothing.
    unknown = np.isnan(np.take_along_axis(validation.T, chosen, axis=1))
    scores[unknown | (counts < 2)] = np.nan
    best, width = _scale(test, run, panel)
    regret = bounded((scores - best[runs_there % len(best)]) / width)
    own = np.diagonal(regret, axis1=0, axis2=2)
    loss = np.full((len(signs), len(signs), panel.ran.size), np.nan)
    loss[:, :, runs_there] = np.moveaxis(regret - own, 2, 1)
    return Choices(panel, tuple(directions), loss.reshape(*loss.shape[:2], *panel.ran.shape))


def _array(lists: pd.Series, metrics: int) -> Array:
    """Return lists of scores as an array, shape (trials, M); NaN where one is unknown."""
    return np.array(lists.tolist(), dtype=float).reshape(-1, metrics)


def _first_best(losses: Array, run: Ints, number: Ints) -> Ints:
    """Return the row with the least loss of each run, the earliest on ties; runs as sorted."""
    size = np.nanmedian(np.abs(losses)) if not np.isnan(losses).all() else 0.0
    order = np.lexsort((number, tied(losses, float(of_size(size))), run))
    first: Ints = order[np.unique(run[order], return_index=True)[1]]
    return first


def _scale(test: Array, run: Ints, panel: Panel) -> tuple[Array, Array]:
    """Return where test regret is 0 in each repetition, shape (R, M), and what is 1, shape (M,).

    The best test loss of all trials of a repetition, and how far the median is from it: that of the
    trials of random search, or of all where it did not run; the mean over repetitions. NaN where
    the median trial is as good as the best, so that there is nothing to gain.
    """
    repetition = run % len(panel.repetitions)
    best, typical = np.full((2, len(panel.repetitions), test.shape[1]), np.nan)
    drawn = np.zeros(len(run), dtype=bool)
    if RANDOM in panel.strategies:
        drawn = run // len(panel.repetitions) == panel.strategies.index(RANDOM)
    order = np.argsort(repetition, kind="stable")
    places, starts = np.unique(repetition[order], return_index=True)
    for place, here in zip(places.tolist(), np.split(order, starts[1:]), strict=True):
        baseline = here[drawn[here]] if drawn[here].any() else here
        best[place] = np.fmin.reduce(test[here], axis=0)
        typical[place] = medians(test[baseline].T)
    width = pd.DataFrame(cleared(typical - best, of_size(typical, best))).mean().to_numpy()
    return best, np.where(width > 0, width, np.nan)


def _of_kind(problems: Sequence[Choices]) -> pd.DataFrame:
    names = list(dict.fromkeys(name for choices in problems for name in choices.metrics))
    pairs = [(a, b) for a in names for b in names if a != b]
    chooses = rules.choosing_strategies([choices.several for choices in problems])
    scores = [_over_strategies(choices, pairs, chooses) for choices in problems]
    means = rules.mean_columns("loss", scores, [choices.panel.dataset for choices in problems])
    frame = pd.DataFrame(
        {
            "chosen_by": np.array([a for a, _ in pairs], dtype=object),
            "scored_by": np.array([b for _, b in pairs], dtype=object),
            # No mean of differences of bounded regrets is farther from 0.
            **{name: np.clip(values, -2, 2) for name, values in means.items()},
            "n_problems": (counts_of(scores) > 0).sum(axis=0),
            "n_repetitions": counts_of(scores).sum(axis=0),
        }
    )
    tuned = pd.Series([choices.panel.metric for choices in problems]).value_counts()
    frame = frame[frame["n_problems"] > 0]
    return frame.assign(n_tuned=frame["chosen_by"].map(tuned).fillna(0).astype(int))


def _over_strategies(choices: Choices, pairs: Sequence[tuple[str, str]], chooses: Flags) -> Array:
    """Return the mean over strategies of each pair in each repetition, shape (pairs, R)."""
    place = {name: i for i, name in enumerate(choices.metrics)}
    loss = np.full((len(pairs), *choices.panel.ran.shape), np.nan)
    for i, (a, b) in enumerate(pairs):
        if a in place and b in place:
            loss[i] = choices.loss[place[a], place[b]]
    together = rules.with_all(loss, chooses)
    found: Array = together.reshape(len(pairs), loss.shape[1] + 1, -1)[:, -1]
    return found
