"""Kinds of problems, and which strategy is best on each."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from bench.curves.budgets import by_budget
from bench.curves.kinds import SIZES, TYPES, Kind, by_kind, kinds_of, places_of
from bench.description import tags_of
from bench.inference import ROPE
from bench.inference.verdicts import verdicts
from bench.registry import PROBLEMS

SMALL, MIDDLE, LARGE = SIZES
NAMES = ["gp", "tpe", "random"]


def test_kinds_are_all_problems_then_by_parameters_then_by_other_tags():
    tags = {
        "a": ("svm", "numeric", SMALL), "b": ("svm", "mixed", SMALL),
        "c": ("tree", "mixed", MIDDLE), "d": ("mine", "mixed", SMALL),
    }  # fmt: skip
    found = kinds_of(list("abcd"), tags)
    assert [(kind.keys, "".join(kind.problems)) for kind in found] == [
        ((), "abcd"),
        # What only one problem has is one kind, whichever tags lead there.
        ((("numeric",), ("numeric", SMALL)), "a"),
        ((("mixed",),), "bcd"),
        (((SMALL,),), "abd"),
        (((MIDDLE,), ("mixed", MIDDLE), ("tree",)), "c"),
        ((("mixed", SMALL),), "bd"),
        ((("svm",),), "ab"),
        ((("mine",),), "d"),
    ]
    assert found[4].tags == (MIDDLE, "mixed", "tree")


def test_tags_of_all_problems_and_of_none_are_no_kind():
    assert kinds_of(["a", "b"], {"a": ("live",), "b": ("live",)}) == [Kind((), ("a", "b"))]
    assert kinds_of(["a"], {"elsewhere": ("live",)}) == [Kind((), ("a",))]
    assert kinds_of(["a", "b"], {"a": ("live",)})[1] == Kind((("live",),), ("a",))


def test_every_space_has_a_type_and_a_size():
    for name in ("branin", "table-rbf-svm-breast-cancer"):
        tags = tags_of(PROBLEMS.get(name)())
        assert sum(tag in TYPES for tag in tags) == sum(tag in SIZES for tag in tags) == 1


@pytest.fixture
def uneven(panels_of):
    """Gp has the first two of four repetitions, on which all others are worse than later."""
    nan = float("nan")
    hard = [[0.5, 0.6, nan, nan], [0.6, 0.7, 0.1, 0.2], [0.9, 0.8, 0.4, 0.5]]
    easy = [[0.1, 0.2, nan, nan], [0.3, 0.3, 0.2, 0.2], [0.5, 0.4, 0.3, 0.4]]
    return panels_of(
        {"p": np.array(hard)[..., None], "q": np.array(easy)[..., None]}, strategies=NAMES
    )


def test_the_best_is_compared_on_the_repetitions_of_both(uneven):
    found = by_kind(uneven, [Kind((), ("p", "q"))], [1], ROPE).set_index("strategy")
    # By hand. Gp − tpe in both: −0.1 on p; −0.2 and −0.1 on q. Gp − random: −0.4, −0.2; −0.4, −0.2.
    assert found.loc["gp", "mean_difference"] == pytest.approx((-0.125 - 0.3) / 2)
    # Tpe − random: −0.3, −0.1, −0.3, −0.3 on p; −0.2, −0.1, −0.1, −0.2 on q.
    assert found.loc["tpe", "mean_difference"] == pytest.approx((0.125 - 0.2) / 2)
    assert found.loc["random", "mean_difference"] == pytest.approx(0.25)
    # Its own mean is the largest but one only because it has the difficult repetitions.
    assert list(found.index) == NAMES
    assert found["best"].tolist() == [True, False, False]
    assert found.loc["gp", ["bounded", "random_bounded"]].tolist() == pytest.approx([0.35, 0.65])
    assert found.loc["tpe", ["bounded", "random_bounded"]].tolist() == pytest.approx([0.325, 0.525])
    assert found["difference"].tolist()[1:] == pytest.approx([0.125, 0.3])
    assert found["n_repetitions"].tolist() == [2, 4, 4]
    assert found["rank"].tolist() == pytest.approx([1, 2, 3])


def test_verdicts_are_those_of_the_problems_of_the_kind_alone(panels_of):
    rng = np.random.default_rng(5)
    ends = np.array([0.2, 0.25, 0.6])[:, None, None]
    panels = panels_of(
        {name: ends + 0.2 * rng.random((3, 12, 4)) for name in "pqr"}, strategies=NAMES
    )
    kinds = [Kind((), tuple("pqr")), Kind((("mixed",), ("tree",)), ("q", "r"))]
    found = by_kind(panels, kinds, [2, None, 4], ROPE)
    assert list(found["tag"].unique()) == ["", "mixed", "tree"]
    assert list(found["budget"].unique()) == [2, 4]
    part = found[(found["tag"] == "tree") & (found["budget"] == 2)].set_index("strategy")
    assert set(part["n_datasets"]) == set(part["n_problems"]) == {2}
    wanted = verdicts(panels[1:], 2, ROPE).set_index(["a", "b"])
    other = {"better": "worse", "worse": "better"}
    best = part.index[part["best"]][0]
    for (a, b), row in wanted.iterrows():
        if best in (a, b):
            name, said = (b, row["verdict"]) if a == best else (a, row["verdict"])
            said = other.get(said, said) if a == best else said
            assert part.loc[name, "vs_best"] == said
            assert part.loc[name, "p_holm"] == pytest.approx(row["p_holm"])
            assert part.loc[name, "as_good"] == (said != "worse")
    assert part.loc["random", "vs_best"] == "worse"
    assert part.loc[best, "vs_random"] == "better"


def test_with_equal_repetitions_the_order_is_that_of_mean_regret(panels_of):
    rng = np.random.default_rng(2)
    panels = panels_of({name: rng.random((3, 6, 50)) ** 0.1 for name in "pq"}, strategies=NAMES)
    found = by_kind(panels, kinds_of(["p", "q"], {}), [50], ROPE)
    means = by_budget(panels).query("budget == 50").set_index("strategy")
    assert list(found["strategy"]) == list(means["mean"].sort_values().index)
    assert_allclose(found["bounded"], means.loc[found["strategy"], "mean"])
    assert_allclose(found["rank"], means.loc[found["strategy"], "rank"])


def test_a_strategy_that_lacks_a_problem_is_not_the_best(panels_of):
    p = np.array([[[0.1]] * 4, [[0.5]] * 4, [[0.9]] * 4])[..., 0]
    q = np.where(np.arange(3)[:, None] == 0, np.nan, p)
    panels = panels_of({"p": p[..., None], "q": q[..., None]}, strategies=NAMES)
    found = by_kind(panels, [Kind((), ("p", "q"))], [1], ROPE)
    assert list(found["strategy"]) == ["tpe", "random", "gp"]
    assert found["best"].tolist() == [True, False, False]


def test_without_random_search_there_is_nothing_beside(panels_of):
    panels = panels_of({"p": np.array([0.1, 0.5])[:, None, None].repeat(3, axis=1)})
    found = by_kind(panels, [Kind((), ("p",))], [1], ROPE)
    assert found["random_bounded"].isna().all()
    assert set(found["vs_random"]) == {""}
    assert_allclose(found["bounded"], [0.1, 0.5])


def test_problems_with_a_smaller_budget_are_left_out(panels_of):
    panels = panels_of({"p": np.full((2, 3, 4), 0.5), "q": np.full((2, 3, 9), 0.5)})
    found = by_kind(panels, [Kind((), ("p", "q"))], [4, 9, 20], ROPE)
    assert found.groupby("budget")["n_problems"].first().to_dict() == {4: 2, 9: 1}
    assert places_of(Kind((), ("q",)), panels) == [1]
    empty = by_kind([], [], [4], ROPE)
    pd.testing.assert_index_equal(empty.columns, found.columns)
