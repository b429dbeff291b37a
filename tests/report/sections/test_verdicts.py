import math

import pandas as pd
import pytest

from bench.captions import pairs
from bench.captions import verdicts as texts
from bench.inference import ROPE
from bench.prose.samples import Sample
from bench.report.drawing import PageFigure
from bench.report.page import every
from bench.report.sections import verdicts

EIGHT = tuple("abcdefgh")
THESE, NEW, SHOWN = verdicts.THESE, verdicts.NEW, verdicts.SHOWN


def ahead(strategy, _problem, repetition, trial):
    """A regret 0.3 below that of random, give or take 0.01; the median trial of random is 1."""
    spread = 0.1 * repetition
    if strategy == "random":
        return 1 + spread if trial == 0 else 1 - spread
    return 2.0 if trial == 0 else 0.7 - spread + 0.01 * (-1) ** repetition


@pytest.fixture
def eight(made):
    return made(ahead, ("random", "tpe"), EIGHT, repetitions=8)


@pytest.mark.slow
def test_the_better_strategy_of_a_pair_is_named_first_with_its_signs_turned(
    eight, find, builder, table
):
    found = find(eight)
    row = found.verdicts.iloc[0]
    assert (row["a"], row["b"], row["verdict"]) == ("random", "tpe", "worse")
    assert verdicts.section(found, builder).sentence == texts.sentence(found.verdicts)
    assert row["difference"] == pytest.approx(0.3)
    shown = table(verdicts.section(found, builder), THESE)
    low, high = (f"−{end:.2f}" for end in (row["high"], row["low"]))
    assert shown == {
        "tpe": {
            "against": "random", "verdict": "better", "difference": "−0.30",
            "95 %": f"{low} to {high}", "p (Holm)": "< 0.001", "w–t–l": "8–0–0",
            "detectable": shown["tpe"]["detectable"], "needed": "enough",
        }
    }  # fmt: skip
    assert low <= "−0.30" <= high
    page = table(verdicts.section(found, builder), SHOWN)["tpe"]
    assert page == {
        "against": "random", "verdict": "better", "difference": "−0.30",
        "95 % interval": f"{low} to {high}", "p (Holm)": "< 0.001",
        "repetitions": "8", "new data sets": "better",
    }  # fmt: skip


@pytest.mark.slow
def test_all_numbers_of_a_turned_row_are_of_the_other_side(eight, find):
    found = find(eight)
    turned = verdicts.ordered(found)
    (row,), (of,) = turned.to_dict("records"), found.verdicts.to_dict("records")
    assert (row["a"], row["b"]) == (of["b"], of["a"])
    for one, other in (("n_won", "n_lost"), ("n_ahead", "n_behind"), ("a_better", "b_better")):
        assert (row[one], row[other]) == (of[other], of[one])
    for low, high in (("low", "high"), ("low_new", "high_new")):
        assert (row[low], row[high]) == (-of[high], -of[low])
        assert row[low] <= row[high]
    assert (row["difference"], row["median"]) == (-of["difference"], -of["median"])
    assert (row["verdict"], row["verdict_new"]) == ("better", "better")
    same = ["p", "p_holm", "p_new_holm", "rope", "detectable", "n_datasets", "n_tied"]
    assert [row[name] for name in same] == [of[name] for name in same]


@pytest.mark.slow
def test_new_data_sets_are_judged_by_wilcoxon_and_by_probabilities(eight, find, builder, table):
    section = verdicts.section(find(eight), builder)
    row = table(section, NEW)["tpe"]
    # 2 / 2⁸, of one pair.
    assert row["p (Holm)"] == "0.008"
    assert (row["verdict"], row["against"], row["data sets"]) == ("better", "random", "8")
    assert float(row["P(better)"]) > 0.95
    total = sum(float(row[f"P({which})"]) for which in ("better", "equal", "worse"))
    assert total == pytest.approx(1, abs=0.011)


def test_with_functions_the_table_counts_observations(made, find, builder, table):
    found = find(made(ahead, problems=("a", "b")), changed={"functions": frozenset("a")})
    row = table(verdicts.section(found, builder), NEW)["tpe"]
    assert row["observations"] == "2"
    assert "data sets" not in row


@pytest.mark.slow
def test_the_order_is_the_leaderboards(made, find, builder, table):
    places = {"random": 3.0, "grid": 1.0, "gp": 0.0, "tpe": 2.0}
    frames = made(lambda s, p, r, t: places[s] + 0.1 * r, tuple(places), EIGHT[:2], repetitions=3)
    shown = table(verdicts.section(find(frames), builder), THESE, "strategy", "against")
    order = ["gp", "grid", "tpe", "random"]
    assert list(shown) == [(a, b) for i, a in enumerate(order) for b in order[i + 1 :]]
    assert {row["difference"][0] for row in shown.values()} == {"−"}


@pytest.mark.slow
def test_of_many_pairs_those_with_random_are_shown_and_all_are_in_a_file(
    made, find, builder, table, said
):
    # Random is neither the best nor the worst.
    names = (*(f"s{i}" for i in range(5)), "random", *(f"s{i}" for i in range(5, 10)))
    place = {name: float(i) for i, name in enumerate(names)}
    frames = made(lambda s, p, r, t: place[s] + 0.1 * r, names, EIGHT[:2], repetitions=2)
    section = verdicts.section(find(frames), builder)
    shown = table(section, SHOWN, "strategy", "against")
    # Whatever is neither with random nor significant is left to the file.
    assert sum("random" in pair for pair in shown) == 10
    assert all("random" in pair or row["verdict"] != "undecided" for pair, row in shown.items())
    assert len(shown) <= verdicts.MAX_PAIR_ROWS
    assert pairs.columns(ROPE, 55 - len(shown)) in said(section)
    (file,) = (i for i in every(section.items) if getattr(i, "file", "") == "verdicts")
    assert len(file.raw) == len(file.frame) == 55


