"""Nothing is cut or scrolls sideways, from a telephone to a wide screen."""

import pytest

SIZES = [380, 768, 1280]


@pytest.mark.parametrize("width", SIZES)
def test_nothing_scrolls_sideways(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    page.get_by_role("button", name="Open all sections").click()
    page.locator('.chart[data-problem="svm"] path.line').first.wait_for()
    wide = page.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= page.evaluate("innerWidth") == width


def test_what_a_long_term_means_has_the_width_of_a_telephone(open_page):
    page = open_page(viewport={"width": 380, "height": 800})
    page.locator("#method > details > summary").click()
    for text in page.locator("#method dd").all():
        assert text.bounding_box()["width"] > 300


@pytest.mark.parametrize("width", SIZES)
def test_figures_can_be_read_without_scrolling_sideways(open_page, width):
    page = open_page(java_script_enabled=False, viewport={"width": width, "height": 900})
    for box in page.locator("figure .scroll").all():
        assert box.evaluate("node => { node.scrollLeft = 99; return node.scrollLeft; }") == 0
        svg = box.locator("svg[role=img]")
        # Of the ten points of the smallest text there are eight pixels.
        points = float(svg.get_attribute("viewBox").split()[2])
        assert svg.bounding_box()["width"] / points >= 0.8
        frame = box.bounding_box()
        for group in svg.locator("[id*=-axes_], [id$=-second], [id$=-legend]").all():
            part = group.bounding_box()
            assert part["x"] >= frame["x"] - 1
            assert part["x"] + part["width"] <= frame["x"] + frame["width"] + 1
            assert part["y"] + part["height"] <= frame["y"] + frame["height"] + 1


def test_on_a_telephone_the_second_panel_stands_below_the_first_and_the_legend_between(open_page):
    page = open_page(java_script_enabled=False, viewport={"width": 380, "height": 900})
    figure = page.locator("figure", has=page.locator("[id$=-second]")).first
    parts = [figure.locator(f"[id$={name}]") for name in ("-axes_1", "-legend", "-second")]
    first, legend, second = (part.bounding_box() for part in parts)
    assert first["y"] + first["height"] <= legend["y"]
    assert legend["y"] + legend["height"] <= second["y"]
    whole = figure.bounding_box()
    assert second["y"] + second["height"] <= whole["y"] + whole["height"]
    assert abs(first["x"] - second["x"]) < 20


def hidden_by(box):
    """Return how many pixels of a box's content lie to the right of what it shows."""
    return box.evaluate("node => node.scrollWidth - node.clientWidth")


def test_no_table_is_cut_where_there_is_room(open_page):
    page = open_page()
    page.get_by_role("button", name="Open all sections").click()
    for box in page.locator(".scroll:has(> table)").all():
        assert hidden_by(box) <= 0, box.get_attribute("aria-label")


def test_a_table_that_needs_them_takes_the_margins_on_both_sides(open_page, wide):
    page = open_page(file=wide)
    page.get_by_role("button", name="Open all sections").click()
    box = page.get_by_role("region", name="Normalised regret after the whole budget")
    at = box.bounding_box()
    assert at["width"] > 1200
    assert abs(at["x"] + at["width"] / 2 - 640) < 2
    # One that needs no margins begins where the text does.
    text = page.locator("#leaderboard h2").bounding_box()
    narrow = [
        box.bounding_box()["x"]
        for box in page.locator(".scroll[role=region]:has(> table)").all()
        if box.locator("table").first.bounding_box()["width"] < 700
    ]
    assert narrow
    assert all(abs(at - text["x"]) < 1 for at in narrow)


def test_a_telephone_shows_regret_without_scrolling(open_page):
    page = open_page(viewport={"width": 390, "height": 800})
    box = page.get_by_role("region", name="Leaderboard")
    heads = box.locator("th .head").all_inner_texts()
    frame = box.bounding_box()
    for name in ("Mean rank", "Regret"):
        for cell in box.locator(f":is(th, td):nth-child({heads.index(name) + 1})").all():
            at = cell.bounding_box()
            assert at["x"] + at["width"] <= frame["x"] + frame["width"] + 1
