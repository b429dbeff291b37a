import math
import re

import pandas as pd
import pytest

from bench.captions import problems as texts
from bench.checks import signature
from bench.report.page import Chart, Heading, every
from bench.report.sections import problems


def value(strategy, _problem, repetition, trial):
    final = {"random": 1.0, "tpe": 0.25, "gp": 0.5}[strategy] + repetition
    return final if trial else 9.0


@pytest.mark.slow
def test_each_problem_has_heading_sentence_chart_and_table(made, find, builder):
    frames = made(value, problems=("a/b:c", "p"), optimum=math.nan)
    section = problems.section(find(frames), builder)
    best = pd.DataFrame(
        {"strategy": ["tpe", "random"], "n_best": [2, 0], "n_all_problems": 2, "mean": 0.1}
    )
    assert section.sentence == texts.sentence(best, "after 2 trials", {})
    kinds = [item.kind for item in section.items]
    across = ["note", "table", "note", "table", "details", "note"]
    assert kinds == [*across, *["heading", "chart", "files"] * 2]
    headings = [(item.text, item.id) for item in section.items if isinstance(item, Heading)]
    assert headings == [("a/b:c", "problem-1"), ("p", "problem-2")]
    charts = [item for item in section.items if isinstance(item, Chart)]
    assert [chart.problem for chart in charts] == ["a/b:c", "p"]
    assert [chart.figures[0].name for chart in charts] == ["problem-a-b-c", "problem-p"]
    files = [item.file for item in every(section.items) if item.kind == "table" and item.file]
    assert files == ["regret", "problem-a-b-c", "problem-p"]


@pytest.mark.slow
def test_the_best_median_comes_first_in_the_metrics_direction(find, builder, table):
    found = find(strategies=("random", "grid", "tpe"), problems=("branin", "svm"), repetitions=7)
    section = problems.section(found, builder)
    for label, metric, sign in (("branin", "value", 1), ("svm", "roc_auc", -1)):
        shown = table(section, f"problem-{label}")
        medians = [sign * float(row[f"{metric} (median)"]) for row in shown.values()]
        assert medians == sorted(medians)
        assert len(shown) == 3


def test_the_numbers_of_a_problem_by_hand(made, find, builder, table):
    frames = made(
        value, ("random", "tpe", "gp"), repetitions=3, cost=0.5, own={"tpe": 0.0025},
        test=lambda s, p, r, t: value(s, p, r, t) + 0.5 * r,
    )  # fmt: skip
    shown = table(problems.section(find(frames), builder), "problem-p")
    assert list(shown) == ["tpe", "gp", "random"]
    # The median trial of random is that of 9, 9, 9, 1, 2 and 3. Gaps are 0, 0.5 and 1.
    assert shown["tpe"] == {
        "rmse (median)": "1.250", "regret": "0.21", "test (median)": "1.750", "test gap": "0.500",
        "budget used": "100 %", "failed trials": "0 %", "ask + tell, ms per trial (mean)": "2.5",
        "evaluation, ms per trial (mean)": "500", "runs": "3",
    }  # fmt: skip


def test_columns_of_what_is_not_known_are_left_out(made, find, builder, table):
    section = problems.section(find(made(value), changed={"timed": False}), builder)
    assert list(table(section, "problem-p")["tpe"]) == [
        "rmse (median)", "regret", "budget used", "failed trials", "runs",
    ]  # fmt: skip


@pytest.mark.parametrize(("repetitions", "there"), [(5, False), (6, True)])
def test_six_repetitions_give_an_interval(made, find, builder, table, repetitions, there):
    shown = table(
        problems.section(find(made(value, repetitions=repetitions)), builder), "problem-p"
    )
    assert ("95 %" in shown["tpe"]) == there
    if there:
        # The least and the largest: 1 − 2/2⁶ = 0.97.
        assert shown["tpe"]["95 %"] == "0.250 to 5.250"


