"""Logs of IOHprofiler, as its own logger writes them."""

from __future__ import annotations

import json

import ioh
import numpy as np
import pytest

from bench.api.result import load
from bench.errors import UserError
from bench.exchange import log_files
from bench.exchange.imported import tidy_table
from bench.exchange.ioh_logs import read, reads

SPHERE, RASTRIGIN = 1, 3


def logged(folder, algorithm, *, rng, always=False, instances=(1, 2), times=1, budget=30):
    """Run random search under IOH's logger; return (function, instance, k-th run) -> values."""
    triggers = [ioh.logger.trigger.ALWAYS] if always else [ioh.logger.trigger.ON_IMPROVEMENT]
    logger = ioh.logger.Analyzer(
        triggers, root=str(folder), folder_name=algorithm, algorithm_name=algorithm
    )
    found = {}
    for function in (SPHERE, RASTRIGIN):
        for instance in instances:
            problem = ioh.get_problem(function, instance, 2, ioh.ProblemClass.BBOB)
            problem.attach_logger(logger)
            for k in range(times):
                values = [problem(rng.uniform(-5, 5, 2)) for _ in range(budget)]
                found[function, instance, k] = np.array(values) - problem.optimum.y
                problem.reset()
    logger.close()
    return found


def said(imported):
    return tidy_table([imported])[1]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def of_run(trials, strategy, problem, repetition):
    kept = trials[
        (trials["strategy"] == strategy)
        & (trials["problem"] == problem)
        & (trials["repetition"] == repetition)
    ]
    assert kept["trial_number"].tolist() == list(range(len(kept)))
    return kept["value"].to_numpy()


def test_two_algorithms_on_functions_and_instances(tmp_path, rng):
    evaluated = {name: logged(tmp_path, name, rng=rng) for name in ("random", "other")}
    assert reads(str(tmp_path))
    found = load(tmp_path)
    assert found.strategies == ("other", "random")
    assert found.problems == ("f1-Sphere-d2", "f3-Rastrigin-d2")
    for name, runs in evaluated.items():
        for (function, instance, _), values in runs.items():
            label = {SPHERE: "f1-Sphere-d2", RASTRIGIN: "f3-Rastrigin-d2"}[function]
            read_back = of_run(found.trials, name, label, instance)
            assert len(read_back) == len(values)
            expected = np.minimum.accumulate(values)
            np.testing.assert_allclose(np.minimum.accumulate(read_back), expected, atol=1e-10)


def test_evaluations_between_improvements_have_the_best_so_far(tmp_path, rng):
    values = logged(tmp_path, "random", rng=rng)[SPHERE, 1, 0]
    imported = read(str(tmp_path))
    np.testing.assert_allclose(
        imported.studies[0].trials["value"][:-1], np.minimum.accumulate(values)[:-1], atol=1e-10
    )
    assert any("4 runs have evaluations that the log lacks" in rule for rule in said(imported))


def test_all_evaluations_are_read_as_they_were_logged(tmp_path, rng):
    values = logged(tmp_path, "random", rng=rng, always=True)[SPHERE, 1, 0]
    imported = read(str(tmp_path))
    np.testing.assert_allclose(imported.studies[0].trials["value"], values, atol=1e-10)
    assert not any("the log lacks" in rule for rule in said(imported))


def test_further_runs_on_an_instance_are_numbered_after_it(tmp_path, rng):
    logged(tmp_path, "random", rng=rng, times=2)
    imported = read(str(tmp_path))
    numbers = [s.place.repetition for s in imported.studies if "Sphere" in s.place.problem]
    assert numbers == [1, 1_000_001, 2, 1_000_002]
    assert any("plus 1,000,000" in rule for rule in said(imported))


