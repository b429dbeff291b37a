"""A sweep done from Python: in this process, by workers, in a folder."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import tunebench as tb
from bench import Budget, registry
from bench.cli import main
from bench.errors import UserError
from bench.sources.source import looks_of
from bench.store import Store
from bench.testing.toys import Random, Sphere
from strategies.tpe import TPE

KEYS = ["strategy", "problem", "repetition", "trial_number"]
SMALL: dict[str, Any] = {"trials": 5, "repetitions": 2, "progress": False}


@dataclass
class Middle(tb.Strategy):
    """Suggests a quantile of each parameter, again and again."""

    quantile: float = 0.5

    name = "middle"

    def start(self, space: tb.SearchSpace, *, seed: int, budget: Budget) -> None:
        self.config = {k: d.from_unit(self.quantile) for k, d in space.parameters.items()}

    def ask(self) -> tb.Suggestion:
        return tb.Suggestion(self.config)

    def tell(self, trial: tb.Trial) -> None:
        pass


class Nameless(tb.Strategy):
    """Has no name, as somebody's first strategy may have none."""

    def start(self, space: tb.SearchSpace, *, seed: int, budget: Budget) -> None:
        pass

    def ask(self) -> None:
        return None

    def tell(self, trial: tb.Trial) -> None:
        pass


def line(x: float) -> float:
    return 2 * x + 1


def values(result: tb.Result) -> pd.DataFrame:
    return result.trials[[*KEYS, "value", "config"]].sort_values(KEYS, ignore_index=True)


def test_an_object_is_evaluated_where_it_suggests():
    problem = tb.problem(line, space={"x": (0.0, 8.0)})
    result = tb.run(strategies=[Middle(), Middle(0.25)][:1], problems=[problem], **SMALL)
    assert result.strategies == ("middle",)
    assert result.problems == ("line",)
    assert set(result.trials["value"]) == {9.0}
    assert len(result.trials) == 10


def test_a_mapping_gives_labels():
    problem = tb.problem(line, space={"x": (0.0, 8.0)})
    made = {"half": Middle(), "quarter": Middle(0.25), "any": "random"}
    result = tb.run(strategies=made, problems={"a": problem, "b": "branin"}, **SMALL)
    assert result.strategies == ("half", "quarter", "any")
    assert result.problems == ("a", "b")
    ours = result.trials[result.trials["problem"] == "a"].groupby("strategy", observed=True)
    assert ours["value"].max()["quarter"] == 5.0


def test_names_give_what_the_command_line_gives(tmp_path):
    result = tb.run(strategies=["random", "tpe"], problems=["branin", "svm:wine"], **SMALL)
    arguments = ["run", "--strategies", "random,tpe", "--problems", "branin,svm:wine"]
    arguments += ["--trials", "5", "--repetitions", "2", "--out", str(tmp_path / "r")]
    assert CliRunner().invoke(main, [*arguments, "--jobs", "1"]).exit_code == 0
    pd.testing.assert_frame_equal(values(result), values(tb.load(tmp_path / "r")))


def test_the_shards_of_a_call_are_the_call():
    sweep: dict[str, Any] = {"strategies": ["random", "sobol"], "problems": "branin", **SMALL}
    whole = tb.run(**sweep)
    parts = [tb.run(**sweep, shard=f"{number}/3") for number in (1, 2, 3)]
    assert [len(part.runs) for part in parts] == [2, 1, 1]
    found = pd.concat([values(part) for part in parts])
    columns = ["strategy", "problem", "repetition", "trial_number"]
    pd.testing.assert_frame_equal(
        *(frame.astype({"strategy": str, "problem": str}).sort_values(columns, ignore_index=True)
          for frame in (found, values(whole)))
    )  # fmt: skip
    with pytest.raises(UserError, match="'shard' must be I/N"):
        tb.run(**sweep, shard="0/3")


def test_an_object_of_the_catalog_is_the_run_of_its_name():
    by_name = tb.run(strategies={"tpe": "tpe"}, problems="branin", **SMALL)
    by_object = tb.run(strategies=TPE(), problems="branin", **SMALL)
    assert list(by_name.runs["run"]) == list(by_object.runs["run"])
    assert by_object.notes == by_name.notes


@pytest.mark.slow
def test_workers_measure_objects_as_this_process_does():
    offset = 3.0
    problem = tb.problem(lambda x, y: (x - offset) ** 2 + y, space={"x": (0, 9), "y": (0.0, 1.0)})
    sweep: dict[str, Any] = {"strategies": [Middle(), "random"], "problems": problem, **SMALL}
    here, there = tb.run(**sweep), tb.run(**sweep, jobs=2)
    pd.testing.assert_frame_equal(values(here), values(there))
    assert list(here.runs["run"].sort_values()) == list(there.runs["run"].sort_values())


