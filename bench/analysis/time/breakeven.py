"""Break-even: how much an evaluation must cost for one strategy to be the faster one."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from bench.curves.targets import expected_times
from bench.panels.arrays import Array
from bench.panels.clock import side_by_side
from bench.panels.panel import Panel
from bench.panels.rounding import cleared, of_size

CASES = ("always", "above", "below", "never", "equal", "undefined")


def break_even_costs(
    panels: Sequence[Panel],
    startups: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Return the evaluation cost at which two strategies reach a target in the same time.

    c* = (T_B·o_B − T_A·o_A) / (T_A − T_B), T the expected running time to the target in trials,
    o the strategy's own seconds a trial (mean of ask + tell). Both are by the full evaluation: of
    cheaper ones o is that of as many as cost one, and a cheaper one is taken to last its share.

    The target of a repetition is what more than half of its strategies have reached halfway between
    the longest start-up and the end of the budget: before that those that learn still draw at
    random, and their order is luck. All strategies stand to it alike; what random search reaches
    after so many trials can be computed from its own draws for small numbers only. The expected
    running times of a pair are over the repetitions that both have, so that their targets are the
    same.

    Args:
        panels: the problems.
        startups: strategy -> how many first trials it draws at random, as `startup.startups` gives
            them. One that is the whole budget has no other part.

    Returns:
        A row for each pair, both ways round, and problem: strategy, other, problem, target_budget
        (trials after which the target is taken), evaluation_s (seconds an evaluation; NaN where
        none decides), case. The strategy is the faster one "always"; "above" or "below" that cost;
        "never"; "equal" where both need the same; "undefined" where neither reaches the target, or
        that or a run is missing, or one of the two had several workers. One that never reaches it
        loses to one that does.
    """
    rows = []
    for panel in panels:
        after = halfway(panel.budget, (startups or {}).values())
        losses, own = reached_by_most(panel, after), own_seconds(panel)
        known: dict[bytes, Array] = {}
        # Trials in their order, times what one takes, are no time of several workers.
        own[side_by_side(panel).any(axis=1)] = np.nan
        for a, b in itertools.permutations(range(len(panel.strategies)), 2):
            both = panel.ran[a] & panel.ran[b]
            if both.tobytes() not in known:
                target = np.where(both, losses, np.nan)[:, None]
                known[both.tobytes()] = expected_times(panel, target)[0][:, 0]
            times = known[both.tobytes()]
            cost, case = break_even(times[a], own[a], times[b], own[b])
            pair = panel.strategies[a], panel.strategies[b]
            rows.append((*pair, panel.problem, after, cost, case))
    columns = ["strategy", "other", "problem", "target_budget", "evaluation_s", "case"]
    return pd.DataFrame(rows, columns=columns)


def halfway(budget: int, startups: Iterable[int]) -> int:
    """Return the trial halfway between the longest start-up that ends before the budget and it."""
    longest = max((count for count in startups if count < budget), default=0)
    return longest + (budget - longest + 1) // 2


def reached_by_most(panel: Panel, after: int) -> Array:
    """Return the loss that more than half of the strategies have reached, in each repetition.

    Args:
        panel: the runs.
        after: so many trials.

    Returns:
        Shape (R,); NaN without a run, or where too few have a completed trial by then.
    """
    ordered = np.sort(panel.best[..., after - 1], axis=0)
    found: Array = np.take_along_axis(ordered, (panel.ran.sum(axis=0) // 2)[None], axis=0)[0]
    return found


def breakeven(costs: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each pair, over problems.

    Args:
        costs: as `break_even_costs` gives them.

    Returns:
        strategy, other, evaluation_s (median over problems: above so many seconds an evaluation the
        strategy is the faster one on half of them; 0 stands for "always", infinity for "below" and
        "never", where no cost is high enough; "equal" and "undefined" are left out, NaN where
        nothing else is), n_problems (that the median is over), then the number of problems in each
        case: always, above, below, never, equal, undefined.
    """
    case, cost = costs["case"].to_numpy(dtype=object), costs["evaluation_s"].to_numpy(dtype=float)
    decided = ~np.isin(case, ["equal", "undefined"])
    levels = np.where(case == "always", 0.0, np.where(case == "above", cost, np.inf))
    # All pairs at once: 40,000 groups one by one take ten seconds.
    summed = {"n_problems": decided, **{f"n_{kind}": case == kind for kind in CASES}}
    frame = costs[["strategy", "other"]].assign(
        evaluation_s=np.where(decided, levels, np.nan), **summed
    )
    groups = frame.groupby(["strategy", "other"], sort=False, observed=True)
    return groups.agg({"evaluation_s": "median", **dict.fromkeys(summed, "sum")}).reset_index()


def break_even(
    trials: float, own: float, other_trials: float, other_own: float
) -> tuple[float, str]:
    """Return the break-even cost of one strategy against another, and the case.

    Args:
        trials: expected trials to the target; infinite: it is never reached.
        own: the strategy's own seconds a trial.
        other_trials: the same of the other one.
        other_own: the same of the other one.
    """
    none = float("nan")
    known = not np.isnan([trials, own, other_trials, other_own]).any()
    if not known or (np.isinf(trials) and np.isinf(other_trials)):
        return none, "undefined"
    if np.isinf(trials) or np.isinf(other_trials):
        return none, "never" if np.isinf(trials) else "always"
    spent = trials * own, other_trials * other_own
    ahead = float(cleared(spent[1] - spent[0], of_size(*spent)))
    more = float(cleared(trials - other_trials, of_size(trials, other_trials)))
    if more == 0:
        return none, "equal" if ahead == 0 else "always" if ahead > 0 else "never"
    cost = ahead / more
    if cost <= 0:
        return none, "always" if more < 0 else "never"
    return cost, "above" if more < 0 else "below"


def own_seconds(panel: Panel) -> Array:
    """Return each strategy's own seconds a full evaluation's worth of trials, 0 without any."""
    there = ~np.isnan(panel.own)
    count = np.where(there, panel.share, 0.0).sum(axis=(1, 2))
    total = np.where(there, panel.own, 0.0).sum(axis=(1, 2))
    unknown = np.where(panel.ran.any(axis=1), 0.0, np.nan)
    return np.where(count > 0, total / np.where(count > 0, count, 1), unknown)
