"""Faults between two file operations in the results folder, wherever they are in the code."""

import signal
from functools import partial

from bench.store import Store
from bench.testing.sweeps import values
from tests.campaign.arena import Arena
from tests.campaign.kinds import Kind

HOOK = """
import os, sys
_left = {count}
def _hear(event, arguments):
    global _left
    if event not in ("open", "os.rename", "os.remove", "os.mkdir", "os.truncate"):
        return
    path = arguments[0]
    if isinstance(path, int) or not os.path.abspath(os.fsdecode(path)).startswith({folder!r}):
        return
    if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        return
    _left -= 1
    if _left == 0:
        {what}
if {of!r} in " ".join(sys.orig_argv):
    sys.addaudithook(_hear)
"""
KILL = "os.kill(os.getpid(), 9)"
FAIL = "raise OSError(5, 'Input/output error', str(path))"
DRIVER, WORKER = "-m bench", "processes.worker import"


def _hooks(arena: Arena, of: str, what: str, most: int) -> str:
    """Write the hook into a folder that Python looks into first, and return the folder."""
    hooks = arena.place / "hooks"
    hooks.mkdir()
    arena.known_names.add(hooks.name)
    count, folder = arena.rng.randint(1, most), str(arena.results)
    text = HOOK.format(count=count, folder=folder, what=what, of=of)
    (hooks / "sitecustomize.py").write_text(text)
    return str(hooks)


def _during_run(arena: Arena, of: str, what: str, most: int) -> str:
    command = arena.start(PYTHONPATH=_hooks(arena, of, what, most))
    code = arena.end(command, [0, -signal.SIGKILL] if what == KILL else [0, 2])
    arena.check_no_process()
    before = arena.recorded()
    crashed = ": crashed" in command.text
    arena.resume(retry=True)
    arena.check_kept(before)
    arena.check_whole()
    return f"exit {code}" + (", runs crashed" if crashed else "")


def _during_pack(arena: Arena, what: str, most: int) -> str:
    arena.resume()
    if arena.rng.random() < 0.3:  # a second one, on top of a pack
        arena.end(arena.start("pack", "results"), [0])
    command = arena.start("pack", "results", PYTHONPATH=_hooks(arena, DRIVER, what, most))
    code = arena.end(command, [0, -signal.SIGKILL] if what == KILL else [0, 2])
    arena.check_values(values(Store(arena.results)))
    if arena.rng.random() < 0.5:
        arena.end(arena.start("pack", "results"), [0])
    arena.resume()
    arena.check_whole()
    return f"exit {code}"


KINDS = [
    Kind("kill −9: driver, at a file operation",
         partial(_during_run, of=DRIVER, what=KILL, most=6)),
    Kind("kill −9: worker, at a file operation",
         partial(_during_run, of=WORKER, what=KILL, most=12)),
    Kind("kill −9: pack, at a file operation", partial(_during_pack, what=KILL, most=12)),
    Kind("a file operation fails: driver", partial(_during_run, of=DRIVER, what=FAIL, most=6)),
    Kind("a file operation fails: worker", partial(_during_run, of=WORKER, what=FAIL, most=12)),
    Kind("a file operation fails: pack", partial(_during_pack, what=FAIL, most=12)),
]  # fmt: skip
