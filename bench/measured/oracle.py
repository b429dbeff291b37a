"""What perfect search would reach on the tables of the package: the limit of every strategy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bench.measured.scales import table_behind
from bench.panels.rounding import tied
from bench.tabular import Table

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("problem", "split", "n_repetitions", "value", "n_best", "test_value", "best_test_value",
           "test_regret")  # fmt: skip


def oracle(runs: pd.DataFrame, problems: Sequence[str]) -> pd.DataFrame:
    """Return what perfect search reaches on each split that the repetitions of a sweep used.

    Perfect search evaluates every configuration in full and chooses the best validation value, as
    a strategy does. Which of several with that value it takes is chance, so their mean counts.

    Args:
        runs: a row a run: problem, problem_name, problem_version, repetition, problem_seed.
        problems: labels in the order of the rows.

    Returns:
        A row a problem and split, of tables of the package with test values: problem, split (from
        0), n_repetitions (of the sweep on this split), value (the best validation value), n_best
        (configurations that have it), test_value (their mean), best_test_value (of all
        configurations), test_regret (how much worse test_value is than best_test_value, in units
        of normalised regret: 0 or more, NaN where one random draw has the best validation value).
    """
    import pandas as pd

    rows = []
    parts = dict(iter(runs.groupby(runs["problem"].astype(str))))
    for label in (name for name in problems if name in parts):
        part, first = parts[label], parts[label].iloc[0]
        behind = table_behind(str(first["problem_name"]), int(first["problem_version"]))
        if behind is None or behind[0].test_value is None:
            continue
        table, split_of = behind
        seeds = part.drop_duplicates("repetition")["problem_seed"]
        used, counts = np.unique([split_of(int(seed)) for seed in seeds], return_counts=True)
        of_splits = of_table(table)
        for split, count in zip(used.tolist(), counts.tolist(), strict=True):
            rows.append((label, split, count, *of_splits[split]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def of_table(table: Table) -> list[tuple[float, int, float, float, float]]:
    """Return value, n_best, test_value, best_test_value and test_regret of each split.

    Args:
        table: with test values.
    """
    assert table.test_value is not None
    found = []
    medians = table.median_draws()
    for split in range(table.splits):
        losses = table.metric.sign * table.value[split]
        test = table.metric.sign * table.test_value[split]
        rounded = tied(np.where(np.isnan(losses), np.inf, losses))
        best = rounded == rounded.min()
        chosen, limit = float(np.mean(test[best])), float(np.nanmin(test))
        scale = table.metric.sign * medians[split] - float(losses[best].min())
        regret = (chosen - limit) / scale if scale > 0 else float("nan")
        values = table.metric.sign * np.array([losses[best].min(), chosen, limit])
        value, test_value, best_test = values.tolist()
        found.append((value, int(best.sum()), test_value, best_test, regret))
    return found
