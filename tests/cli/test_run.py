"""The command `run`: what it says beforehand, does and tells."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from scipy import stats

from bench import registry
from bench.api.sweep_files import is_suite, sweep_files, sweep_named
from bench.spec import Entry, Sweep
from bench.store import Store


@pytest.mark.slow
def test_models_are_tuned_on_data_of_ones_own(call, on_flats):
    options = on_flats(metric="mae", problems="branin")
    output = call("run", *options).stdout
    assert output.endswith(
        "next: tunebench best results/flats\nnext: tunebench report results/flats\n"
    )
    assert "1 strategy × 3 problems × 1 repetition = 3 runs" in output
    rows = Store(Path("results/flats")).rows()
    assert set(rows["problem"]) == {"branin", "tree:flats.csv", "knn:flats.csv"}
    assert set(rows["status"]) == {"completed"}
    assert len(rows) == 6
    tuned = json.loads(Path("results/flats/sweep.json").read_text(encoding="utf-8"))["problems"]
    for entry in tuned[1:]:
        assert entry["settings"]["scoring"] == "mae"
        assert len(entry["settings"]["fingerprint"]) == 16
    assert "3 runs are there, 0 to do" in call("run", *options).stdout


@pytest.mark.slow
def test_run_says_beforehand_what_it_will_do_and_does_only_what_is_missing(call, inline, tmp_path):
    output = call("run", *inline()).output
    assert "1 strategy × 1 problem × 1 repetition = 1 run, up to 3 trials" in output
    assert "0 runs are there, 1 to do; 1 worker" in output
    assert "1 completed in " in output
    assert "efficiency" in output
    assert re.findall("next: .*", output) == ["next: tunebench report results/mine"]
    again = call("run", *inline()).output
    assert "1 run is there, 0 to do" in again
    assert "nothing to do" in again
    more = call("run", *inline(repetitions=2)).output
    assert "1 run is there, 1 to do" in more
    assert len(Store(tmp_path / "results" / "mine").rows()) == 6


@pytest.mark.slow
def test_run_tells_failures_skips_and_damage(call, inline, parts, tmp_path):
    strategies = ",".join(parts(name).name for name in ("Raises", "Declines", "Random"))
    arguments = ["run", *inline(strategies=strategies, trials=5)]
    output = call(*arguments).output
    assert "3 to do, 1 of them skipped" in output
    assert ": it does not like this space" in output
    assert "repetition 0: failed: ask raised RuntimeError: out of ideas" in output
    assert "1 completed, 1 failed, 1 skipped in " in output
    damaged = sorted((tmp_path / "results" / "mine" / "runs").glob("*.jsonl"))[0]
    damaged.write_bytes(b"garbage\n")
    output = call(*arguments).output
    assert f"{damaged.relative_to(tmp_path)} is damaged" in output
    assert "set aside in runs/damaged, its run is repeated" in output
    assert "2 runs are there, 1 to do" in output


@pytest.mark.slow
def test_runs_that_ended_as_named_are_repeated(call, inline, parts):
    arguments = ["run", *inline(strategies=parts("Raises").name, trials=5)]
    call(*arguments)
    assert "1 run is there, 0 to do" in call(*arguments, "--retry", "timeout,crashed").output
    assert "0 runs are there, 1 to do" in call(*arguments, "--retry", "failed").output
    (record,) = Store(Path("results/mine")).records()
    assert [attempt["status"] for attempt in record.header["attempts"]] == ["failed"]
    assert call(*arguments, "--retry", "all", code=2).stderr == (
        "error: '--retry' must be one or more of failed, timeout, crashed, got 'all'; "
        "for example --retry failed,crashed\n"
    )


@pytest.mark.slow
def test_options_change_what_a_sweep_file_says(call, parts, tmp_path):
    (tmp_path / "mine.toml").write_text(
        f"trials = 50\nrepetitions = 4\nstrategies = ['{parts('Random').name}']\n"
        f"problems = ['{parts('Sphere').name}']\nsuites = ['analytic']"
    )
    arguments = ["--problems", parts("Table").name, "--trials", 2, "--repetitions", 1]
    call("run", "mine.toml", *arguments, "--jobs", 1)
    sweep = Store(tmp_path / "results" / "mine").sweep()
    assert (sweep["trials"], sweep["repetitions"]) == (2, 1)
    # Problems named on the command line are all there are: the file's suites do not come on top.
    assert [entry["name"] for entry in sweep["problems"]] == [parts("Table").name]


@pytest.mark.slow
def test_run_says_beforehand_what_difference_it_could_find(call, inline):
    # The problem has no default configuration, so that there is one pair.
    few = inline(strategies="random,sobol,default", repetitions=5)
    output = call("run", *few).output
    assert "on this problem set the sweep cannot detect any difference for 1 pair" in output
    assert "5 repetitions of each problem are too few, 6 are needed" in output
    more = inline(strategies="random,sobol", repetitions=6, out="results/more")
    output = call("run", *more).output
    # 0.1 · (t at 1 − .05 / 2 + t at .8, 5 degrees of freedom) / √6
    half = stats.t.ppf([0.975, 0.8], 5).sum() * 0.1 / 6**0.5
    assert f"can detect a difference of about {half:.2g} in normalised regret" in output
    assert "corrected for 1 pair" in output
    assert "new data sets the sweep cannot detect any difference: 1 problem is too few" in output
    alone = inline(strategies="random,sobol", repetitions=1, out="results/alone")
    assert "1 repetition of each problem is too few, 6 are needed" in call("run", *alone).output


@pytest.mark.slow
def test_a_strategy_that_never_learns_is_reported_before_the_run(call, tmp_path):
    run = ["run", "--strategies", "tpe,random", "--problems", "branin", "--repetitions", "1"]
    few = [*run, "--trials", "4", "--out", str(tmp_path / "few")]
    assert (
        "tpe draws its first 10 trials at random, the whole budget of 4: it is random search here"
    ) in call(*few).output
    # With nothing to do nothing is said of what could be found out.
    assert "at random" not in call(*few).output


def test_the_quick_sweep_has_few_repetitions_of_gp_and_the_command_line_may_ask_for_fewer():
    file = sweep_files()["quick"]
    quick = Sweep.from_toml(file)
    assert {entry.name for entry in quick.strategies} >= {"default", "random", "grid", "gp", "tpe"}
    assert quick.fewer == {"gp": 3}
    assert quick.repetitions == 30
    assert sweep_named("quick", {"repetitions": 2}).fewer == {}
    assert sweep_named("quick", {"repetitions": 4}).fewer == {"gp": 3}


def test_a_suite_stands_for_a_sweep_on_its_problems(call, tmp_path, monkeypatch):
    problems = registry.suites()["functions"].problems
    sweep = sweep_named("functions", {"strategies": (Entry("random"),), "trials": 2})
    assert (sweep.name, sweep.suites, sweep.trials) == ("functions", ("functions",), 2)
    both = sweep_named("functions", {"strategies": (Entry("random"),), "suites": ("resources",)})
    assert both.suites == ("functions", "resources")
    few = ["--strategies", "random", "--trials", 1, "--repetitions", 1, "--jobs", 1]
    output = call("run", "functions", *few).output
    assert f"functions: 1 strategy × {len(problems)} problems × 1 repetition" in output
    assert "next: tunebench report results/functions" in output
    refused = call("run", "functions", code=2)
    assert "a suite needs strategies, got none for 'functions'; for example" in refused.stderr


def test_a_file_comes_before_a_suite_of_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert is_suite("functions")
    assert not is_suite("quick")
    # Both a sweep and a suite are called so: the sweep is meant.
    assert "standard-lite" in registry.suites()
    assert not is_suite("standard-lite")
    Path("functions").write_text('strategies = ["tpe"]\nproblems = ["branin"]\n', "utf-8")
    assert [entry.name for entry in sweep_named("functions", {}).strategies] == ["tpe"]


def test_simulated_workers_are_no_processes(call, inline):
    output = call("run", *inline(), "--simulated-workers", 4).output
    assert "\n4 simulated workers in each run of test-random\n" in output
    assert "; 1 worker\n" in output
    assert Store(Path("results/mine")).sweep()["workers"] == 4
    batches = [*inline(out="results/batches"), "--simulated-workers", 2, "--synchronous"]
    output = call("run", *batches).output
    assert "2 simulated workers in each run of test-random, which evaluates in batches" in output
    sweep = Store(Path("results/batches")).sweep()
    assert (sweep["workers"], sweep["synchronous"]) == (2, True)
    assert "simulated" not in call("run", *inline(out="results/one")).output


@pytest.mark.slow
def test_a_shard_does_its_part_in_a_folder_of_its_own(call, parts_file, tmp_path):
    toml = tmp_path / "mine.toml"
    toml.write_text(
        f"trials = 2\nrepetitions = 3\nstrategies = ['{parts_file('Random').name}']\n"
        f"problems = ['{parts_file('Sphere').name}']"
    )
    output = call("run", "mine.toml", "--shard", "2/2", "--jobs", 1).stdout
    assert "= 3 runs, of which shard 2/2 has 1, up to 2 trials, in results/mine-2-of-2" in output
    assert "1 completed" in output
    assert output.endswith(
        "\nnext, of all shards: tunebench merge results/mine-*-of-2 --out results/mine\n"
    )
    assert "1 run is there, 0 to do" in call("run", "mine.toml", "--shard", "2/2").stdout
    call("run", "mine.toml", "--shard", "1/2", "--jobs", 1)
    folders = ["results/mine-1-of-2", "results/mine-2-of-2"]
    assert call("merge", *folders, "--out", "results/mine").stdout == (
        "3 of 3 runs in results/mine: 3 completed\nnext: tunebench report results/mine\n"
    )
    assert "3 runs are there, 0 to do" in call("run", "mine.toml").stdout
    output = call("merge", folders[0], "--out", "results/half").stdout
    assert "1 run is missing (no folder has shard 2/2): " in output
    assert "2 of 3 runs in results/half: 2 completed" in output
    refused = call("merge", *folders, "--out", "results/mine", code=2).stderr
    assert refused == (
        "error: results are merged into a new folder, results/mine exists; name another one, or "
        "remove it (--out)\n"
    )
    refused = call("run", "mine.toml", "--shard", "3/2", code=2).stderr
    assert refused == (
        "error: '--shard' must be I/N with I from 1 to N and N at most 10,000, got '3/2'; "
        "for example --shard 3/10\n"
    )
