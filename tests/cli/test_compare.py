import json
import re
import shutil

import pandas as pd
import pytest
from click.testing import CliRunner

from bench.cli import main
from bench.inference.compare import Comparison
from bench.prose.change import in_words
from bench.spec import Entry


@pytest.fixture
def call():
    def invoke(*arguments, code):
        result = CliRunner().invoke(main, ["compare", *map(str, arguments)])
        assert result.exit_code == code, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return invoke


@pytest.fixture
def made(make_sweep, run_here, tmp_path):
    """A folder with a sweep of a strategy, called mine, and of random."""

    def make(name, strategy, *, problems=("sphere",), **values):
        options = {"trials": 10, "repetitions": 8} | values
        sweep = make_sweep(
            [Entry(strategy, "mine"), Entry("random")],
            [Entry(problem) for problem in problems],
            **options,
        )
        return run_here(sweep, tmp_path / name).folder

    return make


@pytest.mark.slow
def test_the_same_strategy_is_equivalent(call, made):
    a, b = made("a", "random"), made("b", "random")
    lines = call(a, b, code=0).stdout.splitlines()
    assert lines[0] == "mine    equivalent: identical in 1 problem, 8 pairs of runs"
    assert lines[1] == "random  equivalent: identical in 1 problem, 8 pairs of runs"
    assert lines[2].startswith("The overall outcome is equivalent after 10 trials.")


@pytest.mark.slow
def test_worse_one_way_and_better_the_other(call, made):
    a, b = made("a", "tpe", trials=40), made("b", "default", trials=40)
    lines = call(a, b, code=1).stdout.splitlines()
    assert re.match(r"mine    worse: the difference is [\d.]+ \(95 % interval [\d.]+ to ", lines[0])
    assert "1 problem, 8 pairs" in lines[0]
    assert lines[-1].startswith("The overall outcome is worse after 40 trials.")
    assert "is better after 40 trials." in call(b, a, code=0).stdout.splitlines()[-1]


def test_undecided(call, made):
    a, b = made("a", "random", repetitions=4), made("b", "sobol", repetitions=4)
    assert "undecided after 10 trials." in call(a, b, code=3).stdout


def in_text(tests=6, **changed):
    """The text on strategies of which the first is clear alone, undecided after Holm."""
    row = {
        "strategy": "s1", "outcome": "undecided", "n_problems": 1, "n_pairs": 12, "n_changed": 12,
        "difference": -0.0895, "low": -0.1515, "high": -0.0276, "p": 0.011, "p_holm": 0.056,
        "p_equal": 0.9, "n_repetitions": 12, "n_repetitions_needed": 19.0,
        "needed_equal": False,
    }  # fmt: skip
    rest = [row | {"strategy": f"s{place}"} for place in range(2, tests + 1)]
    rest.append(row | {"strategy": "s0", "n_changed": 0, "p": 1.0})
    table = pd.DataFrame([row | changed, *rest])
    return in_words(Comparison("undecided", 50, 0.01, table, ()), [])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {},
            "s1  undecided: the difference is −0.089 (95 % interval −0.15 to −0.028; p = 0.056 "
            "after Holm's correction; significant before the correction for 6 strategies, not "
            "after it; 1 problem, 12 pairs of runs); 19 repetitions would be needed to detect "
            "the difference, 12 were made",
        ),
        (
            {"p": 0.0625, "p_holm": 0.375},
            "s1  undecided: the difference is −0.089 (95 % interval −0.15 to −0.028; p = 0.375 "
            "after Holm's correction; not significant with so few repetitions, whatever the "
            "interval; 1 problem, 12 pairs of runs); 19 repetitions would be needed to detect "
            "the difference, 12 were made",
        ),
        (
            {"high": 0.02, "p": 0.2, "p_holm": 1.0},
            "s1  undecided: the difference is −0.089 (95 % interval −0.15 to 0.020; p = 1.000 "
            "after Holm's correction; 1 problem, 12 pairs of runs); 19 repetitions would be needed "
            "to detect the difference, 12 were made",
        ),
        (
            {
                "low": -0.004,
                "high": 0.006,
                "difference": 0.001,
                "p": 0.6,
                "p_equal": 0.02,
                "needed_equal": True,
            },
            "s1  undecided: the difference is 0.0010 (95 % interval −0.0040 to 0.0060; p = 0.056 "
            "after Holm's correction; equivalent before the correction for 6 strategies, not after "
            "it; 1 problem, 12 pairs of runs); 19 repetitions would be needed to show that they "
            "are equivalent, 12 were made",
        ),
        (
            {"outcome": "better", "p": 0.001, "p_holm": 0.006},
            "s1  better: the difference is −0.089 (95 % interval −0.15 to −0.028; p = 0.006 after "
            "Holm's correction; 1 problem, 12 pairs of runs)",
        ),
    ],
)
def test_why_a_clear_difference_is_undecided(changed, words):
    assert in_text(**changed).splitlines()[0] == words


