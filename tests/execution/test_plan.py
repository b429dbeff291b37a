from __future__ import annotations

from dataclasses import replace

import pytest

from bench import Categorical, Evaluation, Metric, SearchSpace, registry
from bench import seeds as derived
from bench.execution.changes import edits
from bench.execution.plan import make_plan, resolve, retried
from bench.registry import RegistryError
from bench.run import RunStatus
from bench.spec import Entry, RunSpec, SpecError, Sweep
from bench.store import FAULTS, Store, StoreError
from bench.tabular import write_table

STRATEGIES, PROBLEMS = ["Random", "Climber"], ["Sphere", "Flaky"]


def test_planning_writes_nothing(make_sweep, tmp_path):
    plan = make_plan(make_sweep(STRATEGIES, PROBLEMS), Store(tmp_path / "results"))
    assert (len(plan.todo), plan.done, plan.resumed, plan.skips) == (8, 0, 0, {})
    assert not (tmp_path / "results").exists()


def test_more_repetitions_do_only_what_is_missing(make_sweep, run_here, tmp_path):
    store = run_here(make_sweep(STRATEGIES, PROBLEMS), tmp_path)
    plan = make_plan(make_sweep(STRATEGIES, PROBLEMS, repetitions=3), store)
    assert (len(plan.todo), plan.done) == (4, 8)
    assert {job.spec.repetition for job in plan.todo} == {2}


@pytest.mark.parametrize("change", [{"trials": 9}, {"seed": 6}])
def test_a_changed_spec_reuses_nothing(make_sweep, run_here, tmp_path, change):
    store = run_here(make_sweep(STRATEGIES, PROBLEMS), tmp_path)
    assert make_plan(make_sweep(STRATEGIES, PROBLEMS, **change), store).done == 0


def test_retry_does_again_what_failed_and_nothing_else(make_sweep, run_here, tmp_path):
    sweep = make_sweep(["Random", "Raises"], ["Sphere"])
    store = run_here(sweep, tmp_path)
    assert make_plan(sweep, store).todo == []
    plan = make_plan(sweep, store, retry=FAULTS)
    assert {job.spec.strategy.label for job in plan.todo} == {"Raises"}


@pytest.mark.parametrize("status", list(FAULTS))
def test_only_runs_that_ended_as_named_are_done_again(make_sweep, run_here, tmp_path, status):
    sweep = make_sweep(["Random"], ["Sphere"], repetitions=4)
    store = run_here(sweep, tmp_path)
    for other, record in zip((*FAULTS, RunStatus.COMPLETED), list(store.records()), strict=True):
        assert record.end is not None
        store.take(replace(record, end=replace(record.end, status=other, reason="why")))
    (job,) = make_plan(sweep, store, retry=[status]).todo
    (record,) = (record for record in store.records() if record.id == job.id)
    assert record.end is not None
    assert record.end.status == status


def test_the_statuses_that_are_done_again():
    assert retried("failed") == (RunStatus.FAILED,)
    assert retried(" crashed, timeout") == (RunStatus.CRASHED, RunStatus.TIMEOUT)
    assert retried(["failed", "crashed"]) == retried("failed,crashed")
    for names in ("", "failed,", "completed", "yes", ["skipped"]):
        with pytest.raises(SpecError, match="'retry' must be one or more of failed, timeout, cr"):
            retried(names)


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
    plan = make_plan(sweep, store, retry=FAULTS)
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
    with pytest.raises(StoreError, match=r"must have schema 1 to 4, .* has 99"):
        make_plan(sweep, store)
    assert {path.name for path in tmp_path.iterdir()} == {"sweep.json"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("optimum = 'zero'", "ValueError: could not convert string to float: 'zero'"),
        ("metric = property(lambda self: 1 / 0)", "ZeroDivisionError: division by zero"),
        ("metric = None", "AttributeError: 'NoneType' object has no attribute 'name'"),
    ],
)
def test_a_problem_without_a_signature_is_reported(make_sweep, tmp_path, line, message):
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
    (job, _) = make_plan(make_sweep(["Random"], ["NumpyOptimum"]), Store(tmp_path)).todo
    assert type(job.facts.optimum) is float