@pytest.mark.parametrize(
    ("optima", "numbers"),
    [([0.0, 0.0], ["0"]), ([-1.5, 0.25], ["−1.5", "0.25"]), ([math.nan, math.nan], [])],
)  # fmt: skip
def test_what_regret_is_measured_by(made, find, builder, table, said, optima, numbers):
    trials, runs = made(value, repetitions=2)
    for frame in (trials, runs):
        frame["optimum"] = frame["repetition"].map(dict(enumerate(optima))).astype(float)
    found = find((trials, runs))
    section = problems.section(found, builder)
    shown = table(section, texts.BEST)["p"]
    assert re.findall(r"−?\d+(?:\.\d+)?", shown.get("optimum", "")) == numbers
    (source,) = {panel.source for panel in found.panels}
    assert set(texts.sources({source: ["p"]})) <= set(said(section).splitlines())


def test_the_best_strategy_and_random_search_are_shown_on_the_same_repetitions(
    made, find, builder, table
):
    # A repetition adds its number; gp has the last one alone, where everyone is at their worst.
    trials, runs = made(value, ("random", "gp"), repetitions=3, test=lambda *of: 10 + value(*of))
    trials, runs = (
        frame[(frame["strategy"] != "gp") | (frame["repetition"] == 2)] for frame in (trials, runs)
    )
    shown = table(problems.section(find((trials, runs)), builder), texts.BEST)["p"]
    assert shown["best strategy"] == "gp"
    assert [float(shown[name]) for name in ("validation", "test", "random")] == [2.5, 12.5, 3.0]


@pytest.mark.slow
def test_without_seconds_the_figure_is_against_trials_alone(made, find, builder):
    for timed, clocks in ((True, ["trials", "seconds"]), (False, ["trials"])):
        section = problems.section(find(made(value), changed={"timed": timed}), builder)
        (chart,) = (item for item in section.items if isinstance(item, Chart))
        figure = chart.figures[0]
        assert figure.label == texts.label("p", clocks)


def test_a_problem_whose_values_differ_between_processors_says_so(
    made, find, builder, said, monkeypatch
):
    points = [{"value": 1.0}, {"value": 1.0, "differs_by": {"value": 0.012}}]
    recorded = {"adaboost": {"version": 1, "points": points}}
    monkeypatch.setattr(signature, "_recorded", lambda: recorded)
    frames = made(value, problems=("p", "q"))
    frames[1]["problem_name"] = frames[1]["problem"].map({"p": "adaboost:wine", "q": "tree"})
    frames[1]["problem_version"] = 1
    text = said(problems.section(find(frames), builder))
    known = signature.dependence("adaboost", 1)
    assert text.count(known) == 1


def test_the_best_strategy_of_each_problem_by_hand(made, find, builder, table):
    def loss(strategy, problem, *at):
        return 0.5 if problem == "q" else value(strategy, problem, *at)

    def test(strategy, problem, *at):
        return value(strategy, problem, *at) + 0.25

    frames = made(loss, ("random", "tpe", "gp"), ("p", "q"), repetitions=3, test=test)
    shown = table(problems.section(find(frames), builder), texts.BEST)
    assert shown["p"] == {
        "score (better)": "rmse (lower)", "best strategy": "tpe", "validation": "1.250",
        "test": "1.500", "random": "2.000", "optimum": "0",
    }  # fmt: skip
    # Three strategies that tie have no test score in common.
    assert shown["q"]["best strategy"].count("random") == 1
    assert (shown["q"]["validation"], shown["q"]["test"]) == ("0.5000", "–")


def test_columns_of_the_best_that_nothing_is_known_of_are_left_out(made, find, builder, table):
    found = find(made(value, ("tpe", "gp"), optimum=math.nan))
    shown = table(problems.section(found, builder), texts.BEST)
    assert list(shown["p"]) == ["score (better)", "best strategy", "validation"]


def test_the_table_of_regret_names_its_columns_where_not_all_strategies_have_one(
    made, find, builder, table, said, monkeypatch
):
    monkeypatch.setattr(problems, "MAX_COLUMNS", 2)
    frames = made(value, ("random", "tpe", "gp"), ("p", "q"), repetitions=2)
    section = problems.section(find(frames), builder)
    assert list(table(section, "regret")["p"]) == ["tpe", "random"]
    assert texts.columns(["tpe", "random"], 3)[0] in said(section)
    monkeypatch.setattr(problems, "MAX_COLUMNS", 3)
    assert "Its columns are" not in said(problems.section(find(frames), builder))
