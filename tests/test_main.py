"""What goes wrong around a command is said in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

TUNEBENCH = [sys.executable, "-m", "bench"]
WITHOUT_LIMITS: dict[str, Any] = {
    "capture_output": True,
    "text": True,
    "check": False,
    "timeout": 60,
}
full_disk = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")


@pytest.mark.slow
@full_disk
@pytest.mark.parametrize(
    "arguments", [["list", "problems"], ["--help"], ["show", "branin"], ["list", "suites"]]
)
def test_a_full_disk_behind_standard_output(arguments):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*TUNEBENCH, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.stderr == (
        "error: standard output must be writable, here it is not (No space left on device)\n"
    )
    assert done.returncode == 2


@pytest.mark.slow
@full_disk
@pytest.mark.parametrize("arguments", [["run", "--nonsense"], ["report", "nowhere"]])
def test_a_full_disk_behind_standard_error_changes_no_exit_code(arguments):
    with open("/dev/full", "w") as full:
        assert subprocess.run([*TUNEBENCH, *arguments], stderr=full, check=False).returncode == 2


def behind_a_closed_pipe(*arguments):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*TUNEBENCH, *arguments], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    return done


@pytest.mark.slow
def test_a_reader_that_is_gone_is_no_error():
    done = behind_a_closed_pipe("list", "problems")
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.slow
def test_a_sweep_that_nobody_reads_says_how_to_go_on(tmp_path):
    options = ["--strategies", "random", "--problems", "branin", "--trials", "2"]
    done = behind_a_closed_pipe("run", *options, "--out", str(tmp_path / "results"))
    assert done.returncode == 141
    assert done.stderr.startswith("stopped: standard output cannot be written (Broken pipe);")
    assert len(done.stderr.splitlines()) == 1


def test_a_deleted_working_directory(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    # The shell deletes the folder it is in, and the path makes the package found without it.
    done = subprocess.run(
        [
            "sh",
            "-c",
            'rmdir "$PWD" && exec "$@"',
            "sh",
            sys.executable,
            "-P",
            *TUNEBENCH[1:],
            "list",
        ],
        cwd=gone,
        **WITHOUT_LIMITS,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: a command needs a working directory (No such file")
    assert len(done.stderr.splitlines()) == 1


def test_ctrl_c_while_the_command_loads(tmp_path):
    # Loaded in the middle of it, when numpy is: there Ctrl-C comes.
    (tmp_path / "numpy.py").write_text("import os\nos.kill(os.getpid(), 2)\nwhile True: pass")
    done = subprocess.run(
        [*TUNEBENCH, "list", "problems"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        **WITHOUT_LIMITS,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise MemoryError", "error: the memory is not enough"),
        ("raise ImportError('failed to map segment')", "error: what is installed must be"),
    ],
)
def test_little_memory_while_the_command_loads(tmp_path, code, said):
    (tmp_path / "numpy.py").write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([*TUNEBENCH, "list", "problems"], env=environment, **WITHOUT_LIMITS)
    assert done.returncode == 2
    assert done.stderr.startswith(said)
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_few_open_files_are_called_so(tmp_path):
    resource = pytest.importorskip("resource")
    options = ["--strategies", "random", "--problems", "branin", "--trials", "2"]
    done = subprocess.run(
        [*TUNEBENCH, "run", *options, "--out", tmp_path / "results", "--jobs", "40"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16)),
        **WITHOUT_LIMITS,
    )
    assert "memory" not in done.stderr
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert "Too many open files; `ulimit -n` is the limit of open files" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    else:
        assert "Too many open files" in done.stdout
