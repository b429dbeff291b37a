"""The command `cite`: what it prints of a result, and what it refuses."""

from __future__ import annotations

import pytest

from bench.analyses import Analyses
from bench.environment import version
from bench.output.copies import write_tidy
from bench.sources.fingerprint import fingerprint
from bench.sources.source import from_folder
from bench.spec import Entry
from bench.testing.refusals import assert_refused


@pytest.fixture
def folder(make_sweep, run_here, tmp_path):
    sweep = make_sweep(
        [Entry("random"), Entry("sobol"), Entry("default")],
        [Entry("sphere"), Entry("branin")],
        trials=8,
        repetitions=8,
    )
    return run_here(sweep, tmp_path / "done").folder


def test_a_result_is_cited_by_its_verdict(call, folder):
    lines = call("cite", folder).stdout.splitlines()
    source = from_folder(folder, command="")
    found = Analyses(source, trials=None, rope=0.01)
    assert lines[:2] == list(found.verdict.sentences[:2])
    count = len(source.trials)
    assert f"The fingerprint of the {count} trials is {fingerprint(source.trials)}." in lines
    assert f"The verdict was computed by tunebench {version('tunebench')}." in lines
    assert lines[-1] == f"Command: tunebench cite {folder}"


def test_a_pair_is_cited_with_its_library_and_command(call, folder):
    options = ("--strategy", "sobol", "--against", "default", "--trials", 4)
    text = call("cite", folder, *options).stdout
    assert text.startswith("sobol ")
    assert "and default" in text or "than default" in text
    assert "after 4 trials" in text
    assert f"scipy {version('scipy')}" in text
    assert text.endswith(f"cite {folder} --strategy sobol --against default --trials 4\n")


def test_random_is_what_a_strategy_is_compared_with(call, folder):
    text = call("cite", folder, "--strategy", "sobol").stdout
    assert text.splitlines()[0].startswith("sobol ")
    assert "random" in text.splitlines()[0]


@pytest.mark.parametrize(
    ("style", "start"),
    [("bibtex", "@misc{tunebench-tiny-"), ("markdown", "")],
)
def test_a_style_says_the_same_otherwise(call, folder, style, start):
    text = call("cite", folder, "--style", style).stdout
    assert text.startswith(start)
    assert fingerprint(from_folder(folder, command="").trials) in text
    assert ("`tunebench cite" in text) == (style == "markdown")


def test_a_table_of_the_same_trials_has_the_same_fingerprint(call, folder, tmp_path):
    source = from_folder(folder, command="")
    write_tidy(source.trials, source.runs, tmp_path)
    text = call("cite", tmp_path / "trials.parquet").stdout
    assert fingerprint(source.trials) in text
    assert "made with" not in text


REFUSED = {
    "not in the sweep": (
        ["--strategy", "gp"],
        "'--strategy' must be in the sweep, got 'gp'; it has random, sobol, default",
    ),
    "the other is not in the sweep": (
        ["--strategy", "sobol", "--against", "gp"],
        "'--against' must be in the sweep, got 'gp'; it has random, sobol, default",
    ),
    "only the other": (
        ["--against", "sobol"],
        "'--against' needs the strategy that is compared, got 'sobol' alone; give '--strategy'",
    ),
    "itself": (
        ["--strategy", "sobol", "--against", "sobol"],
        "'--against' must be another strategy, got 'sobol' twice",
    ),
    "random without another": (
        ["--strategy", "random"],
        "give '--against' one of sobol, default",
    ),
    "too many trials": (
        ["--trials", "9"],
        "'--trials' must be within the budget, 8 or less, got 9; leave it out",
    ),
}


def test_what_is_refused(call, folder):
    for options, message in REFUSED.values():
        assert_refused(call("cite", folder, *options, code=2), message)


def test_no_folder_is_refused(call, tmp_path):
    assert call("cite", tmp_path / "none", code=2).stderr.startswith("error: ")


@pytest.mark.parametrize("command", [("cite",), ("best",)])
def test_a_damaged_run_is_left_out_and_named(call, folder, command):
    path = min((folder / "runs").glob("*.jsonl"))
    path.write_bytes(path.read_bytes().replace(b'"trial_number":1,', b'"trial_number":1, ', 1))
    result = call(*command, folder)
    assert result.stderr.startswith(f"left out: {path} is damaged (line 3 was changed after")
    assert "left out" not in result.stdout
