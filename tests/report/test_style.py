import re
import xml.etree.ElementTree as ET

import pytest

from bench.registry import STRATEGIES
from bench.report import style
from bench.report.plots.bands import new_axes


def test_strategies_can_be_told_apart_and_keep_their_look_when_others_join():
    names = [f"s{i}" for i in range(24)]
    looks = style.looks(names)
    assert len({(look["color"], str(look["linestyle"])) for look in looks.values()}) == 24
    assert len({look["color"] for look in style.looks(names[:8]).values()}) == 8
    assert {name: looks[name] for name in names[:5]} == style.looks(names[:5])


def test_the_strategies_of_the_catalog_look_the_same_in_every_report():
    quick = style.looks(["default", "random", "sobol", "grid", "gp", "tpe"])
    two = style.looks(["mine", "tpe", "random"])
    assert [two["tpe"], two["random"]] == [quick["tpe"], quick["random"]]
    assert two["mine"] not in quick.values()
    assert len({look["color"] for look in two.values()}) == 3
    assert set(style.SETTLED) == set(STRATEGIES.classes())


def test_file_names_are_short_and_one_each():
    names = style.file_names(["a" * 300, "a" * 299, "A" * 300])
    assert len({name.lower() for name in names.values()}) == 3
    assert max(map(len, names.values())) < 90


def test_a_figure_is_the_same_bytes_each_time():
    def draw(kind):
        axes = new_axes(2, 1)
        axes.fill_between([0, 1], [0, 1], [1, 2])
        return style.to_bytes(axes.figure, kind)

    assert draw("svg") == draw("svg")
    assert draw("png") == draw("png")
    assert draw("pdf") == draw("pdf")
    assert b"CreationDate" not in draw("pdf")
    assert b"<dc:date>" not in draw("svg")


def test_a_settled_figure_has_its_layout_for_good():
    axes = new_axes(4, 3)
    axes.set_ylabel("y")
    before = axes.get_position().x0
    style.settle(axes.figure)
    settled = axes.get_position().bounds
    assert settled[0] != before
    # A label that is wider now would move the axes, if they were still laid out.
    axes.set_ylabel("a\nb\nc\nd")
    style.to_bytes(axes.figure, "png")
    assert axes.get_position().bounds == settled


def test_a_label_is_shown_whole_in_lines():
    assert style.shown("gp") == "gp"
    lines = style.shown("my/strategies/mine.py:MyOwnStrategyOfManyWords", 20).split("\n")
    assert lines == ["my/strategies/", "mine.py:", "MyOwnStrategyOfMany", "Words"]
    assert style.shown("cost of $x$, 2", 8) == "cost of \n$x$, 2"
    assert style.shown("_x").lstrip("\u200b") == "_x"
    assert not style.shown("_x").startswith("_")


def test_an_inlined_figure_is_xml_with_ids_of_its_own():
    axes = new_axes(2, 1)
    axes.plot([0, 1], [0, 1])
    text = style.inline_svg(style.to_bytes(axes.figure, "svg"), "f7", 'a "b" <c> & d')
    root = ET.fromstring(text)
    assert root.get("aria-label") == 'a "b" <c> & d'
    assert root.get("viewBox")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert ids
    assert all(name.startswith("f7-") for name in ids)
    assert style.INK not in text
    assert "var(--ink)" in text


def test_axis_labels_tell_which_way_is_better():
    assert style.axis_label("roc_auc", "maximize") == "roc auc (higher is better)"
    assert style.axis_label("rmse", "minimize") == "rmse (lower is better)"


def test_file_names_are_plain_and_differ():
    names = style.file_names(["a/b.py:C", "a-b-py-C", "A-B-PY-C", "::"])
    assert list(names.values()) == ["a-b-py-C", "a-b-py-C-2", "A-B-PY-C-3", "unnamed"]


def test_an_inlined_figure_is_neither_shown_too_small_to_read_nor_large():
    # Six inches are 432 points; a telephone's page is 348 pixels wide.
    text = style.inline_svg(style.to_bytes(new_axes().figure, "svg"), "f1", "l")
    assert 'style="min-width: 346px; max-width: 734px"' in text
    assert " width=" not in text[: text.index(">")]


def inlined(body):
    return style.inline_svg(f'<svg width="9">{body}</svg>'.encode(), "f1", "l")


def test_an_inlined_figure_keeps_hundredths_and_nothing_finer():
    text = inlined('<!-- b --><path d="M 1.234567 -20.987654\n  L 20.5 1e-7"/>')
    assert 'd="M 1.23 -20.99\nL 20.5 1e-7"' in text
    assert "<!--" not in text


def test_an_inlined_figure_keeps_small_numbers_which_may_scale_all_that_is_inside():
    text = inlined('<g transform="translate(100.123456 0.987654321) scale(0.015625 -0.015625)"/>')
    assert 'transform="translate(100.12 0.9877) scale(0.01562 -0.01562)"' in text


def test_an_inlined_figures_text_has_the_size_of_its_file():
    axes = new_axes(4, 3)
    axes.set_title("A title")
    svg = style.to_bytes(axes.figure, "svg")
    scales = [
        [float(number) for number in re.findall(r"scale\(([\d.]+)", text)]
        for text in (svg.decode(), style.inline_svg(svg, "f1", "l"))
    ]
    assert len(scales[0]) > 2
    assert scales[1] == pytest.approx(scales[0], rel=1e-3)


def test_a_label_that_the_font_lacks_is_drawn_without_a_complaint():
    axes = new_axes(2, 1)
    axes.set_title("長い名前")
    style.settle(axes.figure)
    for kind in ("svg", "png", "pdf"):
        assert style.to_bytes(axes.figure, kind)
