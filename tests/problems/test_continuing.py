"""Models that go on from a lower step: which can, and what is paid where they do."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import problems
from bench import Budget, Fidelity, settings
from bench.registry import PROBLEMS, STRATEGIES, RegistryError
from bench.run import Run
from bench.spec import Entry
from problems.boosting import AdaBoost, Boosting
from problems.mlp import MLP
from problems.svm import SVM
from problems.tree import Forest


def values(evaluation):
    return evaluation.value, evaluation.test_value, evaluation.fold_values


def parts_of(model):
    """Return the number of trees of a fitted ensemble."""
    return model.n_iter_ if hasattr(model, "n_iter_") else len(model.estimators_)


@pytest.mark.parametrize("cls", [Forest, Boosting])
@pytest.mark.parametrize("data", ["wine", "diabetes"])
def test_a_model_that_goes_on_is_the_one_fitted_at_once(few, cls, data):
    problem = few(cls, data=data, fidelity="trees", continues=True)
    assert problem.fidelity == Fidelity("trees", 81, continues=True)
    loaded = problem.load()
    X, y = np.asarray(loaded.X, dtype=float), loaded.y
    config = problem.space.default | dict.fromkeys({"max_iter", "n_estimators"} & {
        *problem.space.default}, 20)  # fmt: skip
    counted = problem.counted["trees"]
    predict = "predict_proba" if problem.classifies else "predict"
    grown = problem.make(config, 5).set_params(warm_start=True)
    for step in (9, 27, 81):
        counted.fewer(grown.set_params(**{counted.parameter: 20}), step, 81).fit(X, y)
        at_once = counted.fewer(problem.make(config, 5), step, 81).fit(X, y)
        assert parts_of(grown) == parts_of(at_once)
        np.testing.assert_array_equal(getattr(grown, predict)(X), getattr(at_once, predict)(X))


@pytest.mark.parametrize(
    ("cls", "fidelity", "message"),
    [
        (Forest, "", "can with 'trees', got fidelity ''; set fidelity = 'trees', or leave"),
        (Forest, "rows", "can with 'trees', got fidelity 'rows'; set fidelity = 'trees'"),
        (AdaBoost, "trees", "always begins anew, got fidelity 'trees'; leave it out"),
        (MLP, "epochs", "always begins anew, got fidelity 'epochs'; leave it out"),
        (SVM, "rows", "always begins anew, got fidelity 'rows'; leave it out"),
    ],
)
def test_a_model_that_begins_anew_is_refused_where_it_should_go_on(few, cls, fidelity, message):
    with pytest.raises(ValueError, match=f"^continues needs a model .*{re.escape(message)}"):
        few(cls, fidelity=fidelity, continues=True)


def test_boosting_that_would_stop_early_is_refused():
    with pytest.raises(ValueError, match=r"beyond 10,000 rows and then is another, .* has 10,100"):
        Boosting(data="generated:rows=10100", fidelity="trees", continues=True)


def test_a_problem_says_that_it_goes_on_only_where_it_does(few):
    plain = few(Forest, data="wine", fidelity="trees")
    assert "continues" not in settings.values(plain)
    goes_on = few(Forest, data="wine", fidelity="trees", continues=True)
    assert settings.values(goes_on) == settings.values(plain) | {"continues": True}
    config = plain.space.check(plain.space.default | {"n_estimators": 10})
    at = 27 / 81
    wanted = values(plain.evaluate(config, seed=3, fidelity=at))
    assert values(goes_on.evaluate(config, seed=3, fidelity=at)) == wanted


# --- tables


def file_of(name):
    """Return the path of a table of the package."""
    return str(Path(problems.__path__[0]) / "_tables" / f"{name}.parquet")


def test_a_step_of_a_table_costs_the_difference_of_the_recorded_costs():
    entry = Entry("table-boosting-friedman-trees", settings={"continues": True})
    problem: Any = PROBLEMS.create(entry)
    strategy = STRATEGIES.create(Entry("successive-halving"))
    trials = list(Run(strategy, problem, budget=Budget(5), strategy_seed=1, problem_seed=2))
    measured, split = problem.fidelity.measured, problem.split_of(2)
    below = dict(zip(measured, (0, *measured), strict=False))
    spent, seen = 0, set()
    for trial in trials:
        step, config = problem.fidelity.step(trial.suggestion.fidelity), trial.suggestion.config
        # Where fewer trees took longer, more of them are paid for already.
        lower = [problem.table.evaluation(config, split, n).cost for n in measured if n < step]
        full = problem.table.evaluation(config, split, step)
        assert trial.loss == problem.metric.sign * full.value
        assert trial.continued_from == below[step] / 81
        assert trial.cost == pytest.approx(max(full.cost - max(lower, default=0), 0), abs=1e-12)
        spent += step - below[step]
        seen.add(step)
    assert seen == {1, 3, 9, 27, 81}
    assert spent <= 5 * 81


def test_no_model_goes_on_to_more_rows():
    path = file_of("svm-digits-rows")
    with pytest.raises(RegistryError, match=r"always begins anew, got fidelity 'rows'; leave it"):
        PROBLEMS.create(Entry("table", settings={"path": path, "continues": True}))


def test_of_a_table_of_ones_own_whoever_made_it_knows():
    path = file_of("mlp-wine-epochs")
    problem = PROBLEMS.create(Entry("table", settings={"path": path, "continues": True}))
    assert problem.fidelity.continues


@pytest.mark.parametrize(
    ("name", "goes_on"),
    [
        ("table-forest-diabetes-trees", True),
        ("table-boosting-friedman-trees", True),
        ("table-mlp-wine-epochs", False),
        ("table-svm-digits-rows", False),
        ("table-forest-diabetes", False),
    ],
)
def test_which_shipped_tables_have_models_that_go_on(name, goes_on):
    entry = Entry(name, settings={"continues": True})
    if goes_on:
        assert PROBLEMS.create(entry).fidelity.continues
        assert not PROBLEMS.create(Entry(name)).fidelity.continues
        return
    with pytest.raises(RegistryError, match="continues needs a model that can go on from a lower"):
        PROBLEMS.create(entry)
