from __future__ import annotations

import os

import orjson
import pandas as pd
import pyarrow.parquet as pq
import pytest

from bench import Evaluation, Status, Suggestion, Trial
from bench.execution.local import run_locally
from bench.execution.plan import make_plan
from bench.job import Facts, Job
from bench.run import End, Ended
from bench.sources.source import opened
from bench.spec import Entry, RunSpec
from bench.store import Store, StoreError
from bench.store import folder as folder_module


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def done(make_sweep, run_here, folder):
    """Give a store with finished runs of every kind of trial."""
    sweep = make_sweep(["Random", "Climber"], ["Sphere", "Flaky", "Tree", "Numpy"])
    return run_here(sweep, folder)


def run_files(store, suffix="jsonl"):
    return sorted((store.folder / "runs").glob(f"*.{suffix}"))


def job(repetition=0, direction="minimize", library=""):
    entry = Entry("n", "l", version=1)
    spec = RunSpec(entry, entry, trials=9, repetition=repetition, seed=1)
    return Job(spec, 1, 2, Facts(library, "m", direction, is_set=False))


def completed(number, value=0.5):
    evaluation = Evaluation(value, 0.25, (0.1, 0.9), 3.0)
    suggestion = Suggestion({"x": 0.1 + number, "k": "ä", "n": None})
    return Trial(number, suggestion, Status.COMPLETED, value, evaluation, "", 3.0, 0.1, 0.2, 0.3)


def failed(number):
    suggestion = Suggestion({"x": 1.0}, 0.5)
    return Trial(number, suggestion, Status.FAILED, None, None, "ValueError: a\nb", 2.0, 0.1, 2, 0)


@pytest.fixture
def begin():
    """Begin runs or go on with them; whatever is still open at the end of a test is closed."""
    writers = []

    def writer_of(store, job, python="3"):
        writer = store.open(job, {"python": python})
        writers.append(writer)
        return writer, writer.recorded

    yield writer_of
    for writer in writers:
        writer._file.close()


@pytest.fixture
def write_unfinished(begin):
    return lambda store, count=3: write_trials(begin, store, count)


def write_trials(begin, store, count):
    writer, _ = begin(store, job())
    for number in range(count):
        writer.append(completed(number))
    return store.folder / "runs" / f"{job().id}.part"


def test_what_was_written_comes_back_to_the_last_bit(folder, begin):
    store = Store(folder)
    store.create({})
    writer, recorded = begin(store, job(direction="maximize"))
    assert recorded == []
    for trial in (completed(0, 0.1 + 0.2), failed(1)):
        writer.append(trial)
    _, recorded = begin(store, job(direction="maximize"))
    # The loss is not written: it is minus the value.
    assert recorded[0].loss == -(0.1 + 0.2)
    assert recorded[0].evaluation == completed(0, 0.1 + 0.2).evaluation
    assert recorded[0].suggestion == completed(0).suggestion
    assert recorded[1] == failed(1)


def test_a_trial_is_on_disk_as_soon_as_it_was_appended(folder, begin):
    store = Store(folder)
    store.create({})
    writer, _ = begin(store, job())
    for number in range(3):
        writer.append(completed(number))
        (record,) = Store(folder).records()
        assert len(record.trials) == number + 1
        assert record.end is None


def test_a_run_gets_its_name_when_it_ends(folder, begin):
    store = Store(folder)
    store.create({})
    writer, _ = begin(store, job())
    writer.append(completed(0))
    assert len(run_files(store, "part")) == 1
    writer.close(End(Ended.EXHAUSTED, "no more", 1, 0.5, 2.0))
    assert run_files(store, "part") == []
    (record,) = store.records()
    assert record.end == End(Ended.EXHAUSTED, "no more", 1, 0.5, 2.0)
    assert record.id == job().id


def test_a_torn_last_line_costs_that_line_only(folder, begin, write_unfinished):
    store = Store(folder)
    store.create({})
    path = write_unfinished(store)
    whole = path.read_bytes()
    length = len(whole.rstrip(b"\n").rpartition(b"\n")[2]) + 1
    for cut in range(1, length + 1):
        path.write_bytes(whole[:-cut])
        (record,) = store.records()
        assert len(record.trials) == 2
    writer, recorded = begin(store, job())
    assert len(recorded) == 2
    writer.append(completed(2))
    assert path.read_bytes() == whole


def changed(line, **parts):
    return orjson.dumps(orjson.loads(line) | parts)


