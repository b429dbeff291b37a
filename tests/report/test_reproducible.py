"""A report is the same bytes for the same rows."""

import pytest

from bench.report.build import build_report
from bench.report.drawing import processes
from bench.report.sections.common import line_styles

WHAT = {
    "repetitions": 2, "problems": ("branin", "svm"),
    "ends": {("tpe", "branin", 0): ("stopped early", "no more", 4),
             ("tpe", "svm", 1): ("crashed", "gone", 0),
             ("random", "svm", 1): ("unfinished", "", 2)},
}  # fmt: skip
ORDER = {"strategies": ["random", "grid", "tpe"], "problems": ["branin", "svm"]}


@pytest.mark.slow
def test_rows_in_any_order_give_the_same_files_drawn_by_any_number(
    sweep, source, contents, tmp_path
):
    trials, runs = sweep(**WHAT)
    build_report(source(trials, runs, **ORDER), folder=tmp_path / "a")
    shuffled = trials.sample(frac=1, random_state=1), runs.sample(frac=1, random_state=2)
    with processes(2) as pool:
        build_report(source(*shuffled, **ORDER), folder=tmp_path / "b", pool=pool)
    first, second = contents(tmp_path / "a"), contents(tmp_path / "b")
    assert {name.split(".")[-1] for name in first} == {
        "html", "svg", "png", "pdf", "csv", "md", "tex", "parquet",
    }  # fmt: skip
    assert first == second


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 4])
def test_what_is_not_drawn_is_the_same_for_more_orders(sweep, build, contents, tmp_path, seed):
    # As a merge of folders, and a results folder that was filled by several workers, have them.
    trials, runs = sweep(**(WHAT | {"repetitions": 4, "problems": ("svm", "b", "c", "branin")}))
    order = {**ORDER, "problems": ["svm", "b", "c", "branin"]}
    failed = trials.index % 7 == 3
    trials.loc[failed, ["value", "test_value"]] = float("nan")
    trials.loc[failed, ["status", "reason"]] = "failed", "it broke"
    build(trials, runs, tmp_path / "a", **order)
    mixed = trials.sample(frac=1, random_state=seed), runs.sample(frac=1, random_state=seed)
    build(*mixed, tmp_path / "b", **order)
    build(*(frame.iloc[::-1] for frame in (trials, runs)), tmp_path / "c", **order)
    assert contents(tmp_path / "a") == contents(tmp_path / "b") == contents(tmp_path / "c")


@pytest.mark.slow
def test_twice_the_same_rows_are_the_same_page(sweep, build, contents, tmp_path):
    for name in ("a", "b"):
        build(*sweep(**WHAT), tmp_path / name, **ORDER)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


@pytest.mark.slow
def test_another_strategy_changes_no_look_of_the_others(sweep, find):
    few, more = (
        line_styles(find(strategies=names)) for names in (("random", "tpe"), ("x", "random", "tpe"))
    )
    assert {name: more[name] for name in few} == few
