"""The chart: pointing, keys, clocks, problems and axes."""

import re

import pandas as pd
import pytest

ALL = "all problems"


NAMES = ["random", "grid", "tpe"]
"""The strategies as the leaderboard has them."""


def values(page, chart="#overview"):
    return page.locator(f"{chart} .legend .value b").all_inner_texts()


def choose(page, problem):
    page.locator("#overview select").select_option(label=problem)


def test_pointing_at_the_chart_reads_every_strategy_at_that_x(open_page, report):
    page = open_page()
    choose(page, "branin")
    plot = page.locator("#overview .plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert values(page) == []
    page.mouse.move(box["x"] + box["width"] - 15, box["y"] + box["height"] / 2)
    assert page.locator("#overview text.at").text_content() == "8"
    # The final medians of the table, as distances to the optimum, 0.4.
    table = pd.read_csv(report.parent / "tables" / "problem-branin.csv")
    final = (table.set_index("strategy")["median"] - 0.4).to_dict()
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
    heads = page.locator('[aria-label="Leaderboard"] th .head').all_inner_texts()
    # The interval stands below the value.
    regret = {row[0]: float(row[heads.index("Regret")].split()[0]) for row in cells}
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