def with_fact(line, **facts):
    return changed(line, facts=orjson.loads(line)["facts"] | facts)


def without_label(line):
    spec = orjson.loads(line)["spec"]
    return changed(line, spec=spec | {"problem": spec["problem"] | {"label": None}})


GARBAGE = {
    "no json": lambda lines: [*lines[:2], b'{"trial": 1, "conf', *lines[3:]],
    "other bytes": lambda lines: [*lines[:2], b"\x00\xff\x00", *lines[3:]],
    "a lost line": lambda lines: [*lines[:2], *lines[3:]],
    "a doubled line": lambda lines: [*lines[:2], lines[1], *lines[2:]],
    "a number": lambda lines: [*lines[:2], b"3", *lines[3:]],
    "a list": lambda lines: [*lines[:-1], b"[]"],
    "an empty line": lambda lines: [*lines[:2], b"", *lines[3:]],
    "a trial without a config": lambda lines: [*lines[:2], b'{"trial": 1}', *lines[3:]],
    "no header": lambda lines: lines[1:],
    "nothing": lambda _: [],
    "another run's header": lambda lines: [
        lines[0].replace(orjson.loads(lines[0])["run"].encode(), b"f" * 16),
        *lines[1:],
    ],
    "a header without a run": lambda lines: [b'{"schema": 1}', *lines[1:]],
    "no facts": lambda lines: [changed(lines[0], facts={}), *lines[1:]],
    "no spec": lambda lines: [changed(lines[0], spec=5), *lines[1:]],
    "another spec": lambda lines: [
        changed(lines[0], spec=orjson.loads(lines[0])["spec"] | {"repetition": 7}),
        *lines[1:],
    ],
    "a label that is none": lambda lines: [without_label(lines[0]), *lines[1:]],
    "an optimum in words": lambda lines: [with_fact(lines[0], optimum="low"), *lines[1:]],
    "a direction that is none": lambda lines: [with_fact(lines[0], direction="up"), *lines[1:]],
    "no library": lambda lines: [with_fact(lines[0], library=None), *lines[1:]],
    "a test value in words": lambda lines: [lines[0], changed(lines[1], test_value=""), *lines[2:]],
    "a value beyond all bounds": lambda lines: [
        lines[0],
        changed(lines[1], status="completed", value=1e200),
        *lines[2:],
    ],
    "a fidelity in words": lambda lines: [lines[0], changed(lines[1], fidelity="x"), *lines[2:]],
    "a cost below 0": lambda lines: [lines[0], changed(lines[1], cost=-1.0), *lines[2:]],
    "fold values in words": lambda lines: [
        lines[0],
        changed(lines[1], fold_values="x"),
        *lines[2:],
    ],
    "a fold value in words": lambda lines: [
        lines[0],
        changed(lines[1], fold_values=[0.5, "x"]),
        *lines[2:],
    ],
    "a truth value for a value": lambda lines: [
        lines[0],
        changed(lines[1], status="completed", value=True),
        *lines[2:],
    ],
    "another environment in words": lambda lines: [
        changed(lines[0], resumed_in="abc"),
        *lines[1:],
    ],
    "other environments in a number": lambda lines: [changed(lines[0], resumed_in=3), *lines[1:]],
    "a seed that is none": lambda lines: [with_fact(lines[0], problem_seed=True), *lines[1:]],
    "a reason that is none": lambda lines: [
        lines[0],
        changed(lines[1], status="failed", reason=3),
        *lines[2:],
    ],
    "no environment": lambda lines: [changed(lines[0], environment=5), *lines[1:]],
    "a value in words": lambda lines: [
        lines[0],
        changed(lines[1], status="completed", value="abc"),
        *lines[2:],
    ],
    "an unknown status": lambda lines: [lines[0], changed(lines[1], status="bogus"), *lines[2:]],
}
ENDINGS = {
    "no end": lambda lines: lines[:-1],
    "an end too early": lambda lines: [*lines[:-2], lines[-1]],
    "half an end": lambda lines: [*lines[:-1], lines[-1][:20]],
    "an unknown end": lambda lines: [*lines[:-1], lines[-1].replace(b'"completed"', b'"eaten"')],
    "an end without words": lambda lines: [*lines[:-1], changed(lines[-1], reason=3)],
    "an end without seconds": lambda lines: [*lines[:-1], changed(lines[-1], seconds="x")],
    "an end that says little": lambda lines: [*lines[:-1], b'{"ended": "completed"}'],
    "something after the end": lambda lines: [*lines, lines[-1]],
}


