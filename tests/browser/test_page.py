import re

import pytest

SECTIONS = ["problems", "time", "ranks", "targets", "pairs", "selection", "overhead", "accounts",
            "method", "entries", "environment"]  # fmt: skip
ALL = "all problems"
NAMES = ["random", "grid", "tpe"]
"""The strategies as the leaderboard has them."""

SIZES = [380, 768, 1280]


def is_open(page, name):
    return page.locator(f"#{name} > details").evaluate("node => node.open")


def lines(page, chart="#overview"):
    drawn = page.locator(f"{chart} path.line")
    return drawn.evaluate_all("nodes => nodes.map(node => node.dataset.strategy)")


def values(page, chart="#overview"):
    return page.locator(f"{chart} .legend .value b").all_inner_texts()


def choose(page, problem):
    page.locator("#overview select").select_option(label=problem)


def entry(page, name, chart="#overview"):
    return page.locator(f"{chart} .legend button", has_text=name)


def test_every_section_is_there_and_closed_until_it_is_clicked(open_page):
    page = open_page()
    assert page.locator("h1").inner_text() == "demo </script> sweep"
    for name in SECTIONS:
        assert page.locator(f"#{name}").is_visible()
        assert not page.locator(f"#{name} .inside").is_visible()
        page.locator(f"#{name} summary").click()
        assert page.locator(f"#{name} .inside").is_visible()


def test_one_button_opens_and_closes_all_sections(open_page):
    page = open_page()
    page.get_by_role("button", name="Open all sections").click()
    assert all(is_open(page, name) for name in SECTIONS)
    page.get_by_role("button", name="Close all sections").click()
    assert not any(is_open(page, name) for name in SECTIONS)


def test_a_link_opens_the_section_it_leads_to_again_and_again(open_page):
    page = open_page()
    link, summary = page.locator('header a[href="#method"]'), page.locator("#method summary")
    for _ in range(2):
        link.click()
        page.wait_for_function("document.querySelector('#method > details').open")
        summary.click()
        assert not is_open(page, "method")


def test_an_address_inside_a_closed_section_opens_it(open_page):
    page = open_page("#problem-2")
    page.wait_for_function("document.querySelector('#problems > details').open")
    assert page.locator("#problem-2").inner_text() == "svm"
    page.wait_for_function(
        "(({ top }) => Math.abs(top) < 2)"
        "(document.getElementById('problem-2').getBoundingClientRect())"
    )


def test_a_click_hides_a_strategy_everywhere_and_another_brings_it_back(open_page):
    page = open_page("#problems")
    inside = '.chart[data-problem="svm"]'
    page.locator(f"{inside} path.line").first.wait_for()
    assert lines(page) == lines(page, inside) == NAMES
    entry(page, "grid").click()
    assert lines(page) == lines(page, inside) == ["random", "tpe"]
    assert entry(page, "grid", inside).get_attribute("aria-pressed") == "false"
    entry(page, "grid", inside).click()
    assert lines(page) == NAMES
    assert entry(page, "grid").get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_strategy_is_hidden_by_keyboard(open_page, key):
    page = open_page()
    entry(page, "tpe").focus()
    page.keyboard.press(key)
    assert lines(page) == ["random", "grid"]


def test_all_can_be_hidden_to_pick_a_few(open_page):
    page = open_page()
    page.locator("#overview").get_by_role("button", name="hide all").click()
    assert lines(page) == []
    assert page.get_by_text("every strategy is hidden").first.is_visible()
    entry(page, "grid").click()
    assert lines(page) == ["grid"]
    page.locator("#overview").get_by_role("button", name="show all").click()
    assert len(lines(page)) == 3


