import itertools
import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from bench.inference import significance
from bench.inference.paired import Pairs
from bench.testing.panels import DEMSAR

# Demšar 2006, table 6: AUC of C4.5, +m, +cf, +m+cf.
NAMES = ["c45", "m", "cf", "m-cf"]


def demsar(make_panels):
    losses = 1 - DEMSAR
    return make_panels(
        {
            f"p{i:02}": {n: [v] for n, v in zip(NAMES, row, strict=True)}
            for i, row in enumerate(losses)
        }
    )


def left_out(panels, *trials):
    return significance.left_out(significance.summaries(panels, *trials), panels, *trials)


@pytest.mark.slow
def test_demsars_table(make_panels):
    table = significance.summaries(demsar(make_panels))
    ranks = significance.mean_ranks(table).set_index("strategy")["rank"]
    assert_allclose(ranks[NAMES], [3.143, 2.000, 2.929, 1.929], atol=5e-4)
    found = significance.friedman(table).iloc[0]
    assert (found["strategies"], found["blocks"]) == (4, 14)
    assert found["chi2_plain"] == pytest.approx(9.857, abs=5e-4)
    assert found["chi2"] == pytest.approx(10.952, abs=5e-4)
    assert found["p"] == pytest.approx(0.01199, abs=5e-6)
    assert found["cd"] == pytest.approx(1.2536, abs=5e-5)
    assert_allclose(found[["chi2", "p"]].astype(float), stats.friedmanchisquare(*DEMSAR.T))
    # Iman and Davenport, by hand: 13 · 10.952 / (42 − 10.952).
    assert found["f"] == pytest.approx(4.586, abs=1e-3)
    assert found["p_f"] == pytest.approx(float(stats.f.sf(4.586, 3, 39)), rel=2e-3)


@pytest.mark.parametrize(
    "table", [np.ones((5, 3)), np.ones((0, 3)), np.ones((1, 3)), np.ones((5, 1))]
)
def test_friedman_says_nothing_where_nothing_can_be_said(table):
    found = significance.friedman(pd.DataFrame(table)).iloc[0]
    assert math.isnan(found["chi2"])
    assert math.isnan(found["p_f"])


def test_friedman_where_all_blocks_agree():
    found = significance.friedman(pd.DataFrame([[1, 2, 3]] * 4)).iloc[0]
    assert found["chi2"] == pytest.approx(8)  # n · (k − 1)
    assert math.isnan(found["f"])


def test_summaries_are_medians_averaged_over_a_data_set(make_panels):
    panels = make_panels(
        {
            "svm-wine": {"a": [0.1, 0.2, 0.9], "b": [0.3, 0.3, 0.3], "never": [None] * 3},
            "knn-wine": {"a": [0.4, 0.6], "b": [0.0, 0.2], "never": [None] * 2},
            "branin": {"a": [0.5, None, 0.7], "b": [0.1, 0.2, 0.3], "never": [None] * 3},
            "lonely": {"a": [0.5]},
        },
        datasets={"svm-wine": "wine", "knn-wine": "wine"},
    )
    found = significance.summaries(panels)
    assert found.columns.tolist() == ["a", "b"]
    assert found.index.tolist() == ["wine", "branin"]
    assert_allclose(found, [[0.35, 0.2], [0.6, 0.2]])
    # After the first trial each is 1 worse, and bounded: 2 − 1 / regret.
    first = significance.summaries(panels, trials=1)
    middle = [(2 - 1 / 1.5 + 2 - 1 / 1.7) / 2, (2 - 1 / 1.1 + 2 - 1 / 1.3) / 2]
    assert_allclose(first.loc["branin"], middle)
    assert left_out(panels) == (["never"], ["lonely"])


def test_one_strategy_on_one_data_set_does_not_take_the_others_with_it(make_panels):
    cells = {f"p{i}": {"a": [0.1 * i], "b": [0.5], "c": [None if i else 0.2]} for i in range(8)}
    panels = make_panels(cells)
    found = significance.summaries(panels)
    assert found.shape == (8, 2)
    assert left_out(panels) == (["c"], [])
    assert significance.friedman(found).iloc[0]["blocks"] == 8


def test_who_lacks_half_of_the_blocks_stays_and_the_blocks_go(make_panels):
    cells = {f"p{i}": {"a": [0.1], "b": [0.5], "c": [0.3 if i < 4 else None]} for i in range(8)}
    panels = make_panels(cells, datasets={"p4": "p0", "p5": "p1"})
    # Six data sets, of which c has four; p4 and p5 lack it, their data sets have others.
    found = significance.summaries(panels)
    assert found.columns.tolist() == ["a", "b", "c"]
    assert left_out(panels) == ([], ["p6", "p7"])
    assert left_out(panels, 9) == (["a", "b", "c"], [])
    panels = make_panels(cells)
    assert significance.summaries(panels).shape == (4, 3)
    assert left_out(panels) == ([], ["p4", "p5", "p6", "p7"])


