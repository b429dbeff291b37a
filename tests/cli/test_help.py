"""Every command has help, and what the catalog lists is for people and programs."""

from __future__ import annotations

import json

import click
import pytest

from bench.cli import main


def commands(group=main, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        yield (*path, name)


@pytest.mark.parametrize("path", [(), *commands()], ids=" ".join)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_has_help_with_an_example(call, path, option):
    output = call(*path, option).output
    _, found, example = output.partition("Example:")
    assert found
    # Line by line, as it can be copied, and without the mark that asks for that.
    first = example.strip().splitlines()[0]
    assert first.strip().startswith(f"tunebench {' '.join(path)}".strip())
    assert "Options" not in first
    assert "\\b" not in output
    assert "\b" not in output


@pytest.mark.parametrize("what", ["strategies", "problems", "suites", "sweeps"])
def test_list_says_the_same_to_people_and_programs(call, what):
    rows = json.loads(call("list", what, "--json").stdout)
    lines = call("list", what).stdout.splitlines()
    assert len(rows) == len(lines) > 0
    for row, line in zip(rows, lines, strict=True):
        argument = row.get("argument")
        shown = f"{row['name']}:{argument.upper()}" if argument else row["name"]
        assert line.split()[0] == shown
        assert row["sentence"]
        assert row["sentence"] in line


def test_list_says_what_is_unavailable_and_how_to_get_it(call, monkeypatch):
    monkeypatch.setattr("bench.registry.unavailable", lambda cls: "needs x; pip install x")
    assert "[unavailable: needs x; pip install x]" in call("list", "strategies").stdout
    rows = json.loads(call("list", "strategies", "--json").stdout)
    assert {row["unavailable"] for row in rows} == {"needs x; pip install x"}
