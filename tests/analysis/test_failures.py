from collections import Counter

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from bench.analysis.failures import COLUMNS, failures, limit_shares, two_rules
from bench.panels.regret import Scale

NAN, INF = np.nan, np.inf


def test_counts_by_kind_pair_and_reason(make_run, join):
    trials, runs = join(
        make_run([None, 1, None]),
        make_run([1], repetition=1, status="stopped early", reason="nothing more"),
        make_run([1], repetition=2, status="stopped early", reason="nothing more"),
        make_run([], strategy="gp", status="skipped", reason="too wide"),
    )
    frame = failures(trials, runs)
    assert list(frame.columns) == COLUMNS
    assert frame.to_numpy().tolist() == [
        ["skipped", "gp", "p", 1, "too wide"],
        ["stopped early", "random", "p", 2, "nothing more"],
        ["trial failed", "random", "p", 2, "it broke"],
    ]


def test_a_failure_without_a_reason_is_counted(make_run):
    trials, runs = make_run([], status="crashed")
    runs["reason"] = None
    assert failures(trials, runs)["n"].tolist() == [1]


def test_nothing_went_wrong(make_run):
    frame = failures(*make_run([1, 2]))
    assert list(frame.columns) == COLUMNS
    assert frame.empty


def test_a_missing_reason_and_an_empty_one_are_the_same(make_run, join):
    trials, runs = join(*(make_run([], repetition=i, status="crashed") for i in range(4)))
    runs["reason"] = ["", None, "it broke", np.nan]
    frame = failures(trials, runs)
    assert frame["reason"].tolist() == ["", "it broke"]
    assert frame["n"].tolist() == [3, 1]


TEXTS = ["strategy", "problem", "status", "reason"]


def test_categories_and_plain_texts_give_the_same_frame(make_run, join):
    # Categories in no order, and such that no row has, must be neither sorted by nor counted.
    trials, runs = join(
        make_run([None, 1, None], strategy="z", problem="q"),
        make_run([None], strategy="a", problem="q"),
        make_run([None], strategy="a", problem="o", status="stopped early", reason="nothing more"),
        make_run([1], strategy="z", problem="o", status="timeout", reason="too long"),
        make_run([], strategy="m", problem="q", status="crashed", reason="zzz"),
    )
    trials.loc[trials["strategy"] == "a", "reason"] = None
    plain = failures(trials, runs)
    assert plain[["kind", "strategy", "problem", "n", "reason"]].to_numpy().tolist() == [
        ["crashed", "m", "q", 1, "zzz"],
        ["stopped early", "a", "o", 1, "nothing more"],
        ["timeout", "z", "o", 1, "too long"],
        ["trial failed", "a", "o", 1, ""],
        ["trial failed", "a", "q", 1, ""],
        ["trial failed", "z", "q", 2, "it broke"],
    ]

    def categories(frame, names):
        kinds = {
            name: pd.CategoricalDtype(["unused", *sorted(frame[name].dropna().unique())[::-1]])
            for name in names
        }
        return frame.astype(kinds)

    coded = categories(trials, TEXTS), categories(runs, ["strategy", "problem", "status", "reason"])
    assert_frame_equal(failures(*coded), plain)
    assert_frame_equal(failures(coded[0], runs), plain)
    assert_frame_equal(failures(trials, coded[1]), plain)


@pytest.mark.parametrize("kind", ["str", "object", "category"])
def test_many_failures_are_counted_as_one_by_one(kind):
    rng = np.random.default_rng(3)
    texts = {name: [f"{name} {i}" for i in rng.permutation(5)] for name in TEXTS}
    texts["status"], rows = ["completed", "failed"], 3000
    picks = {name: rng.choice(names, rows) for name, names in texts.items()}
    trials = pd.DataFrame(picks).astype(kind)
    runs = pd.DataFrame(columns=["strategy", "problem", "status", "reason"], dtype=object)
    wanted = Counter(
        (s, p, r)
        for s, p, status, r in zip(*(picks[name].tolist() for name in TEXTS), strict=True)
        if status == "failed"
    )
    frame = failures(trials, runs)
    found = frame[["strategy", "problem", "reason", "n"]].to_numpy().tolist()
    assert found == [[*key, count] for key, count in sorted(wanted.items())]


# --- two rules

SCALE = Scale(0.0, 2.0, "frozen")


def rules(panels, *arguments):
    return two_rules(panels, *arguments).set_index("strategy")


