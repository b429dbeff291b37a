"""Errors as the command line says them: with its options, where Python names arguments."""

from __future__ import annotations

import re

import click

from bench.errors import UserError

_NAMED = re.compile(r"^'\w+'(?: or '\w+')*")
"""Arguments at the beginning of a line; a line about a sweep file begins with its path."""

_EXAMPLE = re.compile(r"(?<=; for example )(\w+) = ")


def on_command_line(error: UserError, command: click.Command) -> str:
    """Return the message of an error in which arguments are named as options of a command.

    Args:
        error: raised by the command.
        command: which options there are.

    >>> command = click.Command("run", params=[click.Option(["--trials"])])
    >>> on_command_line(UserError("'trials' must be 1 or more, got 0"), command)
    "'--trials' must be 1 or more, got 0"
    """
    options = {
        name.lstrip("-").replace("-", "_"): name
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in parameter.opts
    }

    def named(found: re.Match[str]) -> str:
        return re.sub(r"\w+", lambda word: options.get(word[0], word[0]), found[0])

    def example(found: re.Match[str]) -> str:
        return f"{options[found[1]]} " if found[1] in options else found[0]

    lines = [
        _EXAMPLE.sub(example, _NAMED.sub(named, line)) if _NAMED.search(line) else line
        for line in str(error).split("\n")
    ]
    more = f" ({options[error.option]})" if error.option in options else ""
    return "\n".join(lines) + more
