"""Live problems on data of one's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from bench import Status
from bench.execution.plan import resolve
from bench.registry import PROBLEMS, RegistryError
from bench.spec import Entry, Sweep
from problems.linear import Logistic
from problems.neighbours import KNN
from problems.tree import Forest, Tree

pytestmark = pytest.mark.slow


@pytest.fixture
def flats():
    """A table with missing numbers, missing categories, and a rare column."""
    rng = np.random.default_rng(0)
    rows = 90
    frame = pd.DataFrame(
        {
            "size": rng.uniform(20, 120, rows).round(1),
            "town": rng.choice(["Graz", "Linz", "Wien"], rows),
            "floor": rng.integers(0, 9, rows).astype(float),
            "lift": rng.choice(["yes", "no"], rows),
        }
    )
    frame["price"] = 3 * frame["size"] + 50 * (frame["town"] == "Wien") + rng.normal(0, 9, rows)
    frame["class"] = np.where(frame["price"] > 250, "dear", "cheap")
    frame.loc[rng.choice(rows, 12, replace=False), "floor"] = np.nan
    frame.loc[rng.choice(rows, 9, replace=False), "town"] = None
    return frame


@pytest.fixture(params=["csv", "parquet"])
def save(request, tmp_path):
    """Write a table as a file of one kind and give its path."""

    def write(frame):
        path = tmp_path / f"flats.{request.param}"
        if request.param == "parquet":
            frame.to_parquet(path, index=False)
        else:
            frame.to_csv(path, index=False)
        return str(path)

    return write


def columns(scaler):
    """Return scikit-learn's own preprocessing of the flats, by the names of their columns."""
    numbers = [SimpleImputer(strategy="median"), *scaler]
    return ColumnTransformer(
        [
            ("numbers", make_pipeline(*numbers), ["size", "floor"]),
            ("categories", OneHotEncoder(handle_unknown="ignore"), ["town", "lift"]),
        ],
        sparse_threshold=0,
    )


def test_classes_equal_scikit_learns_own_pipeline(flats, save, theirs):
    path = save(flats.drop(columns="price"))
    own = make_pipeline(columns([StandardScaler()]), LogisticRegression(C=0.3))
    X = flats[["size", "town", "floor", "lift"]]
    for scoring in ("log_loss", "f1"):
        problem = Logistic(data=path, target="class", scoring=scoring, folds=2, repeats=1)
        # Classes in the order of their sorted names: "dear" is the second.
        assert problem.load().labels == ("cheap", "dear")
        assert np.array_equal(problem.load().y, (flats["class"] == "dear").astype(int))
        ours = problem.evaluate({"C": 0.3, "class_weight": None}, seed=1).fold_values
        assert ours == pytest.approx(theirs(problem, own, 1, X=X), rel=1e-9)


def test_numbers_equal_scikit_learns_own_pipeline(flats, save, theirs):
    problem = KNN(data=save(flats.drop(columns="class")), target="price", folds=2, repeats=1)
    assert problem.metric.name == "RMSE"
    own = make_pipeline(columns([StandardScaler()]), KNeighborsRegressor(7, weights="distance"))
    config = {"n_neighbors": 7, "weights": "distance", "metric": "euclidean"}
    ours = problem.evaluate(config, seed=4).fold_values
    expected = theirs(problem, own, 4, X=flats[["size", "town", "floor", "lift"]])
    assert ours == pytest.approx(expected, rel=1e-9)
    assert ours == theirs(problem, problem.pipeline(config, 4), 4)


def test_trees_get_their_numbers_unscaled(flats, save, theirs):
    problem = Forest(data=save(flats.drop(columns="price")), target="class", folds=2, repeats=1)
    forest = RandomForestClassifier(
        10, max_features=0.5, max_depth=4, min_samples_leaf=2, random_state=3
    )
    config = {"n_estimators": 10, "max_features": 0.5, "max_depth": 4, "min_samples_leaf": 2}
    X = flats[["size", "town", "floor", "lift"]]
    ours = problem.evaluate(config, seed=3).fold_values
    assert ours == theirs(problem, make_pipeline(columns([]), forest), 3, X=X)


