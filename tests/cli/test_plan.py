"""The command `plan`: what a sweep takes, proposals, and the command that does it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.cli import main
from bench.cli.plan import Duration
from bench.spec import Entry, Sweep
from bench.store import Store


@pytest.fixture
def planned(call, inline, parts_file, run_here, tmp_path):
    """Plan a sweep of which a pilot has been run already."""
    strategies = Entry("random"), Entry("sobol")
    problems = (Entry(parts_file("Sphere").name),)
    done = Sweep("mine", strategies, problems, trials=3, repetitions=2)
    run_here(done, tmp_path / "results" / "mine")
    return lambda *more, **change: (
        call(
            "plan", *inline(**({"strategies": "random,sobol", "repetitions": 8} | change)), *more
        ).stdout
    )


@pytest.mark.slow
def test_a_pilot_runs_once_and_its_runs_count(call, inline):
    options = inline(strategies="random,sobol", repetitions=8)
    first = call("plan", *options).stdout
    assert "2 strategies × 1 problem × 8 repetitions = 16 runs" in first
    assert "\npilot: 4 runs of them, which count\n" in first
    assert "\n12 runs are left: " in first
    again = call("plan", *options).stdout
    assert "4 runs are there, 12 to do" in again
    assert "\npilot: " not in again
    # Nothing but what is said of the pilot differs.
    assert again.partition("12 runs are left")[2] == first.partition("12 runs are left")[2]
    assert "4 runs are there, 12 to do" in call("run", *options).stdout
    done = call("plan", *options).stdout
    assert "\nno run is left to do\n" in done


def test_the_effort_is_shown_by_strategy_problem_and_repetitions(planned):
    lines = planned().splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith("12 runs are left"))
    assert re.fullmatch(
        r"12 runs are left: \S+ \S+ \(.+ to .+\) with 1 worker; \S+ \S+ \(.+ to .+\) of computing; "
        r"\S+ kB on disk",
        lines[place],
    )
    names = [line.split()[0] for line in lines[place + 1 : place + 6]]
    assert (names[0], set(names[1:3]), names[3]) == ("strategy", {"random", "sobol"}, "problem")
    rows = lines[place + 6 : place + 13]
    assert [row.split()[0] for row in rows] == [
        "repetitions",
        "5",
        "8",
        "10",
        "20",
        "30",
        "50",
        "100",
    ][:7]
    assert rows[1].endswith("none")
    assert rows[2].endswith("(this sweep)")


@pytest.mark.slow
def test_the_next_command_is_the_sweep_that_was_planned(planned, call):
    command = shlex.split(planned().splitlines()[-1].removeprefix("next: "))
    assert command[:2] == ["tunebench", "run"]
    assert "4 runs are there, 12 to do" in call(*command[1:]).stdout
    assert len(Store(Path("results/mine")).rows()) == 16 * 3


@pytest.mark.slow
def test_flags_and_a_named_sweep_are_in_the_next_command(call, tmp_path, parts):
    (tmp_path / "mine.toml").write_text(
        f"strategies = ['random']\nproblems = ['{parts('Sphere').name}']\nrepetitions = 2"
    )
    options = ["--trials", 3, "--simulated-workers", 2, "--synchronous", "--jobs", 1]
    output = call("plan", "mine.toml", *options, "--within", "1h").stdout
    assert output.splitlines()[-1] == (
        "next: tunebench run mine.toml --trials 3 --repetitions 10000 --simulated-workers 2 "
        "--synchronous --jobs 1"
    )


def test_repetitions_are_proposed_for_a_time_and_a_difference(planned):
    lines = planned("--detect", "0.1", "--within", "2h").splitlines()
    assert lines[-3].startswith("within this time: 10,000 repetitions, ")
    # Student's t with 9 degrees of freedom: 10 repetitions detect a little more than 0.1.
    found = re.fullmatch(r"to detect this difference: (\d+) repetitions, .*, .* 0\.\d+", lines[-2])
    assert found
    assert f" --repetitions {found[1]} " in f"{lines[-1]} "


def test_what_cannot_be_proposed_is_said(planned):
    lines = planned("--detect", "0.000001", "--within", "0.000001s").splitlines()
    # What is there takes no time.
    assert lines[-3].startswith("within this time: 2 repetitions, 0 s, ")
    assert lines[-2] == "to detect this difference: more than 10,000 repetitions are needed"


@pytest.mark.slow
def test_a_time_that_one_repetition_exceeds_is_refused_with_what_it_takes(call, inline, parts):
    names = {
        "strategies": "random,sobol,halton",
        "problems": ",".join(parts(name).name for name in ("Sphere", "Flaky", "Accuracy")),
    }
    lines = call("plan", *inline(**names), "--within", "0.000001s").stdout.splitlines()
    assert lines[-2].startswith("within this time: no repetition, since one takes ")
    assert "--repetitions 1 " in lines[-1]


def test_json_is_all_that_is_printed(planned):
    found = json.loads(planned("--json", "--detect", "0.1"))
    assert (found["runs"], found["jobs"]) == (12, 1)
    expected, low, high = found["wall_s"]
    assert 0 < low <= expected <= high
    assert {label: part["runs"] for label, part in found["strategies"].items()} == {
        "random": 6,
        "sobol": 6,
    }
    (problem,) = found["problems"].values()
    assert problem["runs"] == 12
    total = sum(part["computing_s"][0] for part in found["strategies"].values())
    assert total == pytest.approx(found["computing_s"][0])
    assert found["bytes"] > 0
    choices = {row["repetitions"]: row for row in found["repetitions"]}
    assert sorted(choices) == [5, 8, 10, 20, 30, 50, 100]
    assert choices[5]["detectable"] is None
    assert choices[100]["detectable"] < choices[8]["detectable"]
    assert found["proposals"] == {"detect": pytest.approx(10, abs=3)}


@pytest.mark.slow
def test_json_is_all_that_is_printed_of_a_pilot(call, inline):
    found = call("plan", *inline(repetitions=4), "--json")
    assert found.stdout.startswith("{")
    assert json.loads(found.stdout)["runs"] == 2
    assert "pilot: 2 runs of them, which count" in found.stderr


@pytest.mark.slow
def test_failures_skips_and_damage_are_reported(call, inline, parts, tmp_path):
    strategies = ",".join(parts(name).name for name in ("Raises", "Declines", "Random"))
    options = inline(strategies=strategies, trials=5, repetitions=3)
    output = call("plan", *options).stdout
    assert "it does not like this space" in output
    assert ": failed: ask raised RuntimeError: out of ideas" in output
    assert "\n5 runs are left" in output or "\n2 runs are left" in output
    runs = tmp_path / "results" / "mine" / "runs"
    damaged = sorted(runs.glob("*.jsonl"))[0]
    damaged.write_bytes(b"garbage\n")
    output = call("plan", *options).stdout
    assert "set aside in runs/damaged, its run is repeated" in output
    assert "pilot: 1 run of them" in output
    assert (runs / "damaged").is_dir()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("30min", 1800), ("2h", 7200), ("1.5d", 129_600), ("45", 45), ("2 h", 7200)],
)
def test_a_time_has_a_unit(text, seconds):
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["2 hours", "-5s", "0h", "h", "1e3", "nan", "999999999d", ""])
def test_what_is_no_time_is_refused(tmp_path, text):
    result = CliRunner().invoke(main, ["plan", "quick", "--within", text])
    assert result.exit_code == 2
    assert "is not a time; for example 90s, 30min, 2h or 1.5d" in result.output


@pytest.mark.parametrize("value", ["0", "-1", "nan"])
def test_a_difference_is_above_0(value):
    result = CliRunner().invoke(main, ["plan", "quick", "--detect", value])
    assert result.exit_code == 2
    assert "--detect" in result.output


def test_a_plan_without_a_sweep_is_refused(call):
    assert "needs a sweep or --strategies and --problems" in call("plan", code=2).output


@pytest.mark.parametrize("more", [[], ["--shard", "1/2"]])
def test_a_plan_leaves_the_sweep_of_the_folder_as_it_was(call, inline, tmp_path, more):
    call("run", *inline(repetitions=2), *more)
    before = (tmp_path / "results" / "mine" / "sweep.json").read_bytes()
    call("plan", *inline(trials=5))
    assert (tmp_path / "results" / "mine" / "sweep.json").read_bytes() == before
