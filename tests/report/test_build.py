import html
import math
import re

import pandas as pd
import pytest

from bench.captions import environment, leaderboard
from bench.prose import guide, summary
from bench.report import build as build_module
from bench.report.page import term_id
from bench.testing.frames import join, make_run
from bench.testing.workers import on_workers

pytestmark = pytest.mark.slow


@pytest.fixture
def page(report, read):
    return read(report / "index.html")


FIGURES = ["convergence", "critical", "ecdf", "overhead", "pairwise", "problem-branin",
           "problem-svm", "profiles", "ranks", "ranks-over-budget", "selection",
           "stopping", "time-quality"]  # fmt: skip
TABLES = ["best", "choosing", "failures", "breakeven", "crossings", "equivalents", "ert",
          "leaderboard",
          "overhead", "random-2x",
          "problem-branin", "problem-settings", "problem-svm", "recommendation", "regret",
          "replay", "selection", "stopping",
          "strategy-settings", "two-rules", "verdicts", "verdicts-new"]  # fmt: skip
SECTIONS = ["recommendation", "best", "problems", "time", "ranks", "targets", "pairs", "selection",
            "stopping", "overhead", "failures",
            "method", "entries", "environment"]  # fmt: skip


CURVES = ["convergence", "ranks-over-budget", "ecdf", "profiles", "pairwise", "time-quality"]


def test_the_files_of_a_report(report, contents):
    assert sorted(contents(report)) == sorted(
        [
            "index.html", "runs.csv", "runs.parquet", "trials.csv", "trials.parquet",
            *(f"figures/{name}.{kind}" for name in FIGURES for kind in ("pdf", "png", "svg")),
            *(f"tables/{name}.{kind}" for name in TABLES for kind in ("csv", "md", "tex")),
            *(f"tables/{name}.csv" for name in CURVES),
            "tables/verdict.md",
        ]
    )  # fmt: skip


def test_the_page_is_balanced_and_has_its_sections(page):
    ids = [attrs["id"] for tag, attrs in page.elements if tag == "section"]
    assert ids == ["verdict", "overview", "leaderboard", *SECTIONS]
    links = [attrs["href"] for tag, attrs in page.elements if tag == "a"]
    inside = [link for link in links if link.startswith("#")]
    assert inside == [f"#{name}" for name in ("verdict", "overview", "leaderboard", *SECTIONS)]


def test_every_table_that_is_written_is_linked(page, report):
    links = [attrs["href"] for tag, attrs in page.elements if tag == "a"]
    files = {link for link in links if not link.startswith("#")} - {"tables/verdict.md"}
    assert files == {f"tables/{name}.csv" for name in TABLES}
    for file in files:
        for kind in ("csv", "md", "tex"):
            assert (report / file).with_suffix(f".{kind}").exists(), file


def test_terms_open_a_definition_that_the_page_has_once(page):
    opened = {attrs["popovertarget"] for _, attrs in page.elements if "popovertarget" in attrs}
    defined = [attrs["id"] for _, attrs in page.elements if "popover" in attrs]
    assert len(defined) == len(set(defined))
    assert opened == set(defined) <= set(map(term_id, guide.TERMS))
    assert {"term-iqm", "term-auc", "term-rope", "term-holm-s-correction"} <= opened


PLAIN = {"strategy", "problem", "problems", "metric", "version", "settings", "library", "kind",
         "reason", "count", "best configuration", "best strategy", "optimum", "validation", "test",
         "found by", "against", "failed trials", "runs without a value", "random", "grid",
         "tpe"}  # fmt: skip
"""Columns whose name says all, and strategies."""

EXPLAINED = {
    "leaderboard": {
        "group": "strategies of one group", "mean rank": "shows mean rank and mean normalised",
        "regret": "mean normalised regret", "bounded": "Verdicts use bounded regret",
        "iqm": "IQM and AUC are of", "auc": "IQM and AUC are of",
        "best median": "“Best median” counts",
        "n runs": "n counts", "failed": "Failed is", "speed": "Speed is", "curve": "small curve",
        "compared on": "on the problems that both have",
    },
    "recommendation": {
        "an evaluation takes": "If an evaluation takes",
        "time for": "random search finishes the given number of trials",
    },
    "problems": {"score (better)": "median validation score"},
    "time": {"as recorded": "as the column says", "1": "as the column says"},
    "ranks": {"ahead of": "crossing budget is the trial from which", "95 %": "95 % interval is a"},
    "targets": {
        "trials to": "expected running time is", "random trials": "Random-search equivalents are",
        "95 %": "Intervals generalise",
    },
    "pairs": {
        "verdict": "A verdict is undecided if", "difference": "A difference is",
        "95 % interval": "95 % intervals are per pair", "p (holm)": "p has Holm's correction",
        "repetitions": "Repetitions are", "new data sets": "generalising to new data sets",
    },
    "selection": {
        "gap": "Gap and overtuning are", "overtuned runs": "an earlier incumbent had a better",
        "worse than default": "worse test score than the default",
        "worse": "worse than default is unknown",
    },
    "stopping": {
        "rule": "Rules are replayed", "budget saved": "of the budget", "regret lost": "and costs",
        "95 % interval": "95 % interval",
    },
    "failures": {"as the worst": "counts as the worst", "as one random draw": "one random draw"},
    "overhead": {"ask + tell": "time of ask and tell", "share": "Share of run time is"},
}  # fmt: skip
"""Section -> how the name of a column begins -> what of the section explains it."""


