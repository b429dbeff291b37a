"""Tables from problems, in this process and by the command line."""

from __future__ import annotations

import json
import os
import select
import shlex
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from bench import Evaluation, discretise, read_table, seeds
from bench.cli import main
from bench.environment import describe
from bench.execution.plan import make_plan
from bench.execution.work import do
from bench.registry import PROBLEMS
from bench.spec import Entry
from bench.store import Store
from bench.tabulate import TabulateError, check_folder, make_tabulation, remove, write

PATIENCE = 60
"""Seconds after which a wait for what must happen is given up; none of the tests waits so long."""


@pytest.fixture
def tabulated(parts, tmp_path):
    """Measure a table in this process and return the problem, the tabulation and the table."""

    def make(name, levels, splits=2, seed=3, **settings):
        entry = parts(name, **settings)
        work = make_tabulation(entry, levels, splits=splits, seed=seed)
        store = Store(tmp_path / "runs")
        plan = make_plan(work.sweep, store)
        store.create(plan.sweep.to_dict())
        described = describe()
        for job in plan.todo:
            do(job, store, described)
        write(work, store, tmp_path / "table.parquet")
        return PROBLEMS.create(entry), work, read_table(tmp_path / "table.parquet")

    return make


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Call the command line in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments, code=0):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code == code, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return invoke


def assert_refused(result, message):
    assert result.stderr.startswith("error: ")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


CASES = [("Sphere", 10), ("Accuracy", {"x": 3, "y": 20}), ("Tree", 7), ("Numpy", 4)]


@pytest.mark.parametrize(("name", "levels"), CASES)
def test_rows_are_the_live_evaluations_to_the_last_bit(tabulated, name, levels):
    problem, work, table = tabulated(name, levels)
    space = discretise(problem.space, levels)
    assert table.space == work.space == space
    assert table.metric == problem.metric
    assert table.splits == 2
    assert len(table.row_of) == work.configurations == sum(1 for _ in space.configs())
    for split, seed in enumerate(table.meta["seeds"]):
        for config in space.configs():
            live, found = problem.evaluate(config, seed=seed), table.evaluation(config, split)
            assert found.value == live.value
            assert found.test_value == live.test_value
            folds = live.fold_values
            assert found.fold_values == (None if folds is None else tuple(folds))
            assert found.cost > 0


def test_rows_are_in_the_order_of_splits_and_configurations(tabulated, tmp_path):
    _, work, _ = tabulated("Tree", 40, splits=2)
    assert len(work.sweep.strategies) > 1
    rows = pq.read_table(tmp_path / "table.parquet").select(["split", *work.space]).to_pylist()
    empty = dict.fromkeys(work.space)
    assert rows == [
        {"split": split, **empty, **config} for split in (0, 1) for config in work.space.configs()
    ]


def test_a_split_has_the_seed_of_a_sweeps_repetition(tabulated):
    problem, _, table = tabulated("Sphere", 2, splits=3, seed=8)
    assert table.meta["seeds"] == [seeds.problem_seed(8, problem.name, r) for r in range(3)]


def test_the_metadata_say_what_was_measured_where_and_when(tabulated):
    problem, _, table = tabulated("Sphere", 2, shift=0.25)
    assert table.meta["about"] == problem.about
    assert table.meta["problem"]["settings"] == {"shift": 0.25}
    assert table.meta["problem"]["version"] == 1
    (environment,) = table.meta["made"]["environments"]
    assert environment["packages"]["numpy"] == np.__version__
    assert {"cpu", "python", "platform"} <= environment.keys()
    assert len(table.meta["made"]["date"]) == 10


def test_failures_become_rows_with_a_reason(tabulated):
    problem, _, table = tabulated("Flaky", 9)
    assert 0 < len(table.reasons) < table.value.size
    for split, seed in enumerate(table.meta["seeds"]):
        for row, config in enumerate(table.space.configs()):
            reason = table.reasons.get((split, row))
            if config["x"] < -0.5:
                assert reason == "RuntimeError: x is too small"
            elif config["x"] < 0:
                assert reason.startswith("a value must be finite and within ±1e+150, got ")
            else:
                assert reason is None
                assert table.evaluation(config, split).value == (
                    problem.evaluate(config, seed=seed).value
                )
    assert np.isfinite(table.cost).all()


