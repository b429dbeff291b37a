"""The file of a run that another machine does, kept in the folder as far as it has come."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from bench import files
from bench.store.folder import Store
from bench.store.run_file import reading


class Arriving:
    """A run file that comes in pieces; as if it had been written here.

    Args:
        store: where it is kept.
        run: the id.
    """

    def __init__(self, store: Store, run: str) -> None:
        self._store = store
        self._path = store.run_path(run)
        self._part = self._path.with_suffix(".part")
        self._length = -1

    def earlier(self) -> tuple[str, bytes]:
        """Return the file of an earlier attempt: its ending and its content; empty: there is none.

        Raises:
            StoreError: it cannot be read.
        """
        for path in (self._part, self._path):
            with suppress(FileNotFoundError), reading(path):
                return path.suffix, files.read(path)
        return "", b""

    def add(self, start: int, content: bytes) -> None:
        """Take a piece of the file; one that does not join what is there is left for the whole.

        Args:
            start: where it begins, in bytes; 0 for one that replaces what is there.
            content: whole lines.

        Raises:
            StoreError: it cannot be written.
        """
        if start == 0:
            self._replace(self._part, content)
            self._length = len(content)
        elif start == self._length:
            try:
                with self._part.open("ab") as file:
                    file.write(content)
            except OSError as error:
                raise self._store.unwritable(error) from None
            self._length += len(content)

    def whole(self, content: bytes, *, finished: bool) -> None:
        """Take the whole file.

        Args:
            content: all its lines.
            finished: whether the last one is the end of the run.

        Raises:
            StoreError: it cannot be written.
        """
        if not finished:
            self._replace(self._part, content)
            return
        self._replace(self._path, content)
        with suppress(OSError):
            self._part.unlink(missing_ok=True)

    def _replace(self, path: Path, content: bytes) -> None:
        try:
            with files.replacing(path) as file:
                file.write(content)
        except OSError as error:
            raise self._store.unwritable(error) from None
