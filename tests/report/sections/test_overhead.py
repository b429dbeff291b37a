import pandas as pd

from bench.captions import overhead as texts
from bench.report.sections import overhead


def value(strategy, *_):
    return {"random": 1.0, "tpe": 0.5}[strategy]


def test_the_time_a_strategy_takes_by_hand(made, find, builder, table):
    frames = made(value, budget=20, repetitions=2, cost=0.03, own={"tpe": 0.01})
    trials = frames[0]
    # It grows: 10 ms in all trials but the last two, 100 ms there.
    late = (trials["strategy"] == "tpe") & (trials["trial_number"] >= 18)
    trials.loc[late, "ask_s"] = 0.1
    section = overhead.section(find(frames), builder)
    assert section.sentence == texts.sentence(pd.Series({"random": 0.0, "tpe": 0.019}))
    shown = table(section, "Strategy overhead", whole=True)
    # 18 × 10 + 2 × 100 = 380 ms, beside 20 × 30.
    assert shown["tpe"] == {
        "ask + tell, ms per trial": "19", "first tenth, ms": "10", "last tenth, ms": "100",
        "share of run time": "39 %", "runs": "2",
    }  # fmt: skip
    assert shown["random"] == {
        "ask + tell, ms per trial": "0", "first tenth, ms": "0", "last tenth, ms": "0",
        "share of run time": "0 %", "runs": "2",
    }  # fmt: skip
    assert table(section, "Strategy overhead")["tpe"] == {
        "ask + tell, ms per trial": "19", "share of run time": "39 %",
    }  # fmt: skip


def test_no_seconds_no_overhead(made, find, builder):
    section = overhead.section(find(made(value), changed={"timed": False}), builder)
    assert section.sentence == texts.UNTIMED
    assert list(section.items) == []


def test_who_made_no_trial_has_dashes(made, find, builder, table):
    frames = made(value, ends={("tpe", "p", 0): ("crashed", "gone", 0)})
    shown = table(overhead.section(find(frames), builder), "Strategy overhead")
    assert set(shown["tpe"].values()) == {"–"}
