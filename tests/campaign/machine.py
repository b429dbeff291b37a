"""What the machine refuses: space, the right to write, files, shared memory, a steady clock."""

import os
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

from tests.campaign.arena import Arena, Recorded
from tests.campaign.kinds import Kind
from tests.campaign.waiting import NotRunError

NEEDS_MOUNT = "mounting needs a namespace of its own (`unshare --mount`), which is not allowed here"

CLOCK = """
import random, time
_really, _rng, _shift = time.time, random.Random({seed}), 0.0
def _jumping():
    global _shift
    if _rng.random() < 0.2:
        _shift = _rng.choice((-1e9, -86400.0, -3600.0, -1.0, 1.0, 3600.0, 86400.0, 1e9))
    return _really() + _shift
time.time = _jumping
time.time_ns = lambda: int(_jumping() * 1e9)
"""


def mount(*arguments: str) -> None:
    """Mount something that nobody else sees.

    Raises:
        NotRunError: this machine does not let us.
    """
    if os.environ.get("CAMPAIGN_NAMESPACES") != "mount":
        raise NotRunError(NEEDS_MOUNT)
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotRunError(f"mount {' '.join(arguments[:3])}: {done.stderr.strip()}")


def unmount(folder: Path) -> None:
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _full_disk(arena: Arena) -> str:
    """Run on a file system that is soon full, then on a larger one."""
    arena.results.mkdir()
    size = arena.rng.randint(2, 24) * 4
    mount("-t", "tmpfs", "-o", f"size={size}k,mode=755", "tmpfs", str(arena.results))
    try:
        command = arena.start()
        code = arena.end(command, [0, 2])
        arena.check_no_process()
        before = arena.recorded()
        mount("-o", "remount,size=16m", str(arena.results))
        arena.resume(retry=True)
        arena.check_kept(before)
        arena.check_whole()
    finally:
        unmount(arena.results)
    return _how(command.text, code)


def _how(text: str, code: int) -> str:
    return f"exit {code}" + (", runs crashed" if ": crashed" in text else "")


