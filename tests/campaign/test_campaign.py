"""A dozen of the faults of the campaign, and what it would say if a rule were broken."""

import csv
import random
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from tests.campaign import damage, operations
from tests.campaign.arena import Arena
from tests.campaign.kinds import Kind, Seen, draw, fault
from tests.campaign.table import as_csv, as_text

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def arena(tmp_path):
    place = tmp_path / "arena"
    place.mkdir()
    found = Arena(place, random.Random(0))
    yield found
    found.clean_up()


def of(kinds, name):
    return next(kind for kind in kinds if kind.name == name)


def test_a_driver_that_is_killed_at_its_first_files():
    seen = fault(of(operations.KINDS, "kill −9: driver, at a file operation"), seed=0)
    assert (seen.what, seen.violations) == ("exit -9", [])


@pytest.mark.slow
def test_a_dozen_faults():
    done = subprocess.run(
        [sys.executable, "-m", "tests.campaign", "--quick", "--faults", "12", "--seed", "6"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 faults in" in done.stdout


def test_the_same_seed_draws_the_same_faults_and_each_kind_once_at_least():
    kinds = [Kind(str(number), lambda _: "", weight=number) for number in range(5)]
    drawn = draw(kinds, 50, seed=3)
    assert drawn == draw(kinds, 50, seed=3) != draw(kinds, 50, seed=4)
    assert {kind.name for kind, _ in drawn} == set("01234")
    assert [kind.name for kind, _ in drawn].count("0") == 1
    assert len(draw(kinds, 3, seed=3)) == 3


def test_what_was_not_run_is_never_counted_as_good():
    kind = Kind("disk full", lambda _: "")
    found = [
        Seen(kind, 1, "exit 2", ["lost"]), Seen(kind, 2, not_run="no mount"),
        Seen(Kind("other", lambda _: ""), 3, not_run="no mount"),
    ]  # fmt: skip
    assert list(csv.reader(as_csv(found).splitlines())) == [
        ["kind", "faults", "seen", "violations"],
        ["disk full", "1", "exit 2 × 1; not run: no mount", "1"],
        ["other", "0", "not run: no mount", "not run"],
    ]
    assert "not run" in as_text(found).splitlines()[-1]


def test_a_lost_trial_a_file_and_a_process_that_are_left_are_violations(arena):
    runs = arena.results / "runs"
    runs.mkdir(parents=True)
    lines = [b'{"schema":4}', b'{"trial_number":0,"value":1,"crc32":"0"}', b'{"trial_number":1}']
    (runs / "a.jsonl").write_bytes(b"\n".join([*lines, b'{"n_trials":2}', b""]))
    before = arena.recorded()
    assert list(map(len, before.values())) == [2]
    (runs / "a.jsonl").write_bytes(b"\n".join([lines[0], lines[1].replace(b"1", b"2"), b""]))
    (runs / "b.part").touch()
    (arena.temporary / "x").touch()
    arena.check_kept(before)
    arena.check_folder()
    lost, left = arena.violations
    assert lost.startswith("lost: a had 2 trials")
    assert left == "files left: ['runs/b.part', 'tmp/x']"


def test_a_traceback_and_an_exit_code_that_must_not_be_are_violations(arena):
    command = arena.start("no-such-command")
    command.process.wait()
    arena.end(command, [0])
    with command.said.open("a") as file:
        file.write("Traceback (most recent call last)\n")
    arena.end(command, [2])
    code, traceback = arena.violations
    assert code.startswith("exit code 2")
    assert traceback.startswith("a traceback")


def test_damage_says_which_runs_it_may_cost(arena, tmp_path):
    path = tmp_path / "a.jsonl"
    for kind in damage.KINDS:
        act = cast("partial[str]", kind.act).keywords["damage"]
        path.write_bytes(b"header\ntrial\nend\n")
        (arena.results / "runs").mkdir(parents=True, exist_ok=True)
        (arena.results / "runs" / "b.jsonl").write_bytes(b"other\n")
        (arena.results / "sweep.json").write_bytes(b"{}\n")
        lost = act(arena, path)
        assert (path in lost) == (path.read_bytes() != b"header\ntrial\nend\n")
