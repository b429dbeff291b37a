"""Recorded runs done again: what is the same, where a run first differs, what may explain it."""

from __future__ import annotations

import math
from itertools import islice

import orjson
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from bench.bundles.bundle import opened_results, write_bundle
from bench.execution.execute import execute
from bench.execution.in_process import InProcess
from bench.sources.source import from_folder
from bench.spec import Entry, Sweep
from bench.testing.refusals import refusal
from bench.testing.sweeps import forge
from bench.verification import Outcome, VerifyError, compared, distance, record, verify

STRATEGIES, PROBLEMS = ["Random", "Climber"], ["Sphere", "Flaky"]


def do_again(folder, **options):
    def do(plan, store):
        with threadpool_limits(1):
            execute(plan, store, InProcess(store))

    return verify(folder, do, **options)


@pytest.fixture(params=["folder", "bundle"])
def again(request, tmp_path):
    """Do runs of a folder again, or those of its bundle."""
    if request.param == "folder":
        return do_again

    def bundled(folder, **options):
        path = tmp_path / "again.zip"
        write_bundle(folder, path, lambda *_: None)
        with opened_results(path) as place:
            return do_again(place, **options)

    return bundled


@pytest.fixture
def recorded(make_sweep, run_here, tmp_path):
    """Eight runs of toys; on one of the problems evaluations fail."""
    return run_here(make_sweep(STRATEGIES, PROBLEMS), tmp_path / "recorded")


def of(store, strategy, problem="Sphere"):
    """Return the file of the first run of a pair."""
    runs = [
        r.id for r in store.records() if (r.spec.strategy.label, r.spec.problem.label)
        == (strategy, problem) and r.spec.repetition == 0
    ]  # fmt: skip
    return store.run_path(runs[0])


def changed(path, key, number, change):
    """Change a value of a trial in a run file, and its checksums with it."""
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    line = next(one for one in lines if one.get("trial_number") == number)
    old = orjson.dumps({key: line[key]})[1:-1]
    new = orjson.dumps({key: change(line[key])})[1:-1]
    assert old != new
    whole = path.read_bytes().splitlines()[lines.index(line)]
    body = whole.replace(old, new)
    forge(path, whole.partition(b',"crc')[0], body.partition(b',"crc')[0])


def test_what_nobody_changed_is_the_same_to_the_bit(again, recorded):
    found = again(recorded.folder)
    assert (len(found.runs), found.of) == (8, 8)
    assert found.count(Outcome.SAME) == 8
    assert found.holds
    assert found.changes == ()
    recorded.pack()
    assert again(recorded.folder).runs == found.runs


def test_tables_models_and_functions_are_done_again(again, run_here, tmp_path):
    problems = tuple(map(Entry, ("table-tree-wine", "branin", "tree-wine")))
    sweep = Sweep("mine", (Entry("tpe"), Entry("grid")), problems, trials=3, repetitions=1)
    with threadpool_limits(1):
        store = run_here(sweep, tmp_path)
    found = again(tmp_path)
    assert found.count(Outcome.SAME) == 6
    assert len(list(store.records())) == 6


def test_the_sample_is_drawn_by_the_seed(again, recorded):
    drawn = [[r.run for r in again(recorded.folder, runs=3, seed=seed).runs] for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(set(drawn[0])) == 3


def test_one_unit_in_the_last_place_is_named(again, recorded):
    path = of(recorded, "Random")
    changed(path, "value", 2, lambda value: math.nextafter(value, math.inf))
    found = again(recorded.folder)
    (close,) = [run for run in found.runs if run.outcome is Outcome.CLOSE]
    assert close.run == "Random on Sphere, repetition 0"
    assert close.why.startswith("trial 2, its value: ")
    assert 0 < close.gap < 1e-15
    assert found.holds
    strict = again(recorded.folder, tolerance=0)
    assert strict.count(Outcome.DIFFERENT) == 1
    assert not strict.holds


def test_a_damaged_run_is_named_and_in_no_sample(recorded):
    path = of(recorded, "Random")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], lines[2].replace(b"0.", b"1.", 1), *lines[3:]]))
    found = do_again(recorded.folder, runs=100)
    (damaged,) = found.damaged
    assert damaged[0] == path
    assert damaged[1].startswith("line 3 was changed after it was written")
    assert not found.holds
    assert found.count(Outcome.SAME) == len(found.runs) == found.of
    path.unlink()
    assert do_again(recorded.folder, runs=100).holds


def test_another_suggestion_is_named_before_the_values_that_follow_from_it(again, recorded):
    changed(of(recorded, "Climber"), "config", 3, lambda config: config | {"x": 0.123})
    (run,) = [r for r in again(recorded.folder).runs if r.outcome is Outcome.DIFFERENT]
    assert run.run == "Climber on Sphere, repetition 0"
    assert run.why.startswith("trial 3, its suggestion: x = 0.123")


