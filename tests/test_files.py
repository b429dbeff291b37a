"""Files in a folder that somebody sent: no link is written through, no pipe is waited for."""

from __future__ import annotations

import errno
import os

import pytest
from click.testing import CliRunner

from bench import Categorical, Evaluation, Metric, SearchSpace, files
from bench.cli import main
from bench.execution.local import run_locally
from bench.execution.plan import make_plan
from bench.output.folder import LOCK, check_no_link, swapped_in
from bench.sources.source import ReportError
from bench.store import Store, StoreError
from bench.tabular import write_table

LETTER = b"dear diary"


@pytest.fixture
def letter(tmp_path):
    """A file of the user's, which is nobody's to overwrite."""
    path = tmp_path / "letter"
    path.write_bytes(LETTER)
    return path


@pytest.mark.parametrize("link", [os.symlink, os.link], ids=["symbolic", "hard"])
def test_a_file_is_made_anew_whatever_has_its_name(tmp_path, letter, link):
    path = tmp_path / "new"
    link(letter, path)
    with files.create(path) as file:
        file.write(b"x")
    assert (path.read_bytes(), letter.read_bytes()) == (b"x", LETTER)
    assert not path.is_symlink()


def test_what_a_killed_process_left_is_no_obstacle(tmp_path):
    (tmp_path / "new").write_bytes(b"half")
    with files.create(tmp_path / "new") as file:
        file.write(b"x")
    assert (tmp_path / "new").read_bytes() == b"x"


@pytest.fixture
def sweep(make_sweep):
    return make_sweep(["Random"], ["Sphere"], repetitions=1, trials=4)


@pytest.mark.parametrize("link", [os.symlink, os.link], ids=["symbolic", "hard"])
def test_no_file_of_a_sweep_is_written_through_a_link(sweep, tmp_path, letter, link, run_here):
    store = Store(tmp_path / "sent")
    (job,) = make_plan(sweep, store).todo
    (store.folder / "runs").mkdir(parents=True)
    runs = (f"runs/{job.id}.new", f"runs/{job.id}.part")
    for name in ("sweep.json.new", "sweep.json", "trials.parquet.new", *runs):
        link(letter, store.folder / name)
    run_here(sweep, store.folder)
    store.pack()
    assert len(store.rows()) == 4
    assert letter.read_bytes() == LETTER
    assert {path.parent.name for path in tmp_path.rglob("*") if path.is_symlink()} <= {"damaged"}


@pytest.mark.parametrize("name", ["runs", "runs/damaged", ".lock"])
def test_a_part_of_a_results_folder_that_leads_elsewhere_is_refused(sweep, tmp_path, name):
    store, elsewhere = Store(tmp_path / "sent"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (store.folder / name).parent.mkdir(parents=True)
    (store.folder / name).symlink_to(elsewhere)
    plan = make_plan(sweep, store)
    told = rf"written into their own folder, .*{name} is a link to another place; remove the link"
    for write in (
        lambda: run_locally(plan, store, jobs=1),
        lambda: store.pack(),
        lambda: store.create({}),
        lambda: store.open(plan.todo[0], {}),
    ):
        with pytest.raises(StoreError, match=told):
            write()
    assert list(elsewhere.iterdir()) == []


def test_a_lock_that_is_a_file_of_the_users_is_refused(sweep, tmp_path, letter, run_here):
    store = run_here(sweep, tmp_path / "sent")
    (store.folder / ".lock").unlink(missing_ok=True)
    os.link(letter, store.folder / ".lock")
    with pytest.raises(StoreError, match=r"\.lock is a link to another place; remove the link"):
        store.pack()
    assert letter.read_bytes() == LETTER


@pytest.mark.parametrize("link", [os.symlink, os.link], ids=["symbolic", "hard"])
def test_what_a_killed_report_left_is_removed_unless_it_leads_elsewhere(tmp_path, letter, link):
    left, sent = tmp_path / ".report-1", tmp_path / ".report-2"
    for folder in (left, sent):
        folder.mkdir()
    (left / LOCK).touch()
    link(letter, sent / LOCK)
    with swapped_in(tmp_path / "report") as fresh:
        (fresh / "index.html").touch()
    assert letter.read_bytes() == LETTER
    assert not left.exists()
    assert sent.exists()


def test_a_file_that_cannot_be_finished_leaves_nothing_and_the_old_one(tmp_path):
    path = tmp_path / "trials.parquet"
    path.write_bytes(b"old")

    def write():
        with files.replacing(path) as file:
            file.write(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write()
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [(path.name, b"old")]


def test_a_report_does_not_follow_a_link_that_nobody_named(sweep, tmp_path, run_here):
    folder, elsewhere = run_here(sweep, tmp_path / "sent").folder, tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "report").symlink_to(elsewhere)
    result = CliRunner().invoke(main, ["report", str(folder)])
    assert result.exit_code == 2
    assert "is a link to" in result.output
    assert list(elsewhere.iterdir()) == []
    with pytest.raises(ReportError, match="remove the link, or name the folder"):
        check_no_link(folder / "report")


def test_a_table_is_not_written_through_a_link(tmp_path, letter):
    (tmp_path / "t.parquet.new").symlink_to(letter)
    space = SearchSpace({"a": Categorical(("x",))})
    rows = [[({"a": "x"}, Evaluation(0.5))]]
    write_table(tmp_path / "t.parquet", space, Metric("m", "minimize"), rows, about={})
    assert letter.read_bytes() == LETTER


@pytest.mark.parametrize("place", ["sweep.json", "runs/abc.jsonl", "trials.parquet"])
def test_a_pipe_is_not_waited_for(sweep, tmp_path, run_here, place):
    store = run_here(sweep, tmp_path / "sent")
    path = store.folder / place
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    with pytest.raises(StoreError, match=rf"{path} cannot be read \(it is a pipe or a device\)"):
        store.sweep() if place == "sweep.json" else list(store.records([]))
