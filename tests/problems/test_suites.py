from __future__ import annotations

from problems.analytic import Ackley5, Branin, Hartmann6
from problems.analytic_unimodal import QuadraticLowEffective
from problems.boosting import BoostingBreastCancer
from problems.linear import ElasticNetDiabetes
from problems.mlp import MLPDigits
from problems.suites import SUITES
from problems.svm import SVMBreastCancer
from problems.tree import TreeWine

BY_NAME = {suite.name: set(suite.problems) for suite in SUITES}
ANALYTIC = {cls.name for cls in (Branin, Hartmann6, Ackley5, QuadraticLowEffective)}
CHEAP = {cls.name for cls in (SVMBreastCancer, TreeWine, ElasticNetDiabetes)}
LIVE = CHEAP | {BoostingBreastCancer.name, MLPDigits.name}


def test_suites_hold_what_their_names_say():
    expected = {
        "analytic": ANALYTIC,
        "live": LIVE,
        "smoke": {"branin", "tree-wine"},
        "quick": ANALYTIC | CHEAP,
        "standard": ANALYTIC | LIVE,
    }
    assert expected == BY_NAME


def test_nothing_is_listed_twice():
    assert len(BY_NAME) == len(SUITES)
    for suite in SUITES:
        assert len(set(suite.problems)) == len(suite.problems)


def test_each_says_what_it_is_for_and_what_to_cite():
    for suite in SUITES:
        assert suite.sentence.endswith(".")
        assert suite.citation
