"""The texts of the best strategy by kind of problem, and the names of tags."""

import pandas as pd
import pytest

from bench.captions import kinds as texts
from bench.captions.tags import OTHER, group_of, named, order
from bench.curves.kinds import SIZES, TYPES
from bench.description import tags_of
from bench.registry import PROBLEMS
from bench.testing.golden import lines

ROW = {
    "n_datasets": 12, "bounded": 0.04, "random_bounded": 0.09, "best": False, "as_good": True,
    "vs_random": "undecided",
}  # fmt: skip


def part(*rows, **every):
    """A row a strategy: its name and what is not as in ROW; the first is the best."""
    table = [ROW | every | {"strategy": name, **given} for name, given in rows]
    table[0] |= {"best": True, "as_good": False}
    return pd.DataFrame(table)


BETTER, WORSE = {"vs_random": "better"}, {"as_good": False}
RANDOM = ("random", {"vs_random": "", **WORSE})


def test_texts(golden):
    many = [(name, BETTER) for name in ("gp", "tpe", "smac", "cfo", "grid", "sobol")]
    golden("kinds", lines({
        "reading": texts.reading("bounded regret"),
        "how": "\n".join(texts.how("regret")),
        "best, alone": texts.cell(part(("gp", BETTER), ("tpe", WORSE), RANDOM)),
        "best of many": texts.cell(part(*many, RANDOM)),
        "undecided against random": texts.cell(
            part(("gp", {}), ("tpe", BETTER), ("grid", {}), ("random", {"vs_random": ""}))
        ),
        "some are not better than random": texts.cell(
            part(("gp", BETTER), ("smac", {}), ("tpe", BETTER), ("random", {"vs_random": ""}))
        ),
        "no other is better than random": texts.cell(
            part(("gp", BETTER), ("smac", {}), ("tpe", BETTER | WORSE), RANDOM)
        ),
        "better than random, but worse than the best": texts.cell(
            part(("gp", {}), ("tpe", BETTER | WORSE), ("random", {"vs_random": ""}))
        ),
        "nothing is better than random": texts.cell(part(("gp", {}), ("random", {}))),
        "random is best": texts.cell(part(("random", {"vs_random": ""}), ("gp", {}))),
        "without random": texts.cell(part(("gp", {"vs_random": ""}), ("tpe", {"vs_random": ""}))),
        "incomplete": texts.cell(part(("gp", {}), RANDOM).assign(best=False)),
        "kinds": " | ".join([texts.kind((), 9), texts.kind(("mixed", "tree"), 3)]),
        "kind of few data sets": texts.kind(("mixed",), 2),
        "budget": texts.budget(20, "trial"),
        "absent": " | ".join([texts.absent(["categorical"]), texts.absent(["numeric", "mixed"])]),
        "too few": texts.too_few(any_kind=True),
        "own time": texts.own_time({"tpe": 0.002, "gp": 0.24}),
        "own time of one": texts.own_time({"gp": 1.5}),
        "fewer": texts.few_repetitions({"gp": 3}),
        "fewer, of two": texts.few_repetitions({"gp": 3, "smac": 5}),
    }))  # fmt: skip
    assert texts.absent([]) == texts.too_few(any_kind=False) == ""
    assert texts.own_time({}) == texts.few_repetitions({}) == ""


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        (["live", "numeric", "7 or more parameters"],
         "parameters: numeric, 7 or more; problem: live"),
        (["categories", "mixed"], "parameters: mixed; data: categories"),
        (["regression", "svm"], "model: svm; task: regression"),
        (["mine", "tree"], "model: tree; tag: mine"),
    ],
)  # fmt: skip
def test_a_tag_is_named_with_what_it_is_of(tags, name):
    assert named(tags) == name


def test_kinds_by_parameters_come_first_and_all_problems_before_them():
    ordered = [(), ("mixed", "categories"), ("svm",), ("regression",), ("categories",), ("mine",)]
    assert sorted([ordered[4], *ordered], key=order) == [*ordered[:5], *ordered[4:]]


def test_every_tag_of_a_problem_of_the_catalog_has_a_group():
    names = ["branin", "quadratic-low-effective", "table-rbf-svm-breast-cancer", "svm-wine"]
    tags = {tag for name in names for tag in tags_of(PROBLEMS.get(name)())}
    assert len(tags) > 8
    assert OTHER not in {group_of(tag) for tag in (*tags, *TYPES, *SIZES)}
