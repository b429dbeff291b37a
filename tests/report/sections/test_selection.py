import math

import pandas as pd
import pytest

from bench.captions import selection as texts
from bench.report import figures
from bench.report.page import every
from bench.report.sections import selection
from bench.report.sections.common import line_styles

LABEL = "Validation against test"


def value(strategy, _problem, _repetition, trial):
    """Random's median trial is 1 and the optimum 0, so that losses are regrets."""
    return {"random": (1.5, 0.5), "tpe": (0.6, 0.4), "default": (0.8, 0.8)}[strategy][trial]


def test_without_test_values_nothing_is_reported(made, find, builder):
    section = selection.section(find(made(value)), builder)
    assert section.sentence == texts.unknown(False)
    assert list(section.items) == []


@pytest.mark.usefixtures("few_draws_will_do")
def test_gap_overtuning_and_worse_than_the_default_by_hand(made, find, builder, table):
    def test(strategy, problem, repetition, trial):
        if strategy == "tpe":
            # In the first run the first incumbent was the better one, by 0.5, and ends worse than
            # the default.
            return ((0.6, 1.1), (0.9, 0.6))[repetition][trial]
        return value(strategy, problem, repetition, trial)

    frames = made(value, ("default", "random", "tpe"), repetitions=2, test=test)
    section = selection.section(find(frames), builder)
    shares = pd.DataFrame({"overtuned_share": [0.5, 0.0], "worse_share": [0.5, 0.0]})
    assert section.sentence == texts.sentence(shares)
    shown = table(section, LABEL, whole=True)
    assert list(shown) == ["tpe", "random", "default"]
    # Gaps of 0.7 and 0.2; overtuning of 0.5 and 0. Half the distance times Student's 12.706.
    assert shown["tpe"] == {
        "gap": "0.45", "gap, 95 %": "−2.73 to 3.63", "overtuned runs": "50 %",
        "overtuning": "0.25", "overtuning, 95 %": "−2.93 to 3.43",
        "worse than default": "50 %", "problems": "1",
    }  # fmt: skip
    assert shown["random"] == {
        "gap": "0.00", "gap, 95 %": "0.00 to 0.00", "overtuned runs": "0 %",
        "overtuning": "0.00", "overtuning, 95 %": "0.00 to 0.00",
        "worse than default": "0 %", "problems": "1",
    }  # fmt: skip
    assert list(table(section, LABEL)["tpe"]) == [
        "gap", "gap, 95 %", "overtuned runs", "worse than default",
    ]  # fmt: skip


@pytest.mark.usefixtures("few_draws_will_do")
def test_the_figure_shows_the_numbers_of_the_table(made, find, builder):
    def test(strategy, problem, repetition, trial):
        lost = (0.5, 0.0)[repetition] if strategy == "tpe" and trial == 1 else 0.0
        return value(strategy, problem, repetition, trial) + lost

    found = find(made(value, ("default", "random", "tpe"), repetitions=2, test=test))
    figure = selection.section(found, builder).items[0]
    assert (figure.kind, figure.name) == ("figure", "selection")
    assert figure.caption == texts.CAPTION
    axes = figures.selection(found.selected, line_styles(found))
    assert [label.get_text() for label in axes.get_yticklabels()] == ["default", "random", "tpe"]
    (legend,) = axes.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "gap: test − validation",
        "overtuning: test − best of earlier incumbents",
    ]
    # Of tpe: new, these, mark, for the gap, then for overtuning, 0.4 with (0.6 + 0.1) before it.
    lines = axes.get_lines()[12:18]
    half = 12.7062047 / 2
    ends = [value for line in lines[1:3] for value in line.get_xdata()]
    assert ends == pytest.approx([0.25 - 0.5 * half, 0.25 + 0.5 * half, 0.25])
    ends = [value for line in lines[4:6] for value in line.get_xdata()]
    assert ends == pytest.approx([0.15 - 0.3 * half, 0.15 + 0.3 * half, 0.15])


