"""Addresses of databases and servers, as a page, a line or a record may show them."""

from __future__ import annotations

import re

_PASSWORD = re.compile(r"(?<=://)([^:/\s]*:)[^@\s]*(?:@[^@/?#\s]*)*@")
"""User and password before a host, by the grammar of SQLAlchemy (sqlalchemy.engine.url): a password
may have slashes. An `@` in it must be written as %40; where it is not, all to the last one before
the host is taken for the password."""

_TOKEN = re.compile(r"(?<=http://|ttps://)[^:/@\s]+@")
"""What a server of the web takes for a user without a password is often a token."""

_QUERY = re.compile(r"([?&]\w*(?:password|passwd|pwd|token|secret)\w*=)[^&#\s'\"]+", re.IGNORECASE)
"""A parameter that holds a password."""


def without_password(text: str) -> str:
    """Return an address, or a text with addresses, with `***` in place of passwords and tokens.

    >>> without_password("postgresql://ann:secret@host/db")
    'postgresql://ann:***@host/db'

    Args:
        text: any.
    """
    text = _PASSWORD.sub(r"\1***@", text)
    return _QUERY.sub(r"\1***", _TOKEN.sub("***@", text))
