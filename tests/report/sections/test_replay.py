import math

import pandas as pd
import pytest

from bench.analyses import Analyses
from bench.captions import breakeven as break_even
from bench.captions import replay as texts
from bench.prose import notes
from bench.report.page import every
from bench.report.sections import breakeven, replay

DEADLINE, EVEN = (
    "Regret at the deadline, by seconds an evaluation takes",
    break_even.LABEL,
)


def value(strategy, _problem, _repetition, trial):
    """Two trials: random has 1.5 and 0.5, the others 1 and 0.2."""
    return (1.5, 0.5)[trial] if strategy == "random" else (1.0, 0.2)[trial]


@pytest.fixture
def timed(made):
    """An evaluation takes a second, and tpe another second of its own a trial."""

    def timed(strategies=("random", "tpe"), **given):
        return made(value, strategies, own={"tpe": 1.0, "slow": 100.0}, **given)

    return timed


def test_regret_at_the_deadline_has_an_interval(made, find, builder, table):
    frames = made(lambda s, p, r, t: (1.0, 0.0)[t] + r, ("random",), repetitions=2, optimum=0.0)
    shown = table(replay.section(find(frames), builder), DEADLINE, whole=True)
    # Trials 1, 0, 2 and 1 have the median 1; the mean of 0 and 1 + half of Student's 12.706. Below
    # 0 there is no regret.
    assert shown["random"]["as recorded"] == "0.50 (0 to 6.9; 100 %)"


@pytest.mark.usefixtures("few_draws_will_do")
def test_what_each_has_when_random_is_done(timed, find, builder, table):
    section = replay.section(find(timed()), builder)
    shown = table(section, DEADLINE, whole=True)
    # Random is done after 2 evaluations; tpe by then with as many as fit beside a second each.
    assert shown["random"] == dict.fromkeys(shown["random"], "0.50 (100 %)")
    assert shown["tpe"] == {
        "as recorded": "1.0 (50 %)",
        "10 ms each": "1.5 (0 %)",
        "1 s each": "1.0 (50 %)",
        "1 min each": "1.0 (50 %)",
        "as recorded, 8 workers": "1.5 (0 %)",
    }
    # The page has the regrets, and nothing of several workers.
    assert table(section, DEADLINE)["tpe"] == {
        "as recorded": "1.0", "10 ms each": "1.5", "1 s each": "1.0", "1 min each": "1.0",
    }  # fmt: skip
    assert section.sentence == texts.sentence(texts.deadline([True]))


@pytest.mark.usefixtures("few_draws_will_do")
def test_the_table_is_in_the_order_of_the_leaderboard_and_its_file_has_every_number(
    timed, find, builder, table
):
    section = replay.section(find(timed()), builder)
    assert list(table(section, DEADLINE)) == ["tpe", "random"]
    (item,) = (item for item in section.items if getattr(item, "file", "") == "replay")
    assert len(item.raw) == 2 * 5
    assert set(item.raw["n_workers"]) == {1, 8}
    assert item.raw["regret"].min() == 0.5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("strategies", "kept", "by_random"),
    [(("gp", "tpe"), None, [False, False]), (("random", "tpe"), "a", [True, False])],
)
def test_without_random_the_first_that_is_done_sets_the_deadline(
    timed, find, builder, strategies, kept, by_random
):
    frames = timed(strategies, problems=("a", "b"))
    if kept:
        frames = tuple(f[(f["strategy"] != "random") | (f["problem"] == kept)] for f in frames)
    section = replay.section(find(frames), builder)
    assert section.sentence == texts.sentence(texts.deadline(by_random))


def test_break_even_needs_no_random_search(timed, find, builder, table):
    section = replay.section(find(timed(("gp", "tpe"))), builder)
    assert {tuple(row) for row in table(section, EVEN).values()} == {("than gp", "than tpe")}


def test_one_trial_is_one(timed, find, builder, said):
    assert break_even.target([1], False) in said(replay.section(find(timed()), builder))


@pytest.mark.parametrize(
    ("startup", "shown", "after"),
    [(2, "2", 6), (10, "10 (whole budget)", 5)],
)
def test_start_ups_are_shown_and_targets_lie_beyond_them(
    made, find, builder, table, said, startup, shown, after
):
    trials, runs = made(lambda s, p, r, t: value(s, p, r, min(t, 1)), budget=10)
    runs["strategy_settings"] = runs["strategy"].map(
        lambda name: f'{{"n_startup_trials": {startup}}}' if name == "tpe" else "{}"
    )
    found = find((trials, runs))
    section = replay.section(found, builder)
    rows = table(section, EVEN)
    assert rows["tpe"]["start-up, trials"] == shown
    assert rows["random"]["start-up, trials"] == "–"
    assert break_even.target([after], True) in said(section)
    assert found.warnings == ([notes.all_startup(["tpe"], 10)] if startup == 10 else [])