@pytest.mark.parametrize(
    ("differs", "equal", "shown"),
    [
        (40.0, math.nan, "40"), (40.0, 34.0, "34 (equal)"), (math.inf, 34.0, "34 (equal)"),
        (34.0, 40.0, "34"), (math.inf, math.nan, "too many"), (math.nan, math.nan, "–"),
    ],
)  # fmt: skip
def test_the_repetitions_needed_say_what_they_would_show(
    made, find, builder, table, differs, equal, shown
):
    found = find(made(ahead, problems=EIGHT[:2], repetitions=2))
    found.__dict__["verdicts"] = found.verdicts.assign(
        verdict="undecided", n_repetitions_needed=differs, n_repetitions_needed_equal=equal
    )
    rows = table(verdicts.section(found, builder), THESE)
    assert [row["needed"] for row in rows.values()] == [shown]


def test_a_strategy_alone_has_nothing_to_be_compared_with(made, find, builder):
    section = verdicts.section(find(made(ahead, ("tpe",), EIGHT[:2])), builder)
    assert section.sentence == texts.ALONE
    assert list(section.items) == []


def test_a_single_repetition_could_find_nothing(made, find, builder, table, said):
    section = verdicts.section(find(made(ahead, problems=EIGHT[:3])), builder)
    assert texts.detectable(math.nan) in said(section)
    row = table(section, THESE)["tpe"]
    assert (row["verdict"], row["95 %"], row["detectable"]) == ("undecided", "–", "–")
    # 2 / 2³ cannot be below .05.
    assert table(section, NEW)["tpe"]["verdict"] == "undecided"
    assert table(section, SHOWN)["tpe"]["95 % interval"] == "–"


@pytest.mark.slow
def test_ties_are_reported_and_need_no_more(made, find, builder, table, said):
    frames = made(lambda *_: 1.0, problems=EIGHT, repetitions=3)
    section = verdicts.section(find(frames), builder)
    for label in (THESE, NEW):
        row = table(section, label)["random"]
        assert (row["verdict"], row["needed"]) == ("practically equal", "enough")
    assert texts.detectable(0.0) in said(section)


@pytest.mark.parametrize(
    ("datasets", "functions", "sample"),
    [
        ({"a": "d", "b": "d"}, "", Sample(2, 1, 0)),
        ({"a": "d", "b": "d"}, "ab", Sample(2, 1, 1)),
        ({}, "", Sample(2, 2, 0)),
    ],
)
def test_one_data_set_does_not_generalise(made, find, builder, said, datasets, functions, sample):
    frames = made(ahead, problems=("a", "b"), repetitions=3)
    if not datasets:
        own = {"random": "a", "tpe": "b"}
        frames = tuple(f[f["strategy"].map(own) == f["problem"]] for f in frames)
    changed = {"datasets": datasets, "functions": frozenset(functions)}
    section = verdicts.section(find(frames, changed=changed), builder)
    assert texts.no_new(sample) in said(section)
    assert not any(getattr(item, "label", "") == NEW for item in every(section.items))


@pytest.mark.slow
def test_the_matrix_has_the_probability_that_the_row_is_better(eight, find, builder, monkeypatch):
    drawn = []
    monkeypatch.setattr(builder, "figure", lambda draw, frame, **_: drawn.append(frame))
    verdicts.section(find(eight), builder)
    (wide,) = drawn
    assert list(wide.index) == list(wide.columns) == ["tpe", "random"]
    # Of 8 × 8 pairs of repetitions, those with 0.7 − i/10 ± 0.01 below 1 − j/10.
    wins = sum(0.7 - 0.1 * i + 0.01 * (-1) ** i < 1 - 0.1 * j for i in range(8) for j in range(8))
    assert wide.loc["tpe", "random"] == pytest.approx(wins / 64)
    assert wide.loc["random", "tpe"] == pytest.approx(1 - wins / 64)
    assert pd.isna(wide.loc["tpe", "tpe"])


@pytest.mark.slow
def test_the_section_is_drawn(eight, find, builder):
    section = verdicts.section(find(eight), builder)
    assert isinstance(section.items[0], PageFigure)
    assert section.items[0].name == "pairwise"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("far", "hangs"),
    [(lambda repetition: 0.8 * (repetition % 2), True), (lambda r: 1000 * (1 + r), False)],
)
def test_verdicts_hang_on_a_problem_where_they_do(made, find, builder, said, far, hangs):
    def level(strategy, problem, repetition, trial):
        if strategy == "random":
            return 1.0
        return far(repetition) if problem == "a" else 0.1 + 0.1 * (repetition % 3)

    found = find(made(level, ("random", "tpe"), tuple("abcd"), repetitions=8))
    row = found.verdicts.iloc[0]
    assert row["dominant"] == "a"
    assert (row["dominant_bounded"] > 0.5) == hangs
    assert texts.dominated(found.verdicts) in said(verdicts.section(found, builder))


@pytest.mark.slow
def test_without_random_and_a_significant_pair_the_first_pairs_are_shown(
    made, find, builder, table
):
    frames = made(lambda *_: 0.5, ("gp", "tpe", "a"), EIGHT[:2], repetitions=2)
    shown = table(verdicts.section(find(frames), builder), SHOWN, "strategy", "against")
    assert len(shown) == 3
    assert "new data sets" not in next(iter(shown.values()))
