"""The check of a problem that offers cheaper evaluations, beyond what is broken."""

from __future__ import annotations

from bench import Evaluation, Fidelity, checks
from bench.testing.contracts import OffersRows, Sound


def test_each_fidelity_of_a_setting_is_checked_and_its_cost_noted():
    (verdict,) = checks.run_checks(OffersRows, [checks.problem.check_evaluates_at_less])
    assert (verdict.reason, verdict.applies) == (None, True)
    assert verdict.note == "at 1 of 10 rows the default costs 0.1 × a full evaluation"


def test_a_fidelity_that_changes_nothing_is_noted():
    cls = type("Same", (Sound,), {"fidelity": Fidelity("rows", 10), "__doc__": "The same."})
    (verdict,) = checks.run_checks(cls, [checks.problem.check_evaluates_at_less])
    assert verdict.note == "a cheaper evaluation says the same as a full one at {'x': 0.5}"


def test_only_measured_steps_are_tried():
    """The middle of 1 and 10 is no step here."""
    steps = Fidelity("rows", 10, 1, measured=(1, 4, 10))

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(config["x"] ** 2 + 10 - steps.step(fidelity))

    members = {"fidelity": steps, "evaluate": evaluate, "__doc__": "Was measured."}
    cls = type("Measured", (Sound,), members)
    (verdict,) = checks.run_checks(cls, [checks.problem.check_evaluates_at_less])
    assert (verdict.reason, verdict.note) == (None, "")


def test_a_calculated_cost_must_be_less_and_one_that_was_measured_is_noted():
    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(config["x"] ** 2 + fidelity, cost=3.0 - fidelity)

    members = {"fidelity": Fidelity("rows", 10), "evaluate": evaluate, "__doc__": "Costs more."}
    check = [checks.problem.check_evaluates_at_less]
    (verdict,) = checks.run_checks(type("Calculated", (Sound,), members), check)
    assert str(verdict.reason) == (
        "a cheaper evaluation must cost less than a full one, at 1 of 10 rows it costs 1.45 times "
        "as much"
    )
    (verdict,) = checks.run_checks(type("Recorded", (Sound,), members | {"table": None}), check)
    assert verdict.note == "at 1 of 10 rows the default costs 1.4 × a full evaluation"
