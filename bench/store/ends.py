"""How the runs of a folder ended, or how far they are, from the ends of their files alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from bench import files
from bench.run import End
from bench.store import migrations
from bench.store.contents import Contents
from bench.store.migrations import SCHEMA
from bench.store.pack import open_pack, pack_error
from bench.store.record import DamagedError, StoreError, end_from_dict
from bench.store.run_file import reading
from bench.store.seal import SealError, checksum, unseal

_TAIL = 4096
"""Bytes that are read of the end of a file at first."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that has no end yet.

    Args:
        n_trials: recorded so far.
        changed: when the last one was, in seconds since the epoch.
    """

    n_trials: int
    changed: float


@dataclass(slots=True)
class Ends:
    """Where the runs of a folder stand.

    Args:
        ended: run id -> how it ended.
        changed: run id -> when, in seconds since the epoch; packed runs are left out.
        begun: run id -> how far it is; one that is repeated has an end as well.
        damaged: files that do not end as a run file does -> why.
    """

    ended: dict[str, End] = field(default_factory=dict)
    changed: dict[str, float] = field(default_factory=dict)
    begun: dict[str, Begun] = field(default_factory=dict)
    damaged: dict[Path, str] = field(default_factory=dict)


def read_ends(contents: Contents, before: Ends | None = None) -> Ends:
    """Return where the runs of a folder stand, without reading their trials.

    A finished run takes one read of a few kilobytes, and its middle is not checked. A run may be
    finished or packed at any moment in between.

    Args:
        contents: of the folder.
        before: what was read a moment ago: files that have not changed are not read again.

    Raises:
        StoreError: a damaged pack, another schema, or what cannot be read.
    """
    found = Ends()
    before = before or Ends()
    names: list[os.DirEntry[str]] = []
    with (
        suppress(FileNotFoundError),
        reading(contents.runs_path),
        os.scandir(contents.runs_path) as entries,
    ):
        names = sorted(entries, key=lambda entry: entry.name)
    for entry in names:
        path = Path(entry.path)
        run, suffix = path.stem, path.suffix
        if suffix not in (".part", ".jsonl"):
            continue
        try:
            with reading(path):
                changed = entry.stat().st_mtime
                if suffix == ".part":
                    found.begun[run] = Begun(_count_trials(path), changed)
                    continue
                same = before.changed.get(run) == changed
                found.ended[run] = before.ended[run] if same else _read_end(path)
                found.changed[run] = changed
        except FileNotFoundError:  # finished, or packed
            continue
        except DamagedError as error:
            found.damaged[path] = str(error)
    # After the files: what was packed meanwhile is there.
    if os.path.lexists(contents.pack_path):
        for run, end in _packed(contents.pack_path).items():
            found.ended.setdefault(run, end)
    return found


def _packed(path: Path) -> Mapping[str, End]:
    try:
        file, metadata = open_pack(path)
        file.close()
        schema = metadata["schema"]
        return {
            str(header["run"]): end_from_dict(migrations.end(schema, header["end"]))
            for header in metadata["runs"]
        }
    except StoreError:
        raise
    except Exception as error:
        raise pack_error(path, error) from None


def _count_trials(path: Path) -> int:
    """Return how many trials an unfinished run has: its lines without the header."""
    lines = 0
    files.check_plain(path)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            lines += block.count(b"\n")
    return max(lines - 1, 0)


def _read_end(path: Path) -> End:
    """Return how a finished run ended, from its last line."""
    files.check_plain(path)
    last, line = _last_lines(path)
    try:
        data = unseal(line, checksum(last))
        schema = SCHEMA if "n_trials" in data else 1
        return end_from_dict(migrations.end(schema, data))
    except (SealError, orjson.JSONDecodeError, KeyError, ValueError, TypeError) as error:
        raise DamagedError(f"its last line is not the end of a run ({error})") from None


def _last_lines(path: Path) -> tuple[bytes, bytes]:
    """Return the last two lines of a file."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        length = _TAIL
        while True:
            file.seek(max(size - length, 0))
            lines = file.read().split(b"\n")
            # The first one may be a part of a line, the last one is empty.
            if len(lines) >= 4 or length >= size:
                break
            length *= 4
    if lines.pop() or len(lines) < 2:
        raise DamagedError("it stops before its end")
    return lines[-2], lines[-1]