@pytest.mark.parametrize("differences", [
    [0.3, -0.1, 0.2, 0.5, 0.4, 0.7],
    [0.3, -0.3, 0.2, 0.2, -0.2, 0.7, 0.1],
    [0.0, 0.0, 0.1, -0.2, 0.3, 0.3],
    [0.0, 0.5],
])  # fmt: skip
def test_wilcoxon_equals_all_choices_of_signs(differences):
    d = np.array(differences)
    ranks = stats.rankdata(np.abs(d))
    own = (np.sign(d) * ranks).sum()
    moved = ranks[d != 0]
    sums = [np.dot(s, moved) for s in itertools.product([-1, 1], repeat=len(moved))]
    expected = np.mean(np.abs(sums) >= abs(own) - 1e-9)
    statistic, p, method = significance.signed_rank(d)
    assert statistic == pytest.approx(own)
    assert p == pytest.approx(expected, rel=1e-12)
    assert method == "exact"


def test_wilcoxon_equals_scipy_without_ties_and_beyond_the_exact_range():
    d = np.random.default_rng(1).normal(0.3, 1, 25)
    assert significance.signed_rank(d)[1] == pytest.approx(
        stats.wilcoxon(d, method="exact").pvalue, rel=1e-12
    )
    d = np.round(np.random.default_rng(2).normal(0.1, 1, 80), 1)
    assert (d == 0).any()
    _, p, method = significance.signed_rank(d)
    assert method == "normal"
    assert p == pytest.approx(
        stats.wilcoxon(d, zero_method="pratt", method="asymptotic").pvalue, rel=1e-9
    )


@pytest.mark.parametrize("count", [8, 50, 51, 86, 300])
def test_zeros_are_no_evidence_however_many(count):
    for differ in (1, 4, 6, 20):
        found = np.r_[np.zeros(count), np.full(differ, 0.1)]
        _, p, method = significance.signed_rank(found)
        assert (p, method) == (pytest.approx(min(1.0, 2 * 0.5**differ), rel=1e-12), "exact")


@pytest.mark.parametrize("seed", range(4))
def test_wilcoxon_with_many_zeros_equals_permutation(seed):
    rng = np.random.default_rng(seed)
    d = np.r_[np.zeros(70), np.round(rng.normal(0.6, 1, 11), 1)]
    moved = stats.rankdata(np.abs(d))[d != 0] * np.sign(d[d != 0])
    # All choices of signs, counted by scipy, of ranks taken with the zeros among them (Pratt).
    found = stats.permutation_test((moved,), np.sum, permutation_type="samples", n_resamples=2**14)
    assert significance.signed_rank(d)[1] == pytest.approx(found.pvalue, rel=1e-9)


def test_the_normal_distribution_is_for_where_many_differ():
    rng = np.random.default_rng(5)
    d = np.r_[rng.normal(0.2, 1, significance.MAX_EXACT_DIFFERENCES + 1), np.zeros(30)]
    _, p, method = significance.signed_rank(d)
    assert method == "normal"
    assert p == pytest.approx(
        stats.wilcoxon(d, zero_method="pratt", method="asymptotic").pvalue, rel=1e-9
    )
    assert significance.signed_rank(d[1:])[2] == "exact"


def test_wilcoxon_without_a_difference():
    assert significance.signed_rank(np.zeros(8))[1] == 1
    assert math.isnan(significance.signed_rank(np.empty(0))[1])


@pytest.mark.parametrize(("problems", "different"), [(5, False), (6, True)])
def test_five_problems_cannot_reach_it(make_panels, problems, different):
    panels = make_panels({f"p{i}": {"a": [0.0], "b": [0.1 + i]} for i in range(problems)})
    (row,) = significance.wilcoxon(panels).to_dict("records")
    assert row["p"] == row["smallest"] == 2 / 2**problems
    assert (row["reachable"], row["different"], row["needed"]) == (different, different, 6)
    assert row["median"] < 0
    assert row["statistic"] == -problems * (problems + 1) / 2