def test_runs_of_objects_say_that_they_cannot_be_resumed():
    result = tb.run(strategies=Middle(), problems="branin", **SMALL)
    assert any("cannot be resumed" in note and "middle" in note for note in result.notes)
    assert set(result.runs["strategy_name"]) == {"in-memory object:middle"}


def test_what_is_to_be_repeated_is_a_status():
    for retry in ("all", ["failed", "skipped"], True):
        with pytest.raises(UserError, match="'retry' must be "):
            tb.run(strategies="random", problems="branin", retry=retry, **SMALL)  # type: ignore[arg-type]


def test_a_shard_is_a_text():
    with pytest.raises(UserError, match="'shard' must be a text such as '3/10', got 3"):
        tb.run(strategies="random", problems="branin", shard=3, **SMALL)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_folder_is_gone_on_with_and_refuses_objects(tmp_path):
    sweep: dict[str, Any] = {"strategies": "random", "problems": "branin", "progress": False}
    first = tb.run(**sweep, trials=5, repetitions=1, out=tmp_path / "r", jobs=1)
    more = tb.run(**sweep, trials=5, repetitions=2, out=tmp_path / "r", jobs=1)
    assert set(first.runs["run"]) < set(more.runs["run"])
    begun = first.trials["evaluation_s"].tolist()
    assert more.trials["evaluation_s"].tolist()[:5] == begun
    with pytest.raises(tb.UserError, match="cannot be resumed"):
        tb.run(strategies=Middle(), problems="branin", out=tmp_path / "r")


