"""The page: its sections, on paper, without scripts, for everybody."""

import pytest

SECTIONS = ["recommendation", "problems", "time", "ranks", "targets", "pairs", "selection",
            "stopping", "overhead", "failures", "method", "entries", "environment"]  # fmt: skip


def is_open(page, name):
    return page.locator(f"#{name} > details").evaluate("node => node.open")


def test_every_section_but_the_first_is_closed_until_it_is_clicked(open_page):
    page = open_page()
    assert page.locator("h1").inner_text() == "demo </script> sweep"
    assert page.locator(f"#{SECTIONS[0]} .inside").is_visible()
    for name in SECTIONS[1:]:
        assert page.locator(f"#{name}").is_visible()
        assert not page.locator(f"#{name} .inside").is_visible()
        page.locator(f"#{name} > details > summary").click()
        assert page.locator(f"#{name} .inside").is_visible()


def test_one_button_opens_and_closes_all_sections(open_page):
    page = open_page()
    page.get_by_role("button", name="Open all sections").click()
    assert all(is_open(page, name) for name in SECTIONS)
    page.get_by_role("button", name="Close all sections").click()
    assert not any(is_open(page, name) for name in SECTIONS)


def test_a_link_opens_the_section_it_leads_to_again_and_again(open_page):
    page = open_page()
    link, summary = (
        page.locator('header a[href="#method"]'),
        page.locator("#method > details > summary"),
    )
    for _ in range(2):
        link.click()
        page.wait_for_function("document.querySelector('#method > details').open")
        summary.click()
        assert not is_open(page, "method")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_contents_are_open_where_there_is_room(open_page, scripts):
    page = open_page(java_script_enabled=scripts)
    assert page.locator("header nav a").first.is_visible()
    assert not page.get_by_text("Contents", exact=True).is_visible()


def test_a_telephone_shows_the_verdict_first_and_the_contents_on_demand(open_page):
    page = open_page(viewport={"width": 390, "height": 844})
    first = page.locator("#verdict li").first.bounding_box()
    assert first["y"] + first["height"] <= 844
    links = page.locator("header nav")
    assert not links.is_visible()
    page.get_by_text("Contents", exact=True).click()
    assert links.is_visible()
    links.get_by_role("link", name="Method").click()
    page.wait_for_function("document.querySelector('#method > details').open")


def test_an_address_inside_a_closed_section_opens_it(open_page):
    page = open_page("#problem-2")
    page.wait_for_function("document.querySelector('#problems > details').open")
    assert page.locator("#problem-2").inner_text() == "svm"
    page.wait_for_function(
        "(({ top }) => Math.abs(top) < 2)"
        "(document.getElementById('problem-2').getBoundingClientRect())"
    )


def test_paper_shows_all_sections_in_ink(open_page):
    page = open_page(color_scheme="dark")
    page.emulate_media(media="print")
    for name in SECTIONS:
        assert is_open(page, name) == (name == SECTIONS[0])
        assert page.locator(f"#{name} .inside > *").first.is_visible()
        assert page.locator(f"#{name} .inside").bounding_box()["height"] > 10
    assert not page.locator("#overview .controls").is_visible()
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(27, 31, 36)"


def test_printing_opens_the_sections_and_closes_them_again(open_page):
    page = open_page()
    page.locator("#method > details > summary").click()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert all(is_open(page, name) for name in SECTIONS)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert [name for name in SECTIONS if is_open(page, name)] == [SECTIONS[0], "method"]


def test_a_chart_in_a_closed_section_is_drawn_before_the_page_is_printed(open_page):
    page = open_page()
    drawn = page.locator('.chart[data-problem="svm"] path.line')
    assert drawn.count() == 0
    # In one task: the browser prints without a further frame.
    count = page.evaluate(
        "dispatchEvent(new Event('beforeprint')),"
        "document.querySelectorAll('.chart[data-problem=svm] path.line').length"
    )
    assert count == 3