@pytest.mark.parametrize("spoil", [*GARBAGE.values(), *ENDINGS.values()], ids=[*GARBAGE, *ENDINGS])
def test_a_damaged_run_is_told_and_the_others_stay(done, spoil, unchecked):
    path, *others = run_files(done)
    # With checksums any change is told; without, what the lines hold.
    lines = unchecked(path.read_bytes()).splitlines()
    path.write_bytes(b"".join(line + b"\n" for line in spoil(lines)))
    damaged = []
    records = list(done.records(damaged))
    assert [(p, bool(reason)) for p, reason in damaged] == [(path, True)]
    assert sorted(record.id for record in records) == [other.stem for other in others]
    with pytest.raises(StoreError, match=r"is damaged: .*`tunebench run` redoes it"):
        list(done.records())


@pytest.mark.parametrize("spoil", GARBAGE.values(), ids=GARBAGE)
def test_a_damaged_unfinished_run_is_told_too(folder, spoil, write_unfinished, unchecked):
    store = Store(folder)
    store.create({})
    path = write_unfinished(store, 4)
    lines = unchecked(path.read_bytes()).splitlines()
    path.write_bytes(b"".join(line + b"\n" for line in spoil(lines)))
    damaged = []
    assert list(store.records(damaged)) == []
    assert [p for p, _ in damaged] == [path]


def test_a_finished_file_cut_anywhere_is_damaged(done):
    path = run_files(done)[0]
    whole = path.read_bytes()
    for cut in range(1, len(whole), 97):
        path.write_bytes(whole[:-cut])
        damaged = []
        list(done.records(damaged))
        assert [p for p, _ in damaged] == [path]


def test_damaged_runs_are_set_aside_and_redone(done, make_sweep, values):
    before = values(done)
    path = run_files(done)[0]
    spoiled = path.read_bytes()[:-5]
    path.write_bytes(spoiled)
    stamps = {p: p.stat().st_mtime_ns for p in run_files(done) if p != path}
    sweep = make_sweep(["Random", "Climber"], ["Sphere", "Flaky", "Tree", "Numpy"])
    plan = make_plan(sweep, done)
    assert (len(plan.todo), plan.done) == (1, len(stamps))
    assert [p for p, _ in plan.damaged] == [path]
    run_locally(plan, done, jobs=1)
    assert (done.folder / "runs" / "damaged" / path.name).read_bytes() == spoiled
    pd.testing.assert_frame_equal(values(done), before)
    assert {p: p.stat().st_mtime_ns for p in stamps} == stamps


def test_another_schema_is_refused_in_a_run(done, forged):
    forged(run_files(done)[0], b'"schema":1', b'"schema":99')
    for reading in (lambda: list(done.records([])), lambda: done.rows(), lambda: done.pack()):
        with pytest.raises(StoreError, match=r"schema 1 or 2, .* has 99; use another folder"):
            reading()


def test_another_schema_is_refused_in_the_sweep(done):
    done.sweep_path.write_bytes(b'{"schema": 99}')
    with pytest.raises(StoreError, match=r"must have schema 1 or 2, .* has 99"):
        done.sweep()


@pytest.mark.parametrize("content", [b"{", b"[]", b"3", b"\xff"])
def test_a_damaged_sweep_is_told(done, content):
    done.sweep_path.write_bytes(content)
    with pytest.raises(StoreError, match=r"sweep.json is damaged .*; run the sweep again"):
        done.sweep()


def test_a_folder_that_is_none_is_told(folder):
    with pytest.raises(StoreError, match=r"must hold sweep.json, .* does not; name a folder"):
        Store(folder).sweep()
    assert list(Store(folder).records()) == []
    assert not folder.exists()


def test_packing_loses_nothing(done):
    trials, runs = done.frames()
    assert set(trials["status"]) == {"completed", "failed"}
    headers = {record.id: record for record in done.records()}
    assert done.pack() == len(runs)
    assert run_files(done) == []
    packed_trials, packed_runs = done.frames()
    pd.testing.assert_frame_equal(packed_trials, trials)
    pd.testing.assert_frame_equal(packed_runs, runs)
    assert {record.id: record for record in done.records()} == headers


def test_packing_twice_changes_nothing(done):
    done.pack()
    once = done.frames()
    done.pack()
    for before, after in zip(once, done.frames(), strict=True):
        pd.testing.assert_frame_equal(after, before)


