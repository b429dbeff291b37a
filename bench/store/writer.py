"""Writes a run file while its run goes on."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from bench.core import Trial
from bench.files import create
from bench.run import End
from bench.store.record import StoreError, end_to_dict, trial_to_dict
from bench.store.seal import seal


class Writer:
    """Appends trials to an unfinished run, one line each with its checksum, flushed.

    Args:
        path: where the finished run will be; until then `.part` is added.
        head: the header.
        recorded: the lines of an earlier attempt to go on from.
    """

    def __init__(
        self, path: Path, head: Mapping[str, Any], recorded: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        self._path = path
        self._part = path.with_suffix(".part")
        lines = [seal(head), *map(seal, recorded)]
        # A fresh file instead of the old one: a process that outlived its driver may still hold
        # that one, and what it writes there now reaches nobody.
        fresh = path.with_suffix(".new")
        self._file: BinaryIO = create(fresh)
        self._file.write(b"".join(line + b"\n" for line in lines))
        self._file.flush()
        fresh.replace(self._part)
        self._inode = os.fstat(self._file.fileno()).st_ino
        self._ends = [len(lines[0]) + 1]
        for line in lines[1:]:
            self._ends.append(self._ends[-1] + len(line) + 1)

    def append(self, trial: Trial) -> None:
        """Write a trial; recorded ones of the same number and after it are thrown away."""
        if trial.number < len(self._ends) - 1:
            self._cut(trial.number)
        line = seal(trial_to_dict(trial)) + b"\n"
        self._file.write(line)
        self._file.flush()
        self._ends.append(self._ends[-1] + len(line))

    def close(self, end: End) -> None:
        """Write how the run ended and give the file its final name."""
        if end.trials < len(self._ends) - 1:
            self._cut(end.trials)
        self._file.write(seal(end_to_dict(end)) + b"\n")
        self._file.close()
        if self._part.stat().st_ino != self._inode:
            raise StoreError(f"another process took over {self._part}; its result counts")
        self._part.replace(self._path)

    def _cut(self, trials: int) -> None:
        del self._ends[trials + 1 :]
        self._file.truncate(self._ends[-1])
        self._file.seek(self._ends[-1])
