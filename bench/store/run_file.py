"""Reads run files, finished or not."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

from bench import files
from bench.store import migrations
from bench.store.migrations import READABLE
from bench.store.record import DamagedError, Outline, RunRecord, StoreError, end_from_dict
from bench.store.seal import SealError, are_sealed, checksum, is_sealed, unseal
from bench.store.validity import SECONDS, check_end, check_header, check_record

_HEADER_KEYS = {"schema", "run", "spec", "facts", "environment"}
_TRIAL_KEYS = {"trial_number", "config", "fidelity", "status", "worker", *SECONDS}


def check_schema(data: Mapping[str, Any], path: Path) -> None:
    """Refuse what another schema wrote.

    Raises:
        StoreError: `data`, read from `path`, names another schema or none.
    """
    if data.get("schema") not in READABLE:
        raise StoreError(
            f"results must have schema {READABLE[0]} to {READABLE[-1]}, {path} has "
            f"{data.get('schema')!r}; use another folder, or the tunebench that wrote it"
        )


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what keeps a file or folder from being read into an error that says so.

    Args:
        path: of what is read.

    Raises:
        FileNotFoundError: it is not there.
        StoreError: it is there, and cannot be read.
    """
    try:
        yield
    except OSError as error:
        # A link that leads nowhere is there.
        gone = isinstance(error, (FileNotFoundError, NotADirectoryError))
        if gone and not os.path.lexists(path):
            raise FileNotFoundError(error.errno, error.strerror, str(path)) from None
        raise StoreError(
            f"results must be readable, {path} cannot be read ({error.strerror}); "
            "check its permissions and where its links lead, or move it away"
        ) from None


def read_run(path: Path) -> RunRecord:
    """Read a run file, finished (`.jsonl`) or not (`.part`).

    Raises:
        DamagedError: it does not hold what a run file holds.
        FileNotFoundError: it is not there.
        StoreError: it cannot be read, or another schema wrote it.
    """
    with reading(path):
        lines = files.read(path).split(b"\n")
    # What follows the last line feed was being written when the process died.
    torn = lines.pop()
    finished = path.suffix == ".jsonl"
    sealed = sum(map(is_sealed, lines))
    if 0 < sealed < len(lines):
        raise DamagedError("some of its lines have a checksum, others have none")
    data = list(_loaded(lines))
    header, trials = _header(data[0] if data else None, path), data[1:]
    if not all(isinstance(line, dict) for line in trials):
        raise DamagedError("a line is not a trial")
    end = None
    if trials and migrations.is_end(header["schema"], trials[-1]):
        try:
            end = end_from_dict(migrations.end(header["schema"], trials.pop()))
        except (KeyError, ValueError) as error:
            raise DamagedError(f"its last line is not the end of a run ({error})") from None
    if finished and (torn or end is None or end.n_trials != len(trials)):
        raise DamagedError("it stops before its end")
    brought = _migrated(header["schema"], trials)
    record = RunRecord(_current(header), brought, end if finished else None, sealed > 0)
    check_record(record)
    return record


def read_outline(path: Path) -> Outline:
    """Read a run file without making anything of its trials, which the checksums vouch for.

    Raises:
        As `read_run`.
    """
    if path.suffix == ".jsonl":
        with reading(path):
            lines = files.read(path).split(b"\n")
        with suppress(KeyError, TypeError, ValueError, AttributeError, DamagedError):
            return _outline(path, lines)
    return read_run(path).outline  # it says what is wrong


def _outline(path: Path, lines: list[bytes]) -> Outline:
    """Return what a finished run file says before and after its trials; a failure of any kind."""
    if lines.pop() or len(lines) < 2 or not are_sealed(lines):
        raise DamagedError
    first, last = _header(unseal(lines[0]), path), orjson.loads(lines[-1])
    header, schema = _current(first), first["schema"]
    check_header(header)
    end = end_from_dict(migrations.end(schema, last))
    check_end(end)
    if not migrations.is_end(schema, last) or end.n_trials != len(lines) - 2:
        raise DamagedError
    return Outline(header, end)


def read_header(path: Path) -> dict[str, Any]:
    """Read the header of a run file, and nothing of its trials.

    Raises:
        DamagedError: it does not begin as a run file does.
        FileNotFoundError: it is not there.
        StoreError: it cannot be read, or another schema wrote it.
    """
    with reading(path):
        files.check_plain(path)
        with path.open("rb") as file:
            line = file.readline()
    header = _current(_header(next(_loaded([line.removesuffix(b"\n")])), path))
    try:
        check_header(header)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DamagedError(f"a part of its header has the wrong type ({error})") from None
    return header


def _header(first: Any, path: Path) -> dict[str, Any]:
    """Return the first line of a run file, as its schema has it."""
    if not isinstance(first, dict) or "schema" not in first:
        raise DamagedError("the first line is not a header")
    check_schema(first, path)
    if first.get("run") != path.stem or not first.keys() >= _HEADER_KEYS:
        raise DamagedError("the first line is another run's header or a part of one")
    return first


def _current(header: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return migrations.current_header(header)
    except (KeyError, TypeError, AttributeError) as error:
        raise DamagedError(f"its header lacks a part ({error})") from None


def _migrated(schema: int, trials: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    try:
        lines = migrations.trial_lines(schema, trials)
    except (KeyError, TypeError, ValueError):
        lines = []
    if len(lines) < len(trials) or not all(line.keys() >= _TRIAL_KEYS for line in lines):
        raise DamagedError("a trial lacks a part")
    return lines


def _loaded(lines: Sequence[bytes]) -> Iterator[Any]:
    before, sealed = 0, are_sealed(lines)
    for number, line in enumerate(lines, 1):
        try:
            if sealed:
                data = orjson.loads(line)
                del data["crc32"]
                yield data
                continue
            yield unseal(line, before)
            before = checksum(line)
        except SealError as error:
            raise DamagedError(f"line {number} was changed after it was written: {error}") from None
        except orjson.JSONDecodeError as error:
            raise DamagedError(f"a line is not JSON ({error})") from None
