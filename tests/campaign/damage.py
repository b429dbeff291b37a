"""Files of a results folder that are damaged between two commands."""

import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.campaign.arena import Arena
from tests.campaign.kinds import Kind

Damage = Callable[[Arena, Path], list[Path]]
"""Damages a file, and returns the run files whose trials may be gone for it."""


def _damaged(arena: Arena, damage: Damage) -> str:
    """Stop a sweep at a random moment, damage a file, and go on."""
    command = arena.start()
    arena.moment(command, early=False)
    arena.kill([command.process.pid], signal.SIGKILL)
    arena.end(command, [-9, 0])
    arena.check_no_process()
    files = [path for path in arena.run_files() if path.read_bytes().count(b"\n") > 2]
    if not files:
        arena.resume()
        arena.check_whole()
        return "no run had begun"
    whole = {path: path.read_bytes() for path in files}
    before = arena.recorded()
    lost = damage(arena, arena.rng.choice(files))
    damaged = {path: path.read_bytes() for path in lost}
    said = arena.start("status", "results")
    arena.end(said, [0, 2])
    arena.resume()
    arena.check_kept(before, but=[path.stem for path in lost])
    arena.check_whole()
    aside = list((arena.results / "runs" / "damaged").glob("*"))
    kept = [path.read_bytes() for path in aside]
    for path, content in damaged.items():
        now = arena.recorded()[path.stem]
        # Either its whole lines count, or it lies beside.
        if content not in kept and not _begins(now, before[path.stem], content, whole[path]):
            arena.violations.append(f"lost: the damaged {path.name}")
    return f"{len(aside)} set aside" if aside else "gone on with"


def _begins(now: tuple, before: tuple, content: bytes, whole: bytes) -> bool:
    """Return whether the lines of a file that was cut short are still there."""
    left = max(0, content.count(b"\n") - 1)
    return whole.startswith(content) and now[:left] == before[:left]


def _cut_last_line(arena: Arena, path: Path) -> list[Path]:
    content = path.read_bytes()
    start = content[:-1].rfind(b"\n") + 1
    path.write_bytes(content[: arena.rng.randint(start + 1, len(content) - 1)])
    return [path]


def _flip(arena: Arena, path: Path) -> list[Path]:
    content = bytearray(path.read_bytes())
    content[arena.rng.randrange(len(content))] ^= 1 << arena.rng.randrange(8)
    path.write_bytes(content)
    return [path]


def _empty(_: Arena, path: Path) -> list[Path]:
    path.write_bytes(b"")
    return [path]


def _duplicate(arena: Arena, path: Path) -> list[Path]:
    lines = path.read_bytes().splitlines(keepends=True)
    place = arena.rng.randrange(len(lines))
    path.write_bytes(b"".join([*lines[: place + 1], *lines[place:]]))
    return [path]


def _swap(arena: Arena, path: Path) -> list[Path]:
    other = arena.rng.choice(arena.run_files())
    one, two = path.read_bytes(), other.read_bytes()
    path.write_bytes(two)
    other.write_bytes(one)
    return [path, other] if other != path else []


def _sweep_file(arena: Arena, _: Path) -> list[Path]:
    """Damage what names the sweep, which the next command writes anew."""
    arena.rng.choice([_flip, _empty, _cut_last_line])(arena, arena.results / "sweep.json")
    return []


KINDS = [
    Kind("file: truncated last line", partial(_damaged, damage=_cut_last_line), weight=10),
    Kind("file: flipped bit", partial(_damaged, damage=_flip), weight=12),
    Kind("file: empty", partial(_damaged, damage=_empty)),
    Kind("file: duplicated line", partial(_damaged, damage=_duplicate), weight=8),
    Kind("file: sweep.json damaged", partial(_damaged, damage=_sweep_file)),
    Kind("file: two swapped", partial(_damaged, damage=_swap), weight=8),
]