def test_what_is_corrected_is_said():
    end = in_text().splitlines()[-1]
    assert "Outcomes are corrected for 6 strategies that changed (Holm)." in end
    assert "Student's per strategy." in end
    end = in_text(tests=1).splitlines()[-1]
    assert "Holm" not in end
    assert "per strategy" not in end


@pytest.mark.slow
def test_one_strategy_of_several_and_json(call, made):
    a, b = made("a", "tpe", trials=40), made("b", "default", trials=40)
    data = json.loads(call(a, b, "--strategy", "random", "--rope", "0.05", "--json", code=0).stdout)
    assert (data["outcome"], data["rope"], data["budget"]) == ("equivalent", 0.05, 40)
    (row,) = data["strategies"]
    assert (row["strategy"], row["n_pairs"], row["n_changed"]) == ("random", 8, 0)
    assert (row["low"], row["p"]) == (0, 1)
    assert data["n_tests"] == 0
    assert data["notes"] == []


def test_after_fewer_trials(call, made):
    a, b = made("a", "random"), made("b", "random")
    assert "equivalent after 1 trial." in call(a, b, "--trials", 1, code=0).stdout
    message = call(a, b, "--trials", 11, code=2).stderr
    assert message.startswith("error: '--trials' must be within both budgets, 1 to 10, got 11;")
    message = call(a, b, "--strategy", "tpe", code=2).stderr
    assert message.startswith("error: '--strategy' must be in both sweeps, got 'tpe'; there is ")


@pytest.mark.slow
def test_one_repetition_has_no_interval(call, made):
    a, b = made("a", "tpe", repetitions=1), made("b", "default", repetitions=1)
    assert "one repetition gives no interval" in call(a, b, code=3).stdout
    data = json.loads(call(a, b, "--json", code=3).stdout)
    assert data["strategies"][0]["low"] is None


@pytest.mark.slow
def test_what_is_left_out_is_named(call, made, tmp_path):
    a = made("a", "random", problems=("sphere", "branin"))
    b = made("b", "random", repetitions=6, trials=12)
    output = call(a, b, "--strategy", "mine", code=0).stdout
    assert "note: problem branin: only in the sweep before\n" in output
    assert "note: mine on sphere: 2 runs only before\n" in output
    assert "note: the budgets were 10 and 12: " in output
    assert "1 problem, 6 pairs" in output
    assert "equivalent after 10 trials." in output


def test_a_problem_of_other_settings_is_another_problem(call, make_sweep, run_here, tmp_path):
    folders = [
        run_here(
            make_sweep(
                [Entry("random")],
                [Entry("noisy", "p", {"of": "branin", "sigma": sigma}), Entry("branin")],
                repetitions=6,
            ),
            tmp_path / str(sigma),
        ).folder
        for sigma in (1.0, 2.0)
    ]
    output = call(*folders, code=0).stdout
    assert "note: problem p: another version or settings\n" in output
    assert "1 problem, 6 pairs" in output


