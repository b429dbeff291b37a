"""What is written for COCO's post-processing."""

from __future__ import annotations

import re

import numpy as np
import pytest

from bench.errors import UserError
from bench.exchange import coco, coco_logs
from bench.exchange.outgoing import curves_of, functions_of
from bench.sources.tidy import from_tidy


@pytest.fixture
def folder(mixed, tmp_path):
    coco.write(mixed, tmp_path)
    return tmp_path


def distances(source, strategy, problem):
    """Return repetition -> best distance to the optimum after each evaluation, NaN before one."""
    (function,) = (f for f in functions_of(source) if f.problem == problem)
    sign = -1.0 if function.maximize else 1.0
    return {
        curve.repetition: np.fmin.accumulate(sign * (curve.values - curve.optimum))
        for curve in curves_of(source)(strategy, function)
    }


def test_what_is_written_is_read_back(mixed, folder):
    found = coco_logs.read(str(folder))
    labels = {"it´s/random, 100 %": mixed.strategies[0], "../climber": mixed.strategies[1]}
    assert {study.place.strategy for study in found.studies} == labels.keys()
    # No optimum is known of Tree.
    assert {s.place.problem for s in found.studies} == {*mixed.problems} - {"Tree"}
    for label, strategy in labels.items():
        for problem in {*mixed.problems} - {"Tree"}:
            there = [
                study.trials["value"].to_numpy()
                for study in found.studies
                if (study.place.strategy, study.place.problem) == (label, problem)
            ]
            wanted = distances(mixed, strategy, problem).values()
            assert len(there) == len(wanted) == 2
            for read, best in zip(there, wanted, strict=True):
                np.testing.assert_array_equal(read, best)


def test_bbob_functions_stand_apart_from_others(folder):
    assert sorted(path.name for path in folder.iterdir()) == ["bbob", "other"]
    assert {p.parent.name: p.name for p in folder.glob("bbob/*/*.info")} == {
        "climber": "bbobexp_f8.info",
        "it-s-random-100": "bbobexp_f8.info",
    }
    text = next(folder.glob("bbob/*/*.info")).read_text()
    assert [*map(int, re.findall("DIM = ([0-9]+)", text))] == [2, 3]
    assert "suite" not in next(folder.glob("other/*/*.info")).read_text()


def test_problems_without_an_optimum_are_left_out_and_named(mixed, tmp_path):
    lines = coco.write(mixed, tmp_path).lines
    assert any(line.endswith("optimum: Tree (no known optimum)") for line in lines)


def test_without_any_optimum_nothing_can_be_written(tmp_path):
    path = tmp_path / "trials.csv"
    path.write_text("strategy,problem,repetition,trial_number,value\na,p,0,0,1.5\n")
    with pytest.raises(UserError, match=r"none has: p \(no known optimum\); --to ioh"):
        coco.write(from_tidy(path, command=""), tmp_path)


def test_an_optimum_that_is_known_in_some_repetitions_only_is_named_so(tmp_path):
    path = tmp_path / "trials.csv"
    rows = ["a,bbob:f1-d2,0,0,1.5,0", "a,bbob:f1-d2,1,0,1.5,"]
    head = "strategy,problem,repetition,trial_number,value,optimum"
    path.write_text("\n".join([head, *rows]))
    with pytest.raises(UserError, match=r"bbob:f1-d2 \(optimum not known in every repetition\)"):
        coco.write(from_tidy(path, command=""), tmp_path)


def test_the_parameters_of_an_unknown_problem_are_named(tmp_path):
    path = tmp_path / "trials.csv"
    path.write_text("strategy,problem,repetition,trial_number,value,optimum\na,p,0,0,1.5,0\n")
    with pytest.raises(UserError, match="how many parameters it has is not known"):
        coco.write(from_tidy(path, command=""), tmp_path)


def ert(values, target):
    """Return evaluations of all runs until they hit or ended, a hit."""
    hits = [np.flatnonzero(best <= target) for best in values]
    spent = sum(
        hit[0] + 1 if len(hit) else len(best) for hit, best in zip(hits, values, strict=True)
    )
    return spent / sum(len(hit) > 0 for hit in hits) if any(map(len, hits)) else np.inf


@pytest.mark.exchange
@pytest.mark.filterwarnings("ignore")  # cocopp's remarks: fewer instances than its suites have
def test_cocopp_opens_it_and_gives_the_same_ert(mixed, folder):
    from cocopp.pproc import DataSetList

    for part, name, strategy in (
        ("bbob", "climber", mixed.strategies[1]),
        ("other", "it-s-random-100", mixed.strategies[0]),
    ):
        found = DataSetList(str(folder / part / name))
        chosen = [f for f in functions_of(mixed) if f.bbob == (part == "bbob")]
        chosen = [f for f in chosen if f.problem != "Tree"]
        assert {(d.funcId, d.dim) for d in found} == {(f.number, f.dimension) for f in chosen}
        for function in chosen:
            (data,) = (
                d for d in found if (d.funcId, d.dim) == (function.number, function.dimension)
            )
            runs = list(distances(mixed, strategy, function.problem).values())
            assert data.maxevals.tolist() == [len(best) for best in runs]
            # Targets of cocopp are powers of ten.
            for target in (1e3, 1e2, 1e1, 1.0, 0.1):
                (found_ert,) = data.detERT([target])
                assert found_ert == ert(runs, target), (function, target)


@pytest.mark.exchange
def test_iohinspector_opens_it_too(mixed, folder):
    import iohinspector
    import polars

    manager = iohinspector.DataManager()
    manager.add_folder(str(folder / "bbob" / "climber"))
    rows = manager.load(monotonic=False).filter(polars.col("run_id") == 1)
    best = distances(mixed, mixed.strategies[1], "bbob:f8-d2")[0]
    np.testing.assert_allclose(rows["raw_y"].to_numpy()[: len(best)], best, rtol=1e-15)
