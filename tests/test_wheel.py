"""The package works where it is installed, not only in the checkout."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
def test_the_wheel_runs_a_sweep_in_a_fresh_environment(tmp_path):
    def call(*command, **options):
        done = subprocess.run(
            [str(part) for part in command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            **options,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    build = ["-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path]
    call(sys.executable, *build, ROOT)
    (wheel,) = tmp_path.glob("tunebench-*.whl")

    call(sys.executable, "-m", "venv", "fresh")
    scripts = tmp_path / "fresh" / ("Scripts" if os.name == "nt" else "bin")
    pip = [scripts / "python", "-m", "pip", "install", "--quiet"]
    call(*pip, "--require-hashes", "-r", ROOT / "requirements.lock")
    call(*pip, "--no-deps", wheel)

    place = call(scripts / "python", "-c", "import bench; print(bench.__file__)")
    assert Path(place.strip()).is_relative_to(tmp_path)
    # Type checkers of those who use it look for this.
    assert Path(place.strip()).with_name("py.typed").is_file()
    call(scripts / "tunebench", "run", "smoke", "--jobs", "2")
    call(scripts / "tunebench", "report", "results/smoke")
    page = (tmp_path / "results/smoke/report/index.html").read_text(encoding="utf-8")
    assert "Leaderboard" in page