def test_what_cannot_be_rejected_is_no_part_of_the_family(make_panels):
    # c is on five problems only: a against b is the one test that can tell anything.
    panels = make_panels(
        {f"p{i}": {"a": [0.0], "b": [0.1 + i], "c": [2.0 if i < 5 else None]} for i in range(6)}
    )
    found = significance.wilcoxon(panels).set_index(["a", "b"])
    assert found["blocks"].tolist() == [6, 5, 5]
    assert found.loc[("a", "b"), "p_holm"] == found.loc[("a", "b"), "p"] == 2 / 2**6
    assert found.loc[[("a", "c"), ("b", "c")], "p_holm"].isna().all()
    assert found["needed"].tolist() == [6, 6, 6]
    assert found["reachable"].tolist() == found["different"].tolist() == [True, False, False]


def test_where_no_pair_can_be_rejected_all_would_share_the_correction(make_panels):
    panels = make_panels({f"p{i}": {s: [0.1 * i] for s in "abcd"} for i in range(5)})
    found = significance.wilcoxon(panels)
    assert found["p_holm"].isna().all()
    assert found["needed"].tolist() == [8] * 6
    assert not found["reachable"].any()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_what_is_needed_and_what_is_reachable_agree(seed):
    rng = np.random.default_rng(seed)
    blocks = rng.integers(1, 12, size=rng.integers(1, 40))
    there = np.arange(11) < blocks[:, None]
    shape = there.shape
    nothing, names = np.zeros(shape), tuple(f"p{k}" for k in range(11))
    # All differences on one side: each test has the least p that it can.
    best = Pairs(
        a=("a",) * len(blocks), b=("b",) * len(blocks), problems=names, datasets=names,
        functions=frozenset(),
        count=there.astype(int), moved=there.astype(int), mean=nothing, variance=nothing,
        median=np.where(there, 1.0 + np.arange(11), np.nan),
        mean_grain=nothing, median_grain=nothing,
    )  # fmt: skip
    found = significance.wilcoxon_pairs(best)
    assert found["different"].tolist() == found["reachable"].tolist()
    assert found.loc[found["blocks"] >= found["needed"], "reachable"].all()
    assert not found.loc[found["blocks"] < 6, "reachable"].any()
    # With so many blocks for all the first step of Holm can be taken, with one fewer it cannot.
    needed, family = found["needed"][0], max(int((blocks >= 6).sum()), 0) or len(blocks)
    assert family * 2.0 ** (1 - needed) <= 0.05 < family * 2.0 ** (2 - needed)


def test_pairs_use_what_both_ran(make_panels):
    panels = make_panels(
        {"p": {"a": [0.1, 0.9, 0.3], "b": [0.4, None, 0.5], "c": [None, 0.2, None]}}
    )
    found = significance.wilcoxon(panels).set_index(["a", "b"])
    assert found.loc[("a", "b"), "median"] == pytest.approx(0.2 - 0.45)
    assert found.loc[("a", "c"), "median"] == pytest.approx(0.7)
    assert found.loc[("b", "c"), "blocks"] == 0
    assert found["p_holm"].isna().all()


def ranked(n):
    return pd.DataFrame({"strategy": list("abcdefgh"[:n]), "rank": np.arange(1.0, n + 1)})


def apart(n, pairs):
    rows = [
        {"a": a, "b": b, "p": 0.5, "different": a + b in pairs}
        for a, b in itertools.combinations("abcdefgh"[:n], 2)
    ]
    return pd.DataFrame(rows, columns=["a", "b", "p", "different"])


@pytest.mark.parametrize(
    ("n", "pairs", "groups"),
    [
        (4, set(), ["abcd"]),
        (4, {"ad"}, ["abc", "bcd"]),
        (4, {"ab", "ac", "ad"}, ["bcd"]),
        (3, {"ab", "bc"}, ["ac"]),
        (3, {"ab", "bc", "ac"}, []),
        (1, set(), []),
        (0, set(), []),
    ],
)
def test_cliques(n, pairs, groups):
    found = significance.cliques(ranked(n), apart(n, pairs))
    assert ["".join(g["strategy"]) for _, g in found.groupby("clique")] == groups


def test_cliques_of_forty_that_do_not_differ_significantly():
    names = [f"s{i}" for i in range(40)]
    ranks = pd.DataFrame({"strategy": names, "rank": 20.5})
    tests = pd.DataFrame(itertools.combinations(names, 2), columns=["a", "b"])
    found = significance.cliques(ranks, tests.assign(p=1.0, different=False))
    assert len(found) == 40


def test_nothing_at_all():
    assert len(significance.wilcoxon([])) == 0
    assert significance.summaries([]).shape == (0, 0)
    assert left_out([]) == ([], [])
    assert len(significance.mean_ranks(significance.summaries([]))) == 0
