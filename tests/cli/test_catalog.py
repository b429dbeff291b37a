"""`show`; `list` and `check` are tested with the rest of the command line."""

import json

import pytest
from click.testing import CliRunner

from bench.cli import main
from bench.registry import PROBLEMS, STRATEGIES


def call(*arguments):
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize("name", [*PROBLEMS.classes(), *STRATEGIES.classes()])
def test_everything_in_the_catalog_can_be_shown(name):
    result = call("show", name)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"{name} (")


def test_a_problem_is_shown():
    output = call("show", "svm-breast-cancer").output
    for line in ("metric     accuracy (higher is better)", "settings   folds = 5, repeats = 2",
                 "C          real, 0.001 to 1000, log scale  1"):  # fmt: skip
        assert line in output.splitlines()


def test_a_strategy_is_shown_with_its_settings():
    output = call("show", "tpe").output
    assert output.startswith("tpe (strategy)\n")
    assert "settings  n_startup_trials = 10" in output


@pytest.mark.parametrize(("name", "kind"), [("branin", "problem"), ("grid", "strategy")])
def test_json_for_programs(name, kind):
    found = json.loads(call("show", name, "--json").stdout)
    assert (found["name"], found["kind"]) == (name, kind)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("barnin", "error: no strategy or problem is called 'barnin'; did you mean branin"),
        ("none.py:Mine", "error: 'none.py:Mine' cannot be imported: there is no file"),
        ("bench.core:Table", "must lead to a Problem"),
    ],
)
def test_an_unknown_name_gets_one_line(name, message):
    result = call("show", name)
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_what_lies_in_a_file_of_ones_own_is_shown(parts):
    for name, kind in (("Random", "strategy"), ("Sphere", "problem")):
        reference = parts(name).name
        assert call("show", reference).output.startswith(f"{reference} ({kind})")