def test_a_pack_takes_more_runs_in(done, make_sweep, run_here):
    done.pack()
    count = len(done.frames()[1])
    run_here(make_sweep(["Random"], ["Accuracy"]), done.folder)
    trials, runs = done.frames()
    assert len(runs) == count + 2
    done.pack()
    keys = ["run", "trial"]
    pd.testing.assert_frame_equal(
        done.rows().sort_values(keys, ignore_index=True),
        trials.sort_values(keys, ignore_index=True),
    )


def test_packed_runs_are_not_repeated(done, make_sweep):
    done.pack()
    sweep = make_sweep(["Random", "Climber"], ["Sphere", "Flaky", "Tree", "Numpy"])
    assert make_plan(sweep, done).todo == []


def test_unfinished_runs_are_not_packed(done, write_unfinished):
    path = write_unfinished(done)
    done.pack()
    assert path.exists()
    unfinished = [record.id for record in done.records() if record.end is None]
    assert unfinished == [path.stem]


def test_a_loose_run_beats_a_packed_one(done, forged):
    path = run_files(done)[0]
    loose = path.read_bytes()
    done.pack()
    path.write_bytes(loose)
    forged(path, b'"seconds":', b'"seconds":1')
    counted = next(record for record in done.records() if record.id == path.stem)
    assert counted.end.seconds >= 1
    assert len(list(done.records())) == len({record.id for record in done.records()})


def test_a_pack_in_a_folder_whose_name_is_no_utf_8_is_read(done):
    done.pack()
    rows = done.rows()
    elsewhere = Store(done.folder.rename(os.fsdecode(bytes(done.folder) + b"-\xff")))
    pd.testing.assert_frame_equal(elsewhere.rows(), rows)
    assert elsewhere.packed() == len(rows)


@pytest.mark.parametrize("content", [b"", b"PAR1 and nothing more", None])
def test_a_pack_that_cannot_be_read_is_told(done, content):
    done.pack()
    if content is None:
        pd.DataFrame({"a": [1]}).to_parquet(done.pack_path)
    else:
        done.pack_path.write_bytes(content)
    with pytest.raises(StoreError, match="must be a pack that `tunebench pack` wrote"):
        list(done.records())


@pytest.mark.parametrize("metadata", [b'{"schema": 1}', b"[]", b"x"])
def test_a_pack_whose_metadata_is_none_is_told(done, metadata):
    done.pack()
    table = pq.read_table(done.pack_path).replace_schema_metadata({"tunebench": metadata})
    pq.write_table(table, done.pack_path)
    with pytest.raises(StoreError, match="must be a pack that `tunebench pack` wrote"):
        list(done.records())


def test_a_pack_without_a_column_is_told(done):
    done.pack()
    table = pq.read_table(done.pack_path)
    pq.write_table(table.drop_columns(["config"]), done.pack_path)
    with pytest.raises(StoreError, match="must be a pack that `tunebench pack` wrote"):
        list(done.records())


def test_rows_have_their_kinds_whatever_there_is(folder, begin):
    store = Store(folder)
    empty = store.rows()
    assert len(empty) == 0
    store.create({})
    writer, _ = begin(store, job())
    writer.append(failed(0))
    rows = store.rows()
    assert list(rows.columns) == list(empty.columns)
    assert rows["value"].isna().all()
    assert (rows["value"].dtype, rows["is_set"].dtype) == (float, bool)
    assert rows["reason"].tolist() == ["ValueError: a\nb"]


def test_every_damaged_file_is_kept(done):
    path = run_files(done)[0]
    for content in (b"one\n", b"two\n", b"three\n"):
        path.write_bytes(content)
        assert done.set_aside(path).read_bytes() == content
    damaged = (done.folder / "runs" / "damaged").iterdir()
    assert {file.read_bytes() for file in damaged} == {b"one\n", b"two\n", b"three\n"}


def test_what_was_mended_meanwhile_is_not_set_aside(done):
    path = run_files(done)[0]
    assert done.set_aside(path) is None
    assert done.set_aside(path.with_suffix(".part")) is None
    assert path.exists()


def test_a_damaged_attempt_is_set_aside_and_the_finished_run_gone_on_from(done, begin):
    path = next(p for p in run_files(done) if len(p.read_bytes().splitlines()) > 2)
    record = next(record for record in done.records() if record.id == path.stem)
    path.with_suffix(".part").write_bytes(b"garbage\n")
    _, recorded = begin(done, record.job)
    assert len(recorded) == len(record.trials)
    assert (done.folder / "runs" / "damaged" / f"{path.stem}.part").read_bytes() == b"garbage\n"