def test_every_model_takes_gaps_and_categories(model, flats, tmp_path, few, configs):
    path = tmp_path / "flats.csv"
    # In most folds no training row has a value here, in others a single one.
    flats["rare"] = np.where(flats.index == 5, 1.0, np.nan)
    flats["same"] = 1.0
    flats.to_csv(path, index=False)
    targets = [
        target
        for target, task in (("price", "regression"), ("class", "binary"))
        if task in model.tasks
    ]
    assert targets
    for target in targets:
        problem = few(model, data=str(path), target=target)
        for config in configs(problem, 5):
            assert np.isfinite(problem.evaluate(config, seed=0).value)
        assert len(problem.load().categorical) == (3 if target == "price" else 2)


def test_the_preprocessing_knows_nothing_of_the_rows_it_does_not_fit(flats, tmp_path):
    path = tmp_path / "flats.csv"
    flats.drop(columns="price").to_csv(path, index=False)
    problem = KNN(data=str(path), target="class", folds=3, repeats=1)
    made, make = [], problem.preprocess
    problem.preprocess = lambda: made.append(make()) or made[-1]
    problem.evaluate(problem.space.default, seed=0)
    data = problem.load()
    split = problem.split(data, 0)
    fits = [*(fit for fit, _ in split.folds), split.train]
    assert len(made) == len(fits)
    for transformer, rows in zip(made, fits, strict=True):
        imputer = transformer.named_transformers_["numbers"][0]
        assert imputer.statistics_ == pytest.approx(np.nanmedian(data.X[rows][:, [0, 2]], axis=0))


def test_what_people_should_know_of_a_file(flats, tmp_path):
    path = tmp_path / "flats.csv"
    flats.drop(columns="price").to_csv(path, index=False)
    about = Tree(data=str(path), target="class").about
    assert about["data"] == (
        "flats.csv: 90 rows × 4 features, 2 of them categories, 2 classes, with missing values"
    )
    assert about["licence"] == "not stated"


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.csv"
    rng = np.random.default_rng(0)
    rows = [f"{x:.4f},{x + rng.normal():.4f}" for x in rng.normal(size=40)]
    path.write_text("\n".join(["x,y", *rows]), encoding="utf-8")
    return path


def test_a_resolved_entry_holds_the_fingerprint_of_the_file(small):
    entry = Entry("tree", "mine", {"data": str(small), "target": "y"})
    resolved = PROBLEMS.resolve(entry)
    assert len(resolved.settings["fingerprint"]) == 16
    assert PROBLEMS.resolve(resolved) == resolved
    small.write_text(small.read_text(encoding="utf-8") + "\n0.5,0.25", encoding="utf-8")
    changed = PROBLEMS.resolve(entry)
    assert changed.settings["fingerprint"] != resolved.settings["fingerprint"]
    with pytest.raises(RegistryError, match="must be what the sweep was planned with") as caught:
        PROBLEMS.create(resolved)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("run the sweep again")


def test_data_that_come_along_need_no_fingerprint():
    for name in ("tree-wine", "tree:diabetes", "tree-noisy-labels"):
        assert PROBLEMS.resolve(Entry(name)).settings["fingerprint"] == ""


@pytest.mark.parametrize(
    ("name", "rows", "features", "metric"),
    [
        ("svm:wine", 178, 13, "accuracy"),
        ("tree:imbalanced", 600, 10, "balanced accuracy"),
        ("knn:generated:rows=200,noise=3", 200, 8, "accuracy"),
        ("kernel-ridge:generated:task=friedman,rows=100", 100, 15, "RMSE"),
    ],
)
def test_a_models_name_may_go_on_with_its_data(name, rows, features, metric):
    entry = PROBLEMS.resolve(Entry(name))
    problem = PROBLEMS.create(entry)
    assert (entry.name, entry.label) == (name, name)
    assert problem.name == name
    assert problem.load().X.shape == (rows, features)  # type: ignore[attr-defined]
    assert problem.metric.name == metric
    assert problem.evaluate(problem.space.default, seed=0).value > 0


def test_a_models_name_may_go_on_with_a_file(small, monkeypatch):
    monkeypatch.chdir(small.parent)
    entry = PROBLEMS.resolve(Entry("elastic-net:small.csv", "", {"target": "y"}))
    assert entry.label == "elastic-net:small.csv"
    assert entry.settings["data"] == "small.csv"
    problem: Any = PROBLEMS.create(entry)
    assert problem.facts.rows == 40
    with pytest.raises(RegistryError, match=r"a target must be named, got none for small\.csv"):
        PROBLEMS.create(Entry("elastic-net:small.csv"))


def test_a_named_problem_takes_no_other_data_by_its_name():
    with pytest.raises(RegistryError, match="'svm-wine:iris' cannot be imported"):
        PROBLEMS.get("svm-wine:iris")


