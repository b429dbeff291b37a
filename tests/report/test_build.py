import hashlib
from html.parser import HTMLParser

import pandas as pd
import pytest

from bench.report import build as build_module

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """Elements, ids, references and text of a page; an unbalanced one is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if self.stack and self.stack[-1] not in ("style", "script"):
            self.text += data


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def page(report):
    return Page((report / "index.html").read_text(encoding="utf-8"))


def test_the_files_of_a_report(report):
    figures = ["branin-seconds", "branin-trials", "overhead", "overview", "ranks", "svm-seconds",
               "svm-trials"]  # fmt: skip
    tables = ["leaderboard", "problems/branin", "problems/svm"]
    assert sorted(contents(report)) == sorted(
        [
            "index.html", "runs.csv", "runs.parquet", "trials.csv", "trials.parquet",
            *(f"figures/{name}.{kind}" for name in figures for kind in ("pdf", "png", "svg")),
            *(f"{name}.{kind}" for name in tables for kind in ("csv", "md", "tex")),
        ]
    )  # fmt: skip


def test_the_page_is_balanced_and_has_its_sections(page):
    ids = [attrs["id"] for tag, attrs in page.elements if tag == "section"]
    assert ids == ["leaderboard", "overview", "problems", "ranks", "overhead", "accounts", "method",
                   "entries", "environment"]  # fmt: skip
    links = [attrs["href"] for tag, attrs in page.elements if tag == "a"]
    assert links == [f"#{name}" for name in ids if name != "overview"]


def test_the_page_fetches_nothing(page, report):
    for tag, attrs in page.elements:
        assert tag not in ("link", "img", "iframe")
        for name in ("src", "href", "xlink:href"):
            assert attrs.get(name, "#").startswith("#")
    text = (report / "index.html").read_text(encoding="utf-8")
    assert "@import" not in text
    assert "url(http" not in text


def test_no_id_is_there_twice_and_every_reference_has_its_target(page):
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in page.elements:
        for name in ("href", "xlink:href"):
            if name in attrs:
                assert attrs[name][1:] in ids
        if "clip-path" in attrs:
            assert attrs["clip-path"][5:-1] in ids


def test_every_figure_says_what_it_shows_and_takes_the_pages_colours(page, report):
    figures = [attrs for tag, attrs in page.elements if tag == "svg"]
    assert len(figures) == 7
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
    assert "nothing more to suggest after 4 trials" in page.text
    assert "The sweep is not complete: 6 runs were not begun and 1 is unfinished." in page.text
    assert "gp on branin, gp on svm" in page.text
    assert "no trial of the problem completed: svm (1 repetition)" in page.text


def test_the_page_tells_environment_and_command(page):
    assert "tunebench report results/demo" in page.text
    assert "numpy 2.4.6" in page.text


def test_the_page_says_where_equals_would_be(sweep, build, tmp_path):
    page = build(*sweep(("random", "tpe")), tmp_path / "r").read_text(encoding="utf-8")
    assert "Strategies that do not differ would all be at 1.5." in page


def test_a_complete_sweep_is_said_to_be(sweep, build, tmp_path):
    page = build(*sweep(), tmp_path / "r").read_text(encoding="utf-8")
    assert "3 strategies on 2 problems, 3 repetitions: 18 runs of up to 6 trials, 108 tri" in page
    assert "not complete" not in page


def test_the_page_tells_what_stands_behind_each_label(sweep, build, tmp_path):
    trials, runs = sweep(("random", "grid"), ("svm",))
    runs["problem_settings"] = '{"folds":5,"repeats":1}'
    runs["strategy_name"] = runs["strategy"].replace({"grid": "path/to/own.py:Grid"})
    page = build(trials, runs, tmp_path / "r", seeds=(77,)).read_text(encoding="utf-8")
    assert '<td class="text">folds = 5, repeats = 1</td>' in page
    assert '<td class="text">path/to/own.py:Grid</td>' in page
    assert "Master seed 77" in page


@pytest.mark.parametrize("value", [1e150, 1e-300])
def test_values_at_the_end_of_what_is_allowed_make_a_page(sweep, build, tmp_path, value):
    draws = iter(range(10**6))
    trials, runs = sweep(("random", "tpe"), value=lambda _: value * (-1) ** next(draws))
    assert build(trials, runs, tmp_path / "r").exists()


def test_several_environments_are_all_told(sweep, build, tmp_path):
    environments = [{"python": "3.11.9", "git": "a"}, {"python": "3.12.1", "git": "a"}]
    page = build(*sweep(), tmp_path / "r", environments=environments).read_text(encoding="utf-8")
    assert "<dd>3.11.9 · or · 3.12.1</dd>" in page
    assert "<dd>a</dd>" in page


def test_a_report_is_the_same_bytes_for_rows_in_any_order(sweep, build, tmp_path):
    trials, runs = sweep()
    build(trials, runs, tmp_path / "a")
    order = {"strategies": ["random", "grid", "tpe"], "problems": ["branin", "svm"]}
    shuffled = trials.sample(frac=1, random_state=1), runs.sample(frac=1, random_state=1)
    build(*shuffled, tmp_path / "b", **order)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_the_tidy_tables_hold_every_row(report):
    parquet = pd.read_parquet(report / "trials.parquet")
    csv = pd.read_csv(report / "trials.csv")
    assert len(parquet) == len(csv) == 2 * 3 * 3 * 6 - 2 - 6 - 4
    assert parquet["value"].tolist() == pytest.approx(csv["value"].tolist(), rel=1e-15)


def test_a_failing_build_leaves_the_old_report_and_nothing_else(
    sweep, build, tmp_path, monkeypatch
):
    folder = tmp_path / "report"
    given = {"repetitions": 1, "budget": 2, "problems": ("svm",)}
    build(*sweep(**given), folder)
    before = contents(folder)

    def broken(*args, **kwargs):
        raise RuntimeError("no")

    monkeypatch.setattr(build_module.figures, "strategy_seconds", broken)
    with pytest.raises(RuntimeError, match="no"):
        build(*sweep(**given), folder)
    assert contents(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_new_report_replaces_the_old_one_whole(sweep, build, tmp_path):
    folder = tmp_path / "report"
    build(*sweep(repetitions=1, budget=2, problems=("branin",)), folder)
    build(*sweep(repetitions=1, budget=2, problems=("svm",)), folder)
    assert not (folder / "problems" / "branin.md").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


SMALL = {"repetitions": 1, "budget": 3}


@pytest.mark.parametrize(
    "given",
    [
        {**SMALL, "strategies": ("random",), "problems": ("svm",)},
        {**SMALL, "strategies": ("grid",), "problems": ("branin",), "budget": 1},
        {**SMALL, "value": lambda draw: None},
        {**SMALL, "value": lambda draw: 0.4, "repetitions": 2},
        {**SMALL, "strategies": tuple(f"strategy-{i}" for i in range(20)), "problems": ("svm",)},
        {**SMALL, "ends": {("random", "svm", 0): ("unfinished", "", 2)}},
        {**SMALL, "ends": {("random", "svm", 0): ("crashed", "gone", 0)}},
        {**SMALL, "ends": {("tpe", "svm", 0): ("skipped", "cannot", 0)}},
    ],
    ids=["one-of-each", "one-trial", "all-failed", "constant-at-the-optimum", "many-strategies",
         "unfinished", "crashed", "skipped"],
)  # fmt: skip
def test_a_report_on_what_is_there(sweep, build, tmp_path, given):
    page = build(*sweep(**given), tmp_path / "report")
    parsed = Page(page.read_text(encoding="utf-8"))
    assert sum(tag == "svg" for tag, _ in parsed.elements) >= 5


@pytest.mark.parametrize("ended", ["crashed", "unfinished", "skipped"])
def test_a_report_without_trials_says_so(sweep, build, tmp_path, ended):
    ends = {("random", "svm", 0): (ended, "because", 0)}
    trials, runs = sweep(strategies=("random",), problems=("svm",), repetitions=1, ends=ends)
    # As the store gives a frame without rows.
    trials = trials.astype(dict.fromkeys(("trial", "cost", "ask_s", "tell_s"), object))
    page = Page(build(trials, runs, tmp_path / "report").read_text(encoding="utf-8"))
    assert "No trial has been recorded: nothing can be concluded." in page.text


def test_a_report_without_runs_says_so(sweep, build, tmp_path):
    trials, runs = sweep(repetitions=1, budget=1)
    page = build(trials[:0], runs[:0], tmp_path / "report", strategies=["random"], problems=["p"])
    assert "No trial has been recorded" in page.read_text(encoding="utf-8")


def test_a_report_while_no_run_has_ended_says_so(sweep, build, tmp_path):
    ends = {("random", "svm", 0): ("unfinished", "", 2)}
    trials, runs = sweep(strategies=("random",), problems=("svm",), repetitions=1, ends=ends)
    page = build(trials, runs, tmp_path / "report")
    assert "No run has ended yet" in page.read_text(encoding="utf-8")


def test_labels_that_are_no_file_names(sweep, build, tmp_path):
    problems = ("my/file.py:A", "my/file.py:B", 'say "<x>" & y')
    strategies = ("../_mine.py:Mine", "_under", r"cost $\foo$", "<b>&amp;")
    folder = tmp_path / "report"
    page = build(*sweep(strategies=strategies, problems=problems, **SMALL), folder)
    tables = sorted(path.name for path in (folder / "problems").glob("*.md"))
    assert tables == ["my-file-py-A.md", "my-file-py-B.md", "say-x-y.md"]
    parsed = Page(page.read_text(encoding="utf-8"))
    labelled = [attrs.get("aria-label", "") for _, attrs in parsed.elements]
    assert 'say "<x>" & y: best validation value against trials' in labelled
    assert not {"x", "b"} & {tag for tag, _ in parsed.elements}
    for label in strategies:
        assert parsed.text.count(label) >= 1 + len(problems)
