"""Errors whose message is all a user needs: the rule, the value, the way out."""

from __future__ import annotations


class UserError(Exception):
    """What the command line says in one line, without a traceback.

    Args:
        message: the rule, the value, the way out. A message about an argument begins with its name
            in quotes, as in `'trials' must be …`, of which the command line makes the option.
        option: name of the option, without dashes, that takes the way out; "" if none does. Only
            the command line shows it.
    """

    def __init__(self, message: str = "", *, option: str = "") -> None:
        super().__init__(message)
        self.option = option


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
