"""Studies of Optuna, as Optuna writes them."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import inf, nan

import numpy as np
import optuna
import pytest
import sqlalchemy
from optuna.storages import RDBStorage
from optuna.storages.journal import JournalFileBackend, JournalStorage
from optuna.trial import TrialState, create_trial

from bench.api.result import load
from bench.cli.sources import look_at, report_folder, source_of
from bench.errors import UserError
from bench.exchange.optuna_storage import TABLES

optuna.logging.set_verbosity(optuna.logging.WARNING)


def objective(trial):
    """Fail, be pruned or report, by the number of the trial."""
    kind = trial.suggest_categorical("kind", ["a", "b"])
    x = trial.suggest_float("x", 0, 1) if kind == "a" else trial.suggest_int("y", 1, 3)
    if trial.number == 1:
        raise ValueError("no model")
    for step in range(2 if trial.number == 2 else 4):
        trial.report(10 * trial.number + step, step)
    if trial.number == 2:
        raise optuna.TrialPruned
    return inf if trial.number == 3 else x


@contextmanager
def stored(path):
    """Give a storage in a file, and close its connections, as Python 3.13 wants them to be."""
    storage = RDBStorage(f"sqlite:///{path}")
    try:
        yield storage
    finally:
        storage.remove_session()
        storage.engine.dispose()


def filled(storage):
    """Put studies into a storage; of the first there are 6 trials that count."""
    main_study = optuna.create_study(
        study_name="tpe/svm/4",
        storage=storage,
        sampler=optuna.samplers.TPESampler(seed=0, n_startup_trials=2),
    )
    main_study.optimize(objective, n_trials=4, catch=ValueError)
    main_study.ask()  # and never told
    resumed = optuna.load_study(study_name="tpe/svm/4", storage=storage)
    resumed.enqueue_trial({"kind": "a", "x": 0.25})
    resumed.optimize(objective, n_trials=2, catch=ValueError)
    resumed.enqueue_trial({"kind": "b", "y": 1})
    best = optuna.create_study(study_name="no-name-1", storage=storage, direction="maximize")
    places = {"strategy": "random", "problem": "wine", "repetition": 7, "dataset": "wine-uci"}
    for name, value in places.items():
        best.set_user_attr(name, value)
    best.add_trials([create_trial(value=value) for value in (0.5, 0.75)])
    optuna.create_study(study_name="two", storage=storage, directions=["minimize", "maximize"])
    optuna.create_study(study_name="begun", storage=storage).ask()
    return storage


@pytest.fixture(scope="module")
def database(tmp_path_factory, unsynchronised):
    path = tmp_path_factory.mktemp("optuna") / "study.db"
    with stored(path) as storage:
        filled(storage)
    return path


@pytest.fixture(scope="module")
def journal(tmp_path_factory):
    path = tmp_path_factory.mktemp("optuna") / "journal.log"
    filled(JournalStorage(JournalFileBackend(str(path))))
    return path


@pytest.fixture(params=["address", "file", "journal", "memory"])
def given(request):
    if request.param == "memory":
        storage = filled(optuna.storages.InMemoryStorage())
        names = optuna.get_all_study_names(storage)
        return [optuna.load_study(study_name=name, storage=storage) for name in names]
    if request.param == "journal":
        return request.getfixturevalue("journal")
    path = request.getfixturevalue("database")
    return path if request.param == "file" else f"sqlite:///{path}"


def test_studies_are_read_the_same_wherever_they_are(given):
    found = load(given)
    assert (found.strategies, found.problems) == (("tpe", "random"), ("svm", "wine"))
    tpe, random = (rows for _, rows in found.trials.groupby("strategy", sort=False, observed=True))
    assert set(tpe["repetition"]), set(random["repetition"]) == ({4}, {7})
    assert set(tpe["direction"]), set(random["direction"]) == ({"minimize"}, {"maximize"})
    assert random["value"].tolist() == [0.5, 0.75]
    failed = ["completed", "failed", "completed", "failed", "completed", "completed"]
    assert tpe["status"].tolist() == failed
    assert tpe["trial_number"].tolist() == [0, 1, 2, 3, 4, 5]
    assert tpe["fidelity"].tolist() == [1, 1, 0.5, 1, 1, 1]
    assert tpe["value"][2] == 21  # the last report of the pruned trial
    assert tpe["value"][4] == 0.25  # the enqueued one
    assert tpe["reason"][1] == "Optuna: failed"
    assert (tpe["evaluation_s"] >= 0).all()


def test_rules_that_were_applied_are_named(database):
    notes = load(database).notes
    assert [note.removeprefix("Optuna: ") for note in notes if note.startswith("Optuna")] == [
        "3 running or waiting trials are left out",
        "1 pruned trial counts as a cheaper evaluation, in the share of its steps",
        "1 enqueued trial counts as a suggestion of the strategy",
        "studies of several objectives are left out: two",
        "studies without a finished trial are left out: begun",
        "the time of a trial, from its start to its end, includes that of the sampler",
    ]
    assert any(note.endswith("the results of Optuna do not have them") for note in notes)


def test_a_storage_is_not_changed(database, tmp_path):
    before = database.read_bytes()
    load(database)
    assert database.read_bytes() == before
    with pytest.raises(UserError, match="is no file"):
        load(f"sqlite:///{tmp_path}/none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_table_is_read_with_one_query_however_many_studies_there_are(database):
    queries = []
    counting = (sqlalchemy.Engine, "before_cursor_execute", lambda *given: queries.append(given[2]))
    sqlalchemy.event.listen(*counting)
    try:
        load(database)
    finally:
        sqlalchemy.event.remove(*counting)
    assert len(queries) == len(TABLES)


@pytest.mark.parametrize("name", ["a b%20#?.db", "é.db"])
def test_a_path_may_have_any_characters(database, tmp_path, name):
    shutil.copy(database, tmp_path / name)
    assert load(tmp_path / name).strategies == ("tpe", "random")


def test_an_older_storage_says_how_to_upgrade_a_copy(database, tmp_path):
    path = tmp_path / "old.db"
    shutil.copy(database, path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v2.6.0.a'")
    connection.close()
    with pytest.raises(UserError, match=r"it has v2.6.0.a; copy it and run `optuna storage upg"):
        load(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DROP TABLE trials", r"must be a database with studies of Optuna"),
        ("DROP TABLE alembic_version", r"must be a database with studies of Optuna"),
        ("DELETE FROM alembic_version", r"it has none; .* mlflow:EXPERIMENT"),
        ("DELETE FROM studies", r"it has no study;"),
        (
            "DELETE FROM study_directions",
            r"it has studies of several objectives \(tpe/svm/4, no-name-1, two",
        ),
        (
            "UPDATE trials SET state = 'RUNNING'",
            r"studies without a finished trial \(tpe/svm/4, no-name-1, ",
        ),
        ("UPDATE trials SET datetime_start = 'x'", r"must be a database with studies"),
        ("UPDATE study_user_attributes SET value_json = '{'", r"must be a database with studies"),
        ("UPDATE study_user_attributes SET value_json = '[1]'", r"'dataset' must be a string"),
    ],
)
def test_a_database_that_is_damaged_is_refused(database, tmp_path, change, said):
    path = tmp_path / "damaged.db"
    shutil.copy(database, path)
    with sqlite3.connect(path) as connection:
        connection.execute(change)
    connection.close()
    with pytest.raises(UserError, match=said) as found:
        load(path)
    assert "\n" not in str(found.value)


def test_a_database_that_is_cut_is_refused(database, tmp_path):
    path = tmp_path / "cut.db"
    path.write_bytes(database.read_bytes()[:5000])
    with pytest.raises(UserError, match="must be a database with studies of Optuna"):
        load(path)


def test_a_driver_that_is_missing_is_named_and_the_password_is_not():
    with pytest.raises(UserError, match="is not installed") as found:
        load("postgresql://ann:secret@localhost/db")
    assert "secret" not in str(found.value)


def test_a_running_journal_is_read_and_a_damaged_one_refused(journal, tmp_path):
    path = tmp_path / "journal.log"
    content = journal.read_bytes()
    path.write_bytes(content[:-10])  # its last line is being written
    assert load(path).strategies == ("tpe", "random")
    for damaged in (
        content.replace(b'"op_code":5', b'"op_code":"x"'),
        content[:200] + content[300:],
    ):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match=r"must be a whole journal") as found:
            load(path)
        assert "\n" not in str(found.value)


def study_of(trials, name="tpe/p/0", **settings):
    study = optuna.create_study(study_name=name, **settings)
    study.add_trials(trials)
    return study


def trial(state=TrialState.COMPLETE, value=None, steps=None, **settings):
    return create_trial(state=state, value=value, intermediate_values=steps or {}, **settings)


@pytest.mark.parametrize(
    ("completed", "pruned", "share"),
    [
        ({0: 1, 1: 1, 2: 1, 3: 1}, {0: 5.0}, 1 / 4),
        ({1: 1, 2: 1, 3: 1, 4: 1}, {1: 5.0}, 1 / 4),
        ({1: 1, 3: 1, 9: 1, 27: 1}, {1: 2, 3: 1, 9: 5.0}, 1 / 3),
        ({10: 1, 20: 1}, {10: 5.0}, 1 / 2),
        ({1: 1, 2: 1}, {1: 1, 2: 1, 3: 5.0}, 1.0),  # later than the completed ones
        ({0: 1}, {0: 5.0}, 1.0),
    ],
)
def test_the_fidelity_of_a_pruned_trial_is_its_share_of_steps(completed, pruned, share):
    study = study_of([trial(value=1.0, steps=completed), trial(TrialState.PRUNED, steps=pruned)])
    rows = load(study).trials
    assert rows["fidelity"].tolist() == [1, share]
    assert rows["value"].tolist() == [1, 5]


@pytest.mark.parametrize(
    ("completed", "pruned"), [({}, {1: 2.0}), ({0: 1.0, 1: 1.0}, {0: nan}), ({1: 1.0}, {})]
)
def test_a_pruned_trial_without_a_share_or_a_value_is_a_failed_one(completed, pruned):
    study = study_of([trial(value=1.0, steps=completed), trial(TrialState.PRUNED, steps=pruned)])
    found = load(study)
    assert found.trials["status"].tolist() == ["completed", "failed"]
    assert found.trials["reason"].tolist() == ["", "Optuna: pruned"]
    assert any("1 pruned trial counts as failed" in note for note in found.notes)


def test_trials_that_overlap_in_time_are_said_to_have_several_workers():
    study = study_of([trial(value=1.0), trial(value=2.0)])
    first, second = study.get_trials(deepcopy=False)
    for each, start in ((first, 0), (second, 1)):
        each.datetime_start = datetime(2026, 1, 1) + timedelta(seconds=start)
        each.datetime_complete = each.datetime_start + timedelta(seconds=1.5)
    other = study_of([trial(value=1.0)], "tpe/p/1")
    assert any("1 study has trials that overlap" in n for n in load([study, other]).notes)
    second.datetime_start = first.datetime_complete
    assert not any("overlap" in note for note in load([study, other]).notes)


def test_studies_of_one_place_are_refused_by_name():
    studies = [study_of([trial(value=1.0)]) for _ in range(2)]
    with pytest.raises(UserError, match=r"study 'tpe/p/0' and study 'tpe/p/0' are both tpe on p"):
        load(studies)


def test_studies_without_a_repetition_are_numbered_and_long_names_cut():
    studies = [study_of([trial(value=1.0)], name) for name in ("a\n" * 200, "tpe/p", "tpe/p ")]
    found = load(studies)
    assert found.trials["repetition"].tolist() == [0, 0, 1]
    assert any(note.startswith("names of more than 100") for note in found.notes)
    assert any(note.startswith("runs whose names have no repetition") for note in found.notes)


@pytest.mark.parametrize("repetition", [-1, 1.0, True, "0", [0]])
def test_a_repetition_that_is_no_integer_is_refused(repetition):
    study = study_of([trial(value=1.0)])
    study.set_user_attr("repetition", repetition)
    with pytest.raises(UserError, match=r"study 'tpe/p/0': the user attribute 'repetition' must"):
        load(study)


def test_studies_in_memory_may_be_given_by_names_and_with_others():
    search = {"params": [{}], "mean_test_score": [0.5]}
    study = study_of([trial(value=1.0)], direction="maximize")
    found = load(
        {
            "a/p/0": study,
            "b/p/0": search,
            "c/p/0": study.trials_dataframe().assign(direction="maximize"),
        }
    )
    assert found.strategies == ("a", "b", "c")
    with pytest.raises(UserError, match=r"a list must hold studies of Optuna alone, got dict"):
        load([study, search])


def test_the_frame_of_a_study_is_read_from_csv(database, tmp_path):
    with stored(database) as storage:
        frame = optuna.load_study(study_name="tpe/svm/4", storage=storage).trials_dataframe()
    path = tmp_path / "tpe--svm--4.csv"
    frame.to_csv(path)
    found, whole = load(path), load(database).trials
    np.testing.assert_allclose(
        found.trials["value"].drop(2), whole[whole["strategy"] == "tpe"]["value"].drop(2)
    )
    assert found.trials["evaluation_s"].notna().all()
    assert found.trials["status"][2] == "failed"  # the file does not say at which step
    assert "Optuna: lower values are better, as the file does not say" in found.notes
    frame.assign(direction="maximize").to_csv(path)
    assert set(load(path).trials["direction"]) == {"maximize"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"direction": "up"}, "direction must be minimize or maximize in all rows, got 'up'"),
        ({"direction": ["minimize", "maximize"]}, "in all rows, got 'maximize, minimize'"),
        ({"number": ["a", 1]}, "each row must have an integer number"),
        ({"number": [0, inf]}, "each row must have an integer number"),
        ({"number": [0, 0.5]}, "each row must have an integer number"),
        ({"state": "RUNNING"}, r"it has studies without a finished trial \(tpe\)"),
    ],
)
def test_a_frame_that_is_damaged_is_refused(tmp_path, change, said):
    path = tmp_path / "tpe.csv"
    frame = study_of([trial(value=1.0), trial(value=2.0)]).trials_dataframe()
    frame.assign(**change).to_csv(path)
    with pytest.raises(UserError, match=said):
        load(path)
    path.write_text("number,value,state\n")
    with pytest.raises(UserError, match="must have rows"):
        load(path)
    path.write_text("number,state\n1,COMPLETE\n")
    with pytest.raises(UserError, match="must have a column value"):
        load(path)
    path.write_text("number,value,state\n0,nan,COMPLETE\n1,,FAIL\n")
    assert load(path).trials["status"].tolist() == ["failed", "failed"]


def test_a_report_on_an_address_is_written_here_and_shows_no_password(database):
    address = f"sqlite:///{database}"
    assert report_folder(look_at([address]), None, name="report").as_posix() == "study-report"
    assert (
        report_folder(look_at([str(database)]), None, name="report")
        == database.parent / "study-report"
    )
    source = source_of(look_at([address]))
    assert source.title == "study"
    assert source.datasets == {"svm": "svm", "wine": "wine-uci"}
