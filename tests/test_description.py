import json

import pytest

from bench import description
from bench.core import Categorical, Float, Int, Ordinal, Strategy
from bench.prose.description_text import headed
from bench.registry import PROBLEMS, STRATEGIES, RegistryError


@pytest.fixture
def written(tmp_path):
    """Name the only class of a file."""

    def write(code):
        path = tmp_path / "mine.py"
        path.write_text(
            f"from dataclasses import dataclass\nfrom bench import *\n{code}", encoding="utf-8"
        )
        return f"{path}:Mine"

    return write


PROBLEM = '''
@dataclass
class Mine(Problem):
    """The sentence.

    A first paragraph
    in two lines.

    A second.

    Args:
        speed: hidden.
    """

    name = "mine"
    version = 3
    tags = ("live", "odd")
    metric = Metric("accuracy", "maximize")
    space = SearchSpace(
        {
            "kernel": Categorical(("rbf", None)),
            "C": Float(0.001, 1000, log=True),
            "degree": Int(2, 4),
            "depth": Ordinal((1, 2.5)),
        },
        conditions={"degree": {"kernel": [None]}},
        default={"kernel": "rbf", "C": 1, "depth": 1},
    )
    speed: float = 2.0

    @property
    def about(self):
        return {"licence": "CC0"}

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(1.0)
'''


def test_the_facts_of_a_problem(written):
    name = written(PROBLEM)
    found = description.of_problem(name)
    parameters = {parameter.pop("name"): parameter for parameter in found.pop("parameters")}
    assert found == {
        "kind": "problem",
        "name": name,
        "version": 3,
        "tags": ["live", "odd"],
        "sentence": "The sentence.",
        "unavailable": None,
        "settings": {"speed": 2.0},
        "argument": "",
        "requires": [],
        "text": ["A first paragraph in two lines.", "A second."],
        "usage": name,
        "metric": "accuracy",
        "direction": "maximize",
        "about": {"licence": "CC0"},
        "optimum": None,
        "fidelity": None,
        "dimension": 4,
        "needs": ["conditional", "categorical", "log", "integer", "ordinal"],
        "default": {"kernel": "rbf", "C": 1.0, "depth": 1},
    }
    assert [p["text"] for p in parameters.values()] == [
        "one of rbf, None",
        "real, 0.001 to 1000, log scale",
        "whole, 2 to 4",
        "2 grid points, 1 to 2.5",
    ]
    assert [p["grid_points"] for p in parameters.values()] == [None, None, None, ["1", "2.5"]]
    assert parameters["degree"]["condition"] == {"kernel": [None]}
    assert "default" not in parameters["degree"]
    assert parameters["C"]["low"] == 0.001


def test_a_fidelity_is_described_by_its_unit_and_steps(written):
    code = PROBLEM.replace("    tags = (", '    fidelity = Fidelity("epochs", 81)\n    tags = (')
    found = description.of_problem(written(code))
    assert found["fidelity"] == {
        "unit": "epochs",
        "steps": 81,
        "lowest": 1,
        "measured": (),
        "continues": False,
    }
    assert ("fidelity", "81 epochs, at least 1") in headed(found)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("svm-wine", '"rows"'),
        ("forest", '"rows" or "trees"'),
        ("mlp-wine", '"rows" or "epochs"'),
    ],
)
def test_what_a_setting_makes_cheaper_is_described(name, words):
    found = description.of_problem(name)
    assert found.get("fidelity") is None
    text = f"full evaluations only; cheaper ones with fidelity = {words}"
    assert ("fidelity", text) in headed(found)


def test_a_problem_without_a_default(written):
    code = PROBLEM.replace('default={"kernel": "rbf", "C": 1, "depth": 1},', "")
    assert description.of_problem(written(code))["default"] is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (('tags = ("live", "odd")', 'requires = ("not_there",)'), "needs not_there; pip install"),
        (("speed: float = 2.0", "speed: float"), "missing 1 required positional argument"),
        (("speed: float = 2.0", "inner: Problem"), "is named as { name = "),
    ],
)
def test_a_problem_that_cannot_be_made_here_says_why(written, change, reason):
    found = description.of_problem(written(PROBLEM.replace(*change)))
    assert reason in found["unavailable"]
    assert found["sentence"] == "The sentence."
    assert "metric" not in found


def test_a_name_with_an_argument():
    found = description.of_problem("table")
    assert found["usage"] == "table:PATH"
    assert found["unavailable"] == "is named as table:PATH"


@pytest.mark.slow
def test_every_problem_and_strategy_has_facts_that_json_can_hold():
    for name in PROBLEMS.classes():
        assert json.loads(json.dumps(description.of_problem(name)))["sentence"]
    for name in STRATEGIES.classes():
        assert json.loads(json.dumps(description.of_strategy(name)))["sentence"]


def test_an_unknown_name_is_refused():
    with pytest.raises(RegistryError, match="no problem is called 'barnin'"):
        description.of_problem("barnin")
    with pytest.raises(RegistryError, match="no strategy is called 'branin'"):
        description.of_strategy("branin")


def test_a_docstring_of_one_line_has_no_more_text():
    class One(Strategy):
        """One."""

    class Nothing(Strategy):
        pass

    Nothing.__doc__ = None
    assert description.sentence(One) == "One."
    assert description.text(One) == []
    assert description.sentence(Nothing) == ""
    assert description.text(Nothing) == []


@pytest.mark.parametrize(
    ("distribution", "grid_points"),
    [
        (Float(0, 1), None),
        (Int(0, 3), None),
        (Ordinal((1, 0.5 + 1)), ["1", "1.5"]),
        (Categorical((True, None, "a")), ["True", "None", "a"]),
        (Categorical(("1", 1)), ["'1'", "1"]),
    ],
)
def test_grid_points_are_texts_one_each(distribution, grid_points):
    assert description.grid_points(distribution) == grid_points


def test_a_transform_of_a_named_problem_is_described_whole():
    found = description.of_problem("noisy:branin")
    assert found["unavailable"] is None
    assert found["usage"] == "noisy:branin"
    assert found["dimension"] == 2
