import numpy as np
import pytest
from numpy.testing import assert_allclose

from bench.curves.convergence import convergence
from bench.panels.panel import to_panels
from bench.panels.regret import Scale

SCALES = {name: Scale(0.0, 1.0, "frozen") for name in "pq"}


def found(frames, strategies=("random", "tpe"), problems=("p", "q")):
    trials, runs = frames
    panels = to_panels(trials, runs, strategies=strategies, problems=problems, scales=SCALES)
    return convergence(panels)


def test_means_over_repetitions_then_problems_by_hand(make_run, join):
    frame = found(
        join(
            make_run([4, 2, 2]), make_run([2, 2, 0], repetition=1),
            make_run([1, 0.5], problem="q"),
        )
    )  # fmt: skip
    assert frame["strategy"].tolist() == ["random"] * 3
    assert frame["x"].tolist() == [1, 2, 3]
    # p: 3, 2, 1; q: 1, 0.5, and 0.5 held.
    assert_allclose(frame["median"], [2, 1.25, 0.75])
    assert frame["n_problems"].tolist() == [2, 2, 2]
    # One repetition of q says nothing of its spread.
    assert frame[["low", "high"]].isna().all().all()


@pytest.mark.slow
def test_the_band_is_the_bootstrap_over_repetitions(make_run, join):
    rng = np.random.default_rng(3)
    draws = rng.random(40)
    frame = found(join(*(make_run([v], repetition=r) for r, v in enumerate(draws))))
    half = 1.96 * draws.std() / np.sqrt(40)
    assert_allclose(frame["low"], draws.mean() - half, atol=0.02)
    assert_allclose(frame["high"], draws.mean() + half, atol=0.02)


def test_a_mean_is_over_the_repetitions_that_a_strategy_has(make_run, join):
    frame = found(
        join(make_run([4]), make_run([8], repetition=1), make_run([1], strategy="tpe")),
        problems=("p",),
    )
    assert frame.set_index("strategy")["median"].to_dict() == {"random": 6, "tpe": 1}


def test_a_strategy_on_fewer_problems_says_so(make_run, join):
    frame = found(
        join(make_run([4]), make_run([2], problem="q"), make_run([1], strategy="tpe"))
    ).set_index("strategy")
    assert frame["n_problems"].to_dict() == {"random": 2, "tpe": 1}


def test_with_cheaper_evaluations_a_curve_begins_when_each_run_has_a_full_one(make_run, join):
    half = {"fidelities": [0.5, 0.5, 1.0, 1.0], "strategy": "tpe", "budget": 3}
    frame = found(
        join(
            make_run([4, 2, 2]),
            make_run([9, 8, 0.5, 0.25], **half),
            make_run([9, 8, None, 0.75], **half, repetition=1),
            # It never has one, and counts as the worst full value of the problem.
            make_run([9, 8, None, None], **half, repetition=2),
        ),
        problems=("p",),
    )
    assert frame.loc[frame["strategy"] == "random", "x"].tolist() == [1, 2, 3]
    tpe = frame[frame["strategy"] == "tpe"]
    assert tpe["x"].tolist() == [3]
    assert_allclose(tpe["median"], [(0.25 + 0.75 + 4) / 3])


def test_nothing_at_all():
    assert convergence([]).empty
