"""The reference of the command line: every command and every option is in it."""

import click
import command_line
import pytest
from click.testing import CliRunner

from bench.cli import main

TEXT = command_line.markdown(main, "tunebench")


@click.command()
@click.argument("path")
@click.option("--kind", type=click.Choice(["a", "b"]), help="Either.")
@click.option("--level", type=int, default=3, show_default=True, help="How [much] a|b.")
def measure(path: str, kind: str, level: int) -> None:
    """Measure what is in PATH.

    A second paragraph, with a `name` and *stars*.

    \b
    Example:
      tool measure a.csv
      tool measure a.csv \\
          --level 4
    """


@click.group()
def tool() -> None:
    """A tool."""


tool.add_command(measure)


def test_a_section_has_usage_text_example_and_options():
    assert command_line.markdown(tool, "tool").splitlines() == [
        "## tool measure",
        "",
        "```text",
        "tool measure [OPTIONS] PATH",
        "```",
        "",
        "Measure what is in PATH.",
        "",
        r"A second paragraph, with a `name` and \*stars\*.",
        "",
        "```text",
        "tool measure a.csv",
        "tool measure a.csv \\",
        "    --level 4",
        "```",
        "",
        "| option | meaning |",
        "|---|---|",
        r"| `--kind [a\|b]` | Either. |",
        r"| `--level INTEGER` | How \[much\] a\|b.  \[default: 3\] |",
    ]


def commands(group, path):
    """Yield the whole name of each command with the command."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


@pytest.mark.parametrize(("path", "command"), list(commands(main, "tunebench")))
def test_every_command_of_tunebench_has_a_section_with_its_options(path, command):
    section = f"\n{TEXT}".partition(f"\n## {path}\n")[2].partition("\n## ")[0]
    assert f"{path} " in section
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert f"`{parameter.opts[0]}" in section


def test_the_help_that_a_person_sees_has_the_same_options():
    shown = CliRunner().invoke(main, ["run", "--help"]).output
    section = TEXT.partition("## tunebench run\n")[2].partition("\n## ")[0]
    for line in section.splitlines():
        if line.startswith("| `--"):
            assert line.split("`")[1].split()[0] in shown
