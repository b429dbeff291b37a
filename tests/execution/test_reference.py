"""Sweeps against recorded results: what they measure, and what they refuse."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from bench import Evaluation, Metric, SearchSpace, environment
from bench.core import Ordinal
from bench.execution import reference as reference_module
from bench.execution.plan import make_plan
from bench.execution.reference import AgainstError, read_reference
from bench.registry import PROBLEMS
from bench.sources.merge import from_folders
from bench.spec import Entry, Sweep
from bench.store import Store, StoreError
from bench.store import contents as contents_module
from bench.tabular import write_table
from bench.testing.refusals import refusal
from bench.testing.sweeps import entry_of

SPHERES = (entry_of("Sphere"), entry_of("Sphere", "far", shift=0.75), entry_of("Flaky"))
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def theirs(make_sweep, run_here, tmp_path):
    """Recorded results of two strategies on three problems: 8 trials, 3 repetitions, seed 5."""
    sweep = make_sweep(["Random", "Climber"], SPHERES, repetitions=3)
    return run_here(sweep, tmp_path / "theirs").folder


def against(folder, *strategies, name="mine", **given):
    """Return a sweep and its reference, as the options of the command make them."""
    reference = read_reference(folder)
    own = tuple(entry_of("Random", x) if isinstance(x, str) else x for x in strategies)
    given = {"strategies": own, **given}
    return Sweep(**{"name": name, **reference.unless(given), **given}), reference


def planned(folder, *strategies, sink=None, **given):
    sweep, reference = against(folder, *(strategies or ("Mine",)), **given)
    return make_plan(sweep, sink or Store(folder / "none"), reference=reference)


def refused(folder, *strategies, **given):
    return refusal(AgainstError, planned, folder, *strategies, **given)


@pytest.mark.parametrize("packed", [False, True], ids=["loose", "packed"])
def test_only_the_new_strategy_is_measured_on_what_the_others_were(theirs, packed):
    recorded = {
        (r.spec.problem.label, r.spec.repetition): r.header["facts"]["problem_seed"]
        for r in Store(theirs).records()
    }
    if packed:
        Store(theirs).pack()
    plan = planned(theirs)
    assert {job.pair[0] for job in plan.todo} == {"Mine"}
    assert {
        (job.spec.problem.label, job.spec.repetition): job.problem_seed for job in plan.todo
    } == recorded
    assert {(job.spec.trials, job.spec.seed) for job in plan.todo} == {(8, 5)}
    assert plan.sweep.problems == read_reference(theirs).sweep.problems


@pytest.mark.parametrize("packed", [False, True], ids=["loose", "packed"])
def test_no_trial_of_the_reference_is_read(theirs, packed, monkeypatch):
    if packed:
        Store(theirs).pack()

    def never(*_):
        raise AssertionError("trials are read")

    monkeypatch.setattr(contents_module, "read_run", never)
    monkeypatch.setattr(contents_module, "read_pack", never)
    monkeypatch.setattr(contents_module, "columns", never)
    assert read_reference(theirs).n_runs == 18


def test_what_was_measured_stays_and_joins_the_others_in_a_report(
    make_sweep, run_here, theirs, tmp_path
):
    sweep, reference = against(theirs, "Mine", repetitions=2)
    store = run_here(sweep, tmp_path / "mine", reference=reference)
    more = planned(theirs, sink=store)
    assert (more.done, len(more.todo)) == (6, 3)
    assert planned(theirs, sink=store, repetitions=2).todo == []
    source = from_folders([theirs, tmp_path / "mine"], command="")
    assert source.strategies == ("Random", "Climber", "Mine")
    assert source.problems == ("Sphere", "far", "Flaky")
    assert source.fewer == {"Mine": 2}
    seeds = source.runs.groupby(["problem", "repetition"], observed=True)["problem_seed"]
    assert (seeds.nunique() == 1).all()
    assert "strategies by folder: Random, Climber from theirs; Mine from mine" in (source.notes)


def test_some_problems_by_the_label_they_have_in_the_reference(theirs):
    plan = planned(theirs, problems=(Entry("far"),))
    assert {job.spec.problem.settings["shift"] for job in plan.todo} == {0.75}
    named = planned(theirs, problems=(entry_of("Sphere", "far", shift=0.75),))
    assert [job.id for job in named.todo] == [job.id for job in plan.todo]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"trials": 9}, "'trials' must be that of {folder}, 8, got 9; leave it out"),
        ({"seed": 6}, "'seed' must be that of {folder}, 5, got 6; leave it out"),
        ({"workers": 2}, "'workers' must be that of {folder}, 1, got 2; leave it out"),
        (
            {"repetitions": 4},
            "'repetitions' must be those of {folder}, 3, or fewer, got 4; leave it out",
        ),
        (
            {"problems": (entry_of("Table"),)},
            "'problems' must be among those of {folder}, it has no 'Table'; it has Sphere, far, "
            "Flaky",
        ),
        (
            {"problems": (entry_of("Sphere", "far", shift=0.5),)},
            "'problems' must be those that {folder} measured, far differs: shift 0.75 → 0.5; ",
        ),
        (
            {"problems": (entry_of("Table", "far"),)},
            "far differs: name bench.testing.toys:Sphere → bench.testing.toys:Table; ",
        ),
    ],
)
def test_other_conditions_are_refused_with_their_difference(theirs, given, message):
    assert message.format(folder=theirs) in refused(theirs, **given)


def test_of_some_problems_that_differ_the_others_are_named(theirs):
    problems = (entry_of("Sphere"), entry_of("Table"), entry_of("Flaky"))
    sweep, reference = against(theirs, "Mine", problems=problems)
    with pytest.raises(AgainstError) as error:
        make_plan(sweep, Store(theirs / "none"), reference=reference)
    first, second = str(error.value).splitlines()
    assert "it has no 'Table'" in first
    assert second == "'problems' that can be compared: Sphere,Flaky"


@pytest.mark.parametrize("label", ["Climber", "Climber "])
def test_a_label_that_is_taken_or_looks_like_it_is_refused(theirs, label):
    message = refused(theirs, entry_of("Random", label))
    assert f"'strategies' must be other ones than those of {theirs}, it has {label!r}; " in message
    assert "a label of its own: `name` of its class, or a label in a sweep file, { name" in message


def test_a_whole_sweep_of_strategies_that_are_there_is_refused_in_one_line(theirs):
    message = refused(theirs, entry_of("Random"), entry_of("Climber"), "Mine")
    assert "it has 'Random', 'Climber'; name yours alone" in message


def test_another_version_or_code_of_a_problem_is_refused(theirs, monkeypatch):
    sphere = PROBLEMS.get(entry_of("Sphere").name)
    monkeypatch.setattr(sphere, "version", 7)
    # Flaky inherits it.
    sweep, reference = against(theirs, "Mine")
    with pytest.raises(AgainstError, match=r"(?s)Sphere differs: version 1 → 7; .*Flaky differs"):
        make_plan(sweep, Store(theirs / "none"), reference=reference)


def test_edited_code_of_a_problem_is_refused(make_sweep, run_here, parts_file, tmp_path):
    problem = parts_file("Sphere")
    folder = run_here(make_sweep(["Random"], [problem]), tmp_path / "theirs").folder
    path = Path(problem.name.rpartition(":")[0])
    assert len(planned(folder).todo) == 2
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('name = "test-sphere"', 'name = "test-sphere"; x = 1'), encoding="utf-8"
    )
    assert "Sphere differs: its code; leave it out" in refused(folder)


def test_a_table_with_another_content_is_refused_by_its_fingerprint(make_sweep, run_here, tmp_path):
    def write(value):
        rows = [[({"x": x}, Evaluation(value + x)) for x in (1.0, 2.0)]]
        space = SearchSpace({"x": Ordinal((1.0, 2.0))})
        write_table(path, space, Metric("m", "minimize"), rows, about={})

    path = tmp_path / "t.parquet"
    write(0.0)
    folder = run_here(make_sweep(["Random"], [Entry(f"table:{path}")]), tmp_path / "theirs").folder
    assert len(planned(folder).todo) == 2
    write(1.0)
    assert 'differs: fingerprint "' in refused(folder)


def test_what_a_problem_is_in_a_repetition_must_be_found_again(theirs):
    sweep, reference = against(theirs, "Mine")
    facts = dict(reference.facts)
    facts["far", 1] = {**facts["far", 1], "optimum": 0.125}
    other = replace(reference, facts=facts)
    message = refusal(AgainstError, make_plan, sweep, Store(theirs / "none"), reference=other)
    assert "far differs: its optimum in repetition 1 was 0.125, is 0; " in message


def test_a_folder_without_results_is_refused(tmp_path, make_sweep):
    with pytest.raises(StoreError, match=r"must hold sweep\.json"):
        read_reference(tmp_path)
    store = Store(tmp_path / "begun")
    store.create(make_sweep(["Random"], ["Sphere"]).to_dict())
    message = refusal(AgainstError, read_reference, store.folder)
    assert "'against' must be a folder with finished runs" in message


def said(folder, **given):
    sweep, reference = against(folder, "Mine", **given)
    plan = make_plan(sweep, Store(folder / "none"), reference=reference)
    made = {entry.label: PROBLEMS.create(entry) for entry in plan.sweep.problems}
    return list(reference.lines(plan.sweep, made))


def test_what_is_compared_is_said_beforehand(theirs):
    run = next((theirs / "runs").glob("*.jsonl"))
    assert said(theirs) == [
        f"against {theirs}: 2 strategies (Random, Climber), 18 runs on 3 problems, measured already"
    ]
    run.unlink()
    assert said(theirs, problems=(Entry("far"),), repetitions=2)[1:] == [
        "the reference lacks 1 run of its sweep",
        "only 1 of the 3 problems of the reference: comparisons use these alone",
        "only the first 2 of 3 repetitions",
    ]


def test_another_library_of_a_live_problem_is_said_and_that_of_a_table_is_not(
    make_sweep, run_here, tmp_path, monkeypatch
):
    monkeypatch.setattr(environment, "version", lambda name: "2.0")
    problems = [Entry("tree-wine"), Entry("table-tree-wine")]
    made_in = {"packages": {"scikit-learn": "1.0", "pyarrow": "1.0"}, "cpu": "a slow one"}
    sweep = make_sweep(["Random"], problems, trials=1, repetitions=1)
    folder = run_here(sweep, tmp_path / "theirs", made_in=made_in).folder
    _, library, processor = said(folder)
    assert library == (
        "scikit-learn 1.0 measured tree-wine in the reference, here it is 2.0: values may differ "
        "for that reason"
    )
    assert processor.startswith("the reference was measured on a slow one, this machine has ")


def test_the_published_sweep_can_be_a_reference(tmp_path):
    for name in ("sweep.json", "trials.parquet"):
        shutil.copy(ROOT / "results" / "quick" / name, tmp_path)
    published = orjson.loads((tmp_path / "sweep.json").read_bytes())
    plan = planned(tmp_path)
    assert len(plan.todo) == published["repetitions"] * len(published["problems"])


def test_the_module_says_which_conditions_hold():
    names = set(Sweep.__dataclass_fields__)
    assert set(reference_module.CONDITIONS) < names
