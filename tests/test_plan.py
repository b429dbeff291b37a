from __future__ import annotations

import pytest

from bench import registry
from bench.plan import make_plan, resolve
from bench.registry import RegistryError
from bench.spec import Entry, Sweep
from bench.store import Store, StoreError

STRATEGIES, PROBLEMS = ["Random", "Climber"], ["Sphere", "Flaky"]


def test_planning_writes_nothing(make_sweep, tmp_path):
    plan = make_plan(make_sweep(STRATEGIES, PROBLEMS), Store(tmp_path / "results"))
    assert (len(plan.todo), plan.done, plan.resumed, plan.skips) == (8, 0, 0, {})
    assert not (tmp_path / "results").exists()


def test_more_repetitions_do_only_what_is_missing(make_sweep, run_here, tmp_path):
    store = run_here(make_sweep(STRATEGIES, PROBLEMS), tmp_path)
    plan = make_plan(make_sweep(STRATEGIES, PROBLEMS, repetitions=3), store)
    assert (len(plan.todo), plan.done) == (4, 8)
    assert {head["spec"]["repetition"] for head in plan.todo} == {2}


@pytest.mark.parametrize("change", [{"trials": 9}, {"seed": 6}])
def test_a_changed_spec_reuses_nothing(make_sweep, run_here, tmp_path, change):
    store = run_here(make_sweep(STRATEGIES, PROBLEMS), tmp_path)
    assert make_plan(make_sweep(STRATEGIES, PROBLEMS, **change), store).done == 0


def test_retry_does_again_what_failed_and_nothing_else(make_sweep, run_here, tmp_path):
    sweep = make_sweep(["Random", "Raises"], ["Sphere"])
    store = run_here(sweep, tmp_path)
    assert make_plan(sweep, store).todo == []
    plan = make_plan(sweep, store, retry=True)
    assert {head["spec"]["strategy"]["label"] for head in plan.todo} == {"Raises"}


def test_a_done_run_stays_done_where_it_could_not_run_today(
    make_sweep, run_here, tmp_path, monkeypatch
):
    sweep = make_sweep(STRATEGIES, PROBLEMS)
    store = run_here(sweep, tmp_path)
    monkeypatch.setattr(registry, "unavailable", lambda cls: "needs what was uninstalled")
    plan = make_plan(sweep, store)
    assert (plan.todo, plan.skips, plan.done) == ([], {}, 8)


def test_a_failed_run_is_no_skipped_one_where_it_could_not_run_today(
    make_sweep, run_here, tmp_path, monkeypatch
):
    sweep = make_sweep(["Raises"], ["Sphere"])
    store = run_here(sweep, tmp_path)
    monkeypatch.setattr(registry, "unavailable", lambda cls: "needs what was uninstalled")
    plan = make_plan(sweep, store, retry=True)
    assert (plan.todo, plan.skips, plan.done) == ([], {}, 2)


def test_suites_are_unfolded_and_named_problems_keep_their_settings():
    name, suite = next(iter(registry.suites().items()))
    problem = suite.problems[0]
    resolved = resolve(Sweep("s", (Entry("random"),), suites=(name,)))
    assert [entry.label for entry in resolved.problems] == list(suite.problems)
    assert all(entry.version >= 1 for entry in resolved.problems)
    named = Entry(problem, problem, {})
    assert len(resolve(Sweep("s", (Entry("random"),), (named,), (name,))).problems) == len(
        suite.problems
    )


def test_an_unknown_name_stops_before_anything_runs(make_sweep, tmp_path):
    for sweep in (
        make_sweep([Entry("randon")], ["Sphere"]),
        make_sweep(["Random"], [Entry("barnin")]),
        make_sweep(["Random"], [], suites=("lvie",)),
    ):
        with pytest.raises(RegistryError, match="is called"):
            make_plan(sweep, Store(tmp_path / "results"))
    assert not (tmp_path / "results").exists()


def test_a_folder_of_another_schema_stops_before_anything_runs(make_sweep, run_here, tmp_path):
    sweep = make_sweep(["Random"], ["Sphere"])
    store = Store(tmp_path)
    store.sweep_path.write_bytes(b'{"schema": 99}')
    with pytest.raises(StoreError, match=r"must have schema 1, .* has 99"):
        make_plan(sweep, store)
    assert {path.name for path in tmp_path.iterdir()} == {"sweep.json", "parts.py"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("optimum = 'zero'", "ValueError: could not convert string to float: 'zero'"),
        ("metric = property(lambda self: 1 / 0)", "ZeroDivisionError: division by zero"),
        ("metric = None", "AttributeError: 'NoneType' object has no attribute 'name'"),
    ],
)
def test_a_problem_that_cannot_say_what_it_is_is_told(make_sweep, tmp_path, line, message):
    path = tmp_path / "odd.py"
    path.write_text(
        "from dataclasses import dataclass\nfrom bench import *\n\n@dataclass\n"
        "class Odd(Problem):\n    name = 'odd'\n    space = SearchSpace({'x': Float(0, 1)})\n"
        "    metric = Metric('loss', 'minimize')\n"
        f"    {line}\n    def evaluate(self, config, *, seed, fidelity=1.0): ...\n"
    )
    sweep = make_sweep(["Random"], [Entry(f"{path}:Odd")])
    with pytest.raises(RegistryError, match=r"Random on odd cannot be prepared: ") as error:
        make_plan(sweep, Store(tmp_path / "results"))
    assert message in str(error.value)


def test_an_optimum_from_numpy_is_plain(make_sweep, parts, tmp_path):
    (head, _) = make_plan(make_sweep(["Random"], ["NumpyOptimum"]), Store(tmp_path)).todo
    assert type(head["facts"]["optimum"]) is float