def test_a_run_with_fewer_trials_is_different(make_sweep, run_here, tmp_path):
    store = run_here(make_sweep(["Random"], ["Sphere"], repetitions=1), tmp_path)
    (before,) = store.records()
    cut = type(before)(before.header, before.trials[:-1], before.end)
    found = compared(cut, before, 1e-9)
    assert found.outcome is Outcome.DIFFERENT
    assert found.why == f"trial {len(before.trials) - 1} is new here"
    assert compared(before, cut, 1e-9).why == f"trial {len(before.trials) - 1} is not here"


def test_an_edited_strategy_is_named(again, make_sweep, run_here, parts_file, tmp_path):
    entry = parts_file("Random")
    run_here(make_sweep([entry], ["Sphere"]), tmp_path / "recorded")
    file = tmp_path / "parts.py"
    file.write_text(file.read_text().replace("default_rng(seed)", "default_rng(seed + 1)"))
    found = again(tmp_path / "recorded")
    assert found.count(Outcome.DIFFERENT) == 2
    assert found.changes == (f"{entry.name} changed (its code)",)
    assert found.runs[0].why.startswith("trial 0, its suggestion: ")
    file.unlink()
    gone = again(tmp_path / "recorded")
    assert gone.count(Outcome.NOT_DONE) == 2
    assert "parts.py" in gone.runs[0].why
    assert not gone.holds


def test_a_changed_data_file_is_named(again, run_here, tmp_path):
    data = tmp_path / "houses.csv"
    rows = pd.DataFrame({"a": range(60), "b": [i % 7 for i in range(60)]})
    rows.assign(y=rows["a"] * 2 + rows["b"]).to_csv(data, index=False)
    settings = {"data": str(data), "target": "y"}
    sweep = Sweep(
        "mine", (Entry("random"),), (Entry("tree", label="houses", settings=settings),),
        trials=3, repetitions=1,
    )  # fmt: skip
    with threadpool_limits(1):
        run_here(sweep, tmp_path / "recorded")
    assert again(tmp_path / "recorded").holds
    rows.assign(y=rows["a"] * 3 + rows["b"]).to_csv(data, index=False)
    found = again(tmp_path / "recorded")
    assert found.count(Outcome.DIFFERENT) == 1
    assert found.runs[0].why.startswith("trial 0, its value: ")
    (what,) = found.changes
    assert "fingerprint" in what


def test_another_library_and_processor_are_named(again, make_sweep, run_here, tmp_path):
    made_in = {"python": "3.9.1", "cpu": "an abacus", "packages": {"numpy": "1.0", "gone": "2"}}
    run_here(make_sweep(["Random"], ["Sphere"]), tmp_path, made_in=made_in)
    found = again(tmp_path)
    assert found.holds
    named = [text.partition(" there,")[0] for text in found.elsewhere]
    assert named == ["python 3.9.1", "cpu an abacus", "numpy 1.0", "gone 2"]
    assert "gone 2 there, none here" in found.elsewhere


def test_a_folder_without_a_whole_run_is_refused(recorded):
    for run in list(recorded.records()):
        recorded.run_path(run.id).unlink()
    message = refusal(VerifyError, do_again, recorded.folder)
    assert "has none of its sweep; run the sweep first" in message


def test_a_record_stands_until_the_trials_change(recorded):
    found = do_again(recorded.folder, runs=5)
    record(recorded.folder, found, seed=0, tolerance=1e-9, date="2026-11-30")
    said = "5 of 8 runs were done again on 2026-11-30: 5 the same to the bit"
    assert from_folder(recorded.folder, command="").verified == said
    recorded.pack()
    assert from_folder(recorded.folder, command="").verified == said
    (recorded.folder / "trials.parquet").unlink()
    assert from_folder(recorded.folder, command="").verified == ""


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"fingerprint": 3}'])
def test_a_damaged_record_says_nothing(recorded, content):
    (recorded.folder / "verified.json").write_bytes(content)
    assert from_folder(recorded.folder, command="").verified == ""


@pytest.mark.parametrize(
    ("one", "other", "gap"),
    [
        (1, 1.0, 0.0),
        (math.nan, math.nan, 0.0),
        (None, None, 0.0),
        (0.0, 1e-300, 1.0),
        (1.0, math.inf, math.inf),
        (None, 1.0, math.inf),
        (True, 1, 0.0),
        (["a", 2.0], ["a", 1.0], 0.5),
        ([1.0], [1.0, 2.0], math.inf),
        ({"a": 1.0}, {"b": 1.0}, math.inf),
    ],
)
def test_the_distance_of_values(one, other, gap):
    assert distance(one, other) == gap


def test_the_first_runs_of_a_pack_are_read_alone(recorded):
    ids = [run.id for run in islice(recorded.records(), 2)]
    assert [run.id for run in recorded.runs(ids)] == ids
    recorded.pack()
    assert [run.id for run in recorded.runs(ids)] == ids