@pytest.mark.slow
def test_repetitions_that_do_not_count_are_reported(made, find, builder, said):
    def broken(failing):
        def one(strategy, problem, repetition, trial):
            failed = repetition in failing.get(strategy, ())
            return None if failed else value(strategy, problem, repetition, trial)

        frames = made(one, ("random", "tpe"), repetitions=4, test=value)
        return selection.section(find(frames), builder)

    assert texts.columns(False, False, 0) in said(broken({})).splitlines()
    # The other strategies keep a repetition that one lacks.
    assert texts.columns(False, False, 0) in said(broken({"tpe": [2]})).splitlines()
    assert texts.columns(False, False, 1) in said(broken({"tpe": [2], "random": [2]}))
    apart = broken({"tpe": [0, 1], "random": [2, 3]})
    assert apart.sentence == texts.sentence(
        pd.DataFrame({"overtuned_share": [0.0, 0.0], "worse_share": math.nan})
    )


def test_without_the_default_the_text_says_so(made, find, builder, said):
    found = find(made(value, test=value))
    section = selection.section(found, builder)
    assert texts.columns(False, False, 0) in said(section)
    shares = pd.DataFrame({"overtuned_share": [0.0, 0.0], "worse_share": math.nan})
    assert section.sentence == texts.sentence(shares)


@pytest.mark.usefixtures("few_draws_will_do")
def test_a_test_value_better_than_the_validation_is_a_gap_below_0(made, find, builder, table):
    frames = made(value, test=lambda *place: value(*place) - 0.25)
    shown = table(selection.section(find(frames), builder), LABEL)
    assert shown["tpe"]["gap"] == "−0.25"


def test_without_a_default_there_is_nothing_to_be_worse_than(made, find, builder, table):
    shown = table(selection.section(find(made(value, test=value)), builder), LABEL)
    assert {row["worse than default"] for row in shown.values()} == {"–"}


@pytest.mark.usefixtures("few_draws_will_do")
def test_means_are_over_the_problems_that_have_test_values(made, find, builder, table):
    def test(strategy, problem, repetition, trial):
        loss = value(strategy, problem, repetition, trial)
        return {"a": loss + 0.1, "b": loss + 0.3, "c": None}[problem]

    frames = made(value, problems=("a", "b", "c"), test=test)
    frames[0]["test_value"] = frames[0]["test_value"].astype(float)
    row = table(selection.section(find(frames), builder), LABEL, whole=True)["tpe"]
    assert float(row["gap"]) == pytest.approx(0.2)
    assert row["problems"] == "2"


def test_who_has_no_test_value_is_left_out(made, find, builder, table):
    def test(strategy, *place):
        return None if strategy == "tpe" else value(strategy, *place)

    frames = made(value, test=test)
    frames[0]["test_value"] = frames[0]["test_value"].astype(float)
    assert list(table(selection.section(find(frames), builder), LABEL)) == ["random"]


def test_final_models_are_compared_fold_by_fold(made, find, builder, table, said):
    trials, runs = made(lambda s, p, r, t: 0.5 if s == "random" else 0.1, repetitions=3)
    folds = {"random": [0.4, 0.5, 0.6, 0.5, 0.5], "tpe": [0.1, 0.2, 0.1, 0.05, 0.05]}
    trials["fold_values"] = trials["strategy"].astype(str).map(folds)
    runs["problem_settings"] = '{"folds": 5, "cv": "", "reshuffle": false}'
    section = selection.section(find((trials, runs)), builder)
    label = "Cross-validation scores of the final models"
    assert table(section, label) == {
        "tpe": {"than tpe": "", "than random": "3 of 3"},
        "random": {"than tpe": "0 of 3", "than random": ""},
    }
    assert texts.CV_TESTS in said(section)
    # Three repetitions of one pair.
    assert texts.cv_tests(3, 3) in said(section)
    runs["problem_settings"] = "{}"
    section = selection.section(find((trials, runs)), builder)
    assert label not in [getattr(item, "label", "") for item in every(section.items)]