NOTHING = "error: the sweeps must have a run in common, of the same strategy, problem and "


def test_no_common_problem_is_an_error(call, made):
    a, b = made("a", "random"), made("b", "random", problems=("branin",))
    (line,) = call(a, b, code=2).stderr.splitlines()
    assert line.startswith(NOTHING)
    why = "problem sphere: only in the sweep before, problem branin: only in the sweep after"
    assert f"({why})" in line


def test_no_common_repetition_is_an_error(call, made):
    a, b = made("a", "random", repetitions=2), made("b", "random", repetitions=2)
    for folder, repetition in ((a, b'"repetition":0'), (b, b'"repetition":1')):
        for path in (folder / "runs").glob("*.jsonl"):
            if repetition in path.read_bytes().split(b"\n")[0]:
                path.unlink()
    (line,) = call(a, b, code=2).stderr.splitlines()
    assert line.startswith(NOTHING)
    assert "mine on sphere: 1 run only before, mine on sphere: 1 run only after" in line


def test_problems_that_are_all_altered_are_an_error_that_says_so(call, made):
    a, b = made("a", "random"), made("b", "random")
    sweep = json.loads((b / "sweep.json").read_bytes())
    sweep["problems"][0]["version"] = 99
    (b / "sweep.json").write_text(json.dumps(sweep), encoding="utf-8")
    (line,) = call(a, b, code=2).stderr.splitlines()
    assert line.startswith(NOTHING)
    assert "(problem sphere: another version or settings, left out: 16 runs of another" in line


def test_wrong_usage_gets_one_line(call, made, tmp_path):
    a, b = made("a", "random"), made("b", "random", seed=6)
    assert "must have the same seed" in call(a, b, code=2).stderr
    assert "must be in both sweeps, got 'tpe'; there is mine, random" in (
        call(a, a, "--strategy", "tpe", code=2).stderr
    )
    assert call(a, tmp_path / "none", code=2).stderr.startswith("error: ")
    assert len(call(a, tmp_path / "none", code=2).stderr.splitlines()) == 1
    call(a, a, "--rope", "-1", code=2)
    call(a, code=2)


def test_sweeps_without_a_common_strategy(call, made, make_sweep, run_here, tmp_path):
    sweep = make_sweep([Entry("sobol")], [Entry("sphere")])
    other = run_here(sweep, tmp_path / "other").folder
    message = call(made("a", "random"), other, code=2).stderr
    assert "must have a strategy in common, got mine, random and sobol" in message


def test_a_folder_without_a_run_is_an_error(call, made):
    a = made("a", "random")
    b = made("b", "random")
    shutil.rmtree(b / "runs")
    (line,) = call(a, b, code=2).stderr.splitlines()
    assert line.startswith(NOTHING)
    assert "problem sphere: completed trials only in the sweep before" in line
    assert "strategy" not in line.removeprefix(NOTHING)


def test_runs_that_broke_are_reported(call, make_sweep, run_here, parts, tmp_path):
    raising = Entry(parts("Raises").name, "mine")
    for name, strategy in (("a", Entry("random", "mine")), ("b", raising)):
        sweep = make_sweep([strategy], [Entry("sphere")], trials=5, repetitions=3)
        run_here(sweep, tmp_path / name)
    text = call(tmp_path / "a", tmp_path / "b", code=3).stdout
    assert "b: 3 runs of mine failed, crashed or ran out of time" in text
    assert "a: " not in text


@pytest.mark.parametrize(
    "options", [("--rope", "nan"), ("--rope", "inf"), ("--rope", "-1"), ("--rope", "1e300")]
)
@pytest.mark.parametrize("command", ["compare a b", "report a"])
def test_an_option_that_is_no_number_is_refused(command, options):
    result = CliRunner().invoke(main, [*command.split(), *options])
    assert result.exit_code == 2
    assert "Invalid value for '--rope'" in result.output
