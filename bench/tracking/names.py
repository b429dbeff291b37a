"""Names as a tracker takes them: by one rule, which never makes two names one."""

from __future__ import annotations

import hashlib
import re

_REFUSED = re.compile(r"[^A-Za-z0-9_.\- ]")
"""Characters that some tracker refuses in a key; MLflow and W&B both take the others."""

_DIGITS = 8


def short_hash(text: str, digits: int = _DIGITS) -> str:
    """Return the first hexadecimal digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]


def key_of(name: str, limit: int = 250) -> str:
    """Return the key of a name.

    Letters and digits of ASCII, `_`, `-`, `.` and spaces stay, any other character becomes `_`, and
    what is too long is cut. A name that is changed ends with `-` and eight hexadecimal digits of
    its SHA-256, so that two names never have one key.

    >>> key_of("max_depth"), key_of("lr/α")
    ('max_depth', 'lr__-764141b9')

    Args:
        name: any text.
        limit: characters that a key may have.
    """
    clean = _REFUSED.sub("_", name)
    if clean == name and 0 < len(name) <= limit and not name.startswith(".") and name.strip():
        return name
    kept = clean.lstrip(".")[: limit - _DIGITS - 1]
    return f"{kept}-{short_hash(name)}"


def cut(text: str, limit: int) -> str:
    """Return a text of at most so many characters; one that was longer ends with `…`.

    >>> cut("a long name", 5)
    'a lo…'

    Args:
        text: any.
        limit: 1 or more.
    """
    clean = text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
