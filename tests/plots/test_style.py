import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from bench.plots import style
from bench.plots.axes import new_axes
from bench.prose import phrases
from bench.registry import STRATEGIES


def test_strategies_look_different_and_keep_their_look_when_others_join():
    names = [f"s{i}" for i in range(24)]
    looks = style.line_styles(names)
    assert len({(look["color"], str(look["linestyle"])) for look in looks.values()}) == 24
    assert len({look["color"] for look in style.line_styles(names[:14]).values()}) == 14
    assert {name: looks[name] for name in names[:5]} == style.line_styles(names[:5])


def test_the_strategies_of_the_catalog_look_the_same_in_every_report():
    quick = style.line_styles(["default", "random", "sobol", "grid", "gp", "tpe"])
    two = style.line_styles(["mine", "tpe", "random"])
    assert [two["tpe"], two["random"]] == [quick["tpe"], quick["random"]]
    assert two["mine"] not in quick.values()
    assert len({look["color"] for look in two.values()}) == 3
    assert set(style.SETTLED) == set(STRATEGIES.classes())


@pytest.mark.parametrize("name", style.SETTLED)
def test_a_strategy_behind_the_default_has_its_colour_with_another_line(name):
    looks = style.line_styles([name, f"from-default:{name}", "mine"])
    one, other, mine = looks.values()
    assert one["color"] == other["color"] != mine["color"]
    assert one["linestyle"] != other["linestyle"]
    assert style.line_styles([f"from-default:{name}"]) == {f"from-default:{name}": other}


def test_settled_strategies_that_share_a_colour_have_other_lines():
    looks = style.line_styles([*style.SETTLED, "mine", "yours"])
    assert len({(look["color"], str(look["linestyle"])) for look in looks.values()}) == len(looks)


def test_random_has_ink_and_a_dash_of_its_own():
    looks = style.line_styles(style.SETTLED)
    assert [name for name, look in looks.items() if look["color"] == style.INK] == ["random"]
    dashed = looks.pop("random")["linestyle"]
    assert dashed != "-"
    assert dashed not in [looks[name]["linestyle"] for name in ("default", "grid", "gp", "sobol")]


def test_other_strategies_take_the_colours_that_are_left_in_the_order_of_the_sweep():
    looks = style.line_styles(["mine", "tpe", "yours", "random"])
    again = style.line_styles(["mine", "random", "yours", "tpe"])
    assert looks == again
    left = [c for c in style.COLOURS if c not in (looks["tpe"]["color"], style.INK)]
    assert [looks["mine"]["color"], looks["yours"]["color"]] == left[:2]


# Machado, Oliveira & Fernandes, IEEE TVCG 15 (2009): linear RGB as the colour-blind see it.
SIGHTS = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
# Ottosson (2020), A perceptual color space for image processing: OKLab.
CONES = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451,
                  0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050,
                0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip


def linear(colour):
    values = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def oklab(colour, sight):
    return LAB @ np.cbrt(np.clip(CONES @ np.clip(np.array(sight) @ linear(colour), 0, 1), 0, None))


@pytest.mark.parametrize("ink", [style.INK, "#e6edf3"], ids=["light", "dark"])
@pytest.mark.parametrize("sight", SIGHTS)
# A just noticeable difference is about 0.02.
@pytest.mark.parametrize(("count", "least"), [(9, 0.08), (14, 0.06)])
def test_strategies_differ_clearly_in_colour_alone(ink, sight, count, least):
    colours = [ink if colour == style.INK else colour for colour in style.COLOURS[:count]]
    assert len(set(colours)) == count
    seen = np.array([oklab(colour, SIGHTS[sight]) for colour in colours])
    if sight == "normal":
        # Light and dark of one hue are "the blue ones" to whoever reads a legend.
        seen[:, 0] *= 0.35
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=-1)
    assert apart[np.triu_indices(count, 1)].min() >= least


@pytest.mark.parametrize(
    ("ink", "paper", "least"),
    [(style.INK, style.PAPER, 2.2), ("#e6edf3", "#0f1318", 3.1)],
    ids=["light", "dark"],
)
def test_every_colour_stands_out_from_the_page(ink, paper, least):
    # The relative luminance of WCAG 2.2, whose contrast is a ratio of two such.
    weights = np.array([0.2126, 0.7152, 0.0722])
    page = float(weights @ linear(paper)) + 0.05
    for colour in style.COLOURS:
        seen = float(weights @ linear(ink if colour == style.INK else colour)) + 0.05
        assert max(seen, page) / min(seen, page) >= least, colour


def test_file_names_are_short_and_one_each():
    names = style.file_names(["a" * 300, "a" * 299, "A" * 300])
    assert len({name.lower() for name in names.values()}) == 3
    assert max(map(len, names.values())) < 90


@pytest.mark.slow
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
    assert phrases.axis_label("roc_auc", "maximize") == "roc auc (higher is better)"
    assert phrases.axis_label("rmse", "minimize") == "rmse (lower is better)"


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


def test_an_image_has_a_bounded_number_of_pixels(monkeypatch):
    def size():
        png = style.to_bytes(new_axes(4, 9).figure, "png")
        return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])

    assert size() == (4 * style.DPI, 9 * style.DPI)
    monkeypatch.setattr(style, "MAX_PIXELS", 360_000)
    assert size() == (400, 900)