def test_a_split_in_which_everything_fails_makes_no_table(parts, tabulated, tmp_path):
    path = tmp_path / "failing.py"
    path.write_text(
        "from parts import *\n"
        "@dataclass\n"
        "class Second(Sphere):\n"
        "    def evaluate(self, config, *, seed, fidelity=1.0):\n"
        f"        if seed == {seeds.problem_seed(3, 'test-sphere', 1)}:\n"
        "            raise OSError('disk\\nfull')\n"
        "        return super().evaluate(config, seed=seed)\n"
    )
    parts("Sphere")  # puts parts.py there
    sys.path.insert(0, str(tmp_path))
    try:
        work = make_tabulation(Entry(f"{path}:Second"), 3, splits=2, seed=3)
        store = Store(tmp_path / "runs")
        plan = make_plan(work.sweep, store)
        store.create(plan.sweep.to_dict())
        for job in plan.todo:
            do(job, store, {})
    finally:
        sys.path.remove(str(tmp_path))
        sys.modules.pop("parts", None)
    with pytest.raises(TabulateError, match="all of split 1 fail, the first with: OSError: disk f"):
        write(work, store, tmp_path / "table.parquet")
    assert not (tmp_path / "table.parquet").exists()


def test_a_table_of_a_part_is_none(parts, tmp_path):
    work = make_tabulation(parts("Sphere"), 10, splits=2, seed=3)
    store = Store(tmp_path / "runs")
    plan = make_plan(work.sweep, store)
    store.create(plan.sweep.to_dict())
    do(plan.todo[0], store, {})
    with pytest.raises(TabulateError, match="5 of 6 runs have not ended as they should; the same"):
        write(work, store, tmp_path / "table.parquet")
    assert not (tmp_path / "table.parquet").exists()


@pytest.mark.parametrize("levels", [500, 10**12, {"": 2, "x": 10**12}])
def test_too_many_evaluations_are_refused_without_listing_them(parts, levels):
    with pytest.raises(TabulateError, match="1,000,000 evaluations or less, test-sphere has more"):
        make_tabulation(Entry(parts("Sphere").name), levels, splits=5, seed=1)


def test_a_folder_of_something_else_is_left_alone(parts, tmp_path):
    work = make_tabulation(parts("Sphere"), 4, splits=2, seed=3)
    store = Store(tmp_path / "runs")
    check_folder(work, store)
    store.create(work.sweep.to_dict())
    check_folder(work, store)
    # Its runs serve a table of more splits as well, but not one of other levels, seed or settings.
    check_folder(make_tabulation(parts("Sphere"), 4, splits=5, seed=3), store)
    for other in (
        make_tabulation(parts("Sphere"), 5, splits=2, seed=3),
        make_tabulation(parts("Sphere"), 4, splits=2, seed=4),
        make_tabulation(parts("Sphere", shift=1.0), 4, splits=2, seed=3),
    ):
        with pytest.raises(TabulateError, match="must hold a part of the same table, it holds"):
            check_folder(other, store)
    letters = tmp_path / "letters.runs"
    letters.mkdir()
    (letters / "love.txt").touch()
    with pytest.raises(TabulateError, match="must hold a part of the same table, it holds"):
        check_folder(work, Store(letters))


LEVELS = {
    "0": "levels must be whole numbers from 2 to 10,000, got 0",
    "1": "levels must be whole numbers from 2 to 10,000, got 1",
    "x1=5,x2=1": "levels must be whole numbers from 2 to 10,000, got 1",
    "z=5": "levels must name parameters of ['x1', 'x2'], got 'z'",
    "": "a number needs levels, 'x1' has none; name it, or give a count",
    "x1=5": "a number needs levels, 'x2' has none; name it, or give a count",
    "many": "levels must be a count, or name=count for each parameter, got 'many'; for example",
    "-3": "levels must be a count, or name=count for each parameter, got '-3'",
    "²": "levels must be a count, or name=count for each parameter, got '²'",
    "x1=": "levels must be a count, or name=count for each parameter, got 'x1='",
    "5,6": "levels must be a count, or name=count for each parameter, got '6'",
}