def test_pointing_at_the_chart_reads_every_strategy_at_that_x(open_page):
    page = open_page()
    choose(page, "branin")
    plot = page.locator("#overview .plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert values(page) == []
    page.mouse.move(box["x"] + box["width"] - 15, box["y"] + box["height"] / 2)
    assert page.locator("#overview text.at").text_content() == "8"
    # The final medians of the table, as distances to the optimum, 0.4.
    table = [
        [cell.strip() for cell in row.locator("td").all_text_contents()]
        for row in page.locator('[aria-label="branin"] tbody tr').all()
    ]
    final = {row[0]: float(row[1]) - 0.4 for row in table}
    wanted = [final[name] for name in NAMES]
    assert [float(text) for text in values(page)] == pytest.approx(wanted, abs=2e-4)
    page.mouse.move(5, box["y"] + box["height"] / 2)
    assert values(page) == []


def test_the_chart_of_all_problems_ends_at_the_regret_of_the_leaderboard(open_page):
    page = open_page()
    page.locator("#overview .plot").focus()
    page.keyboard.press("End")
    rows = page.locator('[aria-label="Leaderboard"] tbody tr').all()
    cells = [[cell.strip() for cell in row.locator("td").all_text_contents()] for row in rows]
    heads = page.locator('[aria-label="Leaderboard"] th').all_inner_texts()
    regret = {row[0]: float(row[heads.index("regret")]) for row in cells}
    wanted = [regret[name] for name in NAMES]
    # The table has two digits.
    assert [float(text) for text in values(page)] == pytest.approx(wanted, rel=0.05)


def test_arrow_keys_move_along_the_chart_and_tell_a_screen_reader(open_page):
    page = open_page()
    plot = page.locator("#overview .plot")
    plot.focus()
    page.keyboard.press("Home")
    assert page.locator("#overview text.at").text_content() == "1"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert plot.get_attribute("aria-valuenow") == "3"
    said = plot.get_attribute("aria-valuetext")
    assert re.fullmatch(r"trials 3\. random: [\d.]+; grid: [\d.]+; tpe: [\d.]+", said)
    assert len(values(page)) == 3
    page.keyboard.press("End")
    assert plot.get_attribute("aria-valuenow") == "8"
    page.keyboard.press("Escape")
    assert values(page) == []


def test_a_finger_reads_values_too(open_page):
    page = open_page(has_touch=True, viewport={"width": 380, "height": 800})
    page.locator("#overview .plot").tap()
    assert len(values(page)) == 3


def test_the_clock_switches_to_seconds_and_back(open_page):
    page = open_page()
    chart = page.locator("#overview")
    # Regret over all problems has one clock: seconds of different problems have no mean.
    assert chart.get_by_label("seconds", exact=True).is_disabled()
    choose(page, "branin")
    assert chart.get_by_text("trials", exact=True).last.is_visible()
    before = page.locator("#overview path.line").first.get_attribute("d")
    chart.get_by_label("seconds", exact=True).check()
    assert chart.get_by_text("seconds of evaluation and strategy").is_visible()
    assert page.locator("#overview path.line").first.get_attribute("d") != before
    assert chart.get_by_role("button", name="log x").get_attribute("aria-pressed") == "true"
    chart.get_by_label("trials", exact=True).check()
    assert page.locator("#overview path.line").first.get_attribute("d") == before


def test_another_problem_is_chosen(open_page):
    page = open_page()
    chooser = page.locator("#overview select")
    assert chooser.locator("option").all_inner_texts() == [ALL, "branin", "svm"]
    assert "normalised regret (lower is better)" in page.locator("#overview .plot").inner_text()
    choose(page, "branin")
    shown = page.locator("#overview .plot").inner_text()
    assert "distance to the optimum (lower is better)" in shown
    assert "normalised" not in shown
    choose(page, "svm")
    assert "roc auc (higher is better)" in page.locator("#overview .plot").inner_text()


def test_axes_switch_between_linear_and_log(open_page):
    page = open_page()
    for name in ("log x", "log y"):
        button = page.locator("#overview").get_by_role("button", name=name)
        pressed = button.get_attribute("aria-pressed")
        before = page.locator("#overview path.line").first.get_attribute("d")
        button.click()
        assert button.get_attribute("aria-pressed") != pressed
        assert page.locator("#overview path.line").first.get_attribute("d") != before
        button.click()
        assert page.locator("#overview path.line").first.get_attribute("d") == before


def test_bands_can_be_left_out(open_page):
    page = open_page()
    shades = page.locator("#overview path[fill-opacity]")
    assert shades.count() == 3
    page.locator("#overview").get_by_role("button", name="bands").click()
    assert shades.count() == 0


@pytest.mark.parametrize("width", SIZES)
def test_nothing_scrolls_sideways(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    page.get_by_role("button", name="Open all sections").click()
    page.locator('.chart[data-problem="svm"] path.line').first.wait_for()
    wide = page.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= page.evaluate("innerWidth") == width


def test_paper_shows_all_sections_in_ink(open_page):
    page = open_page(color_scheme="dark")
    page.emulate_media(media="print")
    for name in SECTIONS:
        assert not is_open(page, name)
        assert page.locator(f"#{name} .inside > *").first.is_visible()
        assert page.locator(f"#{name} .inside").bounding_box()["height"] > 10
    assert not page.locator("#overview .controls").is_visible()
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(27, 31, 36)"


def test_printing_opens_the_sections_and_closes_them_again(open_page):
    page = open_page()
    page.locator("#method summary").click()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert all(is_open(page, name) for name in SECTIONS)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert [name for name in SECTIONS if is_open(page, name)] == ["method"]


def test_without_javascript_figures_and_tables_are_there(open_page):
    page = open_page(java_script_enabled=False)
    shown = page.locator("figure svg[role=img]")
    assert shown.count() == 10
    for figure in shown.all():
        assert figure.is_visible()
        assert figure.bounding_box()["height"] > 50
    tables = page.locator("table")
    assert tables.count() == 16
    for table in tables.all():
        assert table.is_visible()
    assert not page.get_by_text("move along it with the arrow keys").is_visible()


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
    caption = figure.locator("figcaption").bounding_box()
    assert second["y"] + second["height"] <= caption["y"]
    assert abs(first["x"] - second["x"]) < 20


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280])
def test_axe_finds_nothing(open_page, axe, scheme, width):
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    page.get_by_role("button", name="Open all sections").click()
    page.locator('.chart[data-problem="svm"] path.line').first.wait_for()
    entry(page, "grid").click()
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()


