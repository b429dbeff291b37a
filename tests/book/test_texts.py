"""What the catalog of problems says, as a golden file, and its numbers."""

import math
import re

import pandas as pd
import pytest

from bench.book import texts as catalog
from bench.measured.problems import Measured

GROUPS = {"Tables": 2, "Functions": 1}


def difficulty(**values):
    found = {
        "regret_10": 0.5, "regret_50": 0.2, "regret_200": 0.1, "n_draws_to_target": 7.0,
        "p_near_optimum": 0.0,
        "n_measured": 200.0,
    }  # fmt: skip
    return pd.Series(found | values)


def decisive(*parameters):
    """The sets of one parameter, of two and so on, the last of which explains enough."""
    sizes = range(1, len(parameters) + 1)
    return pd.DataFrame(
        {"parameters": [parameters[:size] for size in sizes], "share": 0.876, "size": sizes}
    )


MEASURED = {
    "nothing measured": Measured(),
    "no draws": Measured("simulated", difficulty(n_draws_to_target=math.nan)),
    "draws": Measured("simulated", difficulty()),
    "not reached": Measured("simulated", difficulty(n_draws_to_target=math.inf)),
    "at least": Measured("sampled", difficulty(n_measured=50.0)),
    "at least, not reached": Measured(
        "sampled", difficulty(n_draws_to_target=math.inf, n_measured=50.0)
    ),
    "default": Measured("simulated", difficulty(), place=0.0123),
    "one parameter": Measured("exact", difficulty(), subsets=decisive("C")),
    "two parameters": Measured("exact", difficulty(), subsets=decisive("C", "gamma")),
}


def test_the_catalog_in_words(golden):
    parts = {
        "sentence": catalog.sentence(GROUPS),
        "lead": catalog.lead(GROUPS, "catalog.csv"),
        "label": catalog.surface_label("table-svm-wine"),
        "heat": catalog.heat_caption("log_loss", whole=True, cut=False),
        "heat, others, cut": catalog.heat_caption("log_loss", whole=False, cut=True),
        "slices": catalog.slices_caption("log_loss", 2, 2),
        "slices of many": catalog.slices_caption("log_loss", 6, 8),
        **{
            name: catalog.measured_text(measured) or "(nothing)"
            for name, measured in MEASURED.items()
        },
    }
    lines = [f"{name}: {text}" for name, text in parts.items()]
    golden("catalog", "\n".join([*lines, "", *catalog.NOTES]))


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("draws", ["7", "0.1"]),
        ("no draws", []),
        ("not reached", ["200", "0.1"]),
        ("at least, not reached", ["50", "0.1"]),
    ],
)
def test_findings_say_only_what_is_there(name, numbers):
    assert re.findall(r"\d+(?:\.\d+)?", catalog.measured_text(MEASURED[name])) == numbers


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.0005, "< 0.1 %"), (0.0123, "1.2 %"), (0.5, "50 %"), (1.0, "100 %"),
     (None, "–"), (math.nan, "–")],
)  # fmt: skip
def test_shares(share, text):
    assert catalog.share_text(share).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("regret", "text"),
    [(0.0, "0"), (0.0004, "< 0.001"), (0.0213, "0.021"), (1.56, "1.6"), (123.4, "123"),
     (math.nan, "–")],
)  # fmt: skip
def test_regrets(regret, text):
    assert catalog.regret_text(regret) == text
