"""A message names the arguments of Python as Python has them, and the command line its options."""

from __future__ import annotations

import click
import pytest

from bench.cli.messages import on_command_line
from bench.errors import UserError
from bench.spec import SpecError

COMMAND = click.Command(
    "do",
    params=[
        click.Option(["--trials"]),
        click.Option(["--run-timeout"]),
        click.Option(["--strategy", "strategies"], multiple=True),
        click.Option(["--out"]),
        click.Argument(["folder"]),
    ],
)


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("'trials' must be 1 or more, got 0; for example trials = 50",
         "'--trials' must be 1 or more, got 0; for example --trials 50"),
        ("'run_timeout' must be above 0, got 0", "'--run-timeout' must be above 0, got 0"),
        ("'strategy' must be in both, got 'trials'", "'--strategy' must be in both, got 'trials'"),
        ("'trials' or 'strategy' must be given", "'--trials' or '--strategy' must be given"),
        ("'trials' must be 1\n'strategy' must be 2",
         "'--trials' must be 1\n'--strategy' must be 2"),
        ("'seed' must be 0 or more, got -1", "'seed' must be 0 or more, got -1"),
        ("'folder' must be new", "'folder' must be new"),
        ("a.toml: 'trials' must be 1 or more, got 0; for example trials = 50",
         "a.toml: 'trials' must be 1 or more, got 0; for example trials = 50"),
    ],
)  # fmt: skip
def test_an_argument_that_a_line_begins_with_becomes_its_option(message, shown):
    assert on_command_line(UserError(message), COMMAND) == shown


def test_an_option_that_takes_the_way_out_is_named_where_the_command_has_it():
    error = SpecError("a folder must be new, x is not; use another folder", option="out")
    assert str(error) == "a folder must be new, x is not; use another folder"
    assert on_command_line(error, COMMAND) == f"{error} (--out)"
    assert on_command_line(error, click.Command("pack")) == str(error)