def unexplained(page):
    """Return the columns of a page that nothing in their section explains."""
    page = re.sub(r"<(script|style|svg|tbody).*?</\1>", "", page, flags=re.DOTALL)
    found = []
    for section in page.split('<section id="')[1:]:
        known = EXPLAINED.get(section.partition('"')[0], {})
        text = html.unescape(re.sub("<[^>]*>", "", section))
        for head in re.findall("<th [^>]*>(.*?)</th>", section, re.DOTALL):
            name = " ".join(re.sub("<[^>]*>", " ", head).lower().split())
            said = [words for start, words in known.items() if name.startswith(start)]
            if name not in PLAIN and not any(words in text for words in said):
                found.append(name)
    return found


def test_every_column_is_explained_in_its_section(report):
    page = (report / "index.html").read_text(encoding="utf-8")
    assert unexplained(page) == []
    assert "share of run time" in unexplained(page.replace("Share of run time is", ""))


def test_every_term_that_the_page_uses_opens_its_definition(page, report):
    text = (report / "index.html").read_text(encoding="utf-8")
    used = [name for name in guide.TERMS if re.search(rf"(?<!ROC )\b{name}\b", page.text)]
    assert {"IQM", "Holm's correction"} <= set(used)
    assert [name for name in used if f'popovertarget="{term_id(name)}"' not in text] == []


def test_every_finding_of_the_verdict_is_in_a_file(page, report):
    text = (report / "tables" / "verdict.md").read_text(encoding="utf-8")
    assert any(attrs.get("href") == "tables/verdict.md" for _, attrs in page.elements)
    assert text.startswith("No two of the 3 strategies differ significantly")
    # What the page leaves to tables is there in words.
    assert "has the lowest mean rank." in text
    assert "has the lowest mean rank." not in page.text


def test_the_page_names_only_files_that_are_there(page, report):
    named = re.findall(r"tables/[a-z-]+\.csv", page.text)
    assert "tables/leaderboard.csv" in named
    for name in named:
        assert (report / name).exists(), name


REFERENCES = ("src", "href", "xlink:href")


def test_the_page_fetches_nothing(page, report):
    for tag, attrs in page.elements:
        assert tag not in ("link", "img", "iframe")
        for name in REFERENCES:
            # The matrix of pairs is a picture inside its figure.
            # A link to a table beside the page loads nothing before it is followed.
            allowed = ("#", "tables/") if tag == "a" else ("#", "data:image/png;base64,")
            assert attrs.get(name, "#").startswith(allowed)
    text = (report / "index.html").read_text(encoding="utf-8")
    assert "@import" not in text
    assert "url(http" not in text


def test_no_id_is_there_twice_and_every_reference_has_its_target(page):
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in page.elements:
        for name in REFERENCES:
            if attrs.get(name, "data:").startswith("#"):
                assert attrs[name][1:] in ids
        if "clip-path" in attrs:
            assert attrs["clip-path"][5:-1] in ids


def test_every_figure_says_what_it_shows_and_takes_the_pages_colours(page, report):
    drawn = [attrs for tag, attrs in page.elements if tag == "svg"]
    figures = [attrs for attrs in drawn if attrs.get("class") != "spark"]
    assert len(drawn) - len(figures) == 4  # a small curve for each strategy
    assert len(figures) == len(FIGURES)
    for attrs in figures:
        assert attrs["role"] == "img"
        assert attrs["aria-label"]
        assert "width" not in attrs
    text = (report / "index.html").read_text(encoding="utf-8")
    body = text[text.index("</style>") :]
    for colour in ("#1b1f24", "#d8dee4", "#ffffff"):
        assert colour not in body


def test_the_page_tells_what_went_wrong_and_what_is_missing(page):
    assert "the worker died: <SIGKILL>" in page.text
    assert "no candidates left after 4 trials" in page.text
    # 6 of 24 runs were not begun and one is unfinished.
    assert "17 of 24 runs" in page.text
    # One run of random has no end, and gp never began.
    assert "gp on branin, random on svm (2 of 3), gp on svm" in page.text


def test_the_page_tells_environment_and_command(page):
    assert "tunebench report results/demo" in page.text
    assert "numpy 2.4.6" in page.text


def test_a_complete_sweep_is_said_to_be(sweep, build, tmp_path):
    page = build(*sweep(), tmp_path / "r").read_text(encoding="utf-8")
    said = summary.sweep(
        strategies=3, problems=2, repetitions=3, wanted=18, begun=18, unfinished=0, trials=108,
        budget=6, cheaper=False,
    )  # fmt: skip
    assert f'<p class="lead">{said}</p>' in page