def test_a_sweep_of_the_package_or_a_file_is_changed_by_arguments(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('strategies = ["random"]\nproblems = ["branin"]\ntrials = 9\nrepetitions = 1')
    result = tb.run(file, trials=3, progress=False)
    assert len(result.trials) == 3
    assert "mine" in repr(result)
    with pytest.raises(tb.UserError, match="quick"):
        tb.run("no-such-sweep")


@pytest.mark.parametrize(
    ("strategies", "problems", "words"),
    [
        ([Middle(), Middle(0.1)], "branin", ["label", "middle"]),
        (Middle, "branin", ["class", "Middle()"]),
        ("random", line, ["space", "tb.problem"]),
        ("random", Middle(), ["problems"]),
        (Nameless(), "branin", ["Nameless", 'name = "nameless"']),
        (3, "branin", ["strategies", "3"]),
        ("randon", "branin", ["randon", "random"]),
        ("random", [tb.problem(line, space={"x": (0, 1)}), tb.problem(line, space={"x": (0, 2)})],
         ["label", "line"]),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_refused(strategies, problems, words):
    with pytest.raises(tb.UserError) as refused:
        tb.run(strategies=strategies, problems=problems, **SMALL)
    assert all(word in str(refused.value) for word in words)


def test_a_run_needs_something_to_do():
    with pytest.raises(tb.UserError, match="strategies"):
        tb.run(trials=3)


def test_what_fails_is_recorded_with_its_reason():
    def half(x):
        if x > 4:
            raise OSError("too far")
        return x

    problem = tb.problem(half, space={"x": (0.0, 8.0)})
    made = {"low": Middle(0.25), "high": Middle(0.75)}
    trials = tb.run(strategies=made, problems=problem, **SMALL).trials
    assert set(trials.loc[trials["strategy"] == "low", "status"]) == {"completed"}
    high = trials[trials["strategy"] == "high"]
    assert set(high["status"]) == {"failed"}
    assert set(high["reason"]) == {"OSError: too far"}


def test_a_result_says_why_trials_failed():
    def never(x):
        raise OSError("too far" if x > 2 else "too <near>")

    problem = tb.problem(never, space={"x": (0.0, 8.0)})
    made = {"low": Middle(0.125), "middle": Middle(), "high": Middle(0.75)}
    result = tb.run(strategies=made, problems=problem, **SMALL)
    line = "30 trials on never failed; the most frequent reason: OSError: too far"
    assert line in result.notes
    assert line in repr(result).splitlines()
    assert f"<p>{line}</p>" in result._repr_html_()
    with pytest.raises(tb.UserError, match="in its notes"):
        result.plot()
    assert not tb.run(strategies="random", problems="branin", **SMALL).notes


@pytest.mark.parametrize("jobs", [0, -1, 1.5, True, "2"])
def test_workers_are_counted(jobs):
    with pytest.raises(tb.UserError, match="'jobs' must be an integer, 1 or more"):
        tb.run(strategies="random", problems="branin", jobs=jobs, **SMALL)


def test_objects_keep_nothing_of_an_earlier_run():
    given = Random()
    tb.run(strategies=given, problems=Sphere(), **SMALL)
    assert vars(given) == vars(Random())


@pytest.mark.slow
def test_a_time_limit_ends_a_run_of_an_object():
    def waits(x):
        import time

        time.sleep(60)

    problem = tb.problem(waits, space={"x": (0.0, 1.0)})
    sweep: dict[str, Any] = SMALL | {"repetitions": 1, "run_timeout": 0.5}
    result = tb.run(strategies="random", problems=problem, **sweep)
    assert list(result.runs["status"]) == ["timeout"]


def test_ctrl_c_ends_a_run_in_this_process():
    def stop(x):
        raise KeyboardInterrupt

    problem = tb.problem(stop, space={"x": (0.0, 1.0)})
    with pytest.raises(KeyboardInterrupt):
        tb.run(strategies="random", problems=problem, **SMALL)


def test_an_object_is_measured_against_recorded_results(tmp_path):
    sweep: dict[str, Any] = {"strategies": ["random", "default"], "problems": "branin", **SMALL}
    theirs = tb.run(**sweep, seed=3).save(tmp_path / "theirs")
    result = tb.run(strategies=Middle(), against=theirs, progress=False)
    assert result.strategies == ("random", "default", "middle")
    seeds = result.runs.groupby("repetition")["problem_seed"].nunique()
    assert seeds.tolist() == [1, 1]
    assert len(result.runs) == 6
    assert any("middle from run" in note for note in result.notes)
    assert any("cannot be resumed" in note for note in result.notes)
    with pytest.raises(tb.UserError, match="'trials' must be that of"):
        tb.run(strategies=Middle(), against=theirs, trials=7)
    with pytest.raises(tb.UserError, match="it has 'random'"):
        tb.run(strategies="random", against=theirs)


def test_a_suite_is_measured_against_recorded_results(tmp_path):
    theirs = tmp_path / "theirs"
    tb.run("functions", strategies="random", trials=3, repetitions=1, out=theirs, progress=False)
    # Trials, repetitions and seed are theirs; the problems are those of the suite.
    result = tb.run("functions", strategies=Middle(), against=theirs, progress=False)
    problems = registry.suites()["functions"].problems
    assert set(result.trials["problem"].astype(str)) == set(problems)
    assert len(result.trials) == 2 * 3 * len(problems)


@pytest.mark.slow
def test_a_cluster_gives_the_values_of_this_process(tmp_path):
    pytest.importorskip("distributed")
    sweep: dict[str, Any] = {"strategies": ["random", "tpe"], "problems": "branin", **SMALL}
    here = values(tb.run(**sweep))
    pd.testing.assert_frame_equal(values(tb.run(**sweep, cluster="local:2")), here)
    logging.getLogger("distributed").setLevel(logging.ERROR)
    there = tb.run(**sweep, cluster="local:2", out=tmp_path / "r")
    pd.testing.assert_frame_equal(values(there), here)
    # What Dask logs in a program of one's own is nobody else's business.
    assert logging.getLogger("distributed").level == logging.ERROR


def test_a_cluster_takes_no_objects_and_no_jobs():
    pytest.importorskip("distributed")
    with pytest.raises(UserError, match=r"got objects for middle; name their class as 'path"):
        tb.run(strategies=Middle(), problems="branin", cluster="local:2", **SMALL)
    with pytest.raises(UserError, match="'jobs' must be left out with a cluster"):
        tb.run(strategies="random", problems="branin", cluster="local:2", jobs=2, **SMALL)


def test_strategies_stop_when_they_are_settled_and_saving_keeps_it(tmp_path):
    result = tb.run(
        strategies=["random", "sobol", "default"], problems=["branin", "levy", "rastrigin"],
        trials=6, repetitions=15, stop_when_decided=True, progress=False,
    )  # fmt: skip
    assert "after 5 of 15 repetitions: random, sobol and default go on" in result.notes
    looks = result.part.looks
    assert looks is not None
    assert set(looks.stopped) == {"default"}
    assert len(result.runs) == 3 * (15 + 15 + looks.stopped["default"])
    result.save(tmp_path / "kept")
    assert looks_of(Store(tmp_path / "kept")) == looks
    assert tb.load(tmp_path / "kept").verdict == result.verdict
    with pytest.raises(UserError, match="must be left out with a shard"):
        tb.run("smoke", shard="1/2", stop_when_decided=True, progress=False)
