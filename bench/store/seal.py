"""Checksums: lines of JSON that carry their own, each after the line before, and columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zlib import crc32

import orjson

_KEY = b',"crc32":"'
_LENGTH = len(_KEY) + len(b'01234567"}')


class SealError(ValueError):
    """What is not as it was written."""


def seal(data: Any, before: int = 0) -> bytes:
    """Return an object as JSON whose last key is the CRC-32 of all that stands before it.

    Any change of up to 32 bits in a row is noticed for certain, any other with a probability of
    1 − 2⁻³².

    Args:
        data: what makes a JSON object.
        before: the checksum of the line before, so that a line counts in its place only.
    """
    return sealed(data, before)[0]


def sealed(data: Any, before: int) -> tuple[bytes, int]:
    """Return what `seal` does, and the checksum itself."""
    text = orjson.dumps(data)[:-1]
    found = crc32(text, before)
    return b'%b%b%08x"}' % (text, _KEY, found), found


def checksum(line: bytes) -> int:
    """Return the checksum that a line carries; 0 of one without.

    Raises:
        SealError: there is none where it should be.
    """
    try:
        return int(line[-10:-2], 16) if is_sealed(line) else 0
    except ValueError:
        raise SealError("its checksum is not a number") from None


def is_sealed(line: bytes) -> bool:
    """Return whether a line carries its checksum; of old results none does."""
    return line[-_LENGTH:].startswith(_KEY)


def unseal(line: bytes, before: int = 0) -> Any:
    """Return what a line of JSON holds, without its checksum.

    Args:
        line: without its line feed.
        before: the checksum of the line before.

    Raises:
        SealError: its checksum is another.
        orjson.JSONDecodeError: it is no JSON.
    """
    if not is_sealed(line):
        data = orjson.loads(line)
        if isinstance(data, dict) and "crc32" in data:
            raise SealError("another program rewrote it")
        return data
    # Without a copy: that of a pack has megabytes.
    text, found = memoryview(line)[:-_LENGTH], line[-_LENGTH + len(_KEY) :]
    if found != b'%08x"}' % crc32(text, before):
        raise SealError("its checksum belongs to another text or another place")
    data = orjson.loads(line)
    del data["crc32"]
    return data


def are_sealed(lines: Sequence[bytes]) -> bool:
    """Return whether all lines of a file carry the checksums they were written with.

    Args:
        lines: all of them, in their order, without their line feeds.
    """
    before = 0
    for line in lines:
        before = crc32(memoryview(line)[:-_LENGTH], before)
        if line[-_LENGTH:] != b'%b%08x"}' % (_KEY, before):
            return False
    return True


class ColumnSeal:
    """The checksums of the values of an Arrow column, however a file stores them; as a text."""

    def __init__(self) -> None:
        self._sums: dict[str, int] = {}

    def add(self, chunk: Any) -> None:
        """Take the next values.

        Args:
            chunk: numbers, texts, or lists of numbers; dictionaries count as their values.
        """
        for part, buffer in _parts(chunk) if len(chunk) else ():
            self._sums[part] = crc32(buffer, self._sums.get(part, 0))

    def __str__(self) -> str:
        return " ".join(f"{part} {value:08x}" for part, value in self._sums.items())


def column_seal(column: Any) -> str:
    """Return the seal of a whole column, which is chunked."""
    found = ColumnSeal()
    for chunk in column.chunks:
        found.add(chunk)
    return str(found)


def _parts(array: Any) -> Iterator[tuple[str, Any]]:
    """Yield what makes the values of an array: each part goes on in the next chunk."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    yield "there", array.is_valid().to_numpy(zero_copy_only=False)
    if pa.types.is_list(array.type):
        yield "lengths", pc.list_value_length(array).fill_null(0).to_numpy()
        for part, buffer in _parts(array.flatten()):
            yield f"item-{part}", buffer
    elif pa.types.is_string(array.type):
        array = array.fill_null("")
        yield "lengths", pc.binary_length(array).to_numpy()
        _, offsets, texts = array.buffers()
        ends = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
        yield "values", b"" if texts is None else texts[int(ends[0]) : int(ends[-1])]
    else:
        yield "values", array.fill_null(0).to_numpy()
