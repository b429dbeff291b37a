"""The legend of the chart: a click hides a strategy everywhere."""

import pytest

from bench.testing.results import ODD_NAMES

NAMES = ["random", "grid", "tpe"]
"""The strategies as the leaderboard has them."""


def lines(page, chart="#overview"):
    drawn = page.locator(f"{chart} path.line")
    return drawn.evaluate_all("nodes => nodes.map(node => node.dataset.strategy)")


def entry(page, name, chart="#overview"):
    return page.locator(f"{chart} .legend button", has_text=name)


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


def test_the_legend_has_the_order_of_the_leaderboard(open_page, wide):
    page = open_page(file=wide)
    rows = page.locator('[aria-label="Leaderboard"] tbody td:first-child').all_inner_texts()
    shown = page.locator("#overview .legend .name").all_inner_texts()
    assert shown == [row.strip() for row in rows]
    assert sorted(shown) == sorted(ODD_NAMES)


def test_of_many_strategies_some_are_hidden_until_they_are_asked_for(open_page, wide):
    page = open_page(file=wide)
    order = page.locator("#overview .legend .name").all_inner_texts()
    shown = lines(page)
    assert len(shown) == 10 < len(order) == len(ODD_NAMES)
    assert set(order[:5]) < set(shown)
    hidden = next(name for name in order if name not in shown)
    entry(page, hidden).click()
    assert sorted(lines(page)) == sorted([*shown, hidden])


def test_a_strategy_has_one_colour_everywhere(open_page, wide):
    page = open_page(file=wide)
    page.locator("#overview .controls button", has_text="show all").click()
    rows = page.locator('[aria-label="Leaderboard"] tbody td:first-child').all()
    swatches = {row.inner_text().strip(): row.locator(".swatch").evaluate(
        "node => getComputedStyle(node).backgroundColor") for row in rows}  # fmt: skip
    lines_ = page.locator("#overview path.line").evaluate_all(
        "nodes => nodes.map(node => [node.dataset.strategy, getComputedStyle(node).stroke])"
    )
    assert dict(lines_) == swatches
    assert len(set(swatches.values())) == len(ODD_NAMES)