def test_no_seconds_no_time(timed, find, builder):
    section = replay.section(find(timed(), changed={"timed": False}), builder)
    assert section.sentence == texts.UNTIMED
    assert list(section.items) == []


def test_who_does_not_run_has_no_time(timed, find, builder, table):
    ends = {("tpe", "p", 0): ("skipped", "no", 0)}
    section = replay.section(find(timed(ends=ends)), builder)
    assert set(table(section, DEADLINE)["tpe"].values()) == {"–"}
    assert table(section, EVEN)["tpe"]["than random"] == "–"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cases", "word"),
    [
        ({"always": [None]}, "always"),
        ({"above": [1.0, 2.0]}, "above 1.5 s"),
        ({"above": [0.002, 0.003], "never": [None]}, "above 2.5 ms (2 of 3)"),
        ({"never": [None, None]}, "never"),
        ({"below": [18.0, 18.0], "always": [None]}, "below 18 s (2 of 3)"),
        ({"below": [18.0], "always": [None]}, "differs (always 1, below 1)"),
        ({"equal": [None, None]}, "equal"),
        ({"equal": [None], "undefined": [None]}, "equal"),
        ({"undefined": [None, None]}, "–"),
    ],
)
def test_break_even_in_words(timed, find, builder, table, cases, word):
    found = find(timed())
    found.breakeven_costs = pd.DataFrame(
        [
            {"strategy": "tpe", "other": "random", "problem": f"p{i}{case}", "target_budget": 1,
             "evaluation_s": math.nan if cost is None else cost, "case": case}
            for case, costs in cases.items()
            for i, cost in enumerate(costs)
        ]
    )  # fmt: skip
    shown = table(replay.section(found, builder), EVEN)
    assert shown["tpe"] == {"than random": word, "than tpe": ""}


@pytest.mark.usefixtures("few_draws_will_do")
def test_one_more_schedule_stands_first(timed, source, builder, table):
    found = Analyses(source(*timed()), trials=None, rope=0.01, schedule=(10.0, 1))
    shown = table(replay.section(found, builder), DEADLINE, whole=True)["tpe"]
    # Random is done after 20 seconds, tpe's first trial after 11.
    assert next(iter(shown)) == "10 s each"
    assert shown["10 s each"] == "1.0 (50 %)"
    assert len(shown) == 6
    several = Analyses(source(*timed()), trials=None, rope=0.01, schedule=(10.0, 2))
    asked = table(replay.section(several, builder), DEADLINE)["tpe"]
    assert list(asked) == ["10 s each, 2 workers", "as recorded", "10 ms each", "1 s each",
                           "1 min each"]  # fmt: skip


def test_break_even_by_hand(made, find, builder, table, said):
    # The target is what both have reached after 3 of 5 trials, 0.5. Random needs 2 trials for it,
    # tpe 1 with a second of its own: (2 · 0 − 1 · 1) / (1 − 2) = 1 second.
    frames = made(
        lambda s, p, r, t: (1.0, 0.5)[min(t, 1)] if s == "random" else 0.1,
        own={"tpe": 1.0},
        repetitions=2,
        budget=5,
    )
    section = replay.section(find(frames), builder)
    assert table(section, EVEN) == {
        "tpe": {"than tpe": "", "than random": "above 1 s"},
        "random": {"than tpe": "below 1 s", "than random": ""},
    }
    assert "only if an evaluation takes longer than 1 s for tpe (1 of 1 problem)" in said(section)


@pytest.mark.slow
def test_of_many_strategies_only_the_break_even_with_random_is_shown(made, find, builder, table):
    names = ("random", *(f"s{i}" for i in range(breakeven.MAX_COLUMNS)))
    section = replay.section(find(made(value, names)), builder)
    shown = table(section, EVEN)
    assert len(shown) == breakeven.MAX_COLUMNS + 1
    assert {tuple(row) for row in shown.values()} == {("than random",)}
    (item,) = (item for item in every(section.items) if getattr(item, "file", "") == "breakeven")
    assert len(item.raw) == (breakeven.MAX_COLUMNS + 1) * breakeven.MAX_COLUMNS
