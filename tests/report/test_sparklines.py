import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from bench.plots import style
from bench.report.sparklines import HEIGHT, MARGIN, WIDTH, sparklines

STYLES = style.line_styles(["random", "tpe", "gp"])


def drawn(curves, names=("random", "tpe")):
    rows = [(name, x, y) for name, points in curves.items() for x, y in points]
    frame = pd.DataFrame(rows, columns=["strategy", "x", "median"])
    found = sparklines(frame, STYLES, names)
    return {name: ET.fromstring(curve.svg) for name, curve in found.items()}


def path(picture):
    """The commands of a curve: letter, numbers."""
    (line,) = picture
    found = re.findall(r"([MHV])([\d. ]+)", line.get("d"))
    return [(letter, [float(number) for number in numbers.split()]) for letter, numbers in found]


def test_all_curves_have_the_same_axes():
    found = drawn({"random": [(1, 1.0), (2, 0.5)], "tpe": [(1, 0.8)]})
    # Of three places: 1 to 2, 2 to 3 and the width that the last trial holds.
    left, middle, right = MARGIN, WIDTH / 2, WIDTH - MARGIN
    top, bottom = MARGIN, HEIGHT - MARGIN
    assert path(found["random"]) == [
        ("M", [left, top]), ("H", [middle]), ("V", [bottom]), ("H", [right]),
    ]  # fmt: skip
    (start, _) = path(found["tpe"])
    assert start[1][1] == pytest.approx(top + (bottom - top) * (1.0 - 0.8) / 0.5, abs=0.01)


def test_values_that_span_a_factor_of_three_are_on_a_logarithmic_axis():
    found = drawn({"random": [(1, 1.0), (2, 0.1), (3, 0.01)], "tpe": [(1, 0.0)]})
    heights = [numbers[-1] for letter, numbers in path(found["random"]) if letter in "MV"]
    top, bottom = MARGIN, HEIGHT - MARGIN
    assert heights == pytest.approx([top, (top + bottom) / 2, bottom])
    # What has no logarithm lies at the lower edge.
    assert path(found["tpe"])[0][1][1] == bottom


def test_a_curve_is_labelled_and_has_the_colour_of_its_strategy():
    found = drawn({"random": [(1, 1.0), (20, 0.25)], "tpe": [(1, 0.8)]})
    assert found["random"].get("aria-label") == (
        "random: mean normalised regret 1.0 after 1 trial, 0.25 after 20 trials"
    )
    assert found["random"].get("role") == "img"
    assert found["random"].get("style") == "color: var(--ink)"
    assert found["tpe"].get("style") == f"color: {STYLES['tpe']['color']}"


def test_a_strategy_without_a_point_has_an_empty_picture():
    found = drawn({"random": [(1, 1.0)], "tpe": [(1, float("nan"))]})
    assert path(found["tpe"]) == []
    assert found["tpe"].get("aria-label") == "tpe: no curve"


def test_equal_values_make_a_flat_line():
    found = drawn({"random": [(1, 0.0), (2, 0.0)], "tpe": [(1, 0.0)]})
    assert [letter for letter, _ in path(found["random"])] == ["M", "H"]
