import numpy as np
import pytest
from numpy.testing import assert_array_equal

from bench.curves import crossing
from bench.curves.crossing import COLUMNS, crossings
from bench.panels.regret import Scale

SCALE = Scale(0.0, 1.0, "frozen")
INF, NAN = np.inf, np.nan


def table(panels, **options):
    return crossings(panels, **options).set_index(["strategy", "other"])


def test_cases_by_hand(panel_of):
    losses = [[[9, 5, 2]] * 2, [[8, 6, 6]] * 2, [[7, 4, 1]] * 2, [[7, 4, 1]] * 2]
    frame = table([panel_of(losses, strategies=list("abcd"), scale=SCALE)], resamples=10)
    assert frame.loc["a", "b"].tolist() == [2, 2, 2, "from", 0, 1]
    assert frame.loc["b", "a"].tolist() == [INF, INF, INF, "never", 1, 1]
    assert frame.loc["c", "b"].tolist() == [1, 1, 1, "always", 0, 1]
    assert frame.loc["c", "d"]["case"] == frame.loc["d", "c"]["case"] == "never"
    assert len(frame) == 12


def test_one_repetition_has_no_interval(panel_of):
    one = panel_of([[[9, 5, 2]], [[8, 6, 6]]], scale=SCALE)
    two = panel_of([[[9, 5, 2]] * 3, [[8, 6, 6]] * 3], scale=SCALE, problem="q")
    for panels in ([one], [one, two]):
        row = table(panels, resamples=10).loc["s0", "s1"]
        assert (row["budget"], row["case"]) == (2, "from")
        assert row[["low", "high", "never_share"]].isna().all()
    # A pair that is on q alone has one.
    with_third = [
        panel_of([[[9, 5, 2]], [[8, 6, 6]], [[7, 7, 7]]], scale=SCALE, missing=[(2, 0)]),
        panel_of([[[9, 5, 2]] * 3, [[8, 6, 6]] * 3, [[7, 7, 7]] * 3], scale=SCALE, problem="q"),
    ]
    frame = table(with_third, resamples=10)
    assert np.isnan(frame.loc["s0", "s1"]["low"])
    assert frame.loc["s0", "s2"][["budget", "low", "high"]].tolist() == [2, 2, 2]


def test_the_mean_is_over_repetitions_then_problems_and_short_budgets_are_held(panel_of):
    one = panel_of([[[9, 1], [9, 5]], [[6, 4], [6, 4]]], scale=SCALE)
    two = panel_of([[[3, 3, 3, 0]], [[4, 4, 4, 4]]], scale=SCALE, problem="q")
    # Sums of s0: 12, 6, 6, 3; of s1: 10, 8, 8, 8.
    assert table([one, two], resamples=5)["budget"].tolist() == [2, INF]


def test_only_problems_both_ran_on(panel_of):
    one = panel_of([[[1]], [[2]], [[5]]], scale=SCALE, missing=[(2, 0)])
    two = panel_of([[[4]], [[1]], [[5]]], scale=SCALE, problem="q", missing=[(0, 0)])
    frame = table([one, two], resamples=5)
    assert frame.loc["s0", "s1"].tolist()[-1] == 1
    assert frame.loc["s0", "s1"]["budget"] == 1
    assert frame.loc["s1", "s2"]["budget"] == 1
    unknown = frame.loc["s0", "s2"]
    assert (unknown["case"], unknown["n_problems"]) == ("unknown", 0)
    assert np.isnan(unknown["budget"])


def test_the_interval_equals_brute_force(panel_of, monkeypatch):
    rng = np.random.default_rng(7)
    losses = np.sort(rng.random((2, 12, 15)), axis=2)[..., ::-1]
    losses[1] += np.linspace(-0.1, 0.1, 15)
    panel = panel_of(losses, scale=SCALE)
    found = []
    for _ in range(4000):
        pick = rng.integers(12, size=12)
        a, b = panel.regret[:, pick].mean(axis=1)
        behind = np.flatnonzero(a >= b)
        first = behind[-1] + 2 if len(behind) else 1
        found.append(first if first <= 15 else INF)
    # Chunks of the resamples as large problems have them.
    monkeypatch.setattr(crossing, "FLOATS", 1000)
    row = table([panel], resamples=4000).loc["s0", "s1"]
    assert row["never_share"] == pytest.approx(np.mean(np.isinf(found)), abs=0.04)
    for q in ("low", "high"):
        exact = np.quantile(found, 0.025 if q == "low" else 0.975, method="inverted_cdf")
        assert row[q] == exact or abs(row[q] - exact) <= 1


def test_the_same_rows_give_the_same_intervals(panel_of):
    panel = panel_of(np.random.default_rng(8).random((3, 6, 9)))
    one, two = crossings([panel], 200), crossings([panel], 200)
    assert one.equals(two)
    assert list(one.columns) == COLUMNS


def test_too_little_for_a_pair(panel_of):
    assert crossings([]).empty
    assert crossings([panel_of([[[1, 2]]])]).empty
    failed = panel_of([[[3, 3]], [[NAN, NAN]]])
    assert crossings([failed], 5)["case"].tolist() == ["never", "never"]


def test_only_repetitions_that_all_have(panel_of):
    # In the last repetition s1 would be behind, but s0 alone is there.
    losses = [[[5], [5], [0]], [[4], [4], [9]]]
    panel = panel_of(losses, missing=[(1, 2)], scale=SCALE)
    frame = table([panel], resamples=100)
    assert_array_equal(frame.loc["s1", "s0"][["budget", "low", "high"]].astype(float), [1, 1, 1])
    nothing = panel_of([[[5], [5]], [[4], [9]]], missing=[(0, 1), (1, 0)], scale=SCALE)
    assert table([nothing], resamples=5)["case"].tolist() == ["unknown"] * 2


def curves(panels, *pair):
    """The mean regret of two strategies over the repetitions that both have; the last is kept."""
    rows = [[panel.strategies.index(name) for name in pair] for panel in panels]
    both = [panel.ran[row].all(axis=0) for panel, row in zip(panels, rows, strict=True)]
    means = [
        panel.regret[row][:, there].mean(axis=1)
        for panel, row, there in zip(panels, rows, both, strict=True)
    ]
    longest = max(mean.shape[1] for mean in means)
    kept = [np.pad(mean, ((0, 0), (0, longest - mean.shape[1])), mode="edge") for mean in means]
    return np.mean(kept, axis=0)


def test_it_crosses_where_the_curves_do(panel_of):
    rng = np.random.default_rng(9)
    losses = rng.random((3, 8, 20))
    panels = [
        panel_of(losses, scale=SCALE, missing=[(0, 1), (2, 5)]),
        panel_of(losses[:, :5, :9], scale=SCALE, problem="q", missing=[(1, 0)]),
    ]
    frame = table(panels, resamples=5)
    for (a, b), trials in frame["budget"].items():
        one, two = curves(panels, a, b)
        behind = 1 + np.flatnonzero(~(one < two))
        after = 1 if not len(behind) else behind[-1] + 1
        assert trials == (after if after <= 20 else INF)