def test_the_optimum_is_that_of_the_repetition(make_sweep, parts, tmp_path):
    plan = make_plan(make_sweep(["Random"], ["Lifted"]), Store(tmp_path))
    problem = registry.PROBLEMS.create(parts("Lifted"))
    facts = [job.facts for job in plan.todo]
    expected = [problem.optimum_of(job.problem_seed) for job in plan.todo]
    assert [found.optimum for found in facts] == expected
    assert facts[0].optimum != facts[1].optimum


def test_a_name_with_an_argument_is_run_under_that_name(make_sweep, catalogued, run_here, tmp_path):
    catalogued("Lifted", "Doubled")
    names = ["test-lifted:2", "test-lifted:3", "test-doubled:branin"]
    sweep = make_sweep(["Random"], [Entry(name) for name in names])
    store = run_here(sweep, tmp_path)
    rows = store.rows()
    assert sorted(set(rows["problem"])) == sorted(names)
    assert set(rows["status"]) == {"completed"}
    assert make_plan(sweep, store).todo == []
    # The seed hangs on the whole name.
    heads = make_plan(sweep, Store(tmp_path / "other")).todo
    seeds = {(job.spec.problem.name, job.spec.repetition): job.problem_seed for job in heads}
    assert len(seeds) == len(set(seeds.values())) == 6
    for (name, repetition), seed in seeds.items():
        assert seed == derived.problem_seed(5, name, repetition)


def ids(sweep):
    return {spec.id for spec in resolve(sweep).expand()}


def test_what_a_problem_inside_is_decides_the_run(make_sweep, parts, monkeypatch):
    def sweep(**inner):
        return make_sweep(["Random"], [parts("Doubled", of={"name": "branin", **inner})])

    plain = ids(sweep())
    assert ids(make_sweep(["Random"], [parts("Doubled", of="branin")])) == plain
    assert ids(sweep(settings={"shifted": True})) == plain
    assert ids(sweep(settings={"shifted": False})).isdisjoint(plain)
    monkeypatch.setattr(registry.PROBLEMS.get("branin"), "version", 2)
    assert ids(sweep()).isdisjoint(plain)


def test_a_run_of_a_problem_inside_a_problem_is_recorded_and_done(
    make_sweep, parts, run_here, tmp_path
):
    inner = {"name": parts("Doubled").name, "settings": {"factor": 3, "of": "branin"}}
    twice = parts("Doubled", of=inner)
    sweep = make_sweep(["Random"], [twice])
    store = run_here(sweep, tmp_path)
    assert set(store.rows()["status"]) == {"completed"}
    assert make_plan(sweep, store).done == 2


def test_a_problem_inside_that_cannot_be_used_is_skipped(make_sweep, parts, tmp_path):
    entry = parts("Doubled", of=parts("NeedsNothingToo").name)
    plan = make_plan(make_sweep(["Random"], [entry]), Store(tmp_path))
    assert set(plan.skips.values()) == {
        "needs no_such_package_anywhere; pip install no_such_package_anywhere"
    }


def test_a_problem_inside_that_is_not_there_stops_before_anything_runs(make_sweep, parts, tmp_path):
    with pytest.raises(RegistryError, match=r"^no problem is called 'barnin'; did you mean"):
        make_plan(make_sweep(["Random"], [parts("Doubled", of="barnin")]), Store(tmp_path))


