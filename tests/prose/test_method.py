"""What the Method of a report says, as golden files: each definition from made-up numbers."""

import math

import pandas as pd

from bench.panels.looks import Looks
from bench.prose import method
from bench.prose.samples import Sample
from bench.testing.golden import lines

NAN = math.nan
WHEN = "after 20 trials"

KINDS = ("normal", "skewed")
COVERAGE = pd.DataFrame(
    [
        {"sample": sample, "statistic": statistic, "distribution": kind, "coverage": share}
        for sample in ("repetitions", "data sets")
        for statistic, more in (("mean", 0.0), ("iqm", 0.01))
        for kind in KINDS
        for share in (0.93 + more, 0.952 + more)
    ]
)
ERRORS = pd.DataFrame(
    [
        {"distribution": kind, "pairs": count, "better": wrong, "equal": wrong / count}
        for kind, wrong in (("normal", 0.04), ("skewed", 0.031), ("equal means", 0.9))
        for count in (1, 3)
    ]
)
LOOKS = Looks(5, {"a": 20, "b": 12}, {"b": 5}, made=10)
OF_LOOKS = pd.DataFrame(
    {"better": [0.041, 0.02], "equal": [0.0, 0.044], "unadjusted": [0.13, 0.146],
     "covered": [0.943, 0.957]}
)  # fmt: skip
NEW = pd.DataFrame({"better": [0.048, 0.01]})


def pairs(**changed):
    """Verdicts on two pairs."""
    rows = {"p": [0.01, 0.2], "p_new": [0.02, 0.3], "n_repetitions": [5, 8],
            "n_problems": [4, 7], "n_datasets": [4, 6], "n_functions": 0}  # fmt: skip
    return pd.DataFrame(rows | changed)


def test_method(golden):
    golden("method", lines({
        "sentence": method.SENTENCE,
        "incumbent": method.INCUMBENT,
        "repetition": method.repetition(True),
        "regret": method.REGRET,
        "bounded regret": method.BOUNDED,
        "unordered": method.unordered(["grid", "lhs"]),
        "seconds": method.seconds(True, True),
        "intervals": method.INTERVALS,
        "observations": method.observations(Sample(7, 6, 0)),
        "observations, functions too": method.observations(Sample(7, 7, 3)),
        "these": method.these(pairs()),
        "new": method.new(pairs()),
        "when": method.when(WHEN, False),
        "simulations": method.SIMULATIONS,
        "held": method.held(COVERAGE),
        "errors": method.errors(ERRORS),
        "looks": method.looks(LOOKS),
        "errors of looks": " ".join(method.errors_of_looks(OF_LOOKS, NEW)),
    }))  # fmt: skip


def test_method_of_odd_sweeps(golden):
    one = pairs().head(1)
    golden("method-odd", lines({
        "repetition": method.repetition(False),
        "cheaper": method.cheaper(["tpe"], []),
        "cheaper, unordered": method.cheaper(["grid", "tpe"], ["grid"]),
        "nothing cheaper": method.cheaper([], []),
        "no unordered": method.unordered([]),
        "seconds": method.seconds(True, False),
        "no seconds": method.seconds(False, False),
        "all recorded": method.not_recorded([]),
        "scales not recorded": method.not_recorded(["branin", "svm-wine"]),
        "all unchecked": method.unchecked(4, 4),
        "some unchecked": method.unchecked(1, 4),
        "all checked": method.unchecked(0, 4),
        "each its data set": method.observations(Sample(2, 2, 0)),
        "no data set": method.observations(Sample(3, 3, 3)),
        "no data set, a function twice": method.observations(Sample(3, 2, 2)),
        "no test": method.NO_TEST,
        "these": method.these(one),
        "these, one pair tested": method.these(pairs(p=[NAN, 0.2])),
        "these, no test": method.these(pairs(p=NAN)),
        "new": method.new(one),
        "new, one pair tested": method.new(pairs(p_new=[NAN, 0.2])),
        "new, one data set": method.new(pairs(n_datasets=1)),
        "new, functions too": method.new(pairs(n_functions=[1, 2])),
        "new, no data set": method.new(pairs(n_problems=[4, 6], n_functions=[4, 6])),
        "new, no test": method.new(pairs(p_new=NAN)),
        "when": method.when("after 1 trial", True),
    }))  # fmt: skip
