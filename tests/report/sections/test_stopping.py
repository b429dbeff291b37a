import pandas as pd
import pytest

from bench.analysis.choosing import MINUS_SD, ONE_SE
from bench.analysis.stopping import BUDGET, REGRET_BOUND, comparable, patience
from bench.captions import stopping as texts
from bench.report import figures
from bench.report.page import every
from bench.report.sections import stopping
from bench.report.sections.common import line_styles

pytestmark = pytest.mark.usefixtures("few_draws_will_do")
RUNS = {
    # Stopped after trial 7 with 0.5, and after trial 6 with 0.9 instead of 0.3.
    "random": (1.0, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    "tpe": (0.9, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.3),
    "default": (0.8,) * 8,
}


def value(strategy, _problem, _repetition, trial):
    """Random's median trial is 1 and the optimum 0, so that losses are regrets."""
    return RUNS[strategy][trial]


def frames_of(made, *, folds=None, test=value, budget=8):
    ends = {("default", "p", r): ("stopped early", "", 1) for r in range(2)}
    trials, runs = made(value, tuple(RUNS), repetitions=2, budget=budget, test=test, ends=ends)
    values = [folds(row) if folds else None for row in trials.itertuples()]
    runs = runs.assign(problem_settings='{"folds": 2}')
    return trials.assign(fold_values=pd.Series(values, dtype=object)), runs


def spread(row):
    """Two folds 0.1 off the mean, so that the standard error of it is 0.1."""
    return [row.value - 0.1, row.value + 0.1]


def test_rules_for_stopping_by_hand(made, find, builder, table):
    section = stopping.section(find(frames_of(made)), builder)
    assert section.sentence == texts.sentence(
        pd.Series(
            {"rule": patience(5), "saved_share": 3 / 16, "same_share": 0.5, "difference": 0.3,
             "difference_low": 0.3, "difference_high": 0.3, "n_problems": 1,
             "n_strategies": 2}
        ),
    )  # fmt: skip
    assert table(section, texts.STOPPING) == {
        patience(5): {
            "budget saved": "19 %", "regret lost": "0.30", "95 % interval": "0.30 to 0.30",
        }
    }  # fmt: skip
    (whole,) = [item.whole for item in section.items if item.kind == "table"]
    assert list(whole["strategy"]) == [*RUNS, texts.EVERYONE] * 2
    tpe = whole[(whole["rule"] == patience(5)) & (whole["strategy"] == "tpe")].iloc[0]
    assert (tpe["budget saved"], tpe["regret left"], tpe["nothing lost"]) == ("25 %", "0.90", "0 %")
    # Without fold values nothing is chosen by them.
    assert [item.kind for item in every(section.items)] == ["figure", "table", "details", "note"]
    assert texts.BOUND not in texts.how([patience(5)], False)


def test_choices_and_the_regret_bound_by_hand(made, find, builder, table):
    def test(_strategy, _problem, _repetition, trial):
        return 1.0 if trial == 1 else 0.5

    def folds(row):
        return spread(row) if row.trial_number < 2 else [row.value - 0.5, row.value + 0.5]

    section = stopping.section(find(frames_of(made, folds=folds, test=test)), builder)
    rows = table(section, texts.STOPPING)
    assert list(rows) == [patience(5), REGRET_BOUND]
    files = next(item for item in section.items if item.kind == "files")
    raw = files.tables[0].raw.set_index(["rule", "strategy"])
    # All within one standard error, 0.1, of random's best is the best itself; with one standard
    # deviation, 0.14, the second trial stays ahead of the first.
    assert raw.loc[(ONE_SE, "random"), "difference"] == 0
    assert raw.loc[(MINUS_SD, "random"), "differs_share"] == 0
    said = [item.text for item in section.items if item.kind == "note"]
    assert said == [texts.chosen(raw.xs("", level="strategy").reset_index().itertuples())]


def test_a_budget_that_no_rule_can_end_early(made, find, builder):
    section = stopping.section(find(frames_of(made, budget=5)), builder)
    assert (section.sentence, list(section.items)) == (texts.NOTHING, [])


def test_the_figure_shows_regret_left_against_the_budget_spent(made, find):
    found = find(frames_of(made))
    frame = comparable(found.stopping)
    assert set(frame["strategy"]) == {"random", "tpe"}
    axes = figures.stopping(frame, line_styles(found))
    marks = {
        (round(float(line.get_xdata()[0]), 6), round(float(line.get_ydata()[0]), 6))
        for line in axes.get_lines()
        if len(line.get_xdata()) == 1
    }
    assert marks == {(100.0, 0.5), (87.5, 0.5), (100.0, 0.3), (75.0, 0.9)}
    (legend,) = axes.figure.legends
    names = [text.get_text() for text in legend.get_texts()]
    assert sorted(names[:2]) == ["random", "tpe"]
    assert names[2:] == [BUDGET, patience(5)]


def test_the_regret_bound_is_no_part_of_a_strategys_line():
    rows = [(BUDGET, 0.0, 0.1), (patience(5), 0.5, 0.3), (REGRET_BOUND, 0.25, 0.9)]
    frame = pd.DataFrame(rows, columns=["rule", "saved_share", "bounded"])
    frame = frame.assign(strategy="tpe", bounded_low=frame["bounded"], bounded_high=0.9)
    axes = figures.stopping(frame, {"tpe": {"color": "#000000", "linestyle": "-"}})
    (line,) = [line for line in axes.get_lines() if line.get_label() == "tpe"]
    assert line.get_xdata().tolist() == [50.0, 100.0]