def _full_temporary(arena: Arena) -> str:
    """Have no space, or hardly any, for temporary files."""
    size = arena.rng.choice((4, 4, 8, 12))
    mount("-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(arena.temporary))
    try:
        if size == 4 or arena.rng.random() < 0.5:
            (arena.temporary / "full").write_bytes(b"x" * 4096)
        command = arena.start()
        code = arena.end(command, [0, 2])
        arena.check_no_process()
        before = arena.recorded()
    finally:
        unmount(arena.temporary)
    arena.resume(retry=True)
    arena.check_kept(before)
    arena.check_whole()
    return _how(command.text, code)


def _limited(arena: Arena, option: str, least: int, most: int) -> str:
    """Run under a limit of the shell."""
    limit = f'ulimit {option} {arena.rng.randint(least, most)}; exec "$@"'
    command = arena.start(before=["bash", "-c", limit, "bash"])
    code = arena.end(command, [0, 2])
    arena.check_no_process()
    before = arena.recorded()
    arena.resume(retry=True)
    arena.check_kept(before)
    arena.check_whole()
    return _how(command.text, code)


def _begun(arena: Arena) -> None:
    """Run a part of the sweep, killed at a random moment."""
    command = arena.start()
    arena.moment(command, early=False)
    arena.kill([command.process.pid], signal.SIGKILL)
    arena.end(command, [-9, 0])
    arena.check_no_process()


def _read_only_mount(arena: Arena) -> str:
    """Go on in a folder on a file system that cannot be written."""
    _begun(arena)
    before = arena.recorded()
    mount("--bind", str(arena.results), str(arena.results))
    try:
        mount("-o", "remount,bind,ro", str(arena.results))
        code = _refused(arena)
    finally:
        unmount(arena.results)
    return _gone_on(arena, before, code)


def _read_only_folder(arena: Arena) -> str:
    """Go on in a folder that belongs to another user."""
    if shutil.which("setpriv") is None:
        raise NotRunError("there is no program 'setpriv' here")
    other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
    done = subprocess.run(
        [*other, sys.executable, "-c", "import bench.cli"], capture_output=True, check=False
    )
    if done.returncode:
        raise NotRunError("another user cannot be taken on, or cannot read this installation")
    _begun(arena)
    before = arena.recorded()
    # All but the folder is open to the other user.
    arena.place.chmod(0o777)
    arena.temporary.chmod(0o777)
    code = _refused(arena, other)
    return _gone_on(arena, before, code)


def _refused(arena: Arena, before: list[str] | None = None) -> int:
    command = arena.start(before=before or [])
    code = arena.end(command, [2])
    arena.check_no_process()
    return code


def _gone_on(arena: Arena, before: Recorded, code: int) -> str:
    arena.check_kept(before)
    arena.resume()
    arena.check_kept(before)
    arena.check_whole()
    return f"exit {code}"


def _no_shared_memory(arena: Arena) -> str:
    """Run where /dev/shm is empty and cannot be written."""
    mount("-t", "tmpfs", "tmpfs", str(arena.temporary))
    unmount(arena.temporary)  # only to know whether it may
    hide = 'mount -t tmpfs -o ro,size=4k tmpfs /dev/shm && exec "$@"'
    command = arena.start(before=["unshare", "--mount", "sh", "-c", hide, "sh"])
    code = arena.end(command, [0])
    arena.check_whole()
    return f"exit {code}"


def _jumping_clock(arena: Arena) -> str:
    """Run with a wall clock that somebody sets again and again."""
    hooks = arena.place / "hooks"
    hooks.mkdir()
    arena.known_names.add(hooks.name)
    (hooks / "sitecustomize.py").write_text(CLOCK.format(seed=arena.salt))
    command = arena.start(PYTHONPATH=str(hooks))
    arena.moment(command, early=False)
    said = arena.start("status", "results", "--json", PYTHONPATH=str(hooks))
    arena.end(said, [0])
    code = arena.end(command, [0])
    arena.check_whole()
    return f"exit {code}"


def _second_driver(arena: Arena) -> str:
    """Start the same command twice, the second one at a random moment of the first."""
    first = arena.start()
    if arena.rng.random() < 0.7:
        arena.moment(first)
    second = arena.start()
    codes = sorted((arena.end(first, [0, 2]), arena.end(second, [0, 2])))
    if codes[0] != 0:
        arena.violations.append(f"none of them ran: {first.text!r} {second.text!r}")
    arena.check_whole()
    return f"exit {codes[0]} and {codes[1]}"


def _full_output(arena: Arena, to: str, codes: tuple[int, ...]) -> str:
    """Run with a standard output that takes nothing."""
    command = arena.start(before=["sh", "-c", f'exec "$@" {to}', "sh"])
    code = arena.end(command, codes)
    arena.check_no_process()
    before = arena.recorded()
    arena.resume()
    arena.check_kept(before)
    arena.check_whole()
    return f"exit {code}"


KINDS = [
    Kind("disk full (tmpfs)", _full_disk, weight=12),
    Kind("disk full: TMPDIR (tmpfs)", _full_temporary),
    Kind("file size limit (RLIMIT_FSIZE)", partial(_limited, option="-f", least=1, most=8)),
    Kind("few file descriptors", partial(_limited, option="-n", least=9, most=40), weight=10),
    Kind("read-only folder (mount)", _read_only_mount),
    Kind("read-only folder (another user)", _read_only_folder),
    Kind("no /dev/shm", _no_shared_memory),
    Kind("a clock that jumps", _jumping_clock),
    Kind("two drivers on one folder", _second_driver, weight=8),
    Kind("standard output is full", partial(_full_output, to=">/dev/full", codes=(2,)), weight=3),
    Kind("standard output is closed", partial(_full_output, to=">&-", codes=(0,)), weight=3),
]
