"""Published results are read for ever, and come from clean revisions."""

from __future__ import annotations

import shutil
from dataclasses import make_dataclass
from pathlib import Path

import orjson
import pandas as pd
import pytest
from click.testing import CliRunner

from bench import spec as spec_module
from bench.cli import main
from bench.execution.plan import make_plan
from bench.sources.source import opened
from bench.spec import Entry, RunSpec, run_id
from bench.store import Store, StoreError
from bench.store.migrations import SCHEMA

ROOT = Path(__file__).parent.parent
SCHEMA_1, SCHEMA_2, SCHEMA_3 = OLDER = [
    ROOT / "tests" / "data" / f"schema-{number}" for number in (1, 2, 3)
]
PUBLISHED = [
    ROOT / "results" / name
    for name in ("quick", "draws", "reference", "reference-100", "resources", "workers")
]

# Read from the files with grep.
VALUES = {
    ("branin", "random", 0): [20.04456251173186, 39.66009448601013, 62.91017238145536,
                              19.59384709714304],
    ("table-svm-wine", "tpe", 1): [0.33333333333333337, 0.9533658008658008, 0.9446909571909572,
                                   0.9730387205387204],
}  # fmt: skip


@pytest.mark.parametrize("kind", ["loose", "packed"])
def test_results_of_schema_1_are_read_without_checksums(kind):
    store = Store(SCHEMA_1 / kind)
    trials, runs = store.frames()
    assert len(runs) == 12
    assert set(runs["status"]) == {"completed"}
    assert not runs["checked"].any()
    assert len(trials) == 12 * 4
    assert all(run_id(record.header["spec"]) == record.id for record in store.records())
    columns = store.columns()
    assert columns.trials["value"].sum() == pytest.approx(trials["value"].sum())
    found = trials.groupby(["problem", "strategy", "repetition"])["value"].apply(list)
    assert {place: found[place] for place in VALUES} == VALUES
    # Two of these fail in half of the space.
    assert trials[trials["problem"] == "failing"]["value"].notna().sum() == 2 + 2 + 4 + 2


@pytest.mark.parametrize("kind", ["loose", "packed"])
def test_results_of_schema_2_are_read_under_the_names_of_today(kind):
    store = Store(SCHEMA_2 / kind)
    trials, runs = store.frames()
    assert runs["checked"].all()
    assert runs.groupby("strategy")[["status", "n_trials"]].first().to_dict("index") == {
        "grid": {"status": "stopped early", "n_trials": 4},
        "random": {"status": "completed", "n_trials": 5},
    }
    assert set(runs["reason"]) == {"", "no candidates left after 4 trials"}
    assert runs["unordered"].equals(runs["strategy"] == "grid")
    # Read from the files with grep.
    where = ["problem", "strategy", "repetition", "trial_number"]
    first = trials.set_index(where).loc[("table-svm-wine", "grid", 1, 0)]
    assert first["value"] == 0.9614610389610391
    assert first["evaluation_s"] == 0.016241765002632746
    assert first["evaluation_wall_s"] == 2.443599805701524e-05
    assert (trials["finished_s"] > trials["started_s"]).all()
    assert all(run_id(record.header["spec"]) == record.id for record in store.records())


@pytest.mark.parametrize("kind", ["loose", "packed"])
def test_trials_of_schema_3_all_began_anew(kind):
    trials, runs = Store(SCHEMA_3 / kind).frames()
    assert runs["n_workers"].eq(2).all()
    assert (trials["continued_from"] == 0).all()
    assert (Store(SCHEMA_3 / kind).columns().trials["continued_from"] == 0).all()
    # Read from the files with grep.
    where = ["problem", "strategy", "repetition", "trial_number"]
    first = trials.set_index(where).loc[("cheaper:branin", "successive-halving", 0, 0)]
    assert first["fidelity"] == 1 / 9
    assert first["value"] == 58.21035942333721


@pytest.mark.parametrize("folder", OLDER)
def test_both_forms_of_an_older_schema_hold_the_same(folder):
    frames = [Store(folder / kind).rows() for kind in ("loose", "packed")]
    keys = ["run", "trial_number"]
    loose, packed = (frame.sort_values(keys, ignore_index=True) for frame in frames)
    clocks = {"ask_s", "tell_s", "evaluation_wall_s", "evaluation_s", "started_s", "finished_s"}
    kept = [name for name in loose if name not in clocks]
    pd.testing.assert_frame_equal(loose[kept], packed[kept])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["loose", "packed"])
