"""What is written for Optuna."""

from __future__ import annotations

import json

import optuna
import pandas as pd
import pytest
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from bench.api.result import load
from bench.errors import UserError
from bench.exchange import optuna_journal
from bench.sources.source import from_folder
from bench.sources.tidy import from_frame
from bench.spec import Entry
from bench.testing.sweeps import make_sweep, run_here


def studies(given, folder):
    """Write a source and return name -> study, as a new process would read it."""
    exported = optuna_journal.write(given, folder)
    storage = optuna.storages.JournalStorage(JournalFileBackend(str(folder / optuna_journal.FILE)))
    names = optuna.get_all_study_names(storage)
    return {name: optuna.load_study(study_name=name, storage=storage) for name in names}, exported


@pytest.fixture(scope="module")
def written(mixed, tmp_path_factory):
    return studies(mixed, tmp_path_factory.mktemp("optuna"))


def test_a_study_for_each_run_says_where_it_belongs(mixed, written):
    found, exported = written
    assert exported.what == f"{len(mixed.runs)} studies in journal.log"
    for _, run in mixed.runs.iterrows():
        study = found[f"{run['strategy']}/{run['problem']}/{run['repetition']}"]
        attributes = study.user_attrs
        assert [attributes[name] for name in ("strategy", "problem", "repetition")] == [
            run["strategy"],
            run["problem"],
            run["repetition"],
        ]
        assert study.direction.name.lower() == run["direction"]
        assert attributes["tunebench:run"] == run["run"]


def test_trials_have_values_parameters_and_states(mixed, written):
    for study in written[0].values():
        kept = mixed.trials["run"] == study.user_attrs["tunebench:run"]
        rows = mixed.trials[kept].sort_values("trial_number")
        for trial, row in zip(study.trials, rows.to_dict("records"), strict=True):
            assert trial.params == json.loads(row["config"])
            if row["status"] == "completed":
                assert (trial.state, trial.value) == (TrialState.COMPLETE, row["value"])
            else:
                assert (trial.state, trial.values) == (TrialState.FAIL, None)
                assert trial.user_attrs["tunebench:reason"] == row["reason"]
            took = (trial.datetime_complete - trial.datetime_start).total_seconds()
            assert took == pytest.approx(row["finished_s"] - row["started_s"], abs=2e-6)


def test_ranges_of_an_unknown_problem_are_those_of_the_values_tried(mixed, written):
    found, exported = written
    assert any(line.endswith("as it was: Accuracy, Flaky, Tree") for line in exported.lines)
    rows = mixed.trials[mixed.trials["problem"] == "Tree"]["config"].map(json.loads)
    widths = [config["width"] for config in rows if "width" in config]
    trials = [t for s in found.values() if s.user_attrs["problem"] == "Tree" for t in s.trials]
    ranges = {repr(t.distributions["width"]) for t in trials if "width" in t.params}
    wanted = optuna.distributions.FloatDistribution(min(widths), max(widths))
    assert ranges == {repr(wanted)}


def test_ranges_of_our_problems_are_those_of_their_space(tmp_path):
    names = ["conditional-models", "log-valley", "mixed-quadratic", "table-rbf-svm-friedman"]
    run_here(
        make_sweep([Entry("random")], [Entry(name) for name in names], repetitions=1, trials=12),
        tmp_path / "results",
    )
    given = from_folder(tmp_path / "results", command="c")
    found, exported = studies(given, tmp_path)
    assert not any("ranges" in line for line in exported.lines)
    for study in found.values():
        assert len(study.trials) == 12
    (valley,) = (s for n, s in found.items() if "log-valley" in n)
    assert all(d.log for d in valley.trials[0].distributions.values())
    (conditional,) = (s for n, s in found.items() if "conditional" in n)
    assert len({tuple(trial.params) for trial in conditional.trials}) > 1
    (table,) = (s for n, s in found.items() if "friedman" in n)
    assert table.user_attrs["dataset"] == "friedman"


def test_a_trial_of_lower_fidelity_is_pruned_after_its_steps(cheaper, tmp_path):
    found, exported = studies(cheaper, tmp_path)
    trials = [t for s in found.values() for t in s.trials]
    pruned = [t for t in trials if t.state == TrialState.PRUNED]
    lower = cheaper.trials[cheaper.trials["fidelity"] < 1]
    assert len(pruned) == len(lower) > 0
    for trial in trials:
        (step,) = trial.intermediate_values
        assert step == 10 * trial.user_attrs.get("fidelity", 1.0)
    assert any("state PRUNED, with their steps" in line for line in exported.lines)


@pytest.mark.parametrize("name", ["mixed", "cheaper"])
def test_what_is_written_is_read_back(name, request, tmp_path):
    given = request.getfixturevalue(name)
    found = load(list(studies(given, tmp_path)[0].values()))
    keys = ["strategy", "problem", "repetition", "trial_number"]
    columns = [*keys, "value", "fidelity", "direction"]
    there, wanted = (
        rows[columns]
        .astype({"strategy": str, "problem": str, "direction": str, "trial_number": int})
        .sort_values(keys, ignore_index=True)
        for rows in (found.trials, given.trials)
    )
    pd.testing.assert_frame_equal(there, wanted, check_exact=True)


def test_a_table_without_parameters_gives_studies_without_them(tmp_path):
    rows = [("tpe", "p", 0, n, value) for n, value in enumerate([3.0, None, 1.0])]
    names = ["strategy", "problem", "repetition", "trial_number", "value"]
    frame = pd.DataFrame(rows, columns=names)
    given = from_frame(frame, called="frame", title="t", command="c")
    found, exported = studies(given, tmp_path)
    assert [trial.value for trial in found["tpe/p/0"].trials] == [3.0, None, 1.0]
    assert "trials have no parameters, since these results hold none" in exported.lines


def test_too_many_trials_are_refused(mixed, tmp_path, monkeypatch):
    monkeypatch.setattr(optuna_journal, "MAX_TRIALS", 10)
    with pytest.raises(UserError, match="may have 10 trials"):
        optuna_journal.write(mixed, tmp_path)


def test_a_journal_is_written_in_pieces(mixed, tmp_path, monkeypatch):
    monkeypatch.setattr(optuna_journal, "MAX_LINES_HELD", 7)
    found, _ = studies(mixed, tmp_path)
    assert sum(len(study.trials) for study in found.values()) == len(mixed.trials)
