import math

import pandas as pd
import pytest
from scipy import stats

from bench.captions import targets as texts
from bench.curves.equivalents import TWICE
from bench.inference.mean_intervals import KNOWN_OF_REPETITIONS
from bench.report import figures
from bench.report.drawing import PageFigure
from bench.report.page import Files
from bench.report.sections import targets
from bench.report.sections.common import line_styles

ERT, SAVED = "Expected running time to targets", "Random-search equivalents"
WORTH = "random trials per trial"


PLACES = (0, 5, 10, 3)
"""Of the one good trial among fifty, in each of random's runs."""


def value(strategy, _problem, repetition, trial):
    """What is good is 1, all else 12; tpe has it at once in every other run and never else."""
    good = trial == PLACES[repetition] if strategy == "random" else repetition % 2 == 0
    return 1.0 if good else 12.0


@pytest.fixture
def found(made, find):
    return find(made(value, problems=("a", "b"), repetitions=4, budget=50))


def test_expected_running_time_by_hand(found, builder, table):
    shown = table(targets.section(found, builder), ERT, whole=True)
    # The target lies between the two values, so a good trial is needed: random makes 1, 6, 11 and 4
    # until then; tpe one in two runs and fifty, in vain, in the two others. The 200 draws of all
    # runs are too few for a target after 50.
    assert shown["random"] == {
        f"trials to random's score after {n}": "5.5 (2 of 2)" for n in (10, 20)
    }
    assert shown["tpe"] == {f"trials to random's score after {n}": "51 (2 of 2)" for n in (10, 20)}
    # The page has the last target within the budget, and counts where not all reach it.
    assert table(targets.section(found, builder), ERT) == {
        "tpe": {"trials to random's score after 20": "51"},
        "random": {"trials to random's score after 20": "5.5"},
    }  # fmt: skip


def test_its_heading_tells_what_a_trial_is_worth(found, builder):
    found.saved = pd.DataFrame(
        [("random", 1.0, False), ("b", 2.5, True), ("c", 3.0, False), (TWICE, 2.0, False)],
        columns=["strategy", "factor", "bound"],
    ).assign(low=math.nan, high=math.nan, problems=2, bounds=0)  # fmt: skip
    assert targets.section(found, builder).sentence == texts.sentence(found.saved, {})


@pytest.mark.slow
def test_who_never_gets_there_needs_for_ever(made, find, builder, table):
    frames = made(
        lambda s, p, r, t: value(s, p, r, t) if s == "random" or p == "a" else 12.0,
        problems=("a", "b", "c"), repetitions=4, budget=50,
    )  # fmt: skip
    shown = table(targets.section(find(frames), builder), ERT, whole=True)
    # Median of 51 and twice infinity.
    assert shown["tpe"]["trials to random's score after 10"] == "∞ (1 of 3)"


def test_a_target_that_is_not_known_has_no_column_and_a_strategy_without_one_a_dash(
    found, builder, table
):
    found.ert = pd.DataFrame(
        [("random", "a", 10, 7.0), ("random", "b", 10, 9.0), ("random", "a", 20, math.nan),
         ("tpe", "a", 10, math.nan), ("tpe", "b", 10, math.nan)],
        columns=["strategy", "problem", "target_budget", "ert"],
    )  # fmt: skip
    shown = table(targets.section(found, builder), ERT, whole=True)
    assert shown["random"] == {"trials to random's score after 10": "8.0 (2 of 2)"}
    assert shown["tpe"] == {"trials to random's score after 10": "–"}


def test_shares_of_targets_have_bands(found, builder):
    figure = targets.section(found, builder).items[0]
    assert figure.name == "ecdf"
    assert figure.caption == texts.ecdf_caption(found.targets, 2)
    axes = figures.ecdf(found.ecdf, line_styles(found))
    assert [line.get_label() for line in axes.get_lines()] == ["random", "tpe"]
    # Half of tpe's four runs on each of two problems hit at once, the others never: a standard
    # error of √(1/3 / 4 / 2) times Student's value with a share of six degrees of freedom, which is
    # more than a half; no share lies beyond 0 and 1.
    band = axes.collections[1].get_paths()[0].vertices[:, 1]
    half = stats.t.ppf(0.975, KNOWN_OF_REPETITIONS * 6) * math.sqrt(1 / 24)
    ends = [max(0.5 - half, 0), min(0.5 + half, 1)]
    assert [band.min(), band.max()] == pytest.approx(ends)


def test_short_runs_have_no_targets(made, find, builder):
    section = targets.section(find(made(lambda s, p, r, t: 1.0 + t)), builder)
    assert [item.name for item in section.items if isinstance(item, PageFigure)] == ["profiles"]
    assert not any(getattr(item, "label", "") == ERT for item in section.items)


def test_what_a_trial_is_worth(found, builder, table):
    found.saved = pd.DataFrame(
        [("random", 1.0, 1.0, 1.0, 2, 0, False), ("tpe", 2.6, 1.5, 4.25, 2, 1, True),
         (TWICE, 2.0, math.nan, math.nan, 2, 0, False)],
        columns=["strategy", "factor", "low", "high", "n_problems", "n_bounds", "bound"],
    )  # fmt: skip
    section = targets.section(found, builder)
    assert table(section, SAVED) == {"tpe": {WORTH: "≥ 2.6", "95 % interval": "–"}}
    shown = table(section, SAVED, whole=True)
    assert set(shown) == {"random", "tpe", TWICE}
    assert list(shown)[-1] == TWICE
    assert shown["tpe"] == {
        WORTH: "≥ 2.6", "95 % interval": "–", "problems": "2",
        "problems with a bound": "1",
    }  # fmt: skip
    assert (shown[TWICE][WORTH], shown[TWICE]["95 % interval"]) == ("2.0", "–")


def test_random_alone_saves_nothing(made, find, builder):
    section = targets.section(find(made(value, ("random",), budget=50)), builder)
    assert not any(getattr(item, "label", "") == SAVED for item in section.items)


def test_the_file_of_twice_the_trials_is_linked(found, builder, made, find):
    def files(of):
        items = [item for item in targets.section(of, builder).items if isinstance(item, Files)]
        return [written for item in items for written in item.tables]

    (written,) = files(found)
    assert (written.file, written.label) == ("random-2x", TWICE)
    # tpe has its one value at once, random's four runs have it after 25 trials too.
    assert written.frame["trials"].tolist() == ["25", "25"]
    assert written.raw is found.random_2x
    assert files(find(made(lambda *_: 1.0, ("tpe", "gp"), repetitions=2))) == []
