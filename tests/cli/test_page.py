import re

import pytest
from click.testing import CliRunner

from bench.cli import main
from bench.registry import Catalog


@pytest.fixture
def small(monkeypatch, tmp_path):
    """One problem in the catalog, and a folder of one's own."""
    monkeypatch.chdir(tmp_path)
    everything = Catalog.classes
    monkeypatch.setattr(
        Catalog,
        "classes",
        lambda self: {n: c for n, c in everything(self).items() if n in ("tree-wine", "random")},
    )
    return lambda *arguments: CliRunner().invoke(main, ["catalog", *map(str, arguments)])


@pytest.mark.slow
def test_the_catalog_is_written_where_it_is_published(small, tmp_path):
    result = small()
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "analysing and drawing 1 problem",
        "the catalog: results/catalog/index.html",
    ]
    readme = (tmp_path / "results/catalog/README.md").read_text(encoding="utf-8")
    assert "    tunebench catalog --out results/catalog\n" in readme


def test_another_folder(small, tmp_path):
    assert small("--out", "with space").exit_code == 0
    page = (tmp_path / "with space/index.html").read_text(encoding="utf-8")
    assert "tunebench catalog --out &#39;with space&#39;" in page


@pytest.mark.parametrize(
    ("out", "message"),
    [
        (".", "a catalog replaces its whole folder, . holds something else; use another folder"),
        ("thesis.txt/catalog", "use another folder (--out)"),
    ],
)
def test_a_folder_that_cannot_be_gets_one_line(small, tmp_path, out, message):
    (tmp_path / "thesis.txt").write_text("years")
    result = small("--out", out)
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.slow
def test_draws_of_a_sweep(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    everything = Catalog.classes
    monkeypatch.setattr(
        Catalog,
        "classes",
        lambda self: {n: c for n, c in everything(self).items() if n in ("knn-diabetes", "random")},
    )
    call = CliRunner().invoke
    run = ["run", "--strategies", "random", "--problems", "knn-diabetes", "--trials", "20"]
    assert call(main, [*run, "--repetitions", "1", "--out", "d", "--jobs", "1"]).exit_code == 0
    result = call(main, ["catalog", "--draws", "d", "--out", "c"])
    assert result.exit_code == 0, result.output
    readme = (tmp_path / "c/README.md").read_text(encoding="utf-8")
    assert "    tunebench catalog --draws d --out c\n" in readme
    assert re.search(r"\| knn-diabetes .*\| +≥ ", readme)


def test_draws_that_are_no_sweep_get_one_line(small, tmp_path):
    result = small("--draws", "nowhere")
    assert result.exit_code == 2
    assert "a results folder must hold sweep.json, nowhere does not" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_runs_of_the_draws_that_cannot_be_read_are_named(small, run_here, make_sweep, tmp_path):
    folder = run_here(make_sweep(["Random"], ["Sphere"]), tmp_path / "drawn").folder
    path = sorted((folder / "runs").iterdir())[0]
    path.write_bytes(path.read_bytes()[:-5])
    result = small("--draws", folder)
    assert result.exit_code == 0, result.output
    assert f"{path} is damaged (it stops before its end): left out" in result.stderr
