"""Logs of COCO, as its own observer writes them, and as nobody should."""

from __future__ import annotations

import os

import ioh
import numpy as np
import pytest

from bench.api.result import load
from bench.errors import UserError
from bench.exchange import coco_logs, log_files
from bench.exchange.coco_logs import read, reads
from bench.exchange.imported import tidy_table

HEADER = (
    "% f evaluations | g evaluations | best noise-free fitness - Fopt (7.948e+01) + sum g_i+ | "
    "measured fitness | best measured fitness or single-digit g-values | x1 | x2...\n"
)
OLD_HEADER = (
    "% function evaluation | noise-free fitness - Fopt (7.948e+01) | best noise-free fitness - "
    "Fopt | measured fitness | best measured fitness | x1 | x2...\n"
)


def written(folder, *, head, name="data_f1/bbobexp_f1_DIM2", runs=None, header=HEADER):
    """Write an index file and its data files; runs are (instance, [(evaluation, best), …])."""
    runs = runs or [(1, [(1, 5.0), (4, 2.0)]), (2, [(1, 3.0), (2, 1.0)])]
    (folder / name).parent.mkdir(parents=True)
    text = "".join(
        header
        + "".join(f"{n} 0 {best:+.9e} +8.1e+01 +8.1e+01 +1.0e+00 -1.0e+00\n" for n, best in rows)
        for _, rows in runs
    )
    (folder / f"{name}.dat").write_text(text)
    (folder / f"{name}.tdat").write_text(text)
    ends = ", ".join(f"{i}:{rows[-1][0]}|{rows[-1][1]:.1e}" for i, rows in runs)
    (folder / "bbobexp_f1.info").write_text(f"{head}\n% a comment\n{name}.dat, {ends}\n")
    return folder


def head(algorithm="mine", suite="suite = 'bbob', ", function=1, dimension=2):
    return (
        f"{suite}funcId = {function}, DIM = {dimension}, Precision = 1.000e-08, "
        f"algId = '{algorithm}', coco_version = '2.8.2', data_format = 'bbob-new2'"
    )


def values_of(imported):
    return {
        (s.place.strategy, s.place.problem, s.place.repetition): s.trials["value"].tolist()
        for s in imported.studies
    }


def said(imported):
    return tidy_table([imported])[1]


def test_unlogged_evaluations_have_the_best_so_far(tmp_path):
    imported = read(str(written(tmp_path, head=head())))
    assert values_of(imported) == {
        ("mine", "bbob:f1-d2", 1): [5.0, 5.0, 5.0, 2.0],
        ("mine", "bbob:f1-d2", 2): [3.0, 1.0],
    }
    assert any("1 run has evaluations that the log lacks" in line for line in said(imported))
    source = load(tmp_path)
    assert set(source.trials["optimum"]) == {0.0}
    assert source.runs["status"].tolist() == ["completed", "short"]


def test_an_old_format_names_no_suite(tmp_path):
    written(tmp_path, head=head(suite=""), header=OLD_HEADER)
    index = tmp_path / "bbobexp_f1.info"
    index.write_text(index.read_text().replace("data_f1/", "data_f1\\"))
    assert values_of(read(str(tmp_path)))["mine", "bbob:f1-d2", 2] == [3.0, 1.0]


@pytest.mark.parametrize(
    ("given", "label"),
    [
        (head(suite="", function=101), "bbob-noisy:f101-d2"),
        (head(suite="", function=999), "f999-d2"),
        (head(suite="suite = 'bbob-largescale', ", dimension=640), "bbob-largescale:f1-d640"),
    ],
)
def test_a_problem_is_called_by_suite_function_and_dimension(tmp_path, given, label):
    assert {s.place.problem for s in read(str(written(tmp_path, head=given))).studies} == {label}


def test_random_search_has_no_single_draws(tmp_path):
    imported = read(str(written(tmp_path, head=head("random"))))
    assert {s.place.strategy for s in imported.studies} == {"random (best so far)"}
    assert any("since its log has no single draws" in line for line in said(imported))


def test_further_runs_on_an_instance_are_numbered_after_it(tmp_path):
    runs = [(1, [(1, 5.0)]), (2, [(1, 4.0)]), (1, [(1, 3.0)])]
    found = values_of(read(str(written(tmp_path, head=head(), runs=runs))))
    assert {number: value for (*_, number), value in found.items()} == {
        1: [5.0],
        2: [4.0],
        1_000_001: [3.0],
    }


def test_an_algorithm_without_a_name_is_called_by_its_folder(tmp_path):
    written(tmp_path / "mine", head=head("ALG"))
    assert {strategy for strategy, *_ in values_of(read(str(tmp_path)))} == {"mine"}


