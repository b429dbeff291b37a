import json
from typing import Any

import pandas as pd
import pytest

from bench.core import Categorical, Evaluation, Metric, Ordinal, Problem, SearchSpace
from bench.measured import problems as measured
from bench.measured.problems import landscape, measure
from bench.registry import PROBLEMS
from bench.spec import Entry
from bench.tabular import read_table, write_table

SPACE = SearchSpace(
    {"kernel": Categorical(("rbf", "linear")), "C": Ordinal((0.1, 1.0)), "g": Ordinal((1, 2))},
    conditions={"g": {"kernel": ["rbf"]}},
    default={"kernel": "linear", "C": 1.0},
)


@pytest.fixture
def table(tmp_path):
    """Read the table of a response; a text is a failure."""

    def make(response, space=SPACE, splits=1, direction="maximize", cost=None):
        rows: list[Any] = []
        for split in range(splits):
            found = [(config, response(config, split)) for config in space.configs()]
            rows.append(
                [
                    (c, v if isinstance(v, str) else Evaluation(v, cost=cost and cost(c)))
                    for c, v in found
                ]
            )
        path = tmp_path / "t.parquet"
        write_table(path, space, Metric("accuracy", direction), rows, about={})
        return read_table(path)

    return make


class Looked(Problem):
    name = "looked"

    def __init__(self, table):
        self.table, self.space, self.metric = table, table.space, table.metric

    def evaluate(self, config, *, seed, fidelity=1.0):
        return self.table.evaluation(config, 0)


def test_a_landscape_has_the_rows_of_the_table(table):
    made = table(lambda config, split: config["C"] + 10 * config.get("g", 0) + split, splits=2)
    found = landscape(made)
    for config in SPACE.configs():
        row = made.row(config)
        told = {name: found.configs[name].iloc[row] for name in SPACE}
        texts = {
            "kernel": config["kernel"],
            "C": f"{config['C']:g}",
            "g": config.get("g", "absent"),
        }
        assert told == {name: str(text) for name, text in texts.items()}
        expected = [config["C"] + 10 * config.get("g", 0) + split for split in (0, 1)]
        assert found.losses[:, row].tolist() == [-value for value in expected]
        assert found.weights[row] == (0.125 if config["kernel"] == "rbf" else 0.25)
    assert found.configs["g"].cat.categories.tolist() == ["1", "2", "absent"]
    assert found.configs["kernel"].cat.categories.tolist() == ["rbf", "linear"]
    assert found.default == made.row(SPACE.default)
    assert found.mean[found.best] == found.mean.min()


def test_a_failure_counts_as_the_worst_of_its_split(table):
    def response(config, split):
        return "broke" if "g" not in config and config["C"] == 0.1 else config["C"] + split

    made = table(response, splits=2)
    row = made.row({"kernel": "linear", "C": 0.1})
    assert landscape(made).losses[:, row].tolist() == [-0.1, -1.1]


def test_a_table_is_measured_exactly(table):
    made = table(lambda config, _: config["C"] + config.get("g", 0) / 10)
    found = measure(Looked(made), "t")
    assert found.how == "exact"
    (expected,) = made.random_search(0, [50])
    best, median = made.optimum(0), 1.0  # half of the draws have C = 1
    assert found.difficulty["regret_50"] == pytest.approx((best - expected) / (best - median))
    # Better than the default, 1.0, are both rbf with C = 1.
    assert found.place == pytest.approx(0.25)
    assert found.cost is None


def test_the_cost_is_that_of_the_median_draw(table):
    made = table(lambda config, _: config["C"], cost=lambda c: 1.0 if "g" in c else 9.0)
    assert measure(Looked(made), "t").cost == 1.0
    made = table(lambda config, _: config["C"], cost=lambda c: 5.0 if c["C"] == 1 else 9.0)
    assert measure(Looked(made), "t").cost == 5.0


def test_without_a_default_it_has_no_place(table):
    space = SearchSpace({"C": Ordinal((1, 2, 3))})
    assert measure(Looked(table(lambda c, _: c["C"], space)), "t").place is None


