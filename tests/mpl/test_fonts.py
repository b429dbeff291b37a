import re

import pytest

from bench.mpl import fonts
from bench.plots import style
from bench.plots.axes import new_axes

HAN = "贝叶斯优化"
NOWHERE = "\U00030000"  # CJK extension G, which no usual font has
LATIN = "tpe – Żółć Ελλάδα Привет µs τ ±"


@pytest.fixture
def only_ours(monkeypatch):
    """A machine with no font but what comes with matplotlib."""
    monkeypatch.setattr(fonts, "_others", list)


def test_what_comes_with_matplotlib_is_enough_for_europe(only_ours):
    assert fonts.families(LATIN) == []
    assert fonts.missing([LATIN]) == []


def test_a_character_without_a_font_is_reported_once(only_ours):
    assert fonts.families(HAN) == []
    assert fonts.missing(["tpe", HAN, HAN]) == list("优化叶斯贝")


def test_controls_and_spaces_need_no_font(only_ours):
    assert fonts.missing(["a\u200b\u3000\x1b\u202eb\ud800"]) == []


def test_a_font_of_the_machine_is_taken_where_ours_lacks_something():
    found = fonts.families(f"tpe {HAN}")
    if not found:
        pytest.skip("no font for Chinese is installed")
    assert len(found) == 1
    assert fonts.missing([HAN]) == []


@pytest.mark.slow
def test_labels_that_our_font_lacks_are_no_boxes(recwarn):
    if not fonts.families(HAN):
        pytest.skip("no font for Chinese is installed")
    with style.applied():
        axes = new_axes(2, 1)
        axes.set_title(HAN)
        axes.set_yticks([0, 1], ["日本語", "random"])
        axes.plot([0, 1], [0, 1], label="한국어")
        axes.legend()
    style.settle(axes.figure)
    made = {kind: style.to_bytes(axes.figure, kind) for kind in ("svg", "png", "pdf")}
    # A glyph of each character, named after its font.
    names = set(re.findall(r'id="([A-Za-z]+)[^"]*-[0-9a-f]+"', made["svg"].decode()))
    assert len(names) >= 2
    assert b"/Type3" in made["pdf"]
    assert made == {kind: style.to_bytes(axes.figure, kind) for kind in made}
    assert list(recwarn) == []


def test_a_sign_of_east_asia_is_as_wide_as_two_letters():
    assert fonts.width("tpe") == 3
    assert fonts.width("贝叶斯 a") == 8
