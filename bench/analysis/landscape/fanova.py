"""Which parameters recorded values depend on: functional ANOVA by a random forest.

The main effect of a parameter is the share of the variance of the loss that it explains alone,
Var E[loss | x_i] / Var loss (Hutter, Hoos & Leyton-Brown, "An Efficient Approach for Assessing
Hyperparameter Importance", ICML 2014). Expectations are taken in the leaves of the trees, so they
are exact for the forest. Each parameter is distributed as in the trials, whatever its scale: where
a strategy has looked closely, what it saw there weighs more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis.best import references
from bench.panels.arrays import Array, Ints
from bench.panels.panel import Panel
from bench.panels.regret import KNOWN
from bench.panels.rounding import cleared, of_size

MIN_TRIALS = 30
"""Trials below which importance is called unreliable: a tree has some ten leaves to learn from."""

MAX_TRIALS = 1000
"""Trials a forest is grown on; of more they are taken evenly."""

TREES = 64
"""Trees of a forest; each is grown on a resample of the trials of its own."""

SEED = 20_261_129
"""Of the forests: fixed, so that the same rows give the same shares."""

INNER = 0.9
"""Share of the trees between `low` and `high`."""

COLUMNS = ["problem", "parameter", "share", "low", "high", "n_trials", "when"]


def importance(trials: pd.DataFrame, panels: Sequence[Panel]) -> pd.DataFrame:
    """Return how important the parameters of each problem are, over the trials of all strategies.

    Losses are taken less the level of their repetition, since splits differ. A parameter that is
    not always active is judged on the trials in which it is, as a share of their variance.

    Args:
        trials: the tidy frame, with `config` (JSON).
        panels: of the same trials; one whose repetitions are different functions (their optima are
            known) has no rows.

    Returns:
        A row a parameter that varies, the most important of a problem first: problem, parameter,
        share (of the variance, the mean over trees), low, high (of the middle 90 % of the trees),
        n_trials (completed full evaluations), when (with which values of another parameter it is
        active, as "kernel = rbf", or in how many trials; empty: always).
    """
    parts = []
    if "config" in trials:
        parts = [
            _of_panel(trials[trials["problem"] == panel.problem], panel)
            for panel in panels
            if not panel.source.startswith(KNOWN)
        ]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def main_effects(
    values: Array, losses: Array, *, trees: int = TREES, max_depth: int = 64, seed: int = SEED
) -> Array:
    """Return the share of the variance that each parameter explains alone, tree by tree.

    Args:
        values: shape (trials, parameters): only their order counts.
        losses: shape (trials,).
        trees: of the forest.
        max_depth: of a tree.
        seed: of the forest.

    Returns:
        Shape (trees, parameters), without the trees that see no variance.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.random((400, 2))
    >>> main_effects(x, 3 * x[:, 0] + x[:, 1]).mean(axis=0).round(1).tolist()
    [0.9, 0.1]
    """
    from sklearn.ensemble import RandomForestRegressor

    codes = [np.unique(column, return_inverse=True)[1] for column in values.T]
    masses = [np.bincount(column) / len(losses) for column in codes]
    forest = RandomForestRegressor(
        n_estimators=trees,
        max_depth=max_depth,
        min_samples_split=2,
        min_samples_leaf=1,
        random_state=seed,
    )
    forest.fit(np.column_stack(codes).astype(float), losses)
    found = [_of_tree(_leaves(grown.tree_, masses), masses) for grown in forest.estimators_]
    kept = [shares for shares in found if shares is not None]
    return np.array(kept).reshape(len(kept), len(masses))


@dataclass(frozen=True, slots=True, eq=False)
class _Leaves:
    """The leaves of a tree.

    Args:
        low, high: shape (leaves, parameters): a leaf holds the values numbered low to high − 1.
        mass: shape (leaves, parameters): the share of the trials that have one of them.
        value: shape (leaves,).
    """

    low: Ints
    high: Ints
    mass: Array
    value: Array


def _leaves(tree: Any, masses: Sequence[Array]) -> _Leaves:
    """Return the leaves of a tree of scikit-learn."""
    sizes = [len(mass) for mass in masses]
    boxes, values = [], []
    left = [(0, [0] * len(sizes), sizes)]
    while left:
        node, low, high = left.pop()
        feature = int(tree.feature[node])
        if feature < 0:
            boxes.append((low, high))
            values.append(float(tree.value[node].ravel()[0]))
            continue
        cut = int(np.floor(tree.threshold[node])) + 1
        upper, lower = list(high), list(low)
        upper[feature], lower[feature] = cut, cut
        left += [
            (int(tree.children_left[node]), low, upper),
            (int(tree.children_right[node]), lower, high),
        ]
    ends = np.array(boxes, dtype=np.int64)
    sums = [np.concatenate([[0.0], np.cumsum(mass)]) for mass in masses]
    mass = np.column_stack([s[ends[:, 1, i]] - s[ends[:, 0, i]] for i, s in enumerate(sums)])
    return _Leaves(ends[:, 0], ends[:, 1], mass, np.array(values))


def _of_tree(leaves: _Leaves, masses: Sequence[Array]) -> Array | None:
    """Return the share of each parameter in the variance of a tree; None without any."""
    weight = leaves.mass.prod(axis=1)
    centred = leaves.value - weight @ leaves.value
    total = float(weight @ centred**2)
    if total <= 0:
        return None
    shares = []
    for i, mass in enumerate(masses):
        # What a leaf adds to the mean of each of its values, summed up from where it begins.
        part = centred * weight / leaves.mass[:, i]
        steps = np.bincount(leaves.low[:, i], part, len(mass) + 1)
        steps -= np.bincount(leaves.high[:, i], part, len(mass) + 1)
        marginal = np.cumsum(steps)[:-1]
        shares.append(float(mass @ marginal**2) / total)
    return np.array(shares)


def _of_panel(trials: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    rows, losses = _losses(trials, panel)
    configs = _columns(rows["config"])
    coded = pd.DataFrame({name: _codes(configs[name]) for name in configs})
    always = [name for name in coded if coded[name].notna().all() and coded[name].nunique() > 1]
    found = _rows(panel.problem, coded[always], losses, always, "")
    for name in coded:
        active = coded[name].notna().to_numpy()
        if active.all() or coded.loc[active, name].nunique() < 2:
            continue
        part = coded.loc[active, [*always, name]]
        varying = [column for column in part if part[column].nunique() > 1]
        when = _condition(configs, active)
        found += _rows(panel.problem, part[varying], losses[active], [name], when)
    frame = pd.DataFrame(found, columns=COLUMNS)
    return frame.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def _losses(trials: pd.DataFrame, panel: Panel) -> tuple[pd.DataFrame, Array]:
    """Return the completed full evaluations of a problem, and their losses less the level."""
    rows = trials[(trials["status"] == "completed") & (trials["fidelity"] >= 1)]
    # A forest draws its resamples by place, and the order of the rows must not matter.
    rows = rows.assign(strategy=rows["strategy"].astype(str))
    rows = rows.sort_values(["strategy", "repetition", "trial_number"], kind="stable")
    repetitions = rows["repetition"].to_numpy(dtype=np.int64)
    place = np.searchsorted(panel.repetitions, repetitions).clip(max=len(panel.repetitions) - 1)
    there = panel.repetitions[place] == repetitions
    rows, place = rows[there], place[there]
    if len(rows) > MAX_TRIALS:
        chosen = np.linspace(0, len(rows) - 1, MAX_TRIALS).astype(int)
        rows, place = rows.iloc[chosen], place[chosen]
    loss, level = panel.sign * rows["value"].to_numpy(dtype=float), references(panel)[place]
    losses: Array = cleared(loss - level, of_size(loss, level))
    return rows, losses


def _rows(
    problem: str, coded: pd.DataFrame, losses: Array, names: Sequence[str], when: str
) -> list[tuple[object, ...]]:
    if not len(coded.columns) or len(losses) < 2:
        return []
    shares = main_effects(coded.to_numpy(dtype=float), losses)
    if not len(shares):
        return []
    ends = np.quantile(shares, [(1 - INNER) / 2, (1 + INNER) / 2], axis=0)
    columns = list(coded.columns)
    return [
        (problem, name, float(shares[:, i].mean()), float(ends[0, i]), float(ends[1, i]),
         len(losses), when)
        for name in names
        for i in [columns.index(name)]
    ]  # fmt: skip


def _columns(configs: pd.Series) -> pd.DataFrame:
    """Return a column a parameter, NaN where it is not active; a value of null is one like others.

    Args:
        configs: JSON.
    """
    read = [json.loads(text) for text in configs.astype(str)]
    names = dict.fromkeys(name for config in read for name in config)
    columns = {
        name: ["None" if config.get(name, 0) is None else config.get(name) for config in read]
        for name in names
    }
    return pd.DataFrame(columns, index=configs.index)


def _codes(values: pd.Series) -> Array:
    """Return the rank of each value among the different ones, NaN where the parameter is absent."""
    numeric = values.map(lambda value: isinstance(value, int | float)).all()
    known = values.dropna()
    order = sorted(known.unique()) if numeric else sorted(known.unique(), key=str)
    ranks = {value: float(rank) for rank, value in enumerate(order)}
    found: Array = values.map(ranks).to_numpy(dtype=float)
    return found


def _condition(configs: pd.DataFrame, active: Any) -> str:
    """Return the values of another parameter with which, and no others, a parameter is active."""
    for name in configs:
        if configs[name].isna().any():
            continue
        texts = configs[name].astype(str)
        inside, outside = set(texts[active]), set(texts[~active])
        if not inside & outside and len(inside) <= 3:
            return f"{name} = {' or '.join(sorted(inside))}"
    return f"{int(np.sum(active)):,} of {len(active):,} trials"


def over_two(trials: pd.DataFrame, panel: Panel, x: str, y: str) -> pd.DataFrame:
    """Return the trials of a problem in which two parameters are active.

    Args:
        trials: the tidy frame, with `config` (JSON).
        panel: of the problem.
        x: a parameter.
        y: another one.

    Returns:
        A row a trial: x, y (values), rank (the share of the others that are worse, after what
        differs between repetitions is taken off, in [0, 1]), is_best (of those with the largest
        rank the first). The names are in its `attrs`.
    """
    rows, losses = _losses(trials[trials["problem"] == panel.problem], panel)
    configs = _columns(rows["config"])
    frame = pd.DataFrame({"x": configs[x], "y": configs[y], "loss": losses}).dropna()
    order = frame["loss"].rank(method="max", ascending=False).to_numpy(dtype=float)
    frame["rank"] = (order - 1) / max(len(frame) - 1, 1)
    frame["is_best"] = np.arange(len(frame)) == int(np.argmin(frame["loss"])) if len(frame) else []
    found = frame.drop(columns="loss").reset_index(drop=True)
    found.attrs = {"x": x, "y": y}
    return found