@pytest.mark.parametrize("older", OLDER)
def test_results_of_an_older_schema_are_reported_and_not_done_again(
    older, kind, tmp_path, unwritten
):
    folder = tmp_path / kind
    shutil.copytree(older / kind, folder)
    _, sweep = opened(folder)
    assert make_plan(sweep, Store(folder)).todo == []
    result = CliRunner().invoke(main, ["report", str(folder)])
    assert result.exit_code == 0, result.output
    assert "left out" not in result.output


@pytest.mark.parametrize("folder", [*PUBLISHED, SCHEMA_1 / "loose"], ids=lambda f: f.name)
def test_a_sweep_of_which_nothing_is_left_to_do_is_not_written_again(folder, tmp_path):
    shutil.copyfile(folder / "sweep.json", tmp_path / "sweep.json")
    before = (tmp_path / "sweep.json").read_bytes()
    store, sweep = opened(tmp_path)
    with store.changing(sweep.to_dict() | store.beside_sweep(), []):
        pass
    assert store.sweep_path.read_bytes() == before
    with store.changing(sweep.to_dict(), ["a run"]):
        pass
    assert orjson.loads(store.sweep_path.read_bytes())["schema"] == SCHEMA


@pytest.mark.parametrize("status", ["[]", "{}", "3", "null", '"done"'])
def test_an_end_of_an_older_schema_that_is_none_is_damaged(status, tmp_path):
    shutil.copytree(SCHEMA_1 / "loose", tmp_path / "results")
    path = next((tmp_path / "results" / "runs").iterdir())
    content = path.read_text(encoding="utf-8")
    path.write_text(content.replace('"ended":"completed"', f'"ended":{status}'), encoding="utf-8")
    damaged: list[tuple[Path, str]] = []
    assert len(list(Store(tmp_path / "results").records(damaged))) == 11
    assert [found for found, _ in damaged] == [path]


@pytest.fixture
def grown(monkeypatch):
    """A version of tomorrow, whose specs have one more field."""

    def grow(base, name, kind, default):
        cls = make_dataclass(
            base.__name__, [(name, kind, default)], bases=(base,), frozen=True, slots=True
        )
        monkeypatch.setattr(spec_module, base.__name__, cls)
        monkeypatch.setattr(f"bench.store.record.{base.__name__}", cls, raising=False)
        return cls

    return grow


@pytest.mark.slow
def test_a_field_that_joins_changes_no_id_and_no_reader(grown):
    entry = Entry("n", "l", version=1)
    before = RunSpec(entry, entry, trials=9, repetition=0, seed=1)
    wider = grown(RunSpec, "workers", int, 1)
    assert wider(entry, entry, 9, 0, 1).id == before.id
    assert wider(entry, entry, 9, 0, 1, workers=2).id != before.id
    found = wider(entry, entry, 9, 0, 1, workers=2)
    assert found.to_dict()["workers"] == 2
    grown(Entry, "seedless", bool, False)
    for folder in (SCHEMA_1 / "loose", SCHEMA_2 / "packed"):
        assert len(Store(folder).frames()[1]) == 12
    for folder in PUBLISHED:
        assert len(Store(folder).columns(wanted=("value",)).runs) >= 12


def test_a_field_of_a_newer_version_is_a_clear_error(make_sweep, run_here, tmp_path, forged):
    store = run_here(make_sweep(["Random"], ["Sphere"], repetitions=1), tmp_path / "results")
    (path,) = (store.folder / "runs").iterdir()
    head = orjson.loads(path.read_bytes().splitlines()[0])
    newer = head["spec"] | {"machines": 4}
    forged(path, b'"seed":', b'"machines":4,"seed":')
    new = path.with_name(f"{run_id(newer)}.jsonl")
    forged(path, path.stem.encode(), new.stem.encode())
    path.rename(new)
    with pytest.raises(
        StoreError, match=r"has machines; use the tunebench that wrote it, or a new"
    ):
        store.frames()


@pytest.mark.parametrize("folder", PUBLISHED, ids=lambda folder: folder.name)
def test_what_is_published_comes_from_one_clean_revision(folder):
    made = Store(folder).columns().environments()
    revisions = {environment["git"] for environment in made}
    assert all(revision and "dirty" not in str(revision) for revision in revisions), revisions
    assert len(revisions) == 1
