"""What was sent to a tracker: lines that are only added, in the results folder."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from bench import files
from bench.errors import UserError
from bench.tracking.item import Item
from bench.tracking.names import short_hash

FOLDER = "tracking"
"""Of the results folder: where the ledgers are."""

WANDB = "wandb"
"""Of that folder: where W&B writes its runs."""


class TrackingError(UserError):
    """What cannot be tracked; the message says what to do."""


class Ledger:
    """What was sent of one sweep to one tracker.

    A line is added after its item was sent. A process that dies in between leaves no line, so the
    item is sent once more, which changes nothing in the tracker.

    Args:
        folder: of the results.
        target: of the tracker: its kind and its address.
        sweep: the identity of the sweep.
    """

    def __init__(self, folder: Path, target: str, sweep: str) -> None:
        self._results = folder
        self.folder = folder / FOLDER
        kind = target.partition(" ")[0]
        name = f"{kind}-{short_hash(target)}-{sweep[:8]}"
        self._path = self.folder / f"{name}.jsonl"
        self._lock_path = self.folder / f"{name}.lock"
        self._target = target
        self._sent: dict[tuple[str, str], list[str]] = {}

    @contextmanager
    def open(self) -> Iterator[None]:
        """Read what was sent, and let no other process send to the same tracker meanwhile.

        Raises:
            TrackingError: another process does, or the folder cannot be written.
        """
        # Loaded here, which the start of every command does without.
        from filelock import FileLock, Timeout

        try:
            self._refuse_links()
            self.folder.mkdir(exist_ok=True)
            lock = FileLock(self._lock_path).acquire(timeout=0)
        except Timeout:
            raise TrackingError(
                f"one process at a time may send {self._results} to a tracker, another one does; "
                "wait for it, or stop it"
            ) from None
        except OSError as error:
            raise self._unwritable(error) from None
        with lock:
            self._read()
            yield

    def results_id(self) -> str:
        """Return what tells these results from those of another folder, made at the first call.

        Raises:
            TrackingError: it cannot be written, or is something else.
        """
        path = self.folder / "id"
        try:
            if not path.is_file():
                with files.replacing(path) as file:
                    file.write(secrets.token_hex(6).encode())
            found = files.read(path).decode("ascii", "replace").strip()
        except OSError as error:
            raise self._unwritable(error) from None
        if not re.fullmatch("[0-9a-f]{12}", found):
            raise TrackingError(
                f"{path} must hold 12 hexadecimal digits, it holds {found[:40]!r}; remove the "
                "folder it is in, and all is sent once more as another experiment"
            )
        return found

    def has(self, key: str, part: str, token: str) -> bool:
        """Return whether a part was sent last as it is now."""
        sent = self._sent.get((key, part))
        return sent is not None and sent[-1] == token

    def revision(self, key: str, part: str, token: str) -> int:
        """Return how often a part was sent with other tokens before."""
        sent = self._sent.get((key, part), [])
        return sent.index(token) if token in sent else len(sent)

    def note(self, item: Item) -> None:
        """Note that an item was sent.

        Raises:
            TrackingError: the line cannot be written.
        """
        line = orjson.dumps({"key": item.key, "parts": dict(item.parts)})
        try:
            with self._path.open("ab") as file:
                file.write(line + b"\n")
        except OSError as error:
            raise self._unwritable(error) from None
        self._add(item.key, item.parts)

    def _read(self) -> None:
        self._sent.clear()
        try:
            content = files.read(self._path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._unwritable(error) from None
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:  # the process died while it wrote the last line
            with files.replacing(self._path) as file:
                file.write(whole)
        for line in whole.splitlines():
            try:
                data: Any = orjson.loads(line)
                self._add(data["key"], data["parts"])
            except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
                continue  # what cannot be read was not sent; it is sent again

    def _add(self, key: str, parts: Mapping[str, str]) -> None:
        for part, token in parts.items():
            sent = self._sent.setdefault((key, part), [])
            if token in sent:
                sent.remove(token)
            sent.append(token)

    def _refuse_links(self) -> None:
        names = (self._path.name, self._lock_path.name, "id", WANDB)
        for path in (self.folder, *(self.folder / name for name in names)):
            if files.leads_elsewhere(path):
                raise TrackingError(
                    f"what was sent is noted in the results folder, {path} is a link to another "
                    "place; remove the link"
                )

    def _unwritable(self, error: OSError) -> TrackingError:
        return TrackingError(
            f"what was sent is noted in {self.folder}, which cannot be written "
            f"({error.strerror}); copy the results to a folder that can be written"
        )
