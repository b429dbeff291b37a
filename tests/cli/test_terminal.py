"""What is said in the terminal: nothing that somebody else wrote is more than text there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import bench.cli
from bench.cli.run import _summary
from bench.cli.terminal import plain, say
from bench.execution.execute import Progress
from bench.run import RunStatus

STEERING = {
    "an escape sequence": ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
    "a title": ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
    "one byte for it": ("\x9b31m", r"\x9b31m"),
    "a carriage return": ("failed\rok", r"failed\rok"),
    "a backspace": ("a\x08b", r"a\x08b"),
    "turned round": ("\u202eabc", r"\u202eabc"),
    "hidden": ("a\u200bb", r"a\u200bb"),
    "a line separator": ("a\u2028b", r"a\u2028b"),
}


@pytest.mark.parametrize(("text", "shown"), STEERING.values(), ids=STEERING)
def test_what_would_steer_a_terminal_is_written_out(text, shown):
    assert plain(text) == shown


@pytest.mark.parametrize(
    "text", ["plain", "two\nlines", "÷ × − ’ ö", "日本", "[red]x[/red]", "a\xa0b"]
)
def test_text_stays_what_it_is(text):
    assert plain(text) == text


def test_both_streams_are_guarded():
    @click.command()
    def speak():
        say("\x1b[1m out")
        say("\x1b[2m err", err=True)

    found = CliRunner().invoke(speak)
    assert (found.stdout, found.stderr) == ("\\x1b[1m out\n", "\\x1b[2m err\n")


def test_no_command_prints_otherwise():
    others = {"terminal.py"}
    for path in Path(bench.cli.__file__).parent.glob("*.py"):
        if path.name not in others:
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\b(click\.s?echo|print|secho)\(", text), path.name


def test_failed_trials_are_reported_beside_runs_that_ended_well():
    done = Progress(2, Counter({RunStatus.COMPLETED: 2}), trials=10, failed_trials=10, seconds=2.0)
    assert _summary(done, 1).startswith("2 completed, every one of 10 trials failed in 2.0 s")
    done.failed_trials = 3
    assert _summary(done, 1).startswith("2 completed, 3 of 10 trials failed in 2.0 s")
    done.failed_trials = 0
    assert _summary(done, 1).startswith("2 completed in 2.0 s")


@pytest.mark.parametrize(
    ("trials", "seconds", "rate"), [(240, 647.2, "0.37"), (10, 10.0, "1.0"), (17_070, 10, "1,700")]
)
def test_a_slow_sweep_has_a_rate_as_a_fast_one(trials, seconds, rate):
    done = Progress(12, Counter({RunStatus.COMPLETED: 12}), trials=trials, seconds=seconds)
    assert f"; {rate} trials/s; " in _summary(done, 2)
