import math

import pytest

from bench.captions import ranks as texts
from bench.prose.samples import Sample
from bench.report.drawing import PageFigure
from bench.report.sections import ranks

FOUR = tuple("abcd")
FOUR_SETS = Sample(problems=4, datasets=4, functions=0)


def ordered(strategy, _problem, repetition, trial):
    """Always tpe before gp before random in the end; random before them after one trial."""
    final = {"tpe": 0.2, "gp": 0.5, "random": 0.9}[strategy] + 0.01 * repetition
    return final if trial or strategy == "random" else 3.0


@pytest.fixture
def four(made):
    return made(ordered, ("random", "gp", "tpe"), FOUR, repetitions=3)


def figures(section):
    return [item.name for item in section.items if isinstance(item, PageFigure)]


@pytest.mark.slow
def test_friedmans_test_is_reported_in_a_sentence(four, find, builder, said):
    found = find(four)
    section = ranks.section(found, builder)
    # All data sets agree: χ² = n (k − 1) = 8, p = exp(−4); Iman and Davenport's F is infinite.
    row, pairs = found.friedman.iloc[0], found.wilcoxon
    assert (row["blocks"], row["strategies"]) == (4, 3)
    assert math.isnan(row["f"])
    assert (row["chi2"], row["p"]) == (pytest.approx(8), pytest.approx(math.exp(-4)))
    assert texts.test(row, pairs, FOUR_SETS, [], []) in said(section)
    assert section.sentence == texts.sentence(row, pairs, FOUR_SETS)
    # Holm over 3 pairs: 3 · 2 / 2ⁿ ≤ .05 from n = 7 on.
    assert (pairs["needed"].max(), pairs["reachable"].any()) == (7, False)
    assert figures(section) == ["ranks", "ranks-over-budget", "critical"]


@pytest.mark.slow
def test_iman_and_davenports_statistic_is_reported_where_it_is_finite(made, find, builder, said):
    def value(strategy, problem, repetition, trial):
        # Once in four the first two are the other way round.
        turned = problem == "d" and strategy in ("tpe", "gp")
        return ordered({"tpe": "gp", "gp": "tpe"}[strategy] if turned else strategy, problem,
                       repetition, trial)  # fmt: skip

    found = find(made(value, ("random", "gp", "tpe"), FOUR))
    section = ranks.section(found, builder)
    # Rank sums 5, 7, 12: χ² = 12 / (4 · 3 · 4) · (25 + 49 + 144) − 3 · 4 · 4 = 6.5, and
    # F = 3 · 6.5 / (4 · 2 − 6.5) = 13.
    row = found.friedman.iloc[0]
    assert (row["chi2"], row["f"]) == (pytest.approx(6.5), pytest.approx(13))
    assert texts.test(row, found.wilcoxon, FOUR_SETS, [], []) in said(section)
    assert "F = 13.00" in said(section)


def test_eight_data_sets_are_enough_for_one_pair(made, find):
    found = find(made(ordered, ("random", "tpe"), (*FOUR, *"efgh")))
    assert found.wilcoxon["reachable"].all()


@pytest.mark.parametrize(
    ("strategies", "problems", "counts"),
    [
        (("random", "gp", "tpe"), ("a",), (3, Sample(1, 1, 0))),
        (("tpe",), FOUR, (1, FOUR_SETS)),
    ],
)
def test_too_few_data_sets_or_strategies_make_no_test(
    made, find, builder, said, strategies, problems, counts
):
    section = ranks.section(find(made(ordered, strategies, problems)), builder)
    assert texts.no_test(*counts) in said(section)
    assert "critical" not in figures(section)


def test_problems_on_the_same_data_are_one_data_set(four, find, builder, said):
    found = find(four, changed={"datasets": dict.fromkeys(FOUR, "wine")})
    assert texts.no_test(3, Sample(4, 1, 0)) in said(ranks.section(found, builder))


def test_functions_are_counted_beside_the_data_sets(made, find, builder, said):
    # Friedman's test is over d, and over the two functions of a, b and c.
    frames = made(ordered, ("random", "gp", "tpe"), FOUR)
    options = {"functions": frozenset("abc"), "datasets": {"b": "a"}}
    found = find(frames, changed=options)
    text = said(ranks.section(found, builder))
    assert "Over 1 data set and 2 functions the 3 strategies " in text
    assert "With 1 data set and 2 functions no pair can be significant; 7 are needed." in text
    none = said(ranks.section(find(frames, changed={"functions": frozenset(FOUR)}), builder))
    assert "Over 4 problems the 3 strategies " in none


def test_no_difference_anywhere_makes_no_test(made, find, builder, said):
    section = ranks.section(find(made(lambda *_: 1.0, problems=FOUR)), builder)
    assert texts.no_test(2, FOUR_SETS) in said(section)
    assert "critical" not in figures(section)


@pytest.mark.slow
def test_from_how_many_trials_on_a_strategy_is_ahead_of_random(four, find, builder, table):
    shown = table(ranks.section(find(four), builder), "Crossing budgets against random")
    wanted = {"ahead of random from trial": "2", "95 % interval": "2"}
    assert shown == {"tpe": wanted, "gp": wanted}
    whole = table(ranks.section(find(four), builder), "crossings", whole=True)
    assert whole["tpe"] == {**wanted, "never ahead": "0 %"}


def test_without_random_the_last_is_what_others_are_ahead_of(made, find, builder, table):
    section = ranks.section(find(made(ordered, ("gp", "tpe"), FOUR)), builder)
    shown = table(section, "Crossing budgets against gp")
    assert shown["tpe"]["ahead of gp from trial"] == "2"


def test_random_that_did_not_run_is_not_what_others_are_ahead_of(made, find, builder, table):
    ends = {("random", problem, 0): ("skipped", "no", 0) for problem in FOUR}
    frames = made(ordered, ("random", "gp", "tpe"), FOUR, ends=ends)
    section = ranks.section(find(frames), builder)
    assert list(table(section, "Crossing budgets against gp")) == ["tpe"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trials", "low", "high", "words"),
    [
        (1.0, 1.0, 1.0, ("1", "1")),
        (7.0, 3.0, math.inf, ("7", "3 to never")),
        (math.inf, math.inf, math.inf, ("never", "never")),
        (math.nan, math.nan, math.nan, ("–", "–")),
    ],
)
def test_a_crossing_in_words(four, find, builder, table, trials, low, high, words):
    found = find(four)
    frame = found.crossings
    where = (frame["strategy"] == "tpe") & (frame["other"] == "random")
    frame.loc[where, ["budget", "low", "high"]] = trials, low, high
    row = table(ranks.section(found, builder), "Crossing budgets against random")["tpe"]
    assert (row["ahead of random from trial"], row["95 % interval"]) == words
