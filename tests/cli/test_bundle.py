"""The command `bundle`, and the commands that take a bundle in place of a folder."""

from __future__ import annotations

import json
import re
import zipfile
from itertools import product
from pathlib import Path

import pytest

from bench.bundles.archive import write_archive
from bench.bundles.bundle import opened_results, write_bundle
from bench.spec import Entry
from bench.testing.refusals import assert_refused


@pytest.fixture
def results(make_sweep, run_here, tmp_path, monkeypatch):
    """Put a sweep into results/mine and, bundled, into results/mine.zip."""
    monkeypatch.chdir(tmp_path)
    run_here(make_sweep(["Random", "Climber"], ["Sphere", "Flaky"]), Path("results/mine"))
    write_bundle(Path("results/mine"), Path("results/mine.zip"), lambda *_: None)


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


@pytest.mark.slow
def test_a_report_of_a_bundle_is_the_one_inside_to_the_byte(call, results, tmp_path, monkeypatch):
    result = call("bundle", "results/mine")
    line = r"the bundle: results/mine\.zip \(\d+\.\d\d MB\), fingerprint of the trials [0-9a-f]{16}"
    assert re.search(line, result.output)
    assert "next: tunebench report results/mine.zip\n" in result.output
    place = tmp_path / "a place" / "of somebody else"
    place.mkdir(parents=True)
    moved = Path("results/mine.zip").rename(place / "theirs.zip")
    with zipfile.ZipFile(moved) as file:
        names = [name for name in file.namelist() if name.startswith("report/")]
        inside = {name.removeprefix("report/"): file.read(name) for name in names}
    monkeypatch.chdir(place)
    call("report", "theirs.zip")
    assert files_of("theirs-report") == inside
    assert {"index.html", "trials.parquet", "figures/ranks.pdf", "tables/verdicts.csv"} <= set(
        inside
    )


@pytest.mark.parametrize(
    "arguments",
    [["status", "@"], ["best", "@", "--format", "json"], ["compare", "@", "results/mine"],
     ["compare", "results/mine", "@"], ["status", "@", "--json"],
     ["merge", "@", "--out", "results/new"], ["cite", "@"],
     ["export", "@", "--to", "bencheval", "--out", "results/exported"]],
    ids=lambda given: "-".join(given[:1]),
)  # fmt: skip
def test_a_command_says_of_a_bundle_what_it_says_of_its_folder(call, results, arguments):
    said = {}
    for path in ("results/mine", "results/mine.zip"):
        code = 3 if arguments[0] == "compare" else 0  # undecided
        result = call(*[path if one == "@" else one for one in arguments], code=code)
        # A folder is merged into a new one only.
        said[path] = result.output.replace("mine.zip", "mine")
        for made in Path("results").glob("new"):
            made.rename("merged" if path.endswith("mine") else "other")
    assert said["results/mine.zip"] == said["results/mine"]
    assert "tunebench-" not in said["results/mine.zip"]


def test_a_citation_has_the_fingerprint_of_the_bundle(call, results):
    with zipfile.ZipFile("results/mine.zip") as file:
        mark = json.loads(file.read("manifest.json"))["fingerprint"]
    for path in ("results/mine", "results/mine.zip"):
        assert mark in call("cite", path).output


@pytest.mark.slow
def test_runs_of_a_bundle_are_done_again(call, results):
    line = "2 of 8 runs in results/mine.zip: 2 the same to the bit, "
    assert line in call("verify", "results/mine.zip", "--runs", 2, "--jobs", 1).output
    found = json.loads(call("verify", "results/mine.zip", "--jobs", 1, "--json").stdout)
    assert found["holds"]
    assert found["of"] == 8


def test_a_command_that_writes_into_a_folder_refuses_a_bundle(call, results):
    before = Path("results/mine.zip").read_bytes()
    path = "results/mine.zip"
    assert_refused(call("verify", path, "--record", code=2), "results/mine.zip is a bundle")
    assert_refused(
        call("pack", path, code=2), "results/mine.zip does not, it is a file; name a folder"
    )
    assert_refused(call("bundle", path, code=2), "results/mine.zip does not, it is a file")
    assert_refused(call("merge", "results/mine", "--out", path, code=2), "exists")
    run = ["run", "--strategies", "random", "--problems", "branin", "--trials", 2]
    assert_refused(call(*run, "--out", path, code=2), "results/mine.zip is a file")
    assert Path("results/mine.zip").read_bytes() == before


COMMANDS = (
    "report", "cite", "verify", "status", "best", "compare results/mine", "merge --out new",
    "report results/mine --out new",
)  # fmt: skip
DAMAGES = ("flipped", "cut", "gone", "folder")


@pytest.mark.parametrize(
    ("command", "damage"),
    [*product(COMMANDS, DAMAGES[:1]), *product(COMMANDS[:1], DAMAGES[1:])],
)
def test_what_is_no_bundle_is_one_line(call, results, command, damage):
    path = Path("results/mine.zip")
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "gone":
        path.write_bytes(content if damage == "flipped" else content[:5000])
    why = "must hold sweep.json" if damage == "folder" else "a bundle must be "
    assert_refused(call(*command.split(), path, code=2), why)
    assert {p.name for p in Path().iterdir()} == {"results"}


def test_nothing_in_a_bundle_is_executed(call, make_sweep, run_here, parts_file, tmp_path):
    parts_file("Random")
    entry = Entry("parts.py:Random", "mine")
    store = run_here(make_sweep([entry], ["Sphere"]), Path("results/mine"))
    bundle = Path("theirs.zip")
    write_bundle(store.folder, bundle, lambda *_: None)
    Path("parts.py").unlink()
    with opened_results(bundle) as folder:
        trap = f"open({str(tmp_path / 'ran')!r}, 'w')"
        for name in ("parts.py", "random.py", "sitecustomize.py", "report/conftest.py"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(trap, encoding="utf-8")
        write_archive(bundle, folder, {"title": "mine"})
    for command in ("status", "best"):
        call(command, bundle)
    assert "2 not done" in call("verify", bundle, "--jobs", 1, code=1).output
    assert not Path("ran").exists()


def test_a_strange_name_for_a_bundle_is_refused_at_once(call, results):
    assert_refused(
        call("bundle", "results/mine", "--out", "mine.tar", code=2),
        "must have a name that ends with .zip, got mine.tar",
    )
    Path("notes.zip").write_text("mine", encoding="utf-8")
    result = call("bundle", "results/mine", "--out", "notes.zip", code=2)
    assert_refused(result, "a bundle replaces an earlier bundle only, notes.zip is something else")
    assert Path("notes.zip").read_text(encoding="utf-8") == "mine"