def test_the_page_tells_what_stands_behind_each_label(sweep, build, tmp_path):
    trials, runs = sweep(("random", "grid"), ("svm",))
    runs["problem_settings"] = '{"folds":5,"repeats":1}'
    runs["strategy_name"] = runs["strategy"].replace({"grid": "path/to/own.py:Grid"})
    path = build(trials, runs, tmp_path / "r", seeds=(77,))
    page = path.read_text(encoding="utf-8")
    table = (path.parent / "tables" / "problem-settings.md").read_text(encoding="utf-8")
    assert "| folds = 5, repeats = 1 |" in table
    assert '<td class="text words">path/to/own.py:Grid</td>' in page
    assert environment.seeds((77,)) in page


def test_several_environments_are_all_reported(sweep, build, tmp_path):
    environments = [{"python": "3.11.9", "git": "a"}, {"python": "3.12.1", "git": "a"}]
    page = build(*sweep(), tmp_path / "r", environments=environments).read_text(encoding="utf-8")
    assert "<dd>3.11.9 · or · 3.12.1</dd>" in page
    assert "<dd>a</dd>" in page


def test_the_tidy_tables_hold_every_row(report):
    parquet = pd.read_parquet(report / "trials.parquet")
    csv = pd.read_csv(report / "trials.csv")
    assert len(parquet) == len(csv) == 2 * 3 * 3 * 17 - 13 - 17 - 15
    assert parquet["value"].tolist() == pytest.approx(csv["value"].tolist(), rel=1e-15)


def test_a_failing_build_leaves_the_old_report_and_nothing_else(
    sweep, build, tmp_path, monkeypatch, contents
):
    folder = tmp_path / "report"
    given = {"repetitions": 1, "budget": 2, "problems": ("svm",)}
    build(*sweep(**given), folder)
    before = contents(folder)

    monkeypatch.setattr(build_module.figures, "strategy_seconds", lambda *_: 1 / 0)  # type: ignore[attr-defined]
    with pytest.raises(ZeroDivisionError):
        build(*sweep(**given), folder)
    assert contents(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_new_report_replaces_the_old_one_whole(sweep, build, tmp_path):
    folder = tmp_path / "report"
    build(*sweep(repetitions=1, budget=2, problems=("branin",)), folder)
    build(*sweep(repetitions=1, budget=2, problems=("svm",)), folder)
    assert not (folder / "tables" / "problem-branin.md").exists()
    assert (folder / "tables" / "problem-svm.md").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


@pytest.mark.parametrize("status", ["crashed", "unfinished", "skipped"])
def test_a_report_without_trials_says_so(sweep, build, tmp_path, status, read):
    ends = {("random", "svm", 0): (status, "because", 0)}
    trials, runs = sweep(strategies=("random",), problems=("svm",), repetitions=1, ends=ends)
    # As the store gives a frame without rows.
    trials = trials.astype(
        dict.fromkeys(("trial_number", "evaluation_s", "ask_s", "tell_s"), object)
    )
    page = read(build(trials, runs, tmp_path / "report"))
    assert leaderboard.nothing(False) in page.text


def test_a_report_without_runs_says_so(sweep, build, tmp_path):
    trials, runs = sweep(repetitions=1, budget=1)
    page = build(trials[:0], runs[:0], tmp_path / "report", strategies=["random"], problems=["p"])
    assert leaderboard.nothing(False) in page.read_text(encoding="utf-8")


def test_a_report_while_no_run_has_ended_says_so(sweep, build, tmp_path):
    ends = {("random", "svm", 0): ("unfinished", "", 2)}
    trials, runs = sweep(strategies=("random",), problems=("svm",), repetitions=1, ends=ends)
    page = build(trials, runs, tmp_path / "report")
    assert leaderboard.nothing(True) in page.read_text(encoding="utf-8")


def test_several_workers_have_a_section_and_one_has_none(build, read, tmp_path):
    runs = [
        on_workers(make_run([2.0, 1.0], strategy=f"{count}", repetition=r), count)
        for count in (1, 2)
        for r in (0, 1)
    ]
    trials, frame = join(*runs)
    facts = {"library": "", "problem_name": "p", "problem_version": 1, "problem_settings": "{}",
             "master_seed": 1, "strategy_seed": 1, "problem_seed": 1, "dataset": "",
             "median_draw": math.nan, "scale_best": math.nan, "scale_typical": math.nan,
             "scale_source": "", "checked": True, "start_s": 0.0, "run_s": 1.0}  # fmt: skip
    page = read(build(trials.assign(**facts), frame.assign(**facts), tmp_path / "report"))
    ids = [attrs["id"] for tag, attrs in page.elements if tag == "section"]
    assert ids[ids.index("time") + 1] == "workers"
    assert (tmp_path / "report" / "tables" / "workers.csv").exists()