def test_two_rules_by_hand(panel_of):
    losses = [
        [[4, 2], [10, 1]],
        [[NAN, NAN], [NAN, 6]],
        [[INF, INF], [1, INF]],
        [[1, 1], [1, 1]],
    ]
    missing = [(3, 0), (3, 1)]
    panel = panel_of(
        losses, strategies=["random", "tpe", "gp", "cma"], missing=missing, scale=SCALE
    )
    frame = rules([panel])
    assert frame["worst"].tolist()[:3] == [0.75, (5 + 3) / 2, (5 + 0.5) / 2]
    assert frame["typical"].tolist()[:3] == [0.75, (1 + 3) / 2, (1 + 0.5) / 2]
    assert frame["failed_share"].tolist()[:3] == [0, 0.75, 0]
    assert frame["empty_share"].tolist()[:3] == [0, 0.5, 0.5]
    assert frame.loc["cma", ["worst", "typical", "failed_share", "empty_share"]].isna().all()
    assert frame["n_problems"].tolist() == [1, 1, 1, 0]
    # After one trial both runs of tpe have nothing.
    first = rules([panel], 1).loc["tpe"]
    assert (first["worst"], first["typical"]) == (5, 1)


def test_problems_count_the_same(panel_of):
    one = panel_of([[[2], [2], [2]]], scale=SCALE)
    two = panel_of([[[6]]], scale=Scale(0.0, 2.0, "frozen"), problem="p")
    assert rules([one, two])["worst"].tolist() == [2]
    assert rules([one, two])["n_runs"].tolist() == [4]


def test_problems_with_a_smaller_budget_are_left_out(panel_of):
    one = panel_of([[[2, 1, 1]], [[4, NAN, 2]]], scale=SCALE)
    two = panel_of([[[NAN, 9]], [[9, 9]]], scale=SCALE, problem="q")
    frame = rules([one, two], 3)
    assert frame["worst"].tolist() == frame["typical"].tolist() == [0.5, 1]
    assert frame["failed_share"].tolist() == [0, 1 / 3]
    assert frame["n_problems"].tolist() == frame["n_runs"].tolist() == [1, 1]
    assert rules([one, two], 2)["n_problems"].tolist() == [2, 2]
    assert rules([one, two], 4).empty


def test_a_failed_point_of_a_set_under_both_rules(panel_of):
    losses = [[[NAN, 1, 6]], [[8, 8, 8]]]
    panel = panel_of(losses, strategies=["grid", "random"], unordered=["grid"], scale=SCALE)
    frame = rules([panel], 1)
    # Any of the points first: 8, 1 or 6; and 2 instead of the 8.
    assert frame["worst"]["grid"] == pytest.approx((4 + 0.5 + 3) / 3)
    assert frame["typical"]["grid"] == pytest.approx((1 + 0.5 + 3) / 3)
    assert rules([panel])["typical"]["grid"] == pytest.approx(0.5)


def test_two_rules_where_all_is_the_same_and_of_nothing(panel_of):
    frame = rules([panel_of([[[3, 3]], [[NAN, NAN]]])])
    assert frame["worst"].tolist() == frame["typical"].tolist() == [0, 0]
    assert two_rules([]).empty


@pytest.fixture
def ended(make_run, join):
    """Of the trials of a on p one failed, one timed out, one ran out of memory."""
    trials, runs = join(
        make_run([None, None, None, 1], strategy="a"),
        make_run([None, 1], strategy="a", problem="q"),
        make_run([1, 2], strategy="b"),
    )
    of_a = (trials["strategy"] == "a") & (trials["problem"] == "p")
    for number, status in enumerate(["timeout", "out of memory"]):
        trials.loc[of_a & (trials["trial_number"] == number), ["status", "reason"]] = (
            status,
            "limit",
        )
    return trials, runs


def test_what_a_limit_ended_is_a_kind_of_its_own(ended):
    assert failures(*ended)[["kind", "problem", "n", "reason"]].to_numpy().tolist() == [
        ["trial failed", "p", 1, "it broke"],
        ["trial failed", "q", 1, "it broke"],
        ["trial out of memory", "p", 1, "limit"],
        ["trial timed out", "p", 1, "limit"],
    ]


def test_shares_of_what_a_limit_ended(ended):
    trials, _ = ended
    shares = limit_shares(trials)
    assert shares.to_dict("index") == {
        "a": {"timeout_share": 1 / 6, "out_of_memory_share": 1 / 6},
        "b": {"timeout_share": 0, "out_of_memory_share": 0},
    }
    # The columns are those of all problems, the rows those of some.
    assert limit_shares(trials, ["q"]).to_dict("index") == {
        "a": {"timeout_share": 0, "out_of_memory_share": 0}
    }
    plain = trials.assign(status="completed")
    assert list(limit_shares(plain).columns) == []