def test_a_run_that_ended_a_moment_before_stays_as_it_is(done):
    record = next(record for record in done.records() if record.end.ended is Ended.COMPLETED)
    before = {path: path.read_bytes() for path in run_files(done)}
    assert done.end(record.job, {}, Ended.TIMEOUT, "too late") == record.end
    assert {path: path.read_bytes() for path in run_files(done)} == before


def test_a_run_that_goes_on_elsewhere_names_both_environments(folder, begin, write_unfinished):
    store = Store(folder)
    store.create({})
    write_unfinished(store, 2)
    for _ in range(2):
        begin(store, job(), "4")
    assert store.environments({job().id}) == [{"python": "3"}, {"python": "4"}]
    assert store.environments(set()) == []
    (record,) = store.records()
    assert record.header["environment"] == {"python": "3"}
    assert record.header["resumed_in"] == [{"python": "4"}]


def test_a_run_that_goes_on_elsewhere_keeps_the_library_of_its_trials(
    folder, begin, write_unfinished
):
    store = Store(folder)
    store.create({})
    write_unfinished(store, 2)
    begin(store, job(library="optuna 9"))
    (record,) = store.records()
    assert record.header["facts"]["library"] == ""


def test_a_run_without_trials_was_made_where_it_is_done(folder, begin):
    store = Store(folder)
    store.create({})
    begin(store, job())
    begin(store, job(), "4")
    assert store.environments({job().id}) == [{"python": "4"}]


@pytest.mark.parametrize("happening", ["it ends", "it is packed"])
def test_a_reader_survives_what_happens_while_it_reads(done, monkeypatch, happening):
    path = run_files(done)[0]
    listed = path.with_suffix(".part") if happening == "it ends" else path
    path.rename(listed)
    read, happened = folder_module.read_run, []

    def meanwhile(which):
        if which == listed and not happened:
            happened.append(which)
            if happening == "it ends":
                listed.rename(path)
            else:
                done.pack()
        return read(which)

    monkeypatch.setattr(folder_module, "read_run", meanwhile)
    records = list(done.records())
    assert happened
    assert [record.id for record in records if record.id == path.stem] == [path.stem]
    assert all(record.end is not None for record in records)


def test_a_recorded_future_that_does_not_come_is_thrown_away(folder, begin, write_unfinished):
    store = Store(folder)
    store.create({})
    write_unfinished(store, 5)
    writer, recorded = begin(store, job())
    assert len(recorded) == 5
    writer.append(completed(2, 0.75))
    (record,) = store.records()
    assert [trial["value"] for trial in record.trials] == [0.5, 0.5, 0.75]
    writer.append(completed(3, 0.8))
    writer.close(End(Ended.COMPLETED, "", 4))
    (record,) = store.records()
    assert [trial["value"] for trial in record.trials] == [0.5, 0.5, 0.75, 0.8]


def test_a_run_that_ends_before_its_recorded_trials_do_keeps_its_own_only(
    folder, begin, write_unfinished
):
    store = Store(folder)
    store.create({})
    write_unfinished(store, 5)
    writer, _ = begin(store, job())
    writer.close(End(Ended.EXHAUSTED, "no more", 2))
    (record,) = store.records()
    assert len(record.trials) == 2


def test_a_run_ended_from_outside_keeps_its_trials(folder, write_unfinished):
    store = Store(folder)
    store.create({})
    write_unfinished(store, 3)
    assert store.end(job(), {"python": "3"}, Ended.CRASHED, "gone", 1.0) == End(
        Ended.CRASHED, "gone", 3, seconds=1.0
    )
    (record,) = store.records()
    assert (len(record.trials), record.end.ended) == (3, Ended.CRASHED)


def test_what_an_outlived_writer_writes_reaches_nobody(folder, begin):
    store = Store(folder)
    store.create({})
    outlived, _ = begin(store, job())
    outlived.append(completed(0))
    writer, recorded = begin(store, job())
    assert len(recorded) == 1
    outlived.append(completed(1, 99.0))
    writer.append(completed(1, 0.75))
    with pytest.raises(StoreError, match="another process took over"):
        outlived.close(End(Ended.COMPLETED, "", 2))
    writer.close(End(Ended.COMPLETED, "", 2))
    (record,) = store.records()
    assert [trial["value"] for trial in record.trials] == [0.5, 0.75]


