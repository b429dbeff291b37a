"""A run file while its run goes on, is interrupted and taken up again."""

from __future__ import annotations

import gc

import pytest

from bench.run import End, RunStatus
from bench.store import Store, StoreError
from bench.store.writer import Writer
from bench.testing.records import completed, failed, job, run_files


def test_what_was_written_comes_back_to_the_last_bit(folder, begin):
    store = Store(folder)
    store.create({})
    writer, recorded = begin(store, job(direction="maximize"))
    assert recorded == []
    for trial in (completed(0, 0.1 + 0.2), failed(1)):
        writer.append(trial, trial.number)
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
        writer.append(completed(number), number)
        (record,) = Store(folder).records()
        assert len(record.trials) == number + 1
        assert record.end is None


def test_a_run_gets_its_name_when_it_ends(folder, begin):
    store = Store(folder)
    store.create({})
    writer, _ = begin(store, job())
    writer.append(completed(0), 0)
    assert len(run_files(store, "part")) == 1
    writer.close(End(RunStatus.STOPPED_EARLY, "no more", 1, 0.5, 2.0))
    assert run_files(store, "part") == []
    (record,) = store.records()
    assert record.end == End(RunStatus.STOPPED_EARLY, "no more", 1, 0.5, 2.0)
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
    writer.append(completed(2), 2)
    assert path.read_bytes() == whole


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


def test_a_recorded_future_that_does_not_come_is_thrown_away(folder, begin, write_unfinished):
    store = Store(folder)
    store.create({})
    write_unfinished(store, 5)
    writer, recorded = begin(store, job())
    assert len(recorded) == 5
    writer.append(completed(2, 0.75), 2)
    (record,) = store.records()
    assert [trial["value"] for trial in record.trials] == [0.5, 0.5, 0.75]
    writer.append(completed(3, 0.8), 3)
    writer.close(End(RunStatus.COMPLETED, "", 4))
    (record,) = store.records()
    assert [trial["value"] for trial in record.trials] == [0.5, 0.5, 0.75, 0.8]


def test_a_run_that_ends_before_its_recorded_trials_do_keeps_its_own_only(
    folder, begin, write_unfinished
):
    store = Store(folder)
    store.create({})
    write_unfinished(store, 5)
    writer, _ = begin(store, job())
    writer.close(End(RunStatus.STOPPED_EARLY, "no more", 2))
    (record,) = store.records()
    assert len(record.trials) == 2


def test_a_run_ended_from_outside_keeps_its_trials(folder, write_unfinished):
    store = Store(folder)
    store.create({})
    write_unfinished(store, 3)
    assert store.end(job(), {"python": "3"}, RunStatus.CRASHED, "gone", 1.0) == End(
        RunStatus.CRASHED, "gone", 3, run_seconds=1.0
    )
    (record,) = store.records()
    assert (len(record.trials), record.end.status) == (3, RunStatus.CRASHED)


def test_what_an_outlived_writer_writes_reaches_nobody(folder, begin):
    store = Store(folder)
    store.create({})
    outlived, _ = begin(store, job())
    outlived.append(completed(0), 0)
    writer, recorded = begin(store, job())
    assert len(recorded) == 1
    outlived.append(completed(1, 99.0), 1)
    writer.append(completed(1, 0.75), 1)
    with pytest.raises(StoreError, match="another process took over"):
        outlived.close(End(RunStatus.COMPLETED, "", 2))
    writer.close(End(RunStatus.COMPLETED, "", 2))
    (record,) = store.records()
    assert [trial["value"] for trial in record.trials] == [0.5, 0.75]


def test_a_file_that_cannot_be_begun_is_closed_and_gone(tmp_path):
    with pytest.raises(TypeError):
        Writer(tmp_path / "a.jsonl", {"no JSON": object()})
    gc.collect()  # one that is open would be told of here
    assert list(tmp_path.iterdir()) == []
