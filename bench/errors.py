"""Errors whose message is all a user needs: the rule, the value, the way out."""

from __future__ import annotations


class UserError(Exception):
    """What the command line says in one line, without a traceback."""


class OutputError(Exception):
    """Standard output that cannot be written.

    Args:
        why: in the system's words.
        closed: whether its reader is gone.
    """

    def __init__(self, why: str, *, closed: bool) -> None:
        super().__init__(why)
        self.closed = closed

    @property
    def exit_code(self) -> int:
        """What a program exits with: as SIGPIPE would have it where the reader is gone."""
        return 141 if self.closed else 2
