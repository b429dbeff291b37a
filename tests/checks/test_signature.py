"""A signature shows when a problem's values change, and says what recorded it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from bench import Config, Evaluation, Float, Metric, Problem, SearchSpace, registry
from bench.checks import signature
from bench.checks.common import CheckFailedError, NotApplicable


@dataclass
class Line(Problem):
    """Twice x."""

    name = "line"
    requires = ("sklearn",)
    space = SearchSpace({"x": Float(0, 1)}, default={"x": 0.5})
    metric = Metric("loss", "minimize")
    slope: float = field(default=2.0)

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        if config["x"] > 0.99:
            raise ArithmeticError("too large")
        return Evaluation(self.slope * config["x"], test_value=self.slope)


@pytest.fixture
def recorded(monkeypatch, tmp_path):
    """Record the signature of `Line` and let the checks find it; return its file."""
    path = tmp_path / "signatures.json"
    monkeypatch.setattr(signature, "_recorded", lambda: {})
    assert list(signature.record({"line": Line}, path)) == ["line"]
    monkeypatch.setattr(signature, "_recorded", lambda: json.loads(path.read_text()))
    return path


def test_the_same_values_pass_and_the_versions_that_recorded_them_are_said(recorded):
    note = signature.check_keeps_its_signature(Line)
    assert note.startswith("recorded with scikit-learn 1.")
    assert "numpy" in note


def test_the_default_and_two_draws_are_recorded(recorded):
    found = json.loads(recorded.read_text())["line"]
    assert found["version"] == 1
    assert found["points"][0] == {"config": {"x": 0.5}, "value": 1.0, "test_value": 2.0}
    assert len(found["points"]) == 3


def test_another_value_fails_and_names_both_versions(recorded):
    class Steeper(Line):
        def __init__(self):
            super().__init__(slope=2.001)

    with pytest.raises(CheckFailedError) as error:
        signature.check_keeps_its_signature(Steeper)
    assert "value at {'x': 0.5}, seed 1, must be 1.0, as recorded with" in str(error.value)
    assert "it is 1.0005" in str(error.value)
    assert str(error.value).count("scikit-learn 1.") == 2


def test_a_difference_within_the_tolerance_passes(recorded):
    class Rounded(Line):
        def __init__(self):
            super().__init__(slope=2.0 * (1 + 1e-8))

    signature.check_keeps_its_signature(Rounded)


def test_another_version_wants_a_new_record(recorded):
    class Newer(Line):
        version = 2

    with pytest.raises(CheckFailedError, match="must be of the problem's version, 2, the recorded"):
        signature.check_keeps_its_signature(Newer)


def test_a_failure_is_a_value_too(recorded):
    class Failing(Line):
        def evaluate(self, config, *, seed, fidelity=1.0):
            raise ArithmeticError("always")

    with pytest.raises(CheckFailedError, match=r"error at .* must be None"):
        signature.check_keeps_its_signature(Failing)


def test_a_problem_without_a_record_is_reported():
    with pytest.raises(NotApplicable, match="no signature is recorded"):
        signature.check_keeps_its_signature(Line)


def test_recording_again_keeps_what_is_still_true(recorded):
    text = recorded.read_text().replace("scikit-learn", "an older one")
    recorded.write_text(text)
    list(signature.record({"line": Line}, recorded))
    assert recorded.read_text() == text


def test_what_needs_a_package_that_is_missing_keeps_its_record_or_has_none(recorded):
    class Elsewhere(Line):
        requires = ("no_such_package",)

    text = recorded.read_text()
    assert list(signature.record({"line": Elsewhere, "new": Elsewhere}, recorded)) == []
    assert recorded.read_text() == text


def test_every_problem_of_the_catalog_has_its_record():
    # A table of one's own has no value before one names it.
    wanted = set(registry.PROBLEMS.classes()) - {"table"}
    assert set(signature._recorded()) == wanted


@dataclass
class Ties(Line):
    """Twice x, but above 0.5 a tie that the last bit decides."""

    def otherwise_rounded(self, seed):
        return Ties(slope=self.slope + (0.25 if seed == 3 else 0))

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        slope = self.slope if config["x"] > 0.5 else 2.0
        return Evaluation(slope * config["x"], test_value=0.5)


@pytest.fixture
def tied(monkeypatch):
    """Record the signature of `Ties`, return it, and let the checks find it."""
    found = signature.signature(Ties)
    monkeypatch.setattr(signature, "_recorded", lambda: {"line": found})
    return found


def test_draws_are_added_until_three_configurations_have_the_same_values_everywhere(tied):
    stable = [point for point in tied["points"] if "differs_by" not in point]
    others = [point for point in tied["points"] if "differs_by" in point]
    assert len(stable) == 3
    assert all(point["config"]["x"] <= 0.5 for point in stable)
    assert others
    for point in others:
        assert point["differs_by"] == {"value": pytest.approx(0.25 * point["config"]["x"], rel=0.1)}


def test_a_value_that_hangs_on_the_last_bit_is_not_held_against_another_processor(tied):
    class Elsewhere(Ties):
        def __init__(self):
            super().__init__(slope=2.25)

    note = signature.check_keeps_its_signature(Elsewhere)
    found = [point["differs_by"]["value"] for point in tied["points"] if "differs_by" in point]
    assert f"values at {len(found)} of {len(tied['points'])} configurations" in note
    assert f"by up to {max(found):.2g}" in note


def test_the_other_values_of_such_a_problem_are_still_held(tied):
    class Other(Ties):
        def evaluate(self, config, *, seed, fidelity=1.0):
            return Evaluation(2.1 * config["x"], test_value=0.5)

    with pytest.raises(CheckFailedError, match="must be"):
        signature.check_keeps_its_signature(Other)


def test_what_is_recorded_of_another_version_says_nothing_of_processors(tied):
    assert "depend on the last bit" in signature.dependence("line", 1)
    assert signature.dependence("line", 2) == signature.dependence("no-such-problem", 1) == ""


def test_every_record_holds_values_that_are_the_same_everywhere():
    for name, recorded in signature._recorded().items():
        assert any("differs_by" not in point for point in recorded["points"]), name