def test_two_folders_of_one_name_are_two_algorithms_where_they_share_an_instance(tmp_path):
    written(tmp_path / "a", head=head("cma"))
    written(tmp_path / "b", head=head("cma"))
    assert {strategy for strategy, *_ in values_of(read(str(tmp_path)))} == {"a", "b"}


def test_parts_of_an_experiment_in_several_folders_are_one_algorithm(tmp_path):
    written(tmp_path / "a", head=head("cma"))
    written(tmp_path / "b", head=head("cma"), runs=[(3, [(1, 7.0)])])
    assert {(s, r) for s, _, r in values_of(read(str(tmp_path)))} == {
        ("cma", 1),
        ("cma", 2),
        ("cma", 3),
    }


def test_infinite_values_are_failed_evaluations(tmp_path):
    runs = [(1, [(1, 1e21), (2, 2e21), (3, float("inf")), (4, 2.0)])]
    written(tmp_path, head=head(), runs=runs)
    assert np.isnan(read(str(tmp_path)).studies[0].trials["value"][:3]).all()
    assert load(tmp_path).trials["status"].tolist() == [*["failed"] * 3, "completed"]


def test_a_run_that_was_not_ended_ends_with_its_data(tmp_path):
    written(tmp_path, head=head())
    index = tmp_path / "bbobexp_f1.info"
    index.write_text(index.read_text().replace("2:2|1.0e+00", "2"))
    assert values_of(read(str(tmp_path)))["mine", "bbob:f1-d2", 2] == [3.0, 1.0]


def test_long_runs_are_cut_and_the_rule_says_so(tmp_path, monkeypatch):
    written(tmp_path, head=head(), runs=[(1, [(1, 5.0), (700, 2.0)]), (2, [(1, 3.0), (2, 1.0)])])
    monkeypatch.setattr(log_files, "MAX_TRIALS", 100)
    imported = read(str(tmp_path))
    assert [len(study.trials) for study in imported.studies] == [50, 2]
    assert any("1 run is read up to evaluation 50" in rule for rule in said(imported))


def test_too_many_runs_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(log_files, "MAX_RUNS", 1)
    refused(written(tmp_path, head=head()), "logs may have 1 runs")


def refused(path, message):
    assert reads(str(path))
    with pytest.raises(UserError, match=message) as raised:
        read(str(path))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("path", ["../x.dat", "/etc/x.dat", "a/../../x.dat", "..\\x.dat"])
def test_a_path_out_of_the_folder_is_refused(tmp_path, path):
    folder = written(tmp_path / "mine", head=head())
    (tmp_path / "x.dat").write_text(HEADER + "1 0 1.0 1.0 1.0\n")
    index = folder / "bbobexp_f1.info"
    index.write_text(index.read_text().replace("data_f1/bbobexp_f1_DIM2.dat", path))
    refused(folder, "must name files in its own folder")


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    folder = written(tmp_path / "mine", head=head())
    for ending in ("dat", "tdat"):
        data = folder / "data_f1" / f"bbobexp_f1_DIM2.{ending}"
        data.rename(tmp_path / f"elsewhere.{ending}")
        data.symlink_to(tmp_path / f"elsewhere.{ending}")
    refused(folder, "must name files in its own folder")


def test_a_link_beside_a_data_file_is_refused(tmp_path):
    folder = written(tmp_path / "mine", head=head())
    timed = folder / "data_f1" / "bbobexp_f1_DIM2.tdat"
    timed.rename(tmp_path / "elsewhere.tdat")
    timed.symlink_to(tmp_path / "elsewhere.tdat")
    refused(folder, "must name files in its own folder")


def test_a_missing_data_file_is_refused(tmp_path):
    folder = written(tmp_path, head=head())
    (folder / "data_f1" / "bbobexp_f1_DIM2.dat").unlink()
    refused(folder, "cannot be read")


def test_data_without_times_are_read_from_the_other_file(tmp_path):
    folder = written(tmp_path, head=head())
    (folder / "data_f1" / "bbobexp_f1_DIM2.tdat").unlink()
    assert values_of(read(str(folder)))["mine", "bbob:f1-d2", 2] == [3.0, 1.0]