def test_what_a_reader_may_not_have_is_recorded(tmp_path):
    """The data set, and of a table what stands for one random draw: nobody opens its file later."""
    space = SearchSpace({"a": Categorical(("x", "y", "z"))})
    rows = [[({"a": a}, Evaluation(v)) for a, v in zip("xyz", row, strict=True)]
            for row in ((3.0, 1.0, 2.0), (9.0, 7.0, 8.0))]  # fmt: skip
    about = {"problem": {"name": "svm-wine", "settings": {"data": "wine"}, "version": 1}}
    path = tmp_path / "t.parquet"
    write_table(path, space, Metric("m", "minimize"), rows, about=about)
    problems = tuple(map(Entry, (f"table:{path}", f"noisy:table:{path}", "branin")))
    sweep = Sweep("s", (Entry("random"),), problems, repetitions=3)
    plan = make_plan(sweep, Store(tmp_path / "results"))
    facts = [job.facts for job in plan.todo]
    assert [found.dataset for found in facts] == ["wine", "wine", "branin"] * 3
    assert plan.functions == {"branin"}
    tables = [job for job in plan.todo if job.facts.median_draw is not None]
    assert len(tables) == 3
    draws = [job.facts.median_draw for job in tables]
    assert draws == [(2.0, 8.0)[job.problem_seed % 2] for job in tables]
    scales = {job.spec.problem.label: job.facts.scale for job in plan.todo}
    assert scales["branin"] is not None
    assert scales["branin"]["source"].startswith("the median of")
    assert [scales[label] for label in list(scales)[:2]] == [None, None]
    tags, few = {job.spec.problem.label: job.facts.tags for job in plan.todo}, "up to 3 parameters"
    assert list(tags.values()) == [
        ("table", "few rows", "categorical", few),
        ("table", "few rows", "noisy", "categorical", few),
        ("analytic", "multimodal", "numeric", few),
    ]
    # A run is what it was: none of it is part of its id.
    assert all(job.spec.id == job.id for job in plan.todo)


def test_all_unknown_names_are_reported_at_once(tmp_path):
    sweep = Sweep("s", (Entry("randon"), Entry("random")), (Entry("barnin"),), ("lvie",))
    with pytest.raises(RegistryError) as told:
        make_plan(sweep, Store(tmp_path))
    lines = str(told.value).splitlines()
    assert [any(name in line for line in lines) for name in ("randon", "barnin", "lvie")] == [1] * 3
    assert len(lines) == 3


def test_a_strategy_may_name_the_library_that_does_its_work(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from strategies.random_search import RandomSearch\n\n\n"
        "class Mine(RandomSearch):\n    name = 'mine'\n    library = 'irace 4.1'\n"
    )
    sweep = Sweep("s", (Entry(f"{path}:Mine"), Entry("random")), (Entry("branin"),), repetitions=1)
    plan = make_plan(sweep, Store(tmp_path / "results"))
    assert [job.facts.library for job in plan.todo] == ["irace 4.1", ""]


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ({}, []),
        ({"settings": {"rungs": 2, "eta": 3}}, ["mine.py:Mine changed (rungs 3 → 2)"]),
        ({"settings": {"rungs": 2, "eta": 3, "new": "a"}},
         ['mine.py:Mine changed (rungs 3 → 2, new null → "a")']),
        ({"settings": {"rungs": 3}}, ["mine.py:Mine changed (eta 3 → null)"]),
        ({"version": 2}, ["mine.py:Mine changed (its version)"]),
        ({"code": "b" * 16}, ["mine.py:Mine changed (its code)"]),
    ],
)  # fmt: skip
def test_what_was_edited_since_a_run_was_done_is_reported(now, said):
    was = {"settings": {"rungs": 3, "eta": 3}, "version": 1, "code": "a" * 16}
    problem = Entry("branin", "branin", {"shifted": True}, 1)
    mine, before = (Entry("mine.py:Mine", "mine", **(was | part)) for part in (now, {}))
    specs = [RunSpec(entry, problem, 5, 0, 1) for entry in (mine, before)]
    assert edits(*specs) == said
    assert len({spec.place for spec in specs}) == 1


def test_a_changed_default_is_reported_before_its_runs_are_repeated(make_sweep, run_here, tmp_path):
    toy = make_sweep(["Raises"], ["Sphere"]).strategies[0]

    def of(after):
        return make_sweep([Entry(toy.name, "Raises", {"after": after})], ["Sphere"])

    store = run_here(of(3), tmp_path)
    plan = make_plan(of(4), store)
    assert (len(plan.todo), plan.edited) == (2, {f"{toy.name} changed (after 3 → 4)": 2})
    assert make_plan(of(3), store).edited == {}
