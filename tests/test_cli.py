from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from scipy import stats

from bench.cli import main
from bench.store import Store


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Call the command line in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments, code=0):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code == code, result.output
        # Nothing but an exit may come out: an exception would be a traceback to the user.
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return invoke


@pytest.fixture
def inline(parts):
    """The options of a small sweep."""
    names = {"--strategies": parts("Random").name, "--problems": parts("Sphere").name}
    options = names | {"--trials": 3, "--repetitions": 1, "--out": "results/mine", "--jobs": 1}
    return lambda **change: [
        text
        for option, value in (options | {f"--{k}": v for k, v in change.items()}).items()
        if value is not None
        for text in (option, value)
    ]


@pytest.fixture
def finished(parts, make_sweep, run_here, tmp_path):
    return run_here(make_sweep(["Random", "Raises"], ["Sphere"]), tmp_path / "finished")


def commands(group=main, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        yield (*path, name)


@pytest.mark.parametrize("path", [(), *commands()], ids=" ".join)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_has_help_with_an_example(call, path, option):
    output = call(*path, option).output
    _, found, example = output.partition("Example:")
    assert found
    # Line by line, as it can be copied, and without the mark that asks for that.
    first = example.strip().splitlines()[0]
    assert first.strip().startswith(f"tunebench {' '.join(path)}".strip())
    assert "Options" not in first
    assert "\\b" not in output
    assert "\b" not in output


BAD = {
    "an unknown strategy": (
        {"strategies": "randon"},
        "no strategy is called 'randon'; did you mean random?",
    ),
    "an unknown problem": (
        {"problems": "barnin"},
        "no problem is called 'barnin'; did you mean branin",
    ),
    "an unknown suite": ({"suites": "nothing-near"}, "no suite is called 'nothing-near'; there"),
    "a file that is not there": (
        {"strategies": "none.py:Mine"},
        "'none.py:Mine' cannot be imported: there is no file",
    ),
    "no trials": ({"trials": 0}, "'trials' must be a whole number, 1 or more, got 0; for example"),
    "no repetitions": ({"repetitions": 0}, "'repetitions' must be a whole number, 1 or more"),
    "a negative seed": ({"seed": -1}, "'seed' must be a whole number, 0 or more, got -1"),
    "no time": ({"run-timeout": 0}, "'run_timeout' must be a number of seconds above 0, got 0.0"),
    "a label twice": (
        {"strategies": "random,random"},
        "'strategies' must have each label once, got 'random' twice; drop one",
    ),
    "no strategies": ({"strategies": None}, "a run needs a sweep or --strategies and --problems"),
    "empty strategies": ({"strategies": ","}, "'strategies' must name at least one; see"),
    "no problems": ({"problems": None}, "'problems' or 'suites' must name at least one; see"),
    "a folder below a file": ({"out": "parts.py/results"}, "use another folder (--out)"),
    "a file for a folder": ({"out": "parts.py"}, "use another folder (--out)"),
}


def assert_refused(result, message):
    assert result.stderr.startswith("error: ")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(("change", "message"), BAD.values(), ids=BAD)
def test_a_bad_option_gets_one_clear_line_and_writes_nothing(
    call, inline, tmp_path, change, message
):
    assert_refused(call("run", *inline(**change), code=2), message)
    assert {path.name for path in tmp_path.iterdir()} == {"parts.py"}


BAD_DATA = {
    "no model": ({"model": None}, "--data needs a model to tune on it, --model; for example"),
    "no data": ({"data": None}, "--model and --target speak of --data, which is not given"),
    "no such model": ({"model": "sym"}, "no problem is called 'sym'; did you mean svm"),
    "no model of data": (
        {"model": "tree,branin"},
        "--model must be a model that takes data, got 'branin'; use one of adaboost, ",
    ),
    "a model on its own data": ({"model": "svm-wine"}, "takes data, got 'svm-wine'; use one of"),
    "a model twice": ({"model": "tree,tree"}, "must have each label once, got 'tree:flats.csv'"),
    "no target": ({"target": None}, "a target must be named, got none for flats.csv; the columns"),
    "an unknown target": (
        {"target": "prise"},
        "target must be a column of flats.csv, got 'prise'; did you mean 'price'?",
    ),
    "no such file": ({"data": "falts.csv"}, "a data file must exist, falts.csv does not"),
    "no such data": ({"data": "whine", "target": None}, "no data set is called 'whine' (did you"),
    "a column of no file": ({"data": "wine"}, "target names a column of a file or of an OpenML"),
    "no such metric": ({"metric": "rsme"}, "metric must be one of rmse, mae, r2, got 'rsme'"),
    "another task's metric": (
        {"metric": "accuracy"},
        "metric 'accuracy' is not defined for a regression task; use one of rmse, mae, r2",
    ),
    "a model that cannot": (
        {"model": "logistic"},
        "logistic is for binary and multiclass targets, that of flats.csv is regression; use",
    ),
    "no probabilities": (
        {"data": "wine", "target": None, "model": "svm", "metric": "log_loss"},
        "log loss needs probabilities, svm does not always give them; use another metric",
    ),
}


@pytest.fixture
def on_flats(tmp_path):
    """The options of a small sweep on a file of one's own."""
    rows = [f"{size},{3 * size + (size * 7919) % 13},Linz" for size in range(20, 70)]
    text = "\n".join(["size,price,town", *rows])
    (tmp_path / "flats.csv").write_text(text, encoding="utf-8")
    options = {"data": "flats.csv", "target": "price", "model": "tree,knn", "trials": 2}
    options |= {"strategies": "random", "repetitions": 1, "out": "results/flats", "jobs": 1}
    return lambda **change: [
        text
        for option, value in (options | change).items()
        if value is not None
        for text in (f"--{option}", value)
    ]


@pytest.mark.parametrize(("change", "message"), BAD_DATA.values(), ids=BAD_DATA)
def test_a_bad_option_about_data_gets_one_clear_line_and_writes_nothing(
    call, on_flats, tmp_path, change, message
):
    assert_refused(call("run", *on_flats(**change), code=2), message)
    assert {path.name for path in tmp_path.iterdir()} == {"flats.csv"}


@pytest.mark.slow
def test_models_are_tuned_on_data_of_ones_own(call, on_flats):
    options = on_flats(metric="mae", problems="branin")
    output = call("run", *options).stdout
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


SWEEP = "strategies = ['random']\nproblems = ['branin']\n"
BAD_TOML = {
    "no TOML": ("strategies = [", "is not valid TOML"),
    "an unknown key": (
        SWEEP + "trails = 5",
        "unknown key 'trails'; did you mean 'trials'? a sweep has",
    ),
    "a wrong kind": (SWEEP + "trials = '5'", "'trials' must be a whole number"),
    "a key twice": (SWEEP + SWEEP, "is not valid TOML"),
    "a label twice": (
        "strategies = ['random', { name = 'grid', label = 'random' }]\nproblems = ['branin']",
        "'strategies' must have each label once, got 'random' twice",
    ),
    "an unknown setting": (
        "strategies = [{ name = 'random', settings = { speed = 1 } }]\nproblems = ['branin']",
        "strategy 'random' has no setting 'speed'; it has none",
    ),
    "an unknown key of an entry": (
        "strategies = [{ name = 'random', setting = 1 }]\nproblems = ['branin']",
        "'strategies', entry 'random': unknown key 'setting'",
    ),
    "nothing": ("", "'strategies' must name at least one"),
}


@pytest.mark.parametrize(("content", "message"), BAD_TOML.values(), ids=BAD_TOML)
def test_a_bad_sweep_file_gets_one_clear_line_and_writes_nothing(call, tmp_path, content, message):
    (tmp_path / "bad.toml").write_text(content)
    result = call("run", "bad.toml", "--out", "results", code=2)
    assert_refused(result, message)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.toml"]


def test_an_unknown_sweep_lists_those_there_are(call, tmp_path):
    result = call("run", "quikc", code=2)
    assert_refused(result, "there is no 'quikc'; see `tunebench list sweeps`")
    assert "quick" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_that_cannot_be_read_is_told(call, tmp_path):
    (tmp_path / "folder.toml").mkdir()
    assert_refused(call("run", "folder.toml", code=2), "folder.toml: cannot be read as text")
    (tmp_path / "latin.toml").write_bytes(b"description = '\xe4'")
    assert_refused(call("run", "latin.toml", code=2), "latin.toml: cannot be read as text")


def test_results_of_another_schema_are_not_touched(call, inline, tmp_path):
    folder = tmp_path / "results" / "mine"
    folder.mkdir(parents=True)
    (folder / "sweep.json").write_text('{"schema": 99}')
    assert_refused(call("run", *inline(), code=2), "results must have schema 1 or 2, ")
    assert [path.name for path in folder.iterdir()] == ["sweep.json"]
    for command in ("status", "report", "pack"):
        assert_refused(call(command, folder, code=2), "has 99; use another folder (--out)")


@pytest.mark.parametrize("command", ["status", "report", "pack"])
def test_a_folder_that_holds_no_results_is_told(call, tmp_path, command):
    for folder in ("nowhere", "parts.py", "."):
        (tmp_path / "parts.py").touch()
        assert_refused(call(command, folder, code=2), "a results folder must hold sweep.json, ")
    assert [path.name for path in tmp_path.iterdir()] == ["parts.py"]


@pytest.mark.parametrize("command", ["status", "report", "pack"])
def test_a_damaged_sweep_is_told(call, finished, command):
    finished.sweep_path.write_text("[]")
    before = sorted(finished.folder.rglob("*"))
    assert_refused(call(command, finished.folder, code=2), "sweep.json is damaged")
    assert sorted(finished.folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("strategy", "randon", "no strategy is called 'randon'; did you mean random?"),
        ("problem", "barnin", "no problem is called 'barnin'; did you mean branin"),
        ("strategy", "none.py:Mine", "there is no file"),
        ("strategy", "strategies.random_search:Nothing", "must lead to a Strategy"),
    ],
)
def test_check_needs_something_to_check(call, kind, name, message):
    assert_refused(call("check", kind, name, code=2), message)


