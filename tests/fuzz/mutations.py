"""What may become of the files of others: bytes that change, values that are replaced."""

import copy
import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

ODD: list[Any] = [
    None, True, False, 0, 1, -1, 2, 10**6, 2**53, 2**63 - 1, 2**63, 10**400, -(10**30),
    0.0, -0.0, 0.5, 1e-320, 1e308, float("nan"), float("inf"), float("-inf"),
    "", " ", "a", "é", "e\u0301", "\u202e", "\0", "a\nb", "x" * 200, "x" * 5000, "1", "nan", "None",
    "../up", "a:b", "random", "completed", "minimize", [], [[]], [1], ["a"], {}, {"name": "a"},
    {"name": {}}, {"a": None}, {"": 1},
]  # fmt: skip
"""Values that stand for what somebody's program may have written by mistake."""


def deep(levels: int) -> Any:
    """Return lists in lists."""
    found: list[Any] = []
    for _ in range(levels):
        found = [found]
    return found


places = st.floats(0, 1, exclude_max=True)
odd_values = st.one_of(
    st.sampled_from(ODD),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from([50, 150]).map(deep),
)


def _at(content: bytes, place: float) -> int:
    return int(place * max(1, len(content)))


def _flip(content: bytes, place: float, bit: int) -> bytes:
    if not content:
        return content
    changed = bytearray(content)
    changed[_at(content, place)] ^= 1 << bit
    return bytes(changed)


def _cut(content: bytes, place: float, _: int) -> bytes:
    return content[: _at(content, place)]


def _delete(content: bytes, place: float, bit: int) -> bytes:
    start = _at(content, place)
    return content[:start] + content[start + 2**bit :]


def _repeat_line(content: bytes, place: float, _: int) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    which = int(place * len(lines))
    return b"".join([*lines[: which + 1], *lines[which:]])


def _drop_line(content: bytes, place: float, _: int) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    del lines[int(place * len(lines))]
    return b"".join(lines)


def _swap_lines(content: bytes, place: float, bit: int) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    one, two = int(place * len(lines)), bit % len(lines)
    lines[one], lines[two] = lines[two], lines[one]
    return b"".join(lines)


_MARKS = [b",", b"\n", b'"', b"\0", b"\xff", b"\xef\xbb\xbf", b"1e999", b"nan"]


def _insert(content: bytes, place: float, bit: int) -> bytes:
    start = _at(content, place)
    return content[:start] + _MARKS[bit] + content[start:]


_WAYS = [_flip, _cut, _delete, _repeat_line, _drop_line, _swap_lines, _insert]
_one_change = st.tuples(st.sampled_from(_WAYS), places, st.integers(0, 7))


def bytes_of(contents: list[bytes]) -> st.SearchStrategy[bytes]:
    """Return files with a few changed bytes or lines."""

    def change(content: bytes, changes: list[Any]) -> bytes:
        for way, place, bit in changes:
            content = way(content, place, bit)
        return content

    return st.builds(change, st.sampled_from(contents), st.lists(_one_change, max_size=2))


def _slots(data: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return every place in nested data, as what holds it and its key."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        found.append((data, key))
        if isinstance(value, dict | list):
            _slots(value, found)
    return found


def _replace(data: Any, place: float, value: Any) -> None:
    if slots := _slots(data, []):
        holder, key = slots[int(place * len(slots))]
        holder[key] = value


def _remove(data: Any, place: float, _: Any) -> None:
    if slots := _slots(data, []):
        holder, key = slots[int(place * len(slots))]
        del holder[key]


def _add(data: Any, place: float, value: Any) -> None:
    holders = [data, *(h[k] for h, k in _slots(data, []) if isinstance(h[k], dict | list))]
    holder = holders[int(place * len(holders))]
    if isinstance(holder, dict):
        holder["fuzz"] = value
    else:
        holder.append(value)


def _rename(data: Any, place: float, value: Any) -> None:
    slots = [(h, k) for h, k in _slots(data, []) if isinstance(h, dict)]
    if slots:
        holder, key = slots[int(place * len(slots))]
        holder[str(value)[:50]] = holder.pop(key)


_DATA_WAYS: list[Callable[[Any, float, Any], None]] = [_replace, _replace, _remove, _add, _rename]
_one_value = st.tuples(st.sampled_from(_DATA_WAYS), places, odd_values)


def data_of(known: list[Any]) -> st.SearchStrategy[Any]:
    """Return nested data with a few odd values in it."""

    def change(data: Any, changes: list[Any]) -> Any:
        data = copy.deepcopy(data)
        for way, place, value in changes:
            way(data, place, copy.deepcopy(value))
        return data

    return st.builds(change, st.sampled_from(known), st.lists(_one_value, max_size=2))


def as_json(data: Any) -> bytes:
    """Return data as JSON, whatever is in it."""
    try:
        return json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except RecursionError:
        return b"[" * 5000