def test_a_failed_trial_says_why_in_one_line(tmp_path, parts, run_here):
    path = tmp_path / "rare.csv"
    rows = [f"{x / 7},{'rare' if x < 2 else 'usual'}" for x in range(60)]
    path.write_text("\n".join(["x,kind", *rows]), encoding="utf-8")
    settings = {"data": str(path), "target": "kind", "scoring": "log_loss", "cv": "k-fold"}
    sweep = Sweep(
        "rare", (parts("Random"),), (Entry("knn", "rare", settings),), trials=2, repetitions=8
    )
    rows = run_here(sweep, tmp_path / "results").rows()
    failed = rows[rows["status"] == Status.FAILED]
    assert len(failed) > 0
    for reason in failed["reason"]:
        assert reason.startswith("ValueError: log loss needs rows of every class")
        assert "\n" not in reason
    assert resolve(sweep).problems[0].settings["fingerprint"]


def test_numbers_for_people_are_scored_as_plain_ones_or_refused(tmp_path):
    """A decimal comma made each number a category: RMSE 3.6 where .8 is right."""
    rng = np.random.default_rng(0)
    size = rng.integers(10, 50, 120) / 10
    frame = pd.DataFrame(
        {"size": size, "weight": 1000 * size, "y": 3 * size + rng.normal(0, 1, 120)}
    )
    frame.to_csv(tmp_path / "plain.csv", index=False)
    frame.to_csv(tmp_path / "people.csv", index=False, sep=";", decimal=",")
    text = frame.assign(
        weight=frame["weight"].map("{:,.0f}".format), size=frame["size"].map("{}".format)
    )
    text.to_csv(tmp_path / "thousands.csv", index=False)
    text.assign(size=text["size"] + "%").to_csv(tmp_path / "percent.csv", index=False)

    def value(name, **settings):
        settings = {
            "data": str(tmp_path / name),
            "target": "y",
            "folds": 2,
            "repeats": 1,
        } | settings
        problem = PROBLEMS.create(Entry("knn", settings=settings))
        return problem.evaluate(problem.space.default, seed=0).fold_values

    plain = value("plain.csv")
    assert max(plain) < 1.5
    assert value("people.csv", sep=";", decimal=",") == plain
    assert value("thousands.csv", thousands=",") == plain
    for name, message in (
        ("people.csv", "separated by semicolons; set sep = ';' and decimal = ','"),
        ("thousands.csv", "'weight' of .*a comma .*or set decimal = ',' or thousands = ','"),
        ("percent.csv", "has 2 faults .*a percent sign .*a comma"),
    ):
        with pytest.raises(RegistryError, match=message):
            value(name)


def test_how_a_file_is_written_is_part_of_its_runs_and_nothing_else(tmp_path):
    frame = pd.DataFrame({"x": [i / 8 for i in range(40)], "y": ["a", "b"] * 20})
    frame.to_csv(tmp_path / "t.csv", index=False, sep=";")
    given = {"data": str(tmp_path / "t.csv"), "target": "y", "sep": ";"}
    recorded = PROBLEMS.resolve(Entry("knn", settings=given)).settings
    assert recorded["sep"] == ";"
    assert not recorded.keys() & {"decimal", "thousands"}
    for settings in ({"data": "iris", "sep": ";"}, {"data": "imbalanced", "decimal": ","}):
        with pytest.raises(RegistryError, match=r"are settings of text files, .* is not one"):
            PROBLEMS.create(Entry("knn", settings=settings))
    with pytest.raises(RegistryError, match="sep must be one character"):
        PROBLEMS.create(Entry("knn", settings=given | {"sep": ";;"}))


def test_other_files_are_not_taken_for_data_sets():
    settings = {"data": "t.xlsx", "target": "y"}
    with pytest.raises(RegistryError, match=r"must end in .csv, .* t.xlsx is an Excel workbook"):
        PROBLEMS.create(Entry("knn", settings=settings))


def test_a_problem_hands_on_what_its_data_are_warned_of(tmp_path):
    frame = pd.DataFrame({"id": range(40), "x": [i / 7 for i in range(40)], "y": ["a", "b"] * 20})
    frame.to_csv(tmp_path / "t.csv", index=False)
    (warning,) = KNN(data=str(tmp_path / "t.csv"), target="y").warnings
    assert warning.startswith("'id' of ")
    assert KNN(data="iris").warnings == ()
    assert KNN(data="imbalanced").warnings == ()