def test_a_problem_to_maximise_has_its_direction(tmp_path, rng):
    logger = ioh.logger.Analyzer(root=str(tmp_path), folder_name="a", algorithm_name="random")
    problem = ioh.get_problem("OneMax", 1, 8, ioh.ProblemClass.PBO)
    problem.attach_logger(logger)
    values = [problem(rng.integers(0, 2, 8)) for _ in range(20)]
    logger.close()
    trials = read(str(tmp_path)).studies[0].trials
    assert set(trials["direction"]) == {"maximize"}
    expected = np.maximum.accumulate(values)
    assert np.maximum.accumulate(trials["value"]).tolist() == expected.tolist()


def test_long_runs_are_cut_and_the_rule_says_so(tmp_path, rng, monkeypatch):
    logged(tmp_path, "random", rng=rng)
    monkeypatch.setattr(log_files, "MAX_TRIALS", 90)
    imported = read(str(tmp_path))
    assert {len(study.trials) for study in imported.studies} == {20}
    assert any("4 runs are read up to evaluation 20" in rule for rule in said(imported))


def test_an_algorithm_without_a_name_is_called_by_its_folder(tmp_path, rng):
    logged(tmp_path, "algorithm_name", rng=rng)
    (tmp_path / "algorithm_name").rename(tmp_path / "mine")
    assert {study.place.strategy for study in read(str(tmp_path)).studies} == {"mine"}


@pytest.fixture
def folder(tmp_path, rng):
    logged(tmp_path, "random", rng=rng, always=True)
    return tmp_path / "random"


def refused(folder, message):
    assert reads(str(folder))
    with pytest.raises(UserError, match=message) as raised:
        read(str(folder))
    assert "\n" not in str(raised.value)


def index(folder):
    return folder / "IOHprofiler_f1_Sphere.json"


def changed(folder, **values):
    data = json.loads(index(folder).read_text())
    data["scenarios"][0] |= values
    index(folder).write_text(json.dumps(data))


@pytest.mark.parametrize("path", ["../secret.dat", "/etc/passwd", "a/../../x", "..\\x"])
def test_a_path_out_of_the_folder_is_refused(folder, path):
    (folder.parent / "secret.dat").write_text("evaluations raw_y\n1 1.0\n")
    changed(folder, path=path)
    refused(folder, "must name files in its own folder")


def test_a_link_out_of_the_folder_is_refused(folder):
    data = folder / "data_f1_Sphere" / "IOHprofiler_f1_DIM2.dat"
    data.rename(folder.parent / "elsewhere.dat")
    data.symlink_to(folder.parent / "elsewhere.dat")
    refused(folder, "must name files in its own folder")


def test_a_missing_data_file_is_refused(folder):
    (folder / "data_f1_Sphere" / "IOHprofiler_f1_DIM2.dat").unlink()
    refused(folder, "cannot be read")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"algorithm": 1}', "null"])
def test_a_damaged_index_is_refused(folder, text):
    index(folder).write_text(text)
    refused(folder, "must be whole")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[:-5], "is cut off"),
        (lambda text: text.replace("\n2 ", "\nx ", 1), "is cut off or no data"),
        (lambda text: text.replace("\n3 ", "\n2 ", 1), "out of order"),
        (lambda text: text[: text.index("evaluations", 5)], "has 1 runs, its index lists 2"),
        (lambda text: text.replace("\n30 ", "\n31 ", 1), "ends with evaluation 31"),
        (lambda text: "1 2.0\n" + text, "must name the columns"),
        (lambda text: "evaluations y\n" + text, "must name the columns"),
        (lambda text: text + "9" * 1_000_001, "a longer one"),
    ],
)
def test_a_damaged_data_file_is_refused(folder, change, message):
    data = folder / "data_f1_Sphere" / "IOHprofiler_f1_DIM2.dat"
    data.write_text(change(data.read_text()))
    refused(folder, message)


def test_a_folder_without_runs_is_refused(folder):
    for path in folder.glob("*.json"):
        data = json.loads(path.read_text()) | {"scenarios": []}
        path.write_text(json.dumps(data))
    refused(folder, "must list runs")
