"""The package works where it is installed, not only in the checkout."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]

MINE = """
from bench import Evaluation, Float, Metric, Problem, SearchSpace


class Valley(Problem):
    name = "valley"
    space = SearchSpace({"x": Float(0, 1)})
    metric = Metric("loss", "minimize")
    optimum = 0.0

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation((config["x"] - 0.3) ** 2, fold_values=(0.1, 0.2))
"""

PROBLEMS = "mine.py:Valley,table:own.parquet,table-tree-wine,tree-wine,branin"


def call(place, *command):
    done = subprocess.run(
        [str(part) for part in command], cwd=place, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def contents(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def locked():
    """Return the distributions that the lock file wants on this machine, all installed here."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    needed = [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"\w", line)]
    here = [one for one in needed if one.marker is None or one.marker.evaluate()]
    found = [distribution(one.name) for one in here]
    for one, there in zip(here, found, strict=True):
        assert there.version in one.specifier
    return found


def share(library, place):
    """Put a distribution that is installed here into another environment, as links."""
    home = Path(str(library.locate_file("")))
    for top in sorted({file.parts[0] for file in library.files} - {"..", "__pycache__"}):
        target = place / top
        if not target.exists():
            target.symlink_to(home / top, target_is_directory=(home / top).is_dir())


@pytest.fixture(scope="module")
def scripts(tmp_path_factory):
    """Programs of an environment that has the locked libraries and the wheel of this package.

    The libraries are those that are installed here, which is where `make` put them from the same
    file; to install them once more takes a minute.
    """
    place = tmp_path_factory.mktemp("installed")
    build = ["-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", place]
    call(place, sys.executable, *build, ROOT)
    (wheel,) = place.glob("tunebench-*.whl")
    fresh = place / "fresh"
    call(place, sys.executable, "-m", "venv", "--without-pip", fresh)
    scripts = fresh / ("Scripts" if os.name == "nt" else "bin")
    site = call(place, scripts / "python", "-c", "import site; print(site.getsitepackages()[0])")
    for library in locked():
        share(library, Path(site.strip()))
    pip = [sys.executable, "-m", "pip", "--python", scripts / "python", "install", "--quiet"]
    call(place, *pip, "--no-compile", "--no-deps", wheel)
    return scripts


@pytest.mark.slow
def test_the_wheel_runs_a_sweep_in_a_fresh_environment(scripts, tmp_path):
    place = Path(call(tmp_path, scripts / "python", "-c", "import bench; print(bench.__file__)"))
    assert not place.is_relative_to(ROOT)
    # Type checkers of those who use it look for this.
    assert Path(str(place).strip()).with_name("py.typed").is_file()
    call(tmp_path, scripts / "tunebench", "run", "smoke", "--jobs", "2")
    call(tmp_path, scripts / "tunebench", "report", "results/smoke")
    page = (tmp_path / "results/smoke/report/index.html").read_text(encoding="utf-8")
    assert "Leaderboard" in page


@pytest.mark.slow
def test_a_report_needs_its_folder_alone(scripts, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    (here / "mine.py").write_text(MINE, encoding="utf-8")
    ours = [sys.executable, "-m", "bench"]
    call(
        here,
        *ours,
        "tabulate",
        "sphere",
        "--grid-points",
        "6",
        "--splits",
        "2",
        "--out",
        "own.parquet",
    )
    call(
        here, *ours, "run", "--strategies", "random,tpe,grid", "--problems", PROBLEMS,
        "--trials", "12", "--repetitions", "3", "--jobs", "1", "--out", "results/mixed",
    )  # fmt: skip
    call(here, *ours, "report", "results/mixed")
    made = contents(here / "results/mixed/report")
    # Elsewhere, without the files that the problems are made of.
    shutil.copytree(here / "results", there / "results")
    shutil.rmtree(there / "results/mixed/report")
    shutil.rmtree(here)
    call(there, scripts / "tunebench", "report", "results/mixed")
    assert contents(there / "results/mixed/report") == made
