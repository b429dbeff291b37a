"""Equal up to rounding is a tie, in every analysis, whatever the losses were added up from."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from bench.analysis import selection
from bench.curves import (
    crossing,
    equivalents,
    finals,
    leaderboard,
    profiles,
    ranks,
    targets,
)
from bench.inference import bayes, compare, pairwise, significance, verdicts
from bench.inference.paired import all_pairs
from bench.panels.panel import to_panels

THIRD = 0.1 + 0.2
"""Not .3, but equal to it up to rounding."""


def ties_by_rounding(panels_of, add=0.0, factor=1.0):
    """Eight problems on which two strategies end at .3, added up in two ways; a third is worse."""
    ends = {"a": (0.5, THIRD), "b": (0.5, 0.3), "c": (0.9, 0.4)}
    losses = [[[0.9, *found]] * 3 for found in ends.values()]
    return panels_of({f"p{k}": factor * (np.array(losses) + add) for k in range(8)})


FRAMES = {
    "leaderboard": leaderboard.leaderboard,
    "ranks": ranks.ranks_over_budget,
    "pairwise": pairwise.pairwise,
    "finals": finals.finals,
    "verdicts": verdicts.verdicts,
    "wilcoxon": significance.wilcoxon,
    "friedman": lambda panels: significance.friedman(significance.summaries(panels)),
    "mean ranks": lambda panels: significance.mean_ranks(significance.summaries(panels)),
    "bayes": lambda panels: bayes.signed_rank_pairs(all_pairs(panels)),
    "crossings": lambda panels: crossing.crossings(panels, 20),
    "profiles": profiles.profiles,
    "targets reached": lambda panels: targets.ecdf(panels, (2, 5)),
    "expected times": lambda panels: targets.ert(panels, (2, 5)),
    "equivalents": equivalents.equivalents,
    "trials saved": lambda panels: equivalents.trials_saved(equivalents.equivalents(panels)),
    "overtuning": lambda panels: selection.by_strategy([selection.of_runs(p) for p in panels]),
    "compare": lambda panels: compare.compare(panels, panels[::-1]).table,
}


@pytest.mark.slow
@pytest.mark.parametrize("factor", [1.0, 3.0, 1 / 3, 2.0**-40])
def test_the_case_of_the_issue(panels_of, factor):
    panels = ties_by_rounding(panels_of, factor=factor)
    board = leaderboard.leaderboard(panels).set_index("strategy")
    assert board["rank"].tolist() == [1.5, 1.5, 3.0]
    assert board["n_best"].tolist() == [8, 8, 0]
    (test,) = significance.wilcoxon(panels).query("a == 'a' and b == 'b'").to_dict("records")
    assert (test["zeros"], test["p"]) == (8, 1.0)
    pairs = pairwise.pairwise(panels).set_index(["strategy", "other"])
    row = pairs.loc[("a", "b")]
    assert (row["n_won"], row["n_tied"], row["n_lost"], row["improvement"]) == (0, 8, 0, 0.5)
    assert significance.mean_ranks(significance.summaries(panels))["rank"].tolist() == [1.5, 1.5, 3]
    last = ranks.ranks_over_budget(panels).query("budget == 3")
    assert last["rank"].tolist() == [1.5, 1.5, 3.0]
    word = verdicts.verdicts(panels).set_index(["a", "b"]).loc[("a", "b")]
    assert (word["difference"], word["n_tied"], word["p"]) == (0.0, 8, 1.0)
    found = crossing.crossings(panels).set_index(["strategy", "other"])
    assert found.loc[("a", "b"), "case"] == found.loc[("b", "a"), "case"] == "never"
    best = finals.finals(panels).set_index("strategy")["is_best"]
    assert best["a"].all()
    assert best["b"].all()
    assert not best["c"].any()


def sweep(seed=0, problems=7, repetitions=3, trials=8):
    """Return losses with many ties, as accuracies of few rows have them, and test losses."""
    rng = np.random.default_rng(seed)
    shape = problems, 4, repetitions, trials
    losses, tests = (np.round(rng.beta(2, 3, size=shape) * 30) / 30 for _ in range(2))
    # Two are at times as good as each other, one is a copy.
    losses[:, 2] = np.where(rng.random(shape[:1] + shape[2:]) < 0.5, losses[:, 1], losses[:, 2])
    losses[:, 3] = losses[:, 0]
    return losses, tests


def panels_from(losses, tests, direction="minimize", unordered=()):
    names = np.array(["random", "default", "other", "copy"], dtype=object)
    p, s, r, t = np.indices(losses.shape).reshape(4, -1)
    sign = -1.0 if direction == "maximize" else 1.0
    trials = pd.DataFrame(
        {
            "strategy": names[s], "problem": [f"p{k}" for k in p], "repetition": r,
            "trial_number": t, "fidelity": 1.0, "status": "completed",
            "value": sign * losses.ravel(),
            "test_value": sign * tests.ravel(), "evaluation_s": 1.0, "ask_s": 0.01, "tell_s": 0.0,
        }
    )  # fmt: skip
    runs = trials[trials["trial_number"] == 0].assign(
        metric="loss",
        direction=direction,
        optimum=np.nan,
        budget=losses.shape[-1],
        status="completed",
    )
    runs["unordered"] = runs["strategy"].isin(unordered)
    return to_panels(trials, runs, strategies=list(names), problems=sorted(set(trials["problem"])))


def counts(frame):
    """Return what must not depend on the last bits: texts, counts and flags as they are."""
    whole = frame.select_dtypes(exclude="float")
    return whole.reset_index(drop=True), frame.select_dtypes("float").to_numpy()


MOVES = {
    "a few units in the last place": lambda x, rng: (
        x + rng.integers(-4, 5, x.shape) * np.spacing(x)
    ),
    "a constant": lambda x, rng: x + 1.0,
    "a large constant": lambda x, rng: x + 4096.0,
    "a constant that leaves the best at 0": lambda x, rng: x - sweep()[0].min(),
    "a power of two": lambda x, rng: x * 2.0**-20,
    "three": lambda x, rng: x * 3,
    "a third": lambda x, rng: x / 3,
}


@pytest.fixture(scope="module", params=["minimize", "maximize"])
def unmoved(request):
    """A direction, and what is found of the sweep as it is."""
    panels = panels_from(*sweep(), direction=request.param, unordered=["copy"])  # type: ignore[misc]
    return request.param, {name: counts(analysis(panels)) for name, analysis in FRAMES.items()}


@pytest.mark.slow
@pytest.mark.parametrize("move", MOVES)
def test_no_conclusion_hangs_on_the_last_bits(move, unmoved):
    direction, before = unmoved
    losses, tests = (MOVES[move](values, np.random.default_rng(1)) for values in sweep())
    panels = panels_from(losses, tests, direction=direction, unordered=["copy"])
    units = {"finals", "equivalents"}
    for name, analysis in FRAMES.items():
        (whole, numbers), (other, others) = before[name], counts(analysis(panels))
        pd.testing.assert_frame_equal(whole, other, obj=name)
        if name not in units:  # of a metric, which was scaled
            assert_allclose(numbers, others, rtol=1e-7, atol=1e-9, err_msg=name)


def test_a_real_difference_is_none_however_small(panels_of):
    # A minimum of 0 that both come near, as a Gaussian process does on a sphere.
    losses = np.array([[[36.0, 2e-12]] * 6, [[36.0, 1e-12]] * 6])
    board = leaderboard.leaderboard(panels_of({"sphere": losses}))
    assert board["strategy"].tolist() == ["b", "a"]
    assert board["rank"].tolist() == [1.0, 2.0]
    # Values that are large for another reason take nothing away.
    losses[0, 0, 0] = 1e30
    assert leaderboard.leaderboard(panels_of({"sphere": losses}))["rank"].tolist() == [1.0, 2.0]
    shifted = 1e6 + np.array([[[3.0, 1e-7]] * 6, [[3.0, 0.0]] * 6])
    assert leaderboard.leaderboard(panels_of({"far": shifted}))["rank"].tolist() == [1.0, 2.0]
    near = 0.39788735772973816 + np.array([[[3.0, 2e-9]] * 6, [[3.0, 1e-9]] * 6])
    assert leaderboard.leaderboard(panels_of({"branin": near}))["rank"].tolist() == [1.0, 2.0]


def test_the_incumbent_is_the_earliest_of_equal_ones(panel_of):
    panel = panel_of([[[0.5, THIRD, 0.3]]], tests=[[[0.5, 0.2, 0.9]]])
    assert panel.best_test[0, 0].tolist() == [0.5, 0.2, 0.2]
    assert selection.of_runs(panel).overtuned.tolist() == [[0.0]]


def test_overtuning_by_rounding_is_none(panel_of):
    panel = panel_of([[[0.5, 0.4]]], tests=[[[0.3, THIRD]]])
    assert selection.of_runs(panel).overtuned.tolist() == [[0.0]]
    panel = panel_of([[[0.5]], [[0.4]]], tests=[[[0.3]], [[THIRD]]], strategies=["default", "b"])
    assert selection.of_runs(panel).worse.tolist() == [[0.0], [0.0]]


def test_differences_of_equal_size_share_their_rank(panels_of):
    # .3 − .1 and .2 exactly: the same step up and down.
    up, down = [[[0.3]], [[0.1]]], [[[0.0]], [[0.2]]]
    panels = panels_of({f"p{k}": up if k % 2 else down for k in range(8)})
    (row,) = significance.wilcoxon(panels).to_dict("records")
    assert (row["statistic"], row["p"]) == (0.0, 1.0)


def test_a_target_is_reached_up_to_rounding(panel_of):
    panel = panel_of([[[0.5, THIRD, 0.3]]])
    assert targets.hit_trials(panel, np.array([[0.3]])).tolist() == [[[2.0]]]
    panel = panel_of([[[0.5, THIRD, 0.3]]], unordered=["s0"])
    assert targets.hit_trials(panel, np.array([[0.3]])).tolist() == [[[4 / 3]]]


def test_of_two_sweeps_the_same_result_is_no_change(panels_of):
    before = panels_of({"p": [[[0.9, THIRD]] * 6], "q": [[[0.9, 0.2]] * 6]})
    after = panels_of({"p": [[[0.9, 0.3]] * 6], "q": [[[0.9, 0.2]] * 6]})
    found = compare.compare(before, after)
    assert found.table["n_changed"].tolist() == [0]
    assert found.outcome == compare.EQUIVALENT


def test_equal_regrets_of_repetitions_with_other_optima_are_equal(panel_of):
    # .3 − .1 and .4 − .2, optima .1 and .2: a regret of .2 in both, of another last bit.
    panel = panel_of([[[0.3], [0.4]], [[0.5], [0.9]]], optimum=[0.1, 0.2])
    assert panel.regret[0, 0, 0] == panel.regret[0, 1, 0]
