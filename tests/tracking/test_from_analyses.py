"""The map of a whole sweep: numbers by hand, and those of the report."""

import pytest

from bench.analyses import Analyses
from bench.curves.leaderboard import leaderboard
from bench.sources.source import from_folder
from bench.tracking import from_analyses
from bench.tracking.from_records import pair_key, run_key


@pytest.fixture
def found(make_sweep, run_here, tmp_path):
    sweep = make_sweep(["Random", "Climber", "Raises"], ["Sphere", "Flaky"], repetitions=3)
    run_here(sweep, tmp_path / "results")
    source = from_folder(tmp_path / "results", command="x")
    return Analyses(source, trials=None, rope=0.01)


def test_a_pair_has_the_means_over_its_repetitions_and_the_numbers_of_the_report(found):
    items = {item.key: item for item in from_analyses.pairs(found, "t")}
    assert len(items) == 6
    item = items[pair_key("Random", "Sphere")]
    panel = next(panel for panel in found.panels if panel.problem == "Sphere")
    trials = found.source.trials
    mine = trials[(trials["strategy"] == "Random") & (trials["problem"] == "Sphere")]
    by_step = mine.pivot_table(index="trial_number", columns="repetition", values="value")
    assert item.series["best_value"].steps == list(range(1, 9))
    assert item.series["best_value"].values == pytest.approx(
        by_step.cummin().mean(axis=1).tolist(), rel=1e-9
    )
    row = leaderboard([panel]).set_index("strategy").loc["Random"]
    assert item.series["regret"].values[-1] == pytest.approx(row["mean"])
    assert item.series["regret_low"].values[-1] == pytest.approx(row["mean_low"])
    assert item.metrics["rank"] == row["rank"]
    board = found.board.set_index("strategy").loc["Random"]
    assert item.metrics["mean_rank"] == board["rank"]
    assert item.metrics["mean_rank_high"] == board["rank_high"]
    assert item.metrics["final_value"] == pytest.approx(by_step.min().median())


def test_a_pair_counts_its_failed_trials_and_has_its_best_configuration(found):
    items = {item.key: item for item in from_analyses.pairs(found, "t")}
    item = items[pair_key("Random", "Flaky")]
    trials = found.source.trials
    mine = trials[(trials["strategy"] == "Random") & (trials["problem"] == "Flaky")]
    failed = int((mine["status"] != "completed").sum())
    assert failed > 0
    assert item.metrics["failed_trials"] == failed
    assert item.tags["failed_trials"] == str(failed)
    best = found.best.set_index(["strategy", "problem"]).loc["Random", "Flaky"]
    assert item.tags["best_config"] == best["config"]
    assert all(name.startswith("best.") for name in item.params)
    assert item.params
    assert item.files["trials.csv"].decode().count("\n") == len(mine) + 1


def test_a_run_has_its_regret(found):
    items = {item.key: item for item in from_analyses.regrets(found, "t")}
    runs = found.source.runs.set_index(["strategy", "problem", "repetition"])
    item = items[run_key(runs.loc[("Climber", "Sphere", 1), "run"])]
    panel = next(panel for panel in found.panels if panel.problem == "Sphere")
    place = panel.strategies.index("Climber"), panel.repetitions.tolist().index(1)
    assert item.series["regret"].values == panel.regret[place].tolist()
    assert item.parent == pair_key("Climber", "Sphere")


def test_a_failed_run_stays_failed_when_its_regret_comes(found):
    items = {item.key: item for item in from_analyses.regrets(found, "t")}
    runs = found.source.runs.set_index(["strategy", "problem", "repetition"])
    assert items[run_key(runs.loc[("Raises", "Sphere", 0), "run"])].state == "failed"


def test_a_sweep_has_its_verdict_its_tables_and_its_figures(found):
    item = from_analyses.sweep(found, "sweep: tiny", "t")
    assert set(item.files) == {
        "trials.parquet", "runs.csv", "runs.parquet", "leaderboard.csv", "regret.png",
        "mean-rank.png",
    }  # fmt: skip
    assert item.files["regret.png"].startswith(b"\x89PNG")
    assert found.verdict.sentences[0].split()[0] in item.note
    assert item.metrics["n_runs"] == len(found.source.runs)
    assert item.state == "finished"


def test_where_no_trial_completed_there_are_counts_only(make_sweep, run_here, tmp_path, parts):
    run_here(make_sweep([parts("Raises", after=0)], ["Sphere"]), tmp_path / "results")
    none = Analyses(from_folder(tmp_path / "results", command="x"), trials=None, rope=0.01)
    items = list(from_analyses.pairs(none, "t"))
    assert [dict(item.series) for item in items] == [{}]
    assert items[0].metrics["n_runs"] == 2
    assert from_analyses.sweep(none, "s", "t").note == ""


def test_no_spreadsheet_takes_a_label_for_a_formula(make_sweep, run_here, tmp_path, parts):
    run_here(make_sweep([parts("Random", "=1+1")], ["Sphere"]), tmp_path / "results")
    made = Analyses(from_folder(tmp_path / "results", command="x"), trials=None, rope=0.01)
    (item,) = from_analyses.pairs(made, "t")
    text = item.files["trials.csv"].decode()
    assert "'=1+1" in text
    assert ",=1+1" not in text
    assert not text.startswith("=")
