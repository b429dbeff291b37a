"""Errors whose message is all a user needs: the rule, the value, the way out."""

from __future__ import annotations


class UserError(Exception):
    """What the command line says in one line, without a traceback."""