def test_printing_opens_what_explains_and_shows_what_terms_mean(open_page):
    page = open_page()
    how = page.locator("details.how")
    assert how.count() > 4
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert how.evaluate_all("nodes => nodes.every(node => node.open)")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not how.evaluate_all("nodes => nodes.some(node => node.open)")
    assert not page.locator("#term-iqm").is_visible()
    page.emulate_media(media="print")
    assert page.locator("#term-iqm").is_visible()


def open_explanations(page):
    page.locator("#leaderboard details").evaluate_all("nodes => nodes.forEach(n => n.open = true)")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_term_is_explained_by_keyboard_and_closes_again(open_page, scripts):
    page = open_page(java_script_enabled=scripts)
    open_explanations(page)
    term, meaning = page.locator("#leaderboard button.term").first, page.locator("#term-iqm")
    term.focus()
    page.keyboard.press("Enter")
    assert meaning.is_visible()
    page.keyboard.press("Escape")
    assert not meaning.is_visible()


def test_a_finger_opens_a_term_beside_it(open_page):
    page = open_page(has_touch=True, viewport={"width": 380, "height": 800})
    open_explanations(page)
    term = page.locator("#leaderboard p button.term").first
    term.tap()
    meaning = page.locator("[popover]:popover-open")
    at, box = term.bounding_box(), meaning.bounding_box()
    assert 0 <= box["x"] <= box["x"] + box["width"] <= 380
    gap = max(box["y"] - at["y"] - at["height"], at["y"] - box["y"] - box["height"])
    assert 0 <= gap < 10


def test_without_javascript_figures_and_tables_are_there(open_page):
    page = open_page(java_script_enabled=False)
    shown = page.locator("figure svg[role=img]")
    assert shown.count() == 12
    for figure in shown.all():
        assert figure.is_visible()
        assert figure.bounding_box()["height"] > 50
    tables = page.locator("table")
    assert tables.count() == 15
    for table in tables.all():
        assert table.is_visible()
    assert not page.get_by_text("move along it with the arrow keys").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280])
def test_axe_finds_nothing(open_page, axe, scheme, width):
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    page.get_by_role("button", name="Open all sections").click()
    page.locator("details.how").evaluate_all("nodes => nodes.forEach(n => { n.open = true; })")
    page.locator('.chart[data-problem="svm"] path.line').first.wait_for()
    page.locator("#overview .legend button", has_text="grid").click()
    page.locator("#leaderboard button.term").first.click()
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()


SMALL = {"repetitions": 1, "budget": 2, "problems": ("branin",)}


@pytest.mark.parametrize(
    "given",
    [
        {**SMALL, "strategies": tuple(f"strategy-number-{i}" for i in range(40))},
        {**SMALL, "strategies": ("random",), "budget": 1},
        {**SMALL, "value": lambda draw: 0.4},
        {**SMALL, "value": lambda draw: -1e150},
        {**SMALL, "value": lambda draw: None},
    ],
    ids=["many-strategies", "one-of-each", "constant-at-the-optimum", "huge", "all-failed"],
)
def test_odd_sweeps_make_a_page_that_works(open_page, make_report, given):
    page = open_page("#problems", make_report(**given), viewport={"width": 380, "height": 800})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 380
    plots = page.locator(".plot")
    charts = 0 if "value" in given and given["value"](1) is None else 2
    assert plots.count() == charts
    if charts:
        page.locator("#overview .controls button", has_text="show all").click()
    for plot in plots.all():
        plot.focus()
        page.keyboard.press("ArrowRight")
        for name in ("log x", "log y"):
            button = page.locator("#overview").get_by_role("button", name=name)
            if button.is_enabled():
                button.click()
        drawn = plot.inner_html()
        assert "NaN" not in drawn
        assert "Infinity" not in drawn
        assert drawn.count('class="line"') == len(given.get("strategies", "abc"))
