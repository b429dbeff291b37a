"""What a figure's process inherits decides nothing of the figure."""

import hashlib
import os
import subprocess
import sys
from typing import Any

import pytest

from bench.plots import style
from bench.plots.axes import new_axes

DRAW = """
import hashlib, sys
from pathlib import Path
from bench.plots import style
from bench.report.drawing import Builder, processes

def draw():
    with style.applied():
        from bench.plots.axes import log_scale, new_axes
        axes = new_axes(3, 2)
        axes.plot([1, 9], [0.5, 1234567.5], label="a $label$")
        axes.fill_between([1, 9], [1, 2], [3, 4], alpha=0.3)
        log_scale(axes.xaxis)
        axes.legend()
        return axes

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with processes(int(sys.argv[2])) as pool, Builder(folder, pool=pool) as builder:
        figure = builder.figure(draw, name="f", label="l")
    files = sorted((folder / "figures").iterdir())
    for made in (figure.svg.encode(), *(path.read_bytes() for path in files)):
        print(hashlib.sha256(made).hexdigest())
"""

OTHER = """
backend: TkAgg
font.family: serif
font.size: 23
text.usetex: True
axes.formatter.use_locale: True
axes.prop_cycle: cycler('color', ['red'])
savefig.dpi: 30
savefig.transparent: True
savefig.facecolor: black
savefig.bbox: tight
lines.linewidth: 9
path.simplify: False
svg.fonttype: none
pdf.compression: 0
no such key: 3
"""


def drawn(tmp_path, jobs=1, **environment):
    """Draw in a process with another environment; return the digests and what it said."""
    script, made, folder = (tmp_path / name for name in ("draw.py", "made", "user"))
    script.write_text(DRAW)
    made.mkdir()
    folder.mkdir(exist_ok=True)
    given = {name: value for name, value in (os.environ | environment).items() if value is not None}
    done = subprocess.run(
        [sys.executable, "-P", script, made, str(jobs)],
        cwd=folder, env=given, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.split(), done.stderr


@pytest.fixture
def user(tmp_path):
    """The working directory of the next drawing."""
    (tmp_path / "user").mkdir()
    return tmp_path / "user"


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    digests, said = drawn(tmp_path_factory.mktemp("plain"))
    assert said == ""
    # As the page holds it, and a file of each kind.
    assert len(digests) == 4
    return digests


@pytest.mark.slow
def test_what_a_notebook_passes_on_decides_nothing(plain, tmp_path, user):
    (user / "matplotlibrc").write_text(OTHER)
    given = {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "LC_ALL": "xx_XX"}
    assert drawn(tmp_path, 2, **given) == (plain, "")


@pytest.mark.slow
def test_the_environment_decides_nothing(plain, tmp_path, user):
    (tmp_path / "rc").write_bytes(b"font.size: \xff\n")
    given = {"MPLBACKEND": "no such backend", "MATPLOTLIBRC": str(tmp_path / "rc"),
             "PYTHONWARNINGS": "error", "PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": "86400",
             "TZ": "Asia/Tokyo", "LC_ALL": "de_DE.UTF-8"}  # fmt: skip
    assert drawn(tmp_path, **given) == (plain, "")


@pytest.mark.slow
def test_the_users_settings_decide_nothing(plain, tmp_path):
    config = tmp_path / "config"
    config.mkdir()
    (config / "matplotlibrc").write_text(OTHER)
    given = {"MPLBACKEND": "pdf", "MPLCONFIGDIR": str(config), "LC_ALL": "C", "PYTHONUTF8": "0",
             "HOME": None}  # fmt: skip
    assert drawn(tmp_path, **given) == (plain, "")


@pytest.mark.slow
def test_neither_modules_in_the_working_directory_nor_a_place_for_the_cache_are_needed(
    plain, tmp_path, user
):
    for name in ("random", "signal", "matplotlib", "numpy"):
        (user / f"{name}.py").write_text("raise SystemExit('taken from the working directory')")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    given = {"MPLCONFIGDIR": str(user / "random.py" / "below"), "TMPDIR": str(temporary)}
    assert drawn(tmp_path, 2, **given) == (plain, "")
    assert list(temporary.iterdir()) == []


@pytest.mark.slow
def test_what_a_notebook_has_set_decides_nothing_and_stays():
    import matplotlib

    def digest():
        with style.applied():
            axes = new_axes(2, 1)
            axes.plot([0, 1], [0, 1234.5])
            axes.set_title("a $title$")
        style.settle(axes.figure)
        return [hashlib.sha256(style.to_bytes(axes.figure, kind)).hexdigest() for kind in
                ("svg", "png", "pdf")]  # fmt: skip

    before = digest()
    mine: Any = {
        "font.size": 23,
        "font.family": ["serif"],
        "savefig.facecolor": "black",
        "text.usetex": True,
        "axes.formatter.limits": [-1, 1],
        "lines.linewidth": 9,
    }
    with matplotlib.rc_context(mine):
        assert digest() == before
        assert matplotlib.rcParams["font.size"] == 23


@pytest.mark.slow
def test_loading_changes_neither_working_directory_nor_environment(tmp_path, monkeypatch):
    script = (
        "import os\n"
        "from bench.mpl import matplotlib_defaults\n"
        "before = os.getcwd(), dict(os.environ)\n"
        "assert matplotlib_defaults.load().rcParams['backend'] != 'pdf'\n"
        "assert before == (os.getcwd(), dict(os.environ))\n"
    )
    monkeypatch.setenv("MPLBACKEND", "pdf")
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)


@pytest.mark.slow
def test_a_working_directory_that_was_deleted_is_no_matter(tmp_path):
    script = (
        "import os, sys\n"
        "os.rmdir(sys.argv[1])\n"
        "from bench.mpl import matplotlib_defaults\n"
        "assert matplotlib_defaults.settings()['font.size'] == 10\n"
    )
    (tmp_path / "gone").mkdir()
    command = [sys.executable, "-c", script, tmp_path / "gone"]
    subprocess.run(command, cwd=tmp_path / "gone", check=True)
