import numpy as np
import pandas as pd
import pytest

from bench.inference.wrong_winner import over_pairs, wrong_winner

PAIR = [("a", "b")]


def shares(frame):
    """Data sets and repetitions -> how often the winner is the wrong one."""
    return frame.set_index(["n_datasets", "n_repetitions"])["wrong_share"].to_dict()


def test_the_better_one_everywhere_is_never_missed(make_panels):
    cells = {f"d{k:02}": {"a": [0.1] * 5, "b": [0.3 + k / 100] * 5} for k in range(12)}
    found = wrong_winner(make_panels(cells), PAIR)
    assert shares(found) == {(n, r): 0 for n in (5, 10, 12) for r in (1, 2, 5)}
    assert set(found["n_draws"]) == {1000}


def test_two_that_are_alike_are_chosen_by_a_coin(make_panels):
    cells = {f"d{k:02}": {"a": [0.1, 0.2], "b": [0.1, 0.2]} for k in range(10)}
    assert set(shares(wrong_winner(make_panels(cells), PAIR)).values()) == {0.5}


def test_one_repetition_of_a_problem_alone(make_panels):
    # In two of five repetitions b is ahead; so it is in a share of 2 / 5 of single ones, and of two
    # in 4 / 25 where both are of those, as a is ahead by 1.2 and behind by 1.
    cells = {"p": {"a": [0.0, 0.0, 0.0, 1.0, 1.0], "b": [0.6, 0.6, 0.6, 0.5, 0.5]}}
    found = shares(wrong_winner(make_panels(cells), PAIR, draws=20_000))
    assert found[1, 1] == pytest.approx(2 / 5, abs=0.015)
    assert found[1, 2] == pytest.approx(4 / 25, abs=0.015)


def test_data_sets_are_drawn_with_all_their_problems(make_panels):
    # Of ten data sets b is ahead on three by as much as a is on the others: of five that are drawn
    # three or more are of those with probability 0.163.
    cells = {}
    for k in range(10):
        for part in range(2):
            ahead = [0.1, 0.2] if k < 3 else [0.2, 0.1]
            cells[f"d{k}-{part}"] = {"b": [ahead[0]] * 2, "a": [ahead[1]] * 2}
    panels = make_panels(cells, datasets={name: name.partition("-")[0] for name in cells})
    found = shares(wrong_winner(panels, PAIR, draws=20_000))
    assert found[5, 1] == pytest.approx(0.16308, abs=0.01)
    # Ties of ten count half: P(X > 5) + ½ P(X = 5) with X of Binomial(10, 0.3).
    assert found[10, 1] == pytest.approx(0.04735 + 0.10292 / 2, abs=0.01)


def test_sizes_stop_at_the_fewest_repetitions_of_both(make_panels):
    cells = {
        f"d{k}": {"a": [0.1] * 10, "b": [0.2, 0.2] + [None] * 8, "c": [0.3] * 10} for k in range(6)
    }
    found = wrong_winner(make_panels(cells), [("a", "b"), ("c", "a")])
    sizes = found.groupby(["a", "b"])["n_repetitions"].unique().map(list).to_dict()
    assert sizes == {("a", "b"): [1, 2], ("c", "a"): [1, 2, 5, 10]}
    assert set(found["wrong_share"]) == {0}
    assert list(dict.fromkeys(zip(found["a"], found["b"], strict=True))) == [("a", "b"), ("c", "a")]


def test_draws_without_a_common_problem_are_left_out(make_panels):
    cells = {f"d{k}": {"a": [0.1], "b": [0.2] if k < 2 else [None]} for k in range(10)}
    found = wrong_winner(make_panels(cells), PAIR, draws=2000)
    n_draws = found.set_index("n_datasets")["n_draws"]
    assert n_draws[5] / 2000 == pytest.approx(1 - 0.8**5, abs=0.05)
    assert shares(found) == {(5, 1): 0, (10, 1): 0}


def test_nothing_in_common_has_no_row(make_panels):
    cells = {"p": {"a": [0.1], "b": [None]}, "q": {"a": [None], "b": [0.1]}}
    panels = make_panels(cells)
    assert wrong_winner(panels, PAIR).empty
    assert list(wrong_winner(panels, [])) == list(wrong_winner(panels, PAIR))


def test_the_mean_over_pairs_by_hand():
    frame = pd.DataFrame(
        [("a", "b", 5, 1, 0.2, 9), ("a", "c", 5, 1, 0.4, 9), ("a", "b", 5, 2, 0.1, 9)],
        columns=["a", "b", "n_datasets", "n_repetitions", "wrong_share", "n_draws"],
    )
    assert over_pairs(frame).to_dict("records") == [
        {"n_datasets": 5, "n_repetitions": 1, "wrong_share": pytest.approx(0.3), "n_pairs": 2},
        {"n_datasets": 5, "n_repetitions": 2, "wrong_share": 0.1, "n_pairs": 1},
    ]


def test_the_same_sweep_gives_the_same_numbers(make_panels):
    rng = np.random.default_rng(0)
    cells = {
        f"d{k}": {name: list(rng.random(3)) for name in "abc"} for k in range(10)
    }  # fmt: skip
    panels = make_panels(cells)
    first, again = (wrong_winner(panels, PAIR) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    # Another pair beside changes nothing.
    both = wrong_winner(panels, [("a", "c"), *PAIR])
    assert both[both["b"] == "b"]["wrong_share"].tolist() == first["wrong_share"].tolist()
