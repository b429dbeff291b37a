"""What holds for every live problem of the catalog."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import numpy as np
import pytest

from problems import _data

pytestmark = pytest.mark.slow


def test_the_sentence_names_data_and_metric(named):
    problem = named()
    sentence = inspect.getdoc(named).partition("\n")[0]
    assert sentence.endswith(f" on {problem.data}, by {problem.metric.name}.")
    assert problem.name.endswith(f"-{problem.data}")
    assert problem.name.startswith(tuple(base.name for base in named.__bases__))
    assert len(sentence) <= 100


def test_the_documentation_cites_the_model(named):
    assert re.search(r"Reference: \w.*\d{4}", inspect.getdoc(named), re.DOTALL)
    assert named.tags[0] == "live"
    assert len(named.tags) >= 2


def test_people_see_data_licence_and_reference(named):
    problem = named()
    about, data = problem.about, problem.load()
    assert set(about) == {"data", "licence", "reference"}
    rows, features = data.X.shape
    assert f"{rows} rows × {features} features" in about["data"]
    if problem.classifies:
        assert f", {len(data.labels)} classes" in about["data"]
    assert all(about.values())


def test_the_space_has_a_default_inside_and_says_what_is_conditional(named):
    space = named().space
    assert len(space) > 0
    assert space.check(space.default) == space.default
    assert bool(space.conditions) == ("units_2" in space or "conditional" in named.tags)


def test_configurations_at_random_are_measured_without_a_warning(named, few, configs):
    problem = few(named)
    # Warnings are errors here, and no configuration of a catalog's problem may fail.
    found = [problem.evaluate(config, seed=11) for config in configs(problem, 5)]
    values = np.array([(each.value, each.test_value) for each in found])
    assert np.isfinite(values).all()
    assert len(set(values[:, 0].tolist())) > 1


def test_accuracy_is_for_classes_of_a_like_size(named):
    problem = named()
    if problem.metric.name == "accuracy":
        assert problem.facts.largest_share <= 2 / 3


def test_conditional_spaces_are_evaluated_branch_by_branch(model, few, configs):
    problem = few(model, data="wine" if few(model).classifies else "diabetes")
    space, met = problem.space, set()
    if not space.conditions:
        pytest.skip("nothing is conditional")
    for config in configs(problem, 20):
        for name, condition in space.conditions.items():
            there = all(config.get(parent) in choices for parent, choices in condition.items())
            assert (name in config) == there
            met.add((name, there))
        assert np.isfinite(problem.evaluate(config, seed=0).value)
    assert met == {(name, there) for name in space.conditions for there in (True, False)}


def test_bundled_data_are_complete_and_have_enough_rows():
    for name in _data.BUNDLED:
        data = _data.load(name)
        assert not np.isnan(data.X).any()
        assert len(data.y) >= 100


def test_listing_imports_no_heavy_library():
    code = (
        "import sys; from bench import registry; assert len(registry.PROBLEMS.classes()) > 80; "
        "heavy = {'sklearn', 'scipy', 'pandas', 'pyarrow', 'ioh'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
