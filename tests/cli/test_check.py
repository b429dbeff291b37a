"""The command `check`."""

from __future__ import annotations

import json

import pytest

from bench.testing.refusals import assert_refused


@pytest.mark.slow
def test_check_passes_what_keeps_its_contract(call):
    output = call("check", "strategy", "random").stdout
    assert "FAIL" not in output
    assert "-     minimises: not applicable: it does not learn: it has no `tell`" in output
    assert "random: 15 checks passed, 0 failed, 5 not applicable" in output
    verdicts = json.loads(call("check", "strategy", "random", "--json").stdout)
    assert len(verdicts) == 20
    assert {verdict["reason"] for verdict in verdicts} == {None}
    assert sum(not verdict["applies"] for verdict in verdicts) == 5


@pytest.mark.slow
def test_check_fails_what_does_not(call, parts):
    name = parts("Raises").name
    output = call("check", "strategy", name, code=1).stdout
    assert "FAIL  runs_on_every_space: one float: ask raised RuntimeError" in output
    verdicts = json.loads(call("check", "strategy", name, "--json", code=1).stdout)
    failed = {verdict["check"] for verdict in verdicts if verdict["reason"]}
    assert "runs_on_every_space" in failed
    assert "is_named" not in failed


def test_check_takes_problems(call, parts):
    assert " 0 failed, " in call("check", "problem", parts("Sphere").name).stdout
    output = call("check", "problem", parts("Speechless").name, code=1).stdout
    assert "FAIL  evaluates_its_space" in output


def test_check_takes_names_with_an_argument(call, catalogued):
    catalogued("Lifted", "Doubled", "NeedsNothingToo")
    for name in ("test-lifted:2", "test-doubled:test-lifted:2"):
        output = call("check", "problem", name).stdout
        assert " checks passed, 0 failed, " in output
    assert_refused(call("check", "problem", "test-doubled:barnin", code=2), "did you mean branin")
    missing = call("check", "problem", "test-doubled:test-needs-nothing-too", code=2)
    assert_refused(missing, "cannot be checked here: it needs no_such_package_anywhere")