@pytest.mark.parametrize(("levels", "message"), LEVELS.items())
def test_bad_levels_get_one_clear_line(call, tmp_path, levels, message):
    assert_refused(call("tabulate", "branin", f"--levels={levels}", code=2), message)
    assert list(tmp_path.iterdir()) == []


BAD = {
    "an unknown problem": (["barnin"], "no problem is called 'barnin'; did you mean branin"),
    "an unknown setting": (["branin", "--set", "folds=3"], "has no setting 'folds'"),
    "a setting without a value": (
        ["branin", "--set", "folds"],
        "a setting must be name=value, got 'folds'; for example folds=3",
    ),
    "another kind of file": (
        ["branin", "--out", "table.csv"],
        "a table must be a .parquet file, got 'table.csv'; --out table.parquet",
    ),
    "a table that is not there": (["table:x.parquet"], "must be a Parquet file, it does not exist"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD)
def test_bad_options_get_one_clear_line(call, tmp_path, arguments, message):
    assert_refused(call("tabulate", *arguments, code=2), message)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays(call, tmp_path):
    (tmp_path / "branin.parquet").write_text("mine")
    result = call("tabulate", "branin", code=2)
    assert_refused(result, "branin.parquet is there already; remove it, or use another file (--out")
    assert (tmp_path / "branin.parquet").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_told_at_once(call, tmp_path):
    (tmp_path / "file").touch()
    result = call("tabulate", "branin", "--out", "file/branin.parquet", code=2)
    assert_refused(result, "file/branin.runs cannot be written (Not a directory)")


def test_other_files_beside_the_runs_stay(call, tmp_path):
    runs = tmp_path / "t.runs" / "runs"
    runs.mkdir(parents=True)
    (runs / "love.jsonl").write_text("letters")
    options = ["branin", "--levels", 2, "--splits", 1, "--jobs", 1, "--out", "t.parquet"]
    assert_refused(call("tabulate", *options, code=2), "it holds something else")
    assert (runs / "love.jsonl").read_text() == "letters"


def test_what_was_put_beside_the_runs_stays(parts, tmp_path):
    work = make_tabulation(parts("Sphere"), 2, splits=1, seed=3)
    store = Store(tmp_path / "t.runs")
    store.create(work.sweep.to_dict())
    (store.folder / "love.txt").touch()
    (store.folder / "runs" / "love.txt").touch()
    remove(store)
    assert {path.name for path in store.folder.rglob("*")} == {"love.txt", "runs"}


def test_what_cannot_run_here_is_told(call, parts, tmp_path):
    path = parts("Sphere").name.partition(":")[0]
    with open(path, "a") as file:
        file.write("\n\nclass Missing(Sphere):\n    requires = ('no_such_package',)\n")
    result = call("tabulate", f"{path}:Missing", code=2)
    assert_refused(result, "cannot be measured here: needs no_such_package; pip install")


class Tabulating:
    """`tabulate` of a problem that stops at a gate, by the real program."""

    def __init__(self, parts, folder):
        self.folder, self.gate, self.path = folder, folder / "gate", folder / "gated.parquet"
        self.arguments = ["tabulate", parts("Gate").name, "--set", f"pipe={self.gate}"]
        self.arguments += ["--levels", "10", "--splits", "2"]

    def command(self, jobs):
        options = ["--out", str(self.path), "--jobs", str(jobs)]
        return [sys.executable, "-m", "bench", *self.arguments, *options]

    def finish(self, jobs):
        return subprocess.run(
            self.command(jobs), capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    @contextmanager
    def stopped_at_the_gate(self):
        """Start two workers and wait until both are at the gate, after three evaluations each."""
        os.mkfifo(self.gate)
        self.reading = os.open(self.gate, os.O_RDONLY | os.O_NONBLOCK)
        driver = subprocess.Popen(
            self.command(jobs=2),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            arrived = b""
            while len(arrived) < 2:
                arrived += self.read()
            yield driver
        finally:
            with suppress(ProcessLookupError):
                os.killpg(driver.pid, signal.SIGKILL)
            driver.communicate()
            os.close(self.reading)
            self.gate.unlink()

    def read(self):
        ready, _, _ = select.select([self.reading], [], [], PATIENCE)
        assert ready
        return os.read(self.reading, 1)

    def measured(self):
        """What is recorded of unfinished runs: split seed, configuration -> cost."""
        return {
            (record.header["facts"]["problem_seed"], json.dumps(line["config"])): line["cost"]
            for record in Store(self.path.with_suffix(".runs")).records()
            for line in record.trials
        }


@pytest.mark.slow
@pytest.mark.parametrize(("how", "jobs"), [(signal.SIGKILL, 2), (signal.SIGINT, 1)])
def test_a_stopped_tabulation_goes_on_and_ends_with_the_same_table(
    parts, tabulated, tmp_path, how, jobs
):
    work = Tabulating(parts, tmp_path)
    with work.stopped_at_the_gate() as driver:
        os.killpg(driver.pid, how)
        _, stderr = driver.communicate(timeout=PATIENCE)
        assert work.read() == b""  # the workers are gone
        before = work.measured()
    if how == signal.SIGINT:
        assert driver.returncode == 130
        assert "Traceback" not in stderr
        assert "stopped; what was measured is kept. Go on with the same command:" in stderr
        assert shlex.join(["tunebench", *driver.args[3:]]) in stderr
    assert len(before) == 6
    done = work.finish(jobs)
    assert (done.returncode, done.stderr) == (0, "")
    assert "100 configurations × 2 splits = 200 evaluations, 6 of 6 runs to do" in done.stdout
    assert f"a problem of the name table:{work.path}" in done.stdout
    assert not work.path.with_suffix(".runs").exists()

    # What was recorded was not measured again: it has its cost of then.
    table = read_table(work.path)
    for (seed, config), cost in before.items():
        split = table.meta["seeds"].index(seed)
        assert table.evaluation(json.loads(config), split).cost == cost

    left = {path.name for path in tmp_path.iterdir()} - {"__pycache__"}
    assert left == {"parts.py", "gated.parquet"}

    # One process that was never disturbed measures the same.
    tabulated("Gate", 10, seed=1)
    paths = work.path, tmp_path / "table.parquet"
    tables = [pq.read_table(path).drop_columns(["cost"]) for path in paths]
    assert tables[0].to_pylist() == tables[1].to_pylist()


@pytest.mark.slow
def test_a_live_problem_becomes_a_problem_of_its_own(call, tmp_path):
    settings = ["--set", "folds=2", "--set", "repeats=1"]
    output = call(
        "tabulate", "elastic-net-diabetes", "--levels", "4", "--splits", "1", *settings
    ).output
    assert "kept in elastic-net-diabetes.runs until it is done" in output
    table = read_table(tmp_path / "elastic-net-diabetes.parquet")
    problem = PROBLEMS.create(Entry("elastic-net-diabetes", settings={"folds": 2, "repeats": 1}))
    assert table.meta["about"] == dict(problem.about)
    for config in list(table.space.configs())[::5]:
        found = table.evaluation(config, 0)
        live = problem.evaluate(config, seed=table.meta["seeds"][0])
        assert found == Evaluation(live.value, live.test_value, live.fold_values, found.cost)
    call(
        "run",
        "--strategies",
        "random,grid",
        "--problems",
        "table:elastic-net-diabetes.parquet",
        "--trials",
        4,
        "--repetitions",
        2,
        "--jobs",
        1,
        "--out",
        "mine",
    )
    rows = Store(tmp_path / "mine").rows()
    assert set(rows["status"]) == {"completed"}
    assert set(rows["problem"]) == {"table:elastic-net-diabetes.parquet"}
