"""What is written for bencheval."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bench.errors import UserError
from bench.exchange import bencheval
from bench.sources.tidy import from_frame

NAN = float("nan")


def source(*runs, **columns):
    """Return a source of runs: strategy, problem, repetition, values."""
    frame = pd.concat(
        pd.DataFrame(
            {
                "strategy": strategy,
                "problem": problem,
                "repetition": repetition,
                "trial_number": range(len(values)),
                "value": values,
            }
        )
        for strategy, problem, repetition, values in runs
    )
    frame = frame.assign(**{k: v(frame) if callable(v) else v for k, v in columns.items()})
    return from_frame(frame, called="frame", title="t", command="c")


def table(given, folder):
    exported = bencheval.write(given, folder)
    rows = pd.read_csv(folder / bencheval.FILE)
    return rows, exported


def errors(rows):
    return {
        (m, t, s): e
        for m, t, s, e in rows[["method", "task", "seed", "metric_error"]].itertuples(index=False)
    }


def test_scores_become_one_minus_score(tmp_path):
    runs = [("a", "p", 0, [0.5, 0.75, 0.625]), ("b", "p", 0, [0.25, NAN])]
    rows, exported = table(source(*runs, direction="maximize"), tmp_path)
    assert errors(rows) == {("a", "p", 0): 0.25, ("b", "p", 0): 0.75}
    assert "time_train_s" not in rows
    assert "columns_to_agg_extra=None" in exported.opens[1]


def test_losses_stay_as_they_are(tmp_path):
    rows, _ = table(source(("a", "p", 0, [3.0, 2.0]), ("b", "p", 0, [4.0, 1.5])), tmp_path)
    assert errors(rows) == {("a", "p", 0): 2.0, ("b", "p", 0): 1.5}


def test_a_known_optimum_gives_the_distance(tmp_path):
    runs = [("a", "p", 0, [-1.0, -2.0]), ("b", "p", 0, [-3.0])]
    rows, _ = table(source(*runs, optimum=-3.0), tmp_path)
    assert errors(rows) == {("a", "p", 0): 1.0, ("b", "p", 0): 0.0}


def test_the_test_value_of_the_incumbent_comes_first(tmp_path):
    runs = [("a", "p", 0, [0.5, 0.75]), ("b", "p", 0, [0.25, 0.125])]
    given = source(*runs, direction="maximize", optimum=1.0, test_value=lambda f: f["value"] / 2)
    rows, _ = table(given, tmp_path)
    assert errors(rows) == {("a", "p", 0): 1 - 0.375, ("b", "p", 0): 1 - 0.125}


def test_a_run_without_a_value_has_the_worst_error(tmp_path):
    runs = [("a", "p", 0, [NAN]), ("b", "p", 0, [2.0]), ("c", "p", 0, [5.0])]
    rows, exported = table(source(*runs), tmp_path)
    assert errors(rows)["a", "p", 0] == 5.0
    assert rows["imputed"].tolist() == [True, False, False]
    assert any("1 run has no value" in line for line in exported.lines)


def test_only_repetitions_that_all_have_are_written(tmp_path):
    runs = [("a", "p", r, [1.0 + r]) for r in range(3)] + [("b", "p", 1, [3.0])]
    rows, exported = table(source(*runs), tmp_path)
    assert set(errors(rows)) == {("a", "p", 1), ("b", "p", 1)}
    assert any("(b has 1 repetition): 2 runs are left out" in line for line in exported.lines)


def test_what_has_no_error_of_0_or_more_is_left_out(tmp_path):
    runs = [(s, p, 0, [v]) for s in "ab" for p, v in (("good", 1.0), ("below", -1.0))]
    _, exported = table(source(*runs), tmp_path)
    assert any("below (losses below 0, and no known optimum)" in line for line in exported.lines)
    with pytest.raises(UserError, match="there is none: p"):
        bencheval.write(source(("a", "p", 0, [2.0]), direction="maximize"), tmp_path)


def test_why_a_problem_has_no_error_is_said_as_it_is(tmp_path):
    good = [(s, "good", r, [1.0]) for s in "ab" for r in range(2)]

    def why(*runs, **columns):
        (line,) = (
            line
            for line in table(source(*good, *runs, **columns), tmp_path)[1].lines
            if line.startswith("left out: ")
        )
        return line.removeprefix("left out: ")

    below = [(s, "p", r, [-1.0]) for s in "ab" for r in range(2)]
    partly = {"optimum": lambda f: np.where(f["repetition"] == 0, -2.0, NAN)}
    assert why(*below, **partly) == "p (losses below 0, and optimum not known in every repetition)"
    tested = {"optimum": -2.0, "test_value": lambda f: f["value"]}
    assert why(*below, **tested) == "p (test losses below 0)"
    assert why(("a", "p", 0, [NAN]), ("b", "p", 0, [NAN])) == "p (no run has a value)"
    assert why(("a", "p", 0, [1.0])) == "p (no run of b)"
    apart = [("a", "p", 0, [1.0]), ("b", "p", 1, [1.0])]
    assert why(*apart) == "p (no repetition has a result of every strategy)"


def test_times_are_those_of_all_trials(mixed, tmp_path):
    rows, _ = table(mixed, tmp_path)
    spent = mixed.trials[["evaluation_s", "ask_s", "tell_s"]].sum().sum()
    kept = set(rows["task"])
    assert kept == set(mixed.problems)
    np.testing.assert_allclose(rows["time_train_s"].sum(), spent)


@pytest.mark.exchange
def test_its_evaluator_takes_it(mixed, tmp_path):
    import scipy.stats
    from bencheval.evaluator import BenchmarkEvaluator

    rows, _ = table(mixed, tmp_path)
    evaluator = BenchmarkEvaluator(seed_column="seed", columns_to_agg_extra=["time_train_s"])
    found = evaluator.leaderboard(rows, include_elo=False)
    wide = rows.pivot(index=["task", "seed"], columns="method", values="metric_error")
    ranks = pd.DataFrame(scipy.stats.rankdata(wide.to_numpy(), axis=1), wide.index, wide.columns)
    expected = ranks.groupby("task").mean().mean()
    for method, rank in expected.items():
        assert found["rank"][method] == pytest.approx(rank)
        assert found["winrate"][method] == pytest.approx(2 - rank)
