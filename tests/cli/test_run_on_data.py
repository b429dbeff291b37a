"""`run` on data of one's own: its options, and what it says before it begins."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from bench import registry
from bench.cli import main
from bench.cli.on_data import entries, tunes_models
from bench.cli.problem_notes import problem_notes
from bench.execution.plan import make_plan
from bench.spec import Entry, SpecError, Sweep
from bench.store import Store
from problems._live import LiveProblem


@pytest.fixture
def visits(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "visits.csv"
    rows = [
        f"{i};{i // 4};{rng.normal():.3f};{'ill' if i % 3 == 0 else 'well'}".replace(".", ",")
        for i in range(120)
    ]
    path.write_text("\n".join(["id;patient;x;y", *rows]), encoding="utf-8")
    return path


def test_every_option_reaches_the_problem(visits):
    given = {
        "data": str(visits), "target": "y", "metric": "f1", "positive": "well", "drop": "id",
        "groups": "patient", "cv": "stratified", "folds": 3, "repeats": 1, "sep": ";",
        "decimal": ",", "thousands": "",
    }  # fmt: skip
    (entry,) = entries(given | {"model": ["tree"]})
    problem: Any = registry.PROBLEMS.create(entry)
    assert problem.load().X.shape == (120, 1)
    assert problem.facts.numeric == 1
    assert problem.positive_class == "well"
    assert (problem.splitter.kind, problem.splitter.folds, problem.splitter.repeats) == (
        "stratified", 3, 1,
    )  # fmt: skip
    assert len(np.unique(problem.load().groups)) == 30


def test_options_about_data_need_data():
    with pytest.raises(SpecError, match="--cv and --drop describe --data, which is missing"):
        entries({"cv": "group", "drop": "x"})
    result = CliRunner().invoke(main, ["run", "quick", "--groups", "patient"])
    assert result.exit_code == 2
    assert "--groups describes --data, which is missing; name a data set" in result.output


@pytest.mark.parametrize(
    ("names", "tuned"),
    [
        (["tree:wine"], True),
        (["branin", "knn:visits.csv"], True),
        (["branin", "tree-wine", "table-svm-wine"], False),
    ],
)
def test_a_model_on_named_data_is_tuned(names, tuned):
    sweep = Sweep("s", (Entry("random"),), tuple(map(Entry, names)))
    assert tunes_models(sweep) is tuned


def plan_of(visits, tmp_path, **settings):
    given = {"data": str(visits), "target": "y", "sep": ";", "decimal": ","} | settings
    sweep = Sweep("s", (Entry("random"),), (Entry("tree", "mine", given),), trials=20)
    return make_plan(sweep, Store(tmp_path / "results"))


def test_the_positive_class_is_named_and_recorded(visits, tmp_path):
    plan = plan_of(visits, tmp_path, scoring="f1")
    assert "mine: the positive class of F1 is 'ill'" in list(problem_notes(plan))
    assert {job.facts.positive for job in plan.todo} == {"ill"}
    other = plan_of(visits, tmp_path, scoring="accuracy")
    assert not any("positive class" in line for line in problem_notes(other))
    assert all(job.facts.positive == "" for job in other.todo)


def test_what_was_read_and_how_it_is_cut_is_said(visits, tmp_path):
    given = {"drop": "id", "groups": "patient", "folds": 3}
    assert (
        "mine: 120 rows; 1 numeric feature; classes 'ill' (40), 'well' (80); 30 groups of "
        "'patient' kept whole; stratified, 3 folds × 2 repeats"
    ) in list(problem_notes(plan_of(visits, tmp_path, **given)))
    sweep = Sweep("s", (Entry("random"),), (Entry("tree-wine"),), trials=2)
    assert list(problem_notes(make_plan(sweep, Store(tmp_path / "results")))) == []


def test_a_positive_class_without_effect_is_reported(visits, tmp_path):
    said = list(problem_notes(plan_of(visits, tmp_path, scoring="accuracy", positive="ill")))
    assert "warning: mine: positive = 'ill' changes nothing about accuracy" in said
    said = list(problem_notes(plan_of(visits, tmp_path, scoring="f1", positive="ill")))
    assert not any("changes nothing" in line for line in said)


def test_warnings_of_the_data_are_said(visits, tmp_path, monkeypatch):
    monkeypatch.setattr(LiveProblem, "warnings", ("look at 'id'",))
    assert "warning: mine: look at 'id'" in list(problem_notes(plan_of(visits, tmp_path)))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, None), (59.0, None), (300.0, "about 5 minutes, a run of 20 trials 1.7 hours")],
)
def test_long_evaluations_are_warned_of(visits, tmp_path, monkeypatch, seconds, said):
    monkeypatch.setattr(LiveProblem, "expected_seconds", lambda self: seconds)
    lines = [
        line for line in problem_notes(plan_of(visits, tmp_path)) if "an evaluation may" in line
    ]
    assert len(lines) == (said is not None)
    for line in lines:
        assert line.startswith("warning: mine: an evaluation may take ")
        assert said in line
        assert "use a sample of the rows" in line


def test_a_model_without_data_shows_its_parameters():
    for name, parameter in (("forest", "n_estimators"), ("kernel-ridge", "alpha")):
        output = CliRunner().invoke(main, ["show", name]).output
        assert "ranges and defaults may depend on rows, features and task:" in output
        assert f"\n{parameter} " in output
    found = json.loads(CliRunner().invoke(main, ["show", "forest", "--json"]).output)
    assert found["example"] == "breast-cancer"
    assert len(found["parameters"]) == 4


def test_a_model_that_its_default_data_do_not_fit_shows_its_parameters(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from problems.tree import Tree\n\n\nclass Mine(Tree):\n"
        '    """A tree for numbers."""\n\n    name = "mine"\n    tasks = ("regression",)\n'
    )
    result = CliRunner().invoke(main, ["show", f"{path}:Mine", "--json"])
    found = json.loads(result.output)
    assert found["example"] == "diabetes"
    assert found["parameters"]


def test_the_positive_class_is_shown():
    output = CliRunner().invoke(main, ["show", "tree-breast-cancer"]).output
    assert "positive class  benign" in " ".join(output.split("\n")).replace("   ", "  ")
