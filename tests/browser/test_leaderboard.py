"""The leaderboard: sorted by every column, cut by tag, on a telephone, without scripts."""

import pytest

from bench.testing.frames import made
from bench.testing.results import build, draw_for_the_page_alone

STRATEGIES = ("random", "tpe", "gp")
TAGS = {"a": ("numeric",), "b": ("mixed", "conditional")}


def value(strategy, problem, repetition, _trial):
    places = {"random": 0.9, "tpe": 0.2, "gp": 0.5} if problem == "a" else {
        "random": 0.3, "tpe": 0.6, "gp": 0.5}  # fmt: skip
    return places[strategy] + 0.01 * repetition


@pytest.fixture(scope="session")
def tagged(tmp_path_factory):
    """The page of three strategies on two problems with different tags; gp is slow and fails."""
    own = {"random": 0.001, "tpe": 0.5, "gp": 2.0}
    frames = made(
        lambda s, p, r, t: None if s == "gp" and t == 0 else value(s, p, r, t),
        STRATEGIES, ("a", "b"), repetitions=8, budget=4, own=own,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        draw_for_the_page_alone(patch)
        return build(*frames, tmp_path_factory.mktemp("tagged") / "report", tags=TAGS)


def order(page):
    return page.locator("#board tbody td:first-child").all_inner_texts()


def head(page, name):
    return page.locator("#board th", has=page.get_by_text(name, exact=True))


def test_every_column_sorts_both_ways(open_page, tagged):
    page = open_page(file=tagged)
    rank = head(page, "Mean rank")
    assert rank.get_attribute("aria-sort") == "ascending"
    by_rank = order(page)
    for name, first in (("Speed", "random"), ("Failed", "random"), ("Strategy", "gp")):
        column = head(page, name)
        button = column.get_by_role("button")
        button.click()
        assert order(page)[0] == first
        one = column.get_attribute("aria-sort")
        button.focus()
        page.keyboard.press("Enter")
        assert {one, column.get_attribute("aria-sort")} == {"ascending", "descending"}
        assert order(page)[-1] == first or name == "Failed"
        assert page.locator("#board th[aria-sort]").count() == 1
    rank.get_by_role("button").click()
    assert order(page) == by_rank
    buttons = page.locator("#board th button")
    # All columns but the curve.
    assert buttons.count() == page.locator("#board th").count() - 1


def test_a_tag_leaves_the_leaderboard_of_its_problems(open_page, tagged):
    page = open_page(file=tagged)
    select = page.locator("#board select")
    assert select.locator("option").all_inner_texts() == [
        "all 2 problems", "parameters: numeric (1 problem)",
        "parameters: mixed, conditional (1 problem)",
    ]  # fmt: skip
    select.select_option(label="parameters: numeric (1 problem)")
    assert order(page) == ["tpe", "gp", "random"]
    assert page.locator("#board [role=status]").inner_text() == "1 of 2 problems: a."
    select.select_option(label="parameters: mixed, conditional (1 problem)")
    assert order(page) == ["random", "gp", "tpe"]
    head(page, "Speed").get_by_role("button").click()
    assert order(page) == ["random", "tpe", "gp"]
    select.select_option(label="parameters: numeric (1 problem)")
    assert order(page) == ["random", "tpe", "gp"]
    select.select_option(label="all 2 problems")
    assert page.locator("#board [role=status]").inner_text() == ""


@pytest.fixture(scope="session")
def long(tmp_path_factory):
    """The page of a sweep of 30 trials, in which random search passes tpe after 20 trials."""

    def crossing(strategy, problem, repetition, trial):
        late = trial >= 20 and strategy == "random"
        return (0.05 if late else value(strategy, "a", repetition, trial)) + 0.01 * repetition

    frames = made(crossing, STRATEGIES, ("a", "b"), repetitions=4, budget=30)
    with pytest.MonkeyPatch.context() as patch:
        draw_for_the_page_alone(patch)
        folder = tmp_path_factory.mktemp("long") / "report"
        return build(*frames, folder, tags={"a": ("tree",), "b": ("svm",)})


def test_a_choice_of_trials_leaves_the_leaderboard_after_so_many(open_page, long):
    page = open_page(file=long)
    problems, trials = page.locator("#board select").all()
    assert trials.locator("option").all_inner_texts() == ["30 trials", "20 trials"]
    status = page.locator("#board [role=status]")
    assert order(page) == ["random", "tpe", "gp"]
    whole = page.locator("#board tbody").inner_html()
    trials.select_option(label="20 trials")
    assert order(page) == ["tpe", "gp", "random"]
    assert status.inner_text() == "After 20 trials."
    caption = page.locator("#leaderboard > .note").first
    assert "mean normalised regret after 20 trials, with" in caption.inner_text()
    problems.select_option(label="model: svm (1 problem)")
    assert status.inner_text() == "After 20 trials. 1 of 2 problems: b."
    assert order(page) == ["tpe", "gp", "random"]
    problems.select_option(index=0)
    trials.select_option(label="30 trials")
    assert page.locator("#board tbody").inner_html().split() == whole.split()
    assert "mean normalised regret after 30 trials, with" in caption.inner_text()
    assert status.inner_text() == ""


def test_results_without_tags_have_no_filter(open_page):
    page = open_page()
    assert page.locator("#board th button").count()
    assert not page.locator("#board select").count()


def test_a_telephone_shows_rank_and_regret_and_the_rest_on_demand(open_page, tagged):
    page = open_page(file=tagged, viewport={"width": 380, "height": 800})

    def shown():
        heads = page.locator("#board th .head").all()
        return [h.inner_text() for h in heads if h.is_visible()]

    assert shown() == ["Strategy", "Mean rank", "Regret"]
    box = page.get_by_role("region", name="Leaderboard")
    assert box.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    page.get_by_role("button", name="All columns").click()
    assert "Speed" in shown()
    assert page.locator("#board .spark").first.is_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 380


def test_a_wide_screen_shows_all_columns(open_page, tagged):
    page = open_page(file=tagged)
    assert all(h.is_visible() for h in page.locator("#board th").all())
    assert not page.get_by_role("button", name="All columns").is_visible()


def test_without_javascript_there_is_a_plain_table_with_all_columns(open_page, tagged):
    page = open_page(file=tagged, java_script_enabled=False, viewport={"width": 380, "height": 800})
    # What a term means is said by buttons too, which need no JavaScript.
    assert page.locator("#board button:not(.term)").count() == 0
    assert all(h.is_visible() for h in page.locator("#board th").all())
    assert len(order(page)) == 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_filtered_leaderboard(open_page, tagged, axe, scheme):
    page = open_page(file=tagged, color_scheme=scheme)
    page.locator("#board details summary").click()
    page.locator("#board select").select_option(index=1)
    head(page, "Regret").get_by_role("button").click()
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