def test_a_function_is_drawn_from(monkeypatch):
    monkeypatch.setattr(measured, "INSTANCES", 8)
    problem = PROBLEMS.create(Entry("quadratic-low-effective", settings={"shifted": False}))
    found = measure(problem, "quadratic-low-effective")
    assert found.how == "simulated"
    # |x − ½| is uniform in [0, ½]: the best of n has E[d²] = ½ / ((n+1)(n+2)), the median is 1/16.
    for n in (1, 10, 50):
        expected = 16 * 0.5 / ((n + 1) * (n + 2))
        assert found.difficulty[f"regret_{n}"] == pytest.approx(expected, rel=0.15)
    again = measure(problem, "quadratic-low-effective")
    assert again.difficulty.tolist() == found.difficulty.tolist()


@pytest.mark.parametrize("optimum", [None, 3.0])
def test_nothing_is_measured_about_a_live_model(optimum):
    class Live(Problem):
        name = "live"
        tags = ("live",) if optimum else ("analytic",)
        space = SPACE
        metric = Metric("accuracy", "maximize")

        def evaluate(self, config, *, seed, fidelity=1.0):
            raise AssertionError

    Live.optimum = optimum
    found = measure(Live(), "live")
    assert found.how == ""
    assert found.difficulty is found.place is found.cost is found.shares is None


def test_labels_of_numbers_and_choices(table):
    space = SearchSpace({"a": Ordinal((1e-5, 0.25)), "b": Categorical(("x", None))})
    found = landscape(table(lambda config, _: config["a"], space)).configs
    assert found["a"].cat.categories.tolist() == ["1e-05", "0.25"]
    assert found["b"].cat.categories.tolist() == ["x", "None"]


def sweep(rows, name="svm-wine", version=None, settings=None):
    """Return the tidy frame of a sweep: (strategy, repetition, trial, value or None, cost)."""
    entry = PROBLEMS.resolve(Entry(name))
    frame = pd.DataFrame(
        rows, columns=["strategy", "repetition", "trial_number", "value", "evaluation_s"]
    )
    return frame.assign(
        problem_name=name,
        problem_version=entry.version if version is None else version,
        problem_settings=json.dumps({**entry.settings, **(settings or {})}),
    ).astype({"value": float})


DRAWN = [("random", r, n, 0.9 - 0.1 * n, 1.0 + n) for r in (0, 1) for n in range(4)]


def test_a_live_model_is_described_by_a_sweep():
    rows = [*DRAWN, ("default", 0, 0, 0.65, 50.0), ("default", 1, 0, 0.85, 50.0)]
    rows[3] = ("random", 0, 3, None, 4.0)  # a failure counts as the worst of its repetition, 0.7
    found = measure(PROBLEMS.create(Entry("svm-wine")), "svm-wine", sweep(rows))
    assert found.how == "sampled"
    # Losses 0.1, 0.2, 0.3, 0.3 and 0.1, 0.2, 0.3, 0.4; the median of a draw is the second.
    assert found.difficulty["regret_1"] == pytest.approx((1.25 + 1.5) / 2)
    assert found.difficulty["n_measured"] == 2
    assert found.place == pytest.approx((4 / 4 + 1 / 4) / 2)
    assert found.cost == 2.5


def test_a_sweep_without_the_default_places_nothing():
    found = measure(PROBLEMS.create(Entry("svm-wine")), "svm-wine", sweep(DRAWN))
    assert found.difficulty is not None
    assert found.place is None


@pytest.mark.parametrize(
    "other", [{"name": "svm-breast-cancer"}, {"version": 0}, {"settings": {"folds": 3}}]
)
def test_a_sweep_on_something_else_says_nothing(other):
    found = measure(PROBLEMS.create(Entry("svm-wine")), "svm-wine", sweep(DRAWN, **other))
    assert found.how == ""
    assert found.difficulty is None


def test_a_repetition_that_has_not_ended_is_left_out():
    found = measure(PROBLEMS.create(Entry("svm-wine")), "svm-wine", sweep(DRAWN[:-1]))
    assert found.difficulty["regret_1"] == pytest.approx(1.5)
