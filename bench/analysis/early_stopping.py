"""Early stopping: where strategies with cheaper evaluations spend their budget, for what regret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bench.analysis import rules, rungs
from bench.analysis.rungs import Exact, cheaper_panels, evaluations
from bench.inference import intervals
from bench.panels.arrays import Array
from bench.panels.panel import Panel
from bench.panels.regret import RANDOM, bounded

FEW = 4
"""Full fits of the small budget after which regret is shown beside that at the end."""

MEANS = ["n_trials", "n_full", "full_share", "pruned_share", "full_budget_share",
         "first_full_budget"]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class EarlyStopping:
    """What cheaper evaluations cost and gain in a sweep.

    Args:
        strategies: as `by_strategy` gives it, over the problems with cheaper evaluations.
        problems: as `bench.analysis.rungs.by_problem` gives it.
        steps: as `bench.analysis.rungs.over_problems` gives it.
        against: as `against` gives it, with `tau`, that of the problem at its lowest step.
        exact: whether that is `tau_all`, which is so where it is known of all problems.
        stopping: the strategies with cheaper evaluations.
    """

    strategies: pd.DataFrame
    problems: pd.DataFrame
    steps: pd.DataFrame
    against: pd.DataFrame
    exact: bool
    stopping: tuple[str, ...]

    def without_bias(self) -> EarlyStopping:
        """Return the same with `tau` among all configurations, where that is known everywhere.

        It is no estimate, so it has no interval.
        """
        if not self.exact:
            return self
        exact = {"tau_low": np.nan, "tau_high": np.nan}
        return replace(
            self,
            problems=self.problems.assign(tau=self.problems["tau_all"], **exact),
            steps=self.steps.assign(tau=self.steps["tau_all"], **exact),
        )


def early_stopping(
    trials: pd.DataFrame, panels: Sequence[Panel], exact: Exact, limit: int | None = None
) -> EarlyStopping:
    """Return what cheaper evaluations cost and gain, of panels of which one has some.

    Args:
        trials: the tidy frame.
        panels: of the same trials.
        exact: τ of each step among all configurations of a problem, where that is known.
        limit: the budget at which regret is taken; all of each problem's without.
    """
    there = cheaper_panels(panels)
    cheap = np.any([panel.cheap.any(axis=1) for panel in there], axis=0)
    frame = rungs.by_repetition(trials, there)
    problems = rungs.by_problem(frame, there, exact)
    lowest = problems.drop_duplicates("problem").set_index("problem")
    known = bool(lowest["tau_all"].notna().all())
    tau = lowest["tau_all" if known else "tau"]
    behind = against(there, RANDOM, limit)
    return EarlyStopping(
        by_strategy(of_runs(trials, there), limit),
        problems,
        rungs.over_problems(frame, there, exact),
        behind.assign(tau=behind["problem"].map(tau).astype(float)),
        known and len(lowest) > 0,
        tuple(name for name, is_cheap in zip(there[0].strategies, cheap, strict=True) if is_cheap),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """What each run of a problem spent on what, shape (S, R); NaN where it did not run.

    Args:
        panel: the runs.
        pruned: share of the configurations that have no full evaluation; NaN where configurations
            are not recorded.
        on_full: share of the budget spent that full evaluations cost.
        first: budget spent when the first completed full evaluation is over, in full evaluations;
            NaN without one.
    """

    panel: Panel
    pruned: Array
    on_full: Array
    first: Array

    @property
    def without_full(self) -> Array:
        """1 where a run has no completed full evaluation, 0 where it has."""
        missing = np.isnan(self.panel.loss).all(axis=2)
        return np.where(self.panel.ran, missing, np.nan)

    def means(self) -> Array:
        """Return `MEANS` of each run, shape (len(MEANS) · S, R)."""
        panel = self.panel
        trials = np.where(panel.trials > 0, panel.trials, np.nan)
        full = np.where(panel.trials > 0, panel.full.sum(axis=2), np.nan)
        parts = [trials, full, full / trials, self.pruned, self.on_full, self.first]
        return np.concatenate(parts)


def of_runs(trials: pd.DataFrame, panels: Sequence[Panel]) -> list[Runs]:
    """Return what the runs spent on what, of each problem with cheaper evaluations.

    Args:
        trials: the tidy frame; `config` (JSON) may be missing.
        panels: of the same trials.
    """
    return [_of_problem(trials, panel) for panel in cheaper_panels(panels)]


def _of_problem(trials: pd.DataFrame, panel: Panel) -> Runs:
    made = evaluations(trials, panel).sort_values(["s", "r", "trial_number"], kind="stable")
    run = [made["s"], made["r"]]
    spent = made["charge"].groupby(run).cumsum()
    full = made["share"] >= 1
    on_full = (made["charge"] * full).groupby(run).sum() / made["charge"].groupby(run).sum()
    first = spent[full & np.isfinite(made["loss"])].groupby(run).first()
    pruned = pd.Series(dtype=float)
    if "config" in made:
        reached = full.groupby([*run, made["config"]]).any()
        pruned = 1 - reached.groupby(level=[0, 1]).mean()
    return Runs(panel, _placed(pruned, panel), _placed(on_full, panel), _placed(first, panel))


def _placed(values: pd.Series, panel: Panel) -> Array:
    """Return values by places of strategy and repetition as an array, NaN elsewhere."""
    found = np.full(panel.ran.shape, np.nan)
    if len(values):
        s, r = (values.index.get_level_values(level).to_numpy() for level in (0, 1))
        found[s, r] = values.to_numpy()
    return found


def by_strategy(problems: Sequence[Runs], trials: int | None = None) -> pd.DataFrame:
    """Return where each strategy spends its budget, over the problems with cheaper evaluations.

    Args:
        problems: as `of_runs` gives them.
        trials: the budget at which `regret` is taken; all of each problem's without.

    Returns:
        strategy; means over repetitions, then problems: n_trials, n_full (full evaluations),
        full_share (of the trials), pruned_share (of the configurations, those without a full
        evaluation), full_budget_share (of the budget spent, on full evaluations),
        first_full_budget (spent when the first completed full evaluation is over, of the runs that
        have one); regret_few (bounded regret after 4 full fits; NaN unless `regret` is taken
        later), regret, each with its 95 % intervals on this problem set (_low, _high) and
        generalising to new data sets (_new_low, _new_high); n_without_full (runs without a
        completed full evaluation), n_runs, n_problems.
    """
    if not problems:
        columns = [f"{name}{end}" for name in ("regret_few", "regret") for end in rules.ENDS]
        more = ["n_without_full", "n_runs", "n_problems"]
        return pd.DataFrame(columns=["strategy", *MEANS, *columns, *more])
    panels = [runs.panel for runs in problems]
    names = panels[0].strategies
    means = intervals.mean([runs.means() for runs in problems]).reshape(len(MEANS), len(names))
    budget = max(panel.budget for panel in panels)
    later = min(trials or budget, budget) > FEW
    few = [bounded(panel.regret_after(FEW)) if later else np.full(panel.ran.shape, np.nan)
           for panel in panels]  # fmt: skip
    ends = [bounded(panel.regret_after(trials)) for panel in panels]
    datasets = [panel.dataset for panel in panels]
    ran = np.array([panel.ran.sum(axis=1) for panel in panels])
    return pd.DataFrame(
        {
            "strategy": np.array(names, dtype=object),
            **dict(zip(MEANS, means, strict=True)),
            **rules.mean_columns("regret_few", few, datasets, regret=True),
            **rules.mean_columns("regret", ends, datasets, regret=True),
            "n_without_full": sum(
                np.nansum(runs.without_full, axis=1).astype(int) for runs in problems
            ),
            "n_runs": ran.sum(axis=0),
            "n_problems": (ran > 0).sum(axis=0),
        }
    )


def against(panels: Sequence[Panel], baseline: str, trials: int | None = None) -> pd.DataFrame:
    """Return how far each strategy with cheaper evaluations is behind another on each problem.

    Args:
        panels: of all problems.
        baseline: the other strategy.
        trials: the budget at which regret is taken; all of each problem's without.

    Returns:
        strategy, problem, difference (of bounded regret, mean over the repetitions that both have;
        below 0: better than the baseline), n_repetitions. No row without the baseline.
    """
    rows = []
    for panel in cheaper_panels(panels):
        if baseline not in panel.strategies:
            continue
        regret = bounded(panel.regret_after(trials))
        differences = regret - regret[panel.strategies.index(baseline)]
        for name, cheap, values in zip(panel.strategies, panel.cheap, differences, strict=True):
            known = values[~np.isnan(values)]
            if cheap.any() and len(known):
                rows.append((name, panel.problem, float(known.mean()), len(known)))
    return pd.DataFrame(rows, columns=["strategy", "problem", "difference", "n_repetitions"])
