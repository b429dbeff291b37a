import numpy as np
import pytest

from bench.book import surface, texts
from bench.core import Categorical, Evaluation, Metric, Ordinal, SearchSpace
from bench.measured.problems import _of_table
from bench.plots import style
from bench.tabular import read_table, write_table

LEVELS = Ordinal((0.001, 0.01, 0.1, 1.0))
LOSS = Metric("log_loss", "minimize")


@pytest.fixture
def drawn(tmp_path):
    """Draw the picture of a response on all of a space."""

    def draw(space, response, metric=LOSS):
        rows = [[(config, Evaluation(float(response(config)))) for config in space.configs()]]
        write_table(tmp_path / "t.parquet", space, metric, rows, about={})
        found = _of_table(read_table(tmp_path / "t.parquet"))
        picture = surface.draw(found, space, metric, "t")
        style.settle(picture.axes.figure)
        return picture

    return draw


def panels(picture):
    return [axes for axes in picture.axes.figure.axes if axes.axison]


def test_two_numbers_are_a_heat_map_with_default_and_best(drawn):
    space = SearchSpace({"C": LEVELS, "g": LEVELS}, default={"C": 0.001, "g": 1.0})
    picture = drawn(space, lambda c: (np.log10(c["C"]) + 1) ** 2 + (np.log10(c["g"]) + 2) ** 2)
    assert picture.axes.get_xlabel() == "C"
    assert picture.axes.get_ylabel() == "g"
    marks = {line.get_label(): line.get_xydata().tolist() for line in picture.axes.get_lines()}
    assert marks == {"default": [[0.5, 3.5]], "best": [[2.5, 1.5]]}
    assert picture.caption == texts.heat_caption("log_loss", whole=True, cut=True)
    colours = np.asarray(picture.axes.images[0].get_array()).reshape(4, 4)
    assert np.unravel_index(colours.argmax(), (4, 4)) == (1, 2)


def test_two_numbers_that_decide_most_are_a_heat_map_of_the_best_over_the_others(drawn):
    space = SearchSpace({"k": Categorical(("a", "b")), "C": LEVELS, "g": LEVELS})
    picture = drawn(space, lambda c: c["C"] + c["g"] + 0.01 * (c["k"] == "a"))
    assert picture.axes.get_xlabel() == "C"
    assert picture.caption == texts.heat_caption("log_loss", whole=False, cut=True)
    assert [line.get_label() for line in picture.axes.get_lines()] == ["best"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("space", "titles"),
    [
        (SearchSpace({"C": LEVELS}), ["C"]),
        (SearchSpace({"k": Categorical(("a", "b")), "C": LEVELS}), ["C", "k"]),
        (
            SearchSpace(
                {"k": Categorical(("a", "b")), "C": LEVELS, "g": LEVELS},
                conditions={"g": {"k": ["a"]}},
            ),
            None,
        ),
    ],
    ids=["one", "choices", "conditions"],
)
def test_other_spaces_are_slices_the_most_important_first(drawn, space, titles):
    picture = drawn(space, lambda c: c["C"] + c.get("g", 0) + 0.001 * (c.get("k") == "a"))
    found = [axes.get_title(loc="left") for axes in panels(picture)]
    assert found == titles or (titles is None and sorted(found) == ["C", "g", "k"])


@pytest.mark.slow
def test_six_of_many_parameters_are_drawn(drawn):
    space = SearchSpace({f"p{i}": Ordinal((0, 1)) for i in range(8)})
    picture = drawn(space, lambda c: sum(int(k[1]) * v for k, v in c.items()))
    titles = [axes.get_title(loc="left") for axes in panels(picture)]
    assert titles == ["p7", "p6", "p5", "p4", "p3", "p2"]
    assert picture.caption == texts.slices_caption("log_loss", 6, 8)


def test_slices_show_the_metric_as_people_know_it(drawn):
    space = SearchSpace({"k": Categorical(("a", "b"))})
    picture = drawn(space, lambda c: 0.9 if c["k"] == "a" else 0.7, Metric("accuracy", "maximize"))
    assert picture.axes.get_lines()[3].get_ydata().tolist() == [0.9, 0.7]


@pytest.mark.slow
@pytest.mark.parametrize("value", [0.5, -3.0, 1e9])
def test_a_constant_can_be_drawn(drawn, value):
    drawn(SearchSpace({"C": LEVELS, "g": LEVELS}), lambda c: value)
    drawn(SearchSpace({"k": Categorical(("a", "b")), "C": LEVELS, "g": LEVELS}), lambda c: value)


def test_where_most_is_best_the_rest_still_has_different_colours(drawn):
    space = SearchSpace({"C": LEVELS, "g": LEVELS})
    picture = drawn(space, lambda c: c["C"] if c["g"] == 1 else 0.001)
    assert len(set(np.asarray(picture.axes.images[0].get_array()).ravel())) == 4


def test_a_few_catastrophes_do_not_hide_the_rest(drawn):
    space = SearchSpace({"C": LEVELS, "g": LEVELS})
    picture = drawn(space, lambda c: 1e6 if c["C"] == c["g"] == 1 else c["C"] + c["g"])
    bar = picture.axes.images[0].colorbar
    assert bar.extend == "min"
    assert float(bar.ax.get_yticklabels()[0].get_text()) <= 1.1


@pytest.mark.slow
def test_long_names_and_choices_stay_within_the_figure(drawn):
    names = [f"regularisation_of_the_{i}th_layer_of_the_network" for i in range(3)]
    choices = Categorical(tuple(f"a-rather-long-choice-number-{i}" for i in range(7)))
    space = SearchSpace(dict.fromkeys(names, choices))
    picture = drawn(space, lambda c: float(c[names[0]][-1]))
    figure = picture.axes.figure
    for axes in panels(picture):
        assert axes.get_window_extent().width > 150
        for label in axes.get_xticklabels():
            box = label.get_window_extent()
            assert box.x0 >= 0
            assert box.y0 >= 0
    (legend,) = figure.legends
    assert legend.get_window_extent().x0 >= 0
    assert legend.get_window_extent().x1 <= figure.bbox.x1
