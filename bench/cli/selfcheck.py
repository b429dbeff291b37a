"""Comparing measured values with theory: `selfcheck`."""

from __future__ import annotations

import json
import math
import sys
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from bench.cli.options import as_json
from bench.cli.terminal import say
from bench.words import many

if TYPE_CHECKING:
    from bench.selfcheck import Line

WIDTH = 62
"""Of the names."""


@click.command()
@as_json
def selfcheck(as_json: bool) -> None:
    """Compare measured values with exact theory.

    Each line shows the expected and the measured value, their difference in standard errors (z; –
    where nothing is random), and whether the line holds: |z| ≤ 4, or nine equal digits. Seeds are
    fixed. The exit code is 1 if a line fails. The command takes less than a minute.

    \b
    Example:
      tunebench selfcheck
    """
    from bench.selfcheck import lines

    began = perf_counter()
    found = []
    if not as_json:
        say(f"{'':<{WIDTH}} {'expected':>12} {'measured':>12} {'z':>7}")
    for line in lines():
        found.append(line)
        if not as_json:
            say(_row(line))
    failed = [line.name for line in found if not line.holds]
    if as_json:
        say(json.dumps([_plain(line) for line in found], indent=2))
    else:
        seconds = f"{perf_counter() - began:.0f} s"
        say(f"{len(found) - len(failed)} of {many(len(found), 'line')} hold, {seconds}")
        for name in failed:
            say(f"FAIL: {name}")
    sys.exit(1 if failed else 0)


def _row(line: Line) -> str:
    z = "–" if line.z is None else f"{line.z:+.2f}"
    verdict = "ok" if line.holds else f"FAIL {line.reason}".rstrip()
    numbers = f"{line.expected:>12.6g} {line.measured:>12.6g} {z:>7}"
    return f"{line.name:<{WIDTH}} {numbers}  {verdict}"


def _plain(line: Line) -> dict[str, Any]:
    """Return what JSON can hold of a line: what was not measured is null."""
    numbers = {"expected": line.expected, "measured": line.measured, "z": line.z}
    return {
        "name": line.name,
        **{key: v if v is not None and math.isfinite(v) else None for key, v in numbers.items()},
        "holds": line.holds,
        "reason": line.reason,
    }
