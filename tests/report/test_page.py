from concurrent.futures import Future

import pandas as pd
import pytest
from markupsafe import Markup

from bench.prose.claims import Said
from bench.prose.verdict import Verdict
from bench.report import style
from bench.report.drawing import PageFigure
from bench.report.page import (
    Bullets,
    Chart,
    Heading,
    Note,
    PageTable,
    Section,
    Terms,
    has_words,
    render,
)


def figure(svg):
    drawing = Future()
    drawing.set_result(svg)
    return PageFigure(drawing, "f", "a figure", "its caption")


def shown(*items, **page):
    part = Section("part", "A part", "What it shows.", items)
    base = {"title": "t", "sentence": "s", "leaderboard": [], "sections": [part]}
    return render("index.html.j2", base | page)


def test_a_section_shows_its_items_in_order():
    frame = pd.DataFrame({"strategy": ["gp", "<b>"], "why": ["a", "b"]})
    text = shown(
        Heading("One", "one"),
        Note("plain <i>"),
        Note(Markup("some <em>words</em>"), soft=True),
        PageTable(frame, "a table", ("why",), style.line_styles(["gp"])),
        Bullets(["first", "second"]),
        Terms([("key", "value")]),
        Note("tunebench report <folder>", code=True),
        Chart([figure("<svg></svg>")], "a chart", "read it", "branin"),
    )
    wanted = [
        'id="part"',
        "A part</h2>",
        "What it shows.",
        '<h3 id="one">One</h3>',
        "<p>plain &lt;i&gt;</p>",
        '<p class="note">some <em>words</em></p>',
        'aria-label="a table"',
        '<td><span class="swatch" style="background: #90bc00"></span>gp</td>',
        '<td class="text words">a</td>',
        "<td>&lt;b&gt;</td>",
        "<li>first</li>",
        "<dt>key</dt><dd>value</dd>",
        "tunebench report &lt;folder&gt;</pre>",
        'data-label="a chart" data-problem="branin"',
        'aria-label="a figure"',
        "<svg></svg>",
        "its caption",
        "read it",
    ]
    places = [text.index(part) for part in wanted]
    assert places == sorted(places)


def test_a_section_of_many_headings_has_links_to_them():
    headings = [Heading(f"H{i}", f"h-{i}") for i in range(4)]
    assert '<a href="#h-3">H3</a>' in shown(*headings)
    assert "<a href=" not in shown(*headings[:3]).split('id="part"')[1]


def test_the_verdict_stands_first_if_there_is_one():
    text = shown(
        verdict=Verdict(
            (Said("gp beats random."), Said("tpe < gp: undecided.")), "±<0.01", (Said("more <i>"),)
        )
    )
    assert text.index("gp beats random.") < text.index("Leaderboard</h2>")
    assert "<li>tpe &lt; gp: undecided.</li>" in text
    assert text.index("How this is computed</summary>") < text.index("<li>more &lt;i&gt;</li>")
    assert '<p class="note">±&lt;0.01</p>' in text
    assert 'id="verdict"' not in shown()


def test_a_verdict_without_numbers_has_neither_legend_nor_details():
    text = shown(verdict=Verdict((Said("No verdict is possible."),)))
    assert '<p class="note">' not in text
    assert "How this is computed" not in text


def test_a_page_without_curves_carries_no_data():
    assert "application/json" not in shown()
    assert '<script type="application/json" id="curves">{"a":1}</script>' in shown(curves='{"a":1}')


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("undecided", True),
        ("practically equal", True),
        ("table-boosting-breast-cancer", True),
        ("/a/path/that/nobody/can/break.py", False),
        ("", True),
    ],
)
def test_only_words_that_are_too_long_are_broken(text, fits):
    assert has_words(text) == fits
    frame = pd.DataFrame({"strategy": ["a"], "why": [text]})
    assert ('class="text words"' in shown(PageTable(frame, "t", ("why",)))) == fits
