import json

import pytest

from bench.captions import slices as texts
from bench.report import figures
from bench.report.page import every
from bench.report.sections import slices


@pytest.fixture
def runs_on(make_run):
    """Frames of ten trials on a problem: depth decides the score, leaf nothing."""

    def runs_on(problem, strategy="random"):
        deep = [number >= 5 for number in range(10)]
        trials, runs = make_run(
            [0.6 if it_is else 0.7 for it_is in deep],
            tests=[0.5] * 10,
            direction="maximize",
            problem=problem,
            strategy=strategy,
        )
        configs = [
            json.dumps({"leaf": 1 + number % 2, "depth": 8 if it_is else 1})
            for number, it_is in enumerate(deep)
        ]
        train = [1.0 if it_is else 0.75 for it_is in deep]
        named = {"metric": "accuracy"}
        return trials.assign(config=configs, train_value=train, **named), runs.assign(**named)

    return runs_on


@pytest.fixture
def of(find, join):
    """What is computed of such runs, as of the table of another tool."""
    return lambda *parts: find(join(*parts), changed={"seeds": ()})


def names_of(items):
    return [item.name for item in items if item.kind == "figure"]


def test_the_slices_of_a_problem_by_hand(runs_on, of, builder, table, said):
    section = slices.section(of(runs_on("p")), builder)
    assert section is not None
    assert section.id == "slices"
    assert section.sentence.startswith("1 of 1 problem shows ")
    rows = table(section, "slices", "parameter", "from")
    assert rows["depth", "8"] == {
        "problem": "p", "to": "8", "training": "1.000", "validation": "0.600", "test": "0.500",
        "gap": "0.400", "trials": "5",
    }  # fmt: skip
    # Leaf has the same scores everywhere, and is less important.
    (note,) = (text for text in said(section).splitlines() if text.startswith("On p, "))
    assert note.startswith(
        "On p, the gap is 0.400 at depth 8 and 0.050 at 1; the training accuracy is 1.000 "
    )
    # The figures of few problems are not folded.
    assert names_of(section.items) == ["slices-p"]


def test_the_figures_of_many_problems_are_folded(runs_on, of, builder):
    section = slices.section(of(*map(runs_on, "pqr")), builder)
    assert section is not None
    assert names_of(section.items) == []
    assert sorted(names_of(every(section.items))) == ["slices-p", "slices-q", "slices-r"]


def test_without_random_search_it_says_whose_trials_count(runs_on, of, builder, said):
    text = said(slices.section(of(runs_on("p", "tpe"), runs_on("q")), builder))
    assert texts.all_strategies(["p"]) in text
    assert texts.RANDOM in text
    alone = said(slices.section(of(runs_on("p", "tpe")), builder))
    assert texts.RANDOM not in alone


def test_the_figure_has_a_panel_a_parameter_and_one_legend(runs_on, of):
    frame = of(runs_on("p")).slices
    parts = [part for _, part in frame.groupby("parameter", sort=False)]
    axes = figures.slices(parts, title="p", ylabel="accuracy (higher is better)")
    leaf, depth = axes.figure.axes
    assert (leaf.get_xlabel(), depth.get_xlabel()) == ("leaf", "depth")
    train, validation, test = depth.get_lines()
    assert train.get_xydata().tolist() == [[1, 0.75], [8, 1.0]]
    assert validation.get_ydata().tolist() == [0.7, 0.6]
    assert test.get_ydata().tolist() == [0.5, 0.5]
    (legend,) = axes.figure.legends
    names = [text.get_text() for text in legend.get_texts()]
    assert names == [texts.TRAIN, texts.VALIDATION, texts.TEST]


def test_a_sweep_without_training_values_has_no_section(find, builder):
    assert slices.section(find(), builder) is None