def test_what_is_unavailable_cannot_be_checked(call, parts):
    result = call("check", "strategy", parts("NeedsNothing").name, code=2)
    assert_refused(result, "pip install no_such_package_anywhere")


def test_no_traceback_and_nothing_on_stdout_from_the_real_program(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "bench",
            "run",
            "--strategies",
            "randon",
            "--problems",
            "branin",
            "--out",
            "nowhere",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "error: no strategy is called 'randon'; did you mean random?\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["strategies", "problems", "suites", "sweeps"])
def test_list_says_the_same_to_people_and_programs(call, what):
    rows = json.loads(call("list", what, "--json").stdout)
    lines = call("list", what).stdout.splitlines()
    assert len(rows) == len(lines) > 0
    for row, line in zip(rows, lines, strict=True):
        argument = row.get("argument")
        shown = f"{row['name']}:{argument.upper()}" if argument else row["name"]
        assert line.split()[0] == shown
        assert row["sentence"]
        assert row["sentence"] in line


def test_list_says_what_is_unavailable_and_how_to_get_it(call, monkeypatch):
    monkeypatch.setattr("bench.registry.unavailable", lambda cls: "needs x; pip install x")
    assert "[unavailable: needs x; pip install x]" in call("list", "strategies").stdout
    rows = json.loads(call("list", "strategies", "--json").stdout)
    assert {row["unavailable"] for row in rows} == {"needs x; pip install x"}


@pytest.mark.slow
def test_run_says_beforehand_what_it_will_do_and_does_only_what_is_missing(call, inline, tmp_path):
    output = call("run", *inline()).output
    assert "1 strategy × 1 problem × 1 repetition = 1 run, up to 3 trials" in output
    assert "0 runs are there, 1 to do; 1 worker" in output
    assert "1 completed in " in output
    assert "efficiency" in output
    assert "next: tunebench report results/mine" in output
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
    assert "set aside in runs/damaged, its run is redone" in output
    assert "2 runs are there, 1 to do" in output


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


def test_status_counts_by_strategy(call, finished):
    data = json.loads(call("status", finished.folder, "--json").stdout)
    assert data == {
        "sweep": "tiny",
        "strategies": {"Random": {"completed": 2}, "Raises": {"failed": 2}},
        "damaged": [],
    }
    assert call("status", finished.folder).stdout.splitlines() == [
        "Random  2 completed",
        "Raises  2 failed",
    ]


def test_status_tells_what_is_missing_unfinished_and_damaged(call, finished):
    paths = sorted((finished.folder / "runs").glob("*.jsonl"))
    paths[0].unlink()
    paths[1].write_bytes(b"garbage\n")
    lines = paths[2].read_bytes().splitlines(keepends=True)
    paths[2].with_suffix(".part").write_bytes(b"".join(lines[:-1]))
    paths[2].unlink()
    data = json.loads(call("status", finished.folder, "--json").stdout)
    total = {}
    for kinds in data["strategies"].values():
        for kind, count in kinds.items():
            total[kind] = total.get(kind, 0) + count
    assert (total["missing"], total["unfinished"], sum(total.values())) == (2, 1, 4)
    assert data["damaged"] == [str(paths[1])]
    assert f"{paths[1]} is damaged" in call("status", finished.folder).stdout


def test_pack_folds_finished_runs(call, finished):
    output = call("pack", finished.folder).stdout
    assert output.startswith(f"4 runs in {finished.pack_path} (")
    assert list((finished.folder / "runs").glob("*.jsonl")) == []
    assert "2 completed" in call("status", finished.folder).stdout


def test_one_run_is_one_run(call, finished):
    for path in sorted((finished.folder / "runs").glob("*.jsonl"))[1:]:
        path.unlink()
    assert call("pack", finished.folder).stdout.startswith(f"1 run in {finished.pack_path} (")


def test_check_passes_what_keeps_its_contract(call):
    output = call("check", "strategy", "random").stdout
    assert "FAIL" not in output
    assert "-     minimises: not applicable: it does not learn: it has no `tell`" in output
    assert "random: 14 checks passed, 0 failed, 5 not applicable" in output
    verdicts = json.loads(call("check", "strategy", "random", "--json").stdout)
    assert len(verdicts) == 19
    assert {verdict["reason"] for verdict in verdicts} == {None}
    assert sum(not verdict["applies"] for verdict in verdicts) == 5


def test_check_fails_what_does_not(call, parts):
    name = parts("Raises").name
    output = call("check", "strategy", name, code=1).stdout
    assert "FAIL  runs_on_every_space: one float: ask raised RuntimeError" in output
    verdicts = json.loads(call("check", "strategy", name, "--json", code=1).stdout)
    failed = {verdict["check"] for verdict in verdicts if verdict["reason"]}
    assert "runs_on_every_space" in failed
    assert "is_named" not in failed


def test_check_takes_problems(call, parts):
    assert " 0 failed, " in call("check", "problem", parts("Sphere").name).stdout
    output = call("check", "problem", parts("Speechless").name, code=1).stdout
    assert "FAIL  evaluates_its_space" in output


def test_check_takes_names_with_an_argument(call, catalogued):
    catalogued("Lifted", "Doubled", "NeedsNothingToo")
    for name in ("test-lifted:2", "test-doubled:test-lifted:2"):
        output = call("check", "problem", name).stdout
        assert " checks passed, 0 failed, " in output
    assert_refused(call("check", "problem", "test-doubled:barnin", code=2), "did you mean branin")
    missing = call("check", "problem", "test-doubled:test-needs-nothing-too", code=2)
    assert_refused(missing, "cannot be checked here: it needs no_such_package_anywhere")


@pytest.mark.slow
def test_run_says_beforehand_what_difference_it_could_find(call, inline):
    # The problem has no default configuration, so that there is one pair.
    few = inline(strategies="random,sobol,default", repetitions=5)
    output = call("run", *few).output
    assert "on these problems the sweep cannot decide anything about 1 pair" in output
    assert "5 repetitions of each problem are too few, 6 would do" in output
    more = inline(strategies="random,sobol", repetitions=6, out="results/more")
    output = call("run", *more).output
    # 0.1 · (t at 1 − .05 / 2 + t at .8, 5 degrees of freedom) / √6
    half = stats.t.ppf([0.975, 0.8], 5).sum() * 0.1 / 6**0.5
    assert f"can detect a difference of about {half:.2g} in normalised regret" in output
    assert "corrected for 1 pair" in output
    assert "for new data sets the sweep cannot decide anything: 1 data set is too few" in output
    alone = inline(strategies="random,sobol", repetitions=1, out="results/alone")
    assert "1 repetition of each problem is too few, 6 would do" in call("run", *alone).output


def test_a_strategy_that_does_not_come_to_learn_is_told_before_the_run(call, tmp_path):
    run = ["run", "--strategies", "tpe,random", "--problems", "branin", "--repetitions", "1"]
    few = [*run, "--trials", "4", "--out", str(tmp_path / "few")]
    assert (
        "tpe draws its first 10 trials at random, the whole budget of 4: it is random search here"
    ) in call(*few).output
    # With nothing to do nothing is said of what could be found out.
    assert "at random" not in call(*few).output
