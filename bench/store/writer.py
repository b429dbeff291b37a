"""Writes a run file while its run goes on."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from bench.core import Trial
from bench.files import create
from bench.run import End
from bench.store.record import StoreError, end_to_dict, trial_from_dict, trial_to_dict
from bench.store.seal import sealed


class Writer:
    """Appends trials to an unfinished run, one line each with its checksum, flushed.

    Args:
        path: where the finished run will be; until then `.part` is added.
        header: the first line.
        recorded: the lines of an earlier attempt to go on from.

    Attributes:
        recorded: the trials of that attempt.
    """

    def __init__(
        self, path: Path, header: Mapping[str, Any], recorded: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        self._path = path
        self._part = path.with_suffix(".part")
        # A fresh file instead of the old one: a process that outlived its driver may still hold
        # that one, and what it writes there now reaches nobody.
        fresh = path.with_suffix(".new")
        self._file: BinaryIO = create(fresh)
        self._ends, self._sums = [0], [0]
        try:
            for line in (header, *recorded):
                self._write(line)
            self._file.flush()
            fresh.replace(self._part)
        except BaseException:
            with suppress(OSError):  # it writes what it holds
                self._file.close()
            fresh.unlink(missing_ok=True)
            raise
        self._inode = os.fstat(self._file.fileno()).st_ino
        sign = -1.0 if header["facts"]["direction"] == "maximize" else 1.0
        self.recorded = [trial_from_dict(line, sign) for line in recorded]

    def append(self, trial: Trial, place: int) -> None:
        """Write a trial; recorded ones from its place on are thrown away.

        Args:
            trial: as a run yields it.
            place: from 0, in the order in which trials are reported.
        """
        self._cut(place)
        self._write(trial_to_dict(trial))
        self._file.flush()

    def close(self, end: End) -> None:
        """Write how the run ended and give the file its final name."""
        self._cut(end.n_trials)
        self._write(end_to_dict(end))
        self._file.close()
        if self._part.stat().st_ino != self._inode:
            raise StoreError(f"another process took over {self._part}; its result counts")
        self._part.replace(self._path)

    def leave(self) -> None:
        """Close the file of a run that stays unfinished."""
        self._file.close()

    def _write(self, data: Mapping[str, Any]) -> None:
        line, found = sealed(data, self._sums[-1])
        self._file.write(line + b"\n")
        self._ends.append(self._ends[-1] + len(line) + 1)
        self._sums.append(found)

    def _cut(self, trials: int) -> None:
        """Throw away the lines beyond the header and so many trials."""
        if len(self._ends) > trials + 2:
            del self._ends[trials + 2 :], self._sums[trials + 2 :]
            self._file.truncate(self._ends[-1])
            self._file.seek(self._ends[-1])
