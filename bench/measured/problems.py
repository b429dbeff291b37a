"""What is measured about a problem: from its table, from draws of a function, from a sweep."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bench import description, registry
from bench.analysis.landscape import difficulty, importance
from bench.core import Problem
from bench.core.distributions import values_of
from bench.seeds import derive, problem_seed
from bench.spec import Entry
from bench.tabular import Table

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

INSTANCES, DRAWS = 40, 1000
"""Of a function: how many instances are drawn from, and how often each."""

SEED = 1
"""The master seed of those draws; a sweep with the same seed meets the same instances."""

ABSENT = "absent"


@dataclass(frozen=True, slots=True, eq=False)
class Landscape:
    """A table as analysis takes it.

    Args:
        configs: a row a configuration, a column a parameter: values as ordered texts, with
            "absent" as the last one of a parameter that does not always exist.
        losses: shape (splits, configurations); a failed evaluation counts as the split's worst.
        weights: probability of each configuration in one random draw.
        default: the place of the default configuration, or None.
    """

    configs: pd.DataFrame
    losses: Array
    weights: Array
    default: int | None

    @property
    def mean(self) -> Array:
        """The mean loss of each configuration over splits."""
        means: Array = self.losses.mean(axis=0)
        return means

    @property
    def best(self) -> int:
        """The place of the configuration with the best mean loss."""
        return int(np.argmin(self.mean))


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What is measured about one problem; None where it is not.

    Args:
        how: "exact" for a table, "simulated" for a function, "sampled" from a sweep's random
            draws, where difficulty is a lower bound, "" for none.
        difficulty: as `bench.analysis.landscape.difficulty` gives it.
        landscape: of a table.
        shares, better: effects on the loss, and on that of the better half of all draws.
        subsets: the parameters that explain most of the better half's variance, size by size.
        place: the probability that one random draw beats the default.
        cost: median seconds of the evaluation of one random draw.
    """

    how: str = ""
    difficulty: pd.Series | None = None
    landscape: Landscape | None = None
    shares: pd.DataFrame | None = None
    better: pd.DataFrame | None = None
    subsets: pd.DataFrame | None = None
    place: float | None = None
    cost: float | None = None


def measure(problem: Problem, name: str, draws: pd.DataFrame | None = None) -> Measured:
    """Return what can be measured about a problem within about a second.

    A live model is too expensive for that: its numbers come from the trials of a sweep.

    Args:
        problem: any.
        name: what users type.
        draws: the tidy frame of a sweep with the strategies random and default.
    """
    table = description.table_of(problem)
    if table is not None:
        return _of_table(table)
    if "analytic" in problem.tags and problem.optimum_of(0) is not None:
        return Measured("simulated", difficulty.of_draws(*drawn(problem, name)))
    if draws is not None:
        return _of_sweep(problem, name, draws)
    return Measured()


def landscape(table: Table) -> Landscape:
    """Return a table as analysis takes it."""
    import pandas as pd

    space, rows = table.space, len(table.row_of)
    shown_values: dict[str, list[object]] = {name: [ABSENT] * rows for name in space}
    shown = {name: _labels(table, name) for name in space}
    default = None
    for config in space.configs():
        row = table.row(config)
        for name, value in config.items():
            shown_values[name][row] = shown[name][value]
        if config == space.default:
            default = row
    configs = {
        name: pd.Categorical(texts, [*shown[name].values(), *({ABSENT} & set(texts))], ordered=True)
        for name, texts in shown_values.items()
    }
    losses = table.metric.sign * table.value
    worst = np.nanmax(losses, axis=1, keepdims=True)
    losses = np.where(np.isnan(losses), worst, losses)
    return Landscape(pd.DataFrame(configs), losses, table.draw_probability(), default)


def _labels(table: Table, name: str) -> dict[object, str]:
    """Return value -> text of a parameter with finitely many values."""
    distribution = table.space.parameters[name]
    values = values_of(name, distribution)
    texts = description.grid_points(distribution) or [str(value) for value in values]
    return dict(zip(values, texts, strict=True))


def _of_table(table: Table) -> Measured:
    found = landscape(table)
    configs, losses, weights = found.configs, found.losses, found.weights
    better = importance.better_half(losses, weights)
    cost = None
    if table.cost is not None:
        there = ~np.isnan(table.cost)
        mass = np.broadcast_to(weights, table.cost.shape)[there]
        cost = importance.weighted_quantile(table.cost[there], mass, 0.5)
    return Measured(
        how="exact",
        difficulty=difficulty.of_table(losses, weights),
        landscape=found,
        shares=importance.shares(configs, losses, weights),
        better=importance.shares(configs, better, weights),
        subsets=importance.best_subsets(configs, better, weights),
        place=None
        if found.default is None
        else difficulty.default_place(losses, weights, found.default),
        cost=cost,
    )


def drawn(problem: Problem, name: str) -> tuple[Array, Array]:
    """Return losses of shape (instances, draws) and each instance's best loss."""
    sign, space = problem.metric.sign, problem.space
    losses, optima = np.empty((INSTANCES, DRAWS)), np.empty(INSTANCES)
    for i in range(INSTANCES):
        seed = problem_seed(SEED, name, i)
        rng = np.random.default_rng(derive(SEED, "catalog", name, i))
        for k in range(DRAWS):
            losses[i, k] = sign * problem.evaluate(space.sample(rng), seed=seed).value
        optimum = problem.optimum_of(seed)
        assert optimum is not None
        optima[i] = sign * optimum
    return losses, optima


def _of_sweep(problem: Problem, name: str, trials: pd.DataFrame) -> Measured:
    """Return what the random draws of a sweep say; those of another version or setting do not."""
    trials = of_problem(trials, registry.PROBLEMS.resolve(Entry(name)))
    random = trials[trials["strategy"] == "random"]
    if random.empty:
        return Measured()
    sign = problem.metric.sign
    found = (sign * random["value"]).groupby(random["repetition"])
    # A failed trial has no value; it counts as the repetition's worst.
    filled = random.assign(loss=(sign * random["value"]).fillna(found.transform("max")))
    losses = filled.pivot(index="repetition", columns="trial_number", values="loss").dropna()
    default = trials[trials["strategy"] == "default"].set_index("repetition")["value"]
    theirs = sign * default.reindex(losses.index).to_numpy(dtype=float)
    place = float((losses.to_numpy() < theirs[:, None]).mean())
    return Measured(
        how="sampled",
        difficulty=difficulty.of_sample(losses.to_numpy()),
        place=None if np.isnan(theirs).any() else place,
        cost=float(random["evaluation_s"].median()),
    )


def of_problem(trials: pd.DataFrame, entry: Entry) -> pd.DataFrame:
    """Return the rows of a problem of this version and these settings, all of them given."""
    same = (trials["problem_name"] == entry.name) & (trials["problem_version"] == entry.version)
    # With other settings it is another problem.
    texts = trials.loc[same, "problem_settings"].unique()
    settings = dict(entry.settings)
    wanted = {text for text in texts if json.loads(text) == settings}
    return trials[same & trials["problem_settings"].isin(wanted)]
