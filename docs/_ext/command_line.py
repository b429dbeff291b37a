"""The reference of the command line, made of the parsers themselves."""

import re
import textwrap
from collections.abc import Iterator
from typing import Any

import click


def markdown(group: click.Group, name: str) -> str:
    """Return a section for each command, with its usage, its text, its example and its options.

    Args:
        group: the command line.
        name: what it is called in a shell.
    """
    parts: list[str] = []
    # A command keeps its help option from the first context that asks for it.
    with click.Context(group, info_name=name, **group.context_settings) as context:
        for command, inner in _commands(group, context):
            parts += _section(command, inner)
    return "\n".join(parts)


def _commands(
    group: click.Group, context: click.Context
) -> Iterator[tuple[click.Command, click.Context]]:
    for name in group.list_commands(context):
        command = group.commands[name]
        inner = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _commands(command, inner)
        else:
            yield command, inner


def _section(command: click.Command, context: click.Context) -> list[str]:
    usage = command.get_usage(context).removeprefix("Usage: ")
    text, _, example = (command.help or "").partition("\b\n")
    parts = [f"## {context.command_path}", "", "```text", _one_line(usage), "```", ""]
    for paragraph in text.strip().split("\n\n"):
        parts += [_plain(_one_line(paragraph)), ""]
    if example:
        _, _, lines = example.rstrip().partition("\n")
        parts += ["```text", textwrap.dedent(lines), "```", ""]
    records = [option.get_help_record(context) for option in _options(command)]
    rows = [(name, meaning) for name, meaning in filter(None, records)]
    if rows:
        parts += ["| option | meaning |", "|---|---|"]
        parts += [f"| `{_cell(name)}` | {_plain(meaning)} |" for name, meaning in rows]
        parts.append("")
    return parts


def _options(command: click.Command) -> list[Any]:
    return [parameter for parameter in command.params if isinstance(parameter, click.Option)]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    """Return text that does not end the cell of a table."""
    return text.replace("|", r"\|")


def _plain(text: str) -> str:
    """Return text in which only a backtick has a meaning in Markdown: code, in help as here."""
    return re.sub(r"([\\*_\[\]<>|{}])", r"\\\1", text)