def test_a_pipe_is_no_data_file(tmp_path):
    folder = written(tmp_path, head=head())
    data = folder / "data_f1" / "bbobexp_f1_DIM2.dat"
    data.unlink()
    os.mkfifo(data)
    refused(folder, "cannot be read")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[:-5], "is cut off"),
        (lambda text: text.replace("\n4 0 +2.0", "\n4", 1), "is cut off or no data|ends with"),
        (lambda text: text.replace("\n4 ", "\nx ", 1), "is cut off or no data"),
        (lambda text: text.replace("\n4 ", "\n0 ", 1), "out of order"),
        (lambda text: text.replace("\n4 ", "\n5 ", 1), "ends with evaluation 5, its index says 4"),
        (lambda text: text[: text.index("%", 5)], "has 1 runs, bbobexp_f1_DIM2.dat has 2"),
        (lambda text: text.replace("best noise-free", "worst"), "no column of it begins with"),
        (lambda text: text[text.index("\n") + 1 :], "no column of it begins with"),
    ],
)
def test_a_damaged_data_file_is_refused(tmp_path, change, message):
    folder = written(tmp_path, head=head())
    data = folder / "data_f1" / "bbobexp_f1_DIM2.tdat"
    data.write_text(change(data.read_text()))
    refused(folder, message)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace(", 2:2|1.0e+00", ""), "has 2 runs, its index lists 1"),
        (lambda text: text.replace("2:2|", "2:3|"), "ends with evaluation 2, its index says 3"),
        (lambda text: text.replace("2:2|1.0e+00", "two"), "'two' is no run"),
        (lambda text: text.replace("DIM = 2", "DIM = two"), "stands under no function"),
        (lambda text: text.replace("'bbob'", "'bbob-biobj'"), "one objective and no constraints"),
        (lambda text: text.replace("'bbob'", "'bbob-constrained'"), "one objective"),
        (lambda text: text[: text.index("data_f1")], "must list runs"),
    ],
)
def test_a_damaged_index_is_refused(tmp_path, change, message):
    folder = written(tmp_path, head=head())
    index = folder / "bbobexp_f1.info"
    index.write_text(change(index.read_text()))
    refused(folder, message)


def test_no_other_folder_and_file_is_of_coco(tmp_path):
    (tmp_path / "a.info").write_text("something else\n")
    assert not reads(str(tmp_path))
    assert not reads(str(tmp_path / "a.info"))
    assert not reads(str(tmp_path / "absent"))


def test_a_link_to_an_index_file_is_not_followed(tmp_path):
    folder = written(tmp_path / "mine", head=head())
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "a.info").symlink_to(folder / "bbobexp_f1.info")
    assert not reads(str(tmp_path / "links"))
    assert reads(str(tmp_path / "links" / "a.info"))


def test_a_large_folder_is_not_searched_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(coco_logs, "MAX_ENTRIES", 10)
    for number in range(10):
        (tmp_path / "a" / f"{number}").mkdir(parents=True)
    written(tmp_path / "b" / "mine", head=head())
    assert not reads(str(tmp_path))
    assert reads(str(tmp_path / "b"))


def test_few_files_are_opened_to_find_an_index(tmp_path, monkeypatch):
    monkeypatch.setattr(coco_logs, "MAX_ENTRIES", 10)
    for number in range(100):
        (tmp_path / f"{number}.info").write_text("something else\n")
    opened = []
    monkeypatch.setattr(coco_logs, "lines_of", lambda path: iter(opened.append(path) or []))
    assert not reads(str(tmp_path))
    assert len(opened) == 10


def test_what_lies_in_a_results_folder_is_not_looked_for(tmp_path):
    written(tmp_path, head=head())
    (tmp_path / "sweep.json").write_text("{}")
    assert not reads(str(tmp_path))


@pytest.mark.exchange
def test_two_algorithms_under_the_observer_of_coco(tmp_path, monkeypatch):
    import cocoex

    monkeypatch.chdir(tmp_path)
    suite = cocoex.Suite("bbob", "", "dimensions:2,3 function_indices:1,3 instance_indices:1-2")
    evaluated = {}
    for seed, name in enumerate(["cma", "other"]):
        observer = cocoex.Observer("bbob", f"result_folder: {name} algorithm_name: {name}")
        rng = np.random.default_rng(seed)
        for problem in suite:
            problem.observe_with(observer)
            values = [problem(rng.uniform(-5, 5, problem.dimension)) for _ in range(40)]
            label = f"bbob:f{problem.id_function}-d{problem.dimension}"
            function = problem.id_function, problem.id_instance, problem.dimension
            optimum = ioh.get_problem(*function, ioh.ProblemClass.BBOB).optimum.y
            evaluated[name, label, problem.id_instance] = np.minimum.accumulate(values) - optimum
    found = values_of(read(str(tmp_path / "exdata")))
    assert found.keys() == evaluated.keys()
    for key, best in evaluated.items():
        read_back = np.array(found[key])
        assert len(read_back) == 40
        np.testing.assert_allclose(read_back[[0, -1]], best[[0, -1]], rtol=1e-7)
        # An improvement that hit no target of the log is read where the next line of it is.
        assert (read_back >= best - 1e-7).all()
        assert np.mean(np.isclose(read_back, best, rtol=1e-7)) > 0.8
