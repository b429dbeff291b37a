"""`show`; `list` and `check` are tested with the rest of the command line."""

import json

import pytest
from click.testing import CliRunner

from bench.cli import main


def call(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_a_problem_is_shown():
    lines = call("show", "svm-breast-cancer").output.splitlines()
    assert lines[0] == "svm-breast-cancer (problem)"
    told = {line.partition("  ")[0]: line.partition("  ")[2].strip() for line in lines}
    assert told["metric"] == "accuracy (higher is better)"
    assert told["licence"] == "CC BY 4.0 (UCI)"
    assert "conditional" in told["dimension"]
    assert told["gamma"].endswith("kernel is rbf")


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


def test_what_lies_in_a_file_of_ones_own_is_shown(parts_file):
    for name, kind in (("Random", "strategy"), ("Sphere", "problem")):
        reference = parts_file(name).name
        assert call("show", reference).output.startswith(f"{reference} ({kind})")
