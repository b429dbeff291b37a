from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from bench import registry
from bench.spec import Entry
from problems._real_tables import measured, real_tables
from problems.datasets import rows
from problems.suites import SUITES

BY_NAME = {suite.name: suite for suite in SUITES}
FACTS = {row["name"]: row for row in rows()}
CLASSES = registry.PROBLEMS.classes()


def tagged(tag):
    """Return what carries a tag and is whole without an argument."""
    return {name for name, cls in CLASSES.items() if tag in cls.tags and not cls.argument}


@pytest.mark.parametrize(
    ("suite", "tag", "least"),
    [("analytic", "analytic", 12), ("live", "live", 30), ("tables", "table", 12)],
)
def test_a_kind_of_problem_is_in_its_suite_whole(suite, tag, least):
    assert set(BY_NAME[suite].problems) == tagged(tag)
    assert len(BY_NAME[suite].problems) >= least


def test_every_problem_that_is_named_exists():
    for suite in SUITES:
        assert set(suite.problems) <= set(CLASSES), suite.name


def test_nothing_is_listed_twice():
    assert len(BY_NAME) == len(SUITES)
    for suite in SUITES:
        assert len(set(suite.problems)) == len(suite.problems)


def test_what_is_held_out_is_in_no_suite_to_develop_on():
    for name in ("standard", "standard-lite", "quick"):
        assert not set(BY_NAME["held-out"].problems) & set(BY_NAME[name].problems)


def test_each_says_what_it_is_for_and_what_to_cite():
    for suite in SUITES:
        assert suite.sentence.endswith(".")
        assert suite.citation
    assert BY_NAME["standard"].reasoning
    assert BY_NAME["held-out"].reasoning


@pytest.mark.parametrize(("suite", "count"), [("standard", 38), ("held-out", 13)])
def test_a_suite_has_one_table_for_each_data_set_that_was_chosen_for_it(suite, count):
    wanted = {f"table-{table.name}" for table in real_tables() if table.use == suite}
    assert len(wanted) == count
    assert wanted <= set(BY_NAME[suite].problems)


def test_standard_is_as_balanced_as_its_reasoning_says():
    names = BY_NAME["standard"].problems
    real = {f"table-{table.name}": table for table in measured()}
    chosen = [real[name] for name in names]
    facts = [FACTS[table.data] for table in chosen]
    assert Counter(row["task"] for row in facts) == {
        "binary": 16,
        "multiclass": 9,
        "regression": 13,
    }
    assert (min(row["rows"] for row in facts), max(row["rows"] for row in facts)) == (208, 5000)
    features = [row["features"] for row in facts]
    assert (min(features), max(features)) == (6, 751)
    models = Counter(table.model for table in chosen)
    assert (len(models), min(models.values()), max(models.values())) == (10, 2, 6)
    problems: list[Any] = [registry.PROBLEMS.create(Entry(name)) for name in names]
    assert len({problem.metric.name for problem in problems}) == 6
    sizes = [len(problem.space) for problem in problems]
    assert (min(sizes), max(sizes)) == (2, 11)
    assert sum(bool(problem.space.conditions) for problem in problems) == 13
    assert all(problem.optimum_of(1) is not None for problem in problems)


def test_functions_have_known_minima():
    problems: list[Any] = [
        registry.PROBLEMS.create(Entry(name)) for name in BY_NAME["functions"].problems
    ]
    assert len(problems) == 8
    assert all("analytic" in problem.tags for problem in problems)
    assert all(problem.optimum_of(1) is not None for problem in problems)


def test_standard_lite_is_as_spread_as_its_reasoning_says():
    names = BY_NAME["standard-lite"].problems
    real = {f"table-{table.name}": table for table in measured()}
    chosen = [real[name] for name in names]
    assert {table.use for table in chosen} == {"standard"}
    assert len({table.model for table in chosen}) == len(names) == 8
    facts = [FACTS[table.data] for table in chosen]
    assert sorted(row["classes"] for row in facts) == [0, 0, 0, 2, 2, 2, 2, 4]
    sizes = [row["rows"] for row in facts]
    features = [row["features"] for row in facts]
    assert (min(sizes), max(sizes)) == (252, 4331)
    assert (min(features), max(features)) == (7, 751)
    assert sum(round(row["largest_share"], 2) == 0.91 for row in facts) == 1
    problems: list[Any] = [registry.PROBLEMS.create(Entry(name)) for name in names]
    parameters = [len(problem.space) for problem in problems]
    assert (min(parameters), max(parameters)) == (2, 11)
    assert sum(bool(problem.space.conditions) for problem in problems) == 4
    assert BY_NAME["standard-lite"].reasoning


def test_quick_is_as_cheap_and_balanced_as_its_reasoning_says():
    problems: list[Any] = [registry.PROBLEMS.create(Entry(n)) for n in BY_NAME["quick"].problems]
    tables = [problem for problem in problems if "table" in problem.tags]
    functions = [problem for problem in problems if "analytic" in problem.tags]
    # No model is fitted: a trial is a look-up or a formula.
    assert (len(functions), len(tables), len(problems)) == (3, 4, 7)
    live: list[Any] = [CLASSES[problem.live] for problem in tables]
    assert len({cls.data for cls in live}) == 4
    assert not any(problem.space.conditions for problem in tables)
    assert sum(problem.metric.name in {"MAE", "R²"} for problem in tables) == 2
    assert {len(problem.space) for problem in problems} == {2, 4, 5, 6}


def test_resources_has_rows_trees_and_epochs_on_small_and_large_data_sets():
    problems: list[Any] = [
        registry.PROBLEMS.create(Entry(n)) for n in BY_NAME["resources"].problems
    ]
    assert sorted(problem.fidelity.unit for problem in problems) == (
        ["epochs"] + 5 * ["rows"] + 2 * ["trees"]
    )
    by_rows = [problem for problem in problems if problem.fidelity.unit == "rows"]
    live: list[Any] = [
        registry.PROBLEMS.create(Entry(problem.live, settings=problem.settings))
        for problem in by_rows
    ]
    assert sorted(problem.facts.rows for problem in live) == [300, 569, 1797, 4000, 4000]
    data = {problem.table.meta["problem"]["settings"]["data"] for problem in problems}
    assert len(data) == len(problems) == 8
    assert len({registry.PROBLEMS.get(problem.live).__mro__[1] for problem in problems}) >= 6
    for problem in problems:
        steps = problem.fidelity.measured
        assert problem.fidelity.rungs(3) == steps
        assert len(steps) >= 4