def test_environments_are_listed_once_each(folder, begin):
    store, ids = Store(folder), {job(repetition).id for repetition in range(3)}
    store.create({})
    for repetition, python in enumerate(("3", "3", "4")):
        writer, _ = begin(store, job(repetition), python)
        writer.close(End(Ended.EXHAUSTED))
    assert store.environments(ids) == [{"python": "3"}, {"python": "4"}]
    store.pack()
    assert store.environments(ids) == [{"python": "3"}, {"python": "4"}]


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"cannot be written .*; use another folder"):
        Store(tmp_path / "file" / "results").create({})


@pytest.fixture
def readers(make_sweep):
    """Everything that reads the runs of a folder."""
    sweep = make_sweep(["Random"], ["Sphere"])
    return lambda store: (
        lambda: list(store.records([])),
        lambda: store.columns([]),
        lambda: make_plan(sweep, store),
        lambda: store.pack(),
    )


def a_folder(path):
    path.unlink()
    path.mkdir()


def a_link_that_leads_nowhere(path):
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


def a_link_to_itself(path):
    path.unlink()
    path.symlink_to(path)


@pytest.mark.parametrize("spoil", [a_folder, a_link_that_leads_nowhere, a_link_to_itself])
def test_a_run_file_that_cannot_be_read_is_an_error(done, readers, spoil):
    path = run_files(done)[0]
    spoil(path)
    for reader in readers(done):
        with pytest.raises(StoreError, match=rf"{path} cannot be read \(.*\); check its rights"):
            reader()


@pytest.mark.parametrize("kind", ["a file", "a link that leads nowhere", "a link to itself"])
def test_runs_that_cannot_be_listed_are_not_taken_for_none(done, readers, kind):
    runs = done.folder / "runs"
    runs.rename(done.folder / "gone")
    if kind == "a file":
        runs.write_text("no folder", encoding="utf-8")
    else:
        runs.symlink_to(runs if kind == "a link to itself" else done.folder / "nowhere")
    for reader in readers(done):
        told = rf"{runs} (cannot be read \(.*\); check its rights|is a link to .*; remove the link)"
        with pytest.raises(StoreError, match=told):
            reader()


def test_a_pack_behind_a_link_that_leads_nowhere_is_not_taken_for_none(done, readers):
    done.pack()
    a_link_that_leads_nowhere(done.pack_path)
    for reader in readers(done):
        with pytest.raises(StoreError, match=r"trials.parquet cannot be read \(No such file"):
            reader()


def test_a_file_is_no_results_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"must hold sweep.json, .*file does not; name a folder"):
        Store(tmp_path / "file").sweep()


def test_a_sweep_that_cannot_be_read_is_not_taken_for_none(done):
    a_folder(done.sweep_path)
    with pytest.raises(StoreError, match=r"sweep.json cannot be read \(Is a directory\); check"):
        done.sweep()


def test_a_pack_that_may_not_be_read_is_not_said_to_be_damaged(done, monkeypatch):
    done.pack()

    def refuse(path, *_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.open", refuse)
    told = r"trials.parquet cannot be read \(Permission denied\); check its rights"
    for reading in (lambda: list(done.records()), done.columns):
        with pytest.raises(StoreError, match=told):
            reading()


def test_a_pack_that_does_not_fit_into_memory_is_not_said_to_be_damaged(done, monkeypatch):
    done.pack()

    def too_much(*_):
        raise MemoryError("malloc of size 64 failed")

    monkeypatch.setattr("bench.store.pack.column_seal", too_much)
    for reading in (lambda: list(done.records()), done.columns):
        with pytest.raises(StoreError, match=r"must fit into memory, it does not \(MemoryError"):
            reading()


def test_a_pack_of_too_many_trials_is_refused_before_they_are_read(done, monkeypatch):
    done.pack()
    monkeypatch.setattr("bench.store.pack.MOST_ROWS", 10)
    for reading in (lambda: list(done.records()), done.columns):
        with pytest.raises(StoreError, match=r"must hold 10 trials or fewer, .* has \d+; "):
            reading()


def test_a_sweep_whose_settings_nest_too_deep_is_damaged(done):
    sweep = orjson.loads(done.sweep_path.read_bytes())
    for depth in (300, 2_000):
        deep = b"[" * depth + b"]" * depth
        sweep["problems"] = [{"name": "p", "label": "p", "version": 1, "settings": {"x": "HERE"}}]
        done.sweep_path.write_bytes(orjson.dumps(sweep).replace(b'"HERE"', deep))
        with pytest.raises(StoreError, match=r"sweep.json is damaged .*; run the sweep again"):
            opened(done.folder)