def test_lines_can_be_seen_in_the_dark(open_page):
    page = open_page(color_scheme="dark")
    # WCAG: 3 to 1 for what is drawn, 4.5 to 1 for text, against the paper.
    contrast = """node => {
        const light = (colour) => {
            const [r, g, b] = colour.match(/[\\d.]+/g).map((v) => v / 255)
                .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const style = getComputedStyle(node), paper = getComputedStyle(document.body);
        const drawn = node.matches("path") ? style.stroke : style.fill;
        const ink = node.closest("svg") ? drawn : style.color;
        const [a, b] = [light(ink), light(paper.backgroundColor)].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05);
    }"""
    for line in page.locator("#overview path.line").all():
        assert line.evaluate(contrast) >= 3
    for text in page.locator("#overview .plot text, .lead, .note").all():
        assert text.evaluate(contrast) >= 4.5


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


EVIL = ("random", "tpe", "a-strategy-with-quite-a-long-name-of-many-words-in-it", "贝叶斯优化",
        "=1+1", "*bold* `code` [link](javascript:alert(1))", "strategies/mine.py:MyVeryOwnStrategy",
        *(f"number-{i}" for i in range(7)))  # fmt: skip


@pytest.fixture(scope="module")
def wide(make_report):
    """The page of a sweep with fourteen strategies, some of them with odd labels."""
    return make_report(strategies=EVIL, repetitions=2, budget=3)


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
    box = page.get_by_role("region", name="Regret at the deadline")
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
    heads = box.locator("th").all_inner_texts()
    frame = box.bounding_box()
    for name in ("regret", "regret, 95 %"):
        for cell in box.locator(f":is(th, td):nth-child({heads.index(name) + 1})").all():
            at = cell.bounding_box()
            assert at["x"] + at["width"] <= frame["x"] + frame["width"] + 1


@pytest.mark.parametrize("width", [390, 1280])
def test_no_name_in_the_legend_breaks_when_values_are_read(open_page, make_report, width):
    # Distances to the optimum of many digits.
    small = make_report(problems=("branin",), budget=2, value=lambda draw: 0.4 + 1e-5 * draw)
    page = open_page(file=small, viewport={"width": width, "height": 900})
    choose(page, "branin")
    name = page.locator("#overview .legend .name", has_text="random")
    before = name.bounding_box()
    page.locator("#overview .plot").focus()
    page.keyboard.press("Home")
    assert len(values(page)) == 3
    assert name.bounding_box()["height"] == before["height"]
    for button in page.locator("#overview .legend button").all():
        inside, text = button.bounding_box(), button.locator(".value").bounding_box()
        assert text["x"] + text["width"] <= inside["x"] + inside["width"] + 1


def test_a_clock_that_is_switched_off_looks_so(open_page):
    page = open_page()
    looks = "node => { const s = getComputedStyle(node); return [s.opacity, s.cursor]; }"
    clocks = page.locator("#overview fieldset label")
    on, off = clocks.nth(0), clocks.nth(1)
    assert off.locator("input").is_disabled()
    assert on.locator("span").evaluate(looks)[0] == "1"
    assert float(off.locator("span").evaluate(looks)[0]) < 0.6
    assert off.locator("input").evaluate(looks)[1] == "default"


def test_a_switch_that_has_no_effect_is_not_shown_as_pressed(open_page, make_report):
    one = make_report(repetitions=1, value=lambda draw: 0.4, problems=("branin",), budget=2)
    page = open_page(file=one)
    for name in ("log y", "bands"):
        button = page.locator("#overview").get_by_role("button", name=name)
        assert button.is_disabled()
        assert button.get_attribute("aria-pressed") == "false"


def test_the_value_after_the_last_trial_is_as_long_as_any_other(open_page):
    page = open_page()
    drawn = page.locator("#overview path.line").first.get_attribute("d")
    points = [[float(v) for v in pair.split(",")] for pair in drawn[1:].split("L")]
    plot = page.locator("#overview .plot svg").bounding_box()
    trial = (points[-1][0] - points[0][0]) / 8
    assert points[-1][0] - points[-2][0] >= trial - 0.2
    assert points[-1][0] <= plot["width"]


def test_the_legend_has_the_order_of_the_leaderboard(open_page, wide):
    page = open_page(file=wide)
    rows = page.locator('[aria-label="Leaderboard"] tbody td:first-child').all_inner_texts()
    shown = page.locator("#overview .legend .name").all_inner_texts()
    assert shown == [row.strip() for row in rows]
    assert sorted(shown) == sorted(EVIL)


def test_a_strategy_has_one_colour_everywhere(open_page, wide):
    page = open_page(file=wide)
    rows = page.locator('[aria-label="Leaderboard"] tbody td:first-child').all()
    swatches = {row.inner_text().strip(): row.locator(".swatch").evaluate(
        "node => getComputedStyle(node).backgroundColor") for row in rows}  # fmt: skip
    lines_ = page.locator("#overview path.line").evaluate_all(
        "nodes => nodes.map(node => [node.dataset.strategy, getComputedStyle(node).stroke])"
    )
    assert dict(lines_) == swatches
    assert len(set(swatches.values())) == len(EVIL)
