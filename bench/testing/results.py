"""A small made-up sweep and its report."""

import hashlib
import html
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.analyses import Analyses
from bench.inference import ROPE
from bench.report import drawing
from bench.report.build import build_report
from bench.report.page import Bullets, Note, PageTable, Section
from bench.sources.source import Source

COLUMNS = ["trial", "config", "fidelity", "status", "reason", "value", "test_value", "fold_values",
           "cost", "ask_s", "evaluate_s", "tell_s"]  # fmt: skip
PROBLEMS = {
    "branin": ("value", "minimize", 0.4),
    "svm": ("roc_auc", "maximize", np.nan),
}
Frames = tuple[pd.DataFrame, pd.DataFrame]


VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """Elements, text and tables of a page; an unbalanced one is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.tables: dict[str, list[list[str]]] = {}
        self.paragraphs: list[str] = []
        self._rows: list[list[str]] = []
        self._label = ""
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append((tag, given))
        if tag not in VOID:
            self.stack.append(tag)
        if given.get("role") == "region":
            self._label = given["aria-label"] or ""
        elif tag == "table":
            self._rows = self.tables.setdefault(self._label, [])
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
        elif tag in ("p", "li", "dd"):
            self.paragraphs.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.stack or self.stack[-1] in ("style", "script"):
            return
        self.text += data
        if "td" in self.stack or "th" in self.stack:
            self._rows[-1][-1] += data
        elif self.paragraphs:
            self.paragraphs[-1] += data

    @property
    def sections(self) -> list[str]:
        """The ids of its sections."""
        return [attrs["id"] or "" for tag, attrs in self.elements if tag == "section"]


def contents(folder: Path) -> dict[str, str]:
    """Return the files below a folder, each with a digest of what is in it."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def sweep(
    strategies: tuple[str, ...] = ("random", "grid", "tpe"),
    problems: tuple[str, ...] = ("branin", "svm"),
    repetitions: int = 3,
    budget: int = 6,
    value: Callable[[float], float | None] = lambda draw: draw,
    ends: dict[tuple[str, str, int], tuple[str, str, int]] | None = None,
) -> Frames:
    """Frames as the store gives them; `value` turns a uniform draw into a value, None fails."""
    rng = np.random.default_rng(7)
    rows: list[dict[str, Any]] = []
    runs: list[dict[str, Any]] = []
    for strategy in strategies:
        for problem in problems:
            metric, direction, optimum = PROBLEMS.get(problem, ("rmse", "minimize", np.nan))
            for repetition in range(repetitions):
                ended, reason, count = (ends or {}).get(
                    (strategy, problem, repetition), ("completed", "", budget)
                )
                common = {
                    "run": f"{strategy}/{problem}/{repetition}", "strategy": strategy,
                    "strategy_name": strategy, "strategy_version": 1, "settings": "{}",
                    "library": "", "problem": problem, "problem_name": problem,
                    "problem_version": 1, "problem_settings": "{}", "metric": metric,
                    "direction": direction, "optimum": optimum, "repetition": repetition,
                    "master_seed": 1, "strategy_seed": 2, "problem_seed": 3, "budget": budget,
                    "is_set": strategy == "grid",
                    "median_draw": np.nan,
                    "checked": True,
                }  # fmt: skip
                runs.append(
                    common
                    | {"ended": ended, "reason": reason, "trials": count, "start_s": 0.1,
                       "seconds": 2.0}
                )  # fmt: skip
                for trial in range(count):
                    measured = value(0.5 + rng.random())
                    failed = measured is None
                    rows.append(
                        common
                        | dict(zip(COLUMNS, (
                            trial, '{"x":0.5}', 1.0, "failed" if failed else "completed",
                            "it broke" if failed else "", measured, measured,
                            None if failed else [measured, measured], 0.01 + 0.01 * rng.random(),
                            0.001, 0.03, 0.0005,
                        ), strict=True))
                    )  # fmt: skip
    kinds = {"value": float, "test_value": float, "optimum": float, "is_set": bool}
    trials = pd.DataFrame.from_records(rows, columns=[*common, *COLUMNS]).astype(kinds)
    return trials, pd.DataFrame.from_records(runs).astype({"optimum": float, "is_set": bool})


@pytest.fixture(name="sweep")
def sweep_fixture() -> Callable[..., Frames]:
    """Give the frames of a made-up sweep."""
    return sweep


def _unwritten(
    draw: Callable[..., Any],
    args: tuple[Any, ...],
    options: dict[str, Any],
    stem: Path,
    kinds: tuple[str, ...],
    prefix: str,
    label: str,
) -> str:
    """Stand for `drawing._drawn`: draw, which is quick, and write nothing, which is not."""
    draw(*args, **options)
    return f'<svg role="img" aria-label="{html.escape(label)}" id="{prefix}-{stem.name}"></svg>'


Value = Callable[[str, str, int, int], float | None]


@pytest.fixture
def made() -> Callable[..., Frames]:
    """Make frames whose values are known.

    Regret is the value itself where the optimum is 0 and the median trial of random is 1.
    """

    def made(
        value: Value,
        strategies: tuple[str, ...] = ("random", "tpe"),
        problems: tuple[str, ...] = ("p",),
        repetitions: int = 1,
        budget: int = 2,
        *,
        test: Value | None = None,
        cost: float = 1.0,
        own: dict[str, float] | None = None,
        optimum: float = 0.0,
        **given: Any,
    ) -> Frames:
        trials, runs = sweep(strategies, problems, repetitions, budget, lambda _: 0.0, **given)
        places = trials[["strategy", "problem", "repetition", "trial"]].itertuples(index=False)
        rows = list(places)
        trials["value"] = [value(*row) for row in rows]
        trials["value"] = trials["value"].astype(float)
        trials["test_value"] = [test(*row) for row in rows] if test else np.nan
        trials["status"] = np.where(trials["value"].isna(), "failed", "completed")
        trials["reason"] = np.where(trials["value"].isna(), "it broke", "")
        trials["cost"], trials["ask_s"] = cost, [(own or {}).get(row[0], 0.0) for row in rows]
        trials["tell_s"] = 0.0
        return trials.assign(optimum=optimum), runs.assign(optimum=optimum)

    return made


@pytest.fixture
def said() -> Callable[[Section], str]:
    """Return all sentences of a section."""

    def said(section: Section) -> str:
        notes = [item.text for item in section.items if isinstance(item, Note)]
        lists = [text for item in section.items if isinstance(item, Bullets) for text in item.texts]
        return "\n".join([section.sentence, *notes, *lists])

    return said


@pytest.fixture
def table() -> Callable[..., dict[str, dict[str, str]]]:
    """Return the table of a section with a label: first column -> column -> text."""

    def table(section: Any, label: str, *keys: str) -> dict[Any, dict[str, str]]:
        items = section.items if isinstance(section, Section) else section
        (found,) = (i for i in items if isinstance(i, PageTable) and i.label == label)
        rows = found.frame.to_dict("records")
        names = keys or (found.frame.columns[0],)
        return {
            tuple(row[name] for name in names) if keys else row[names[0]]: {
                name: text for name, text in row.items() if name not in names
            }
            for row in rows
        }

    return table


@pytest.fixture
def unwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let figures be drawn but not written, for tests that look at none."""
    monkeypatch.setattr(drawing, "_drawn", _unwritten)


@pytest.fixture
def build(unwritten: None) -> Callable[..., Path]:
    """Build the report of frames; its figures are drawn but not written."""

    def build(trials: pd.DataFrame, runs: pd.DataFrame, folder: Path, **changed: Any) -> Path:
        return build_report(source(trials, runs, **changed), folder=folder)

    return build


@pytest.fixture(name="source")
def source_fixture() -> Callable[..., Source]:
    """Give the source of frames."""
    return source


@pytest.fixture
def read() -> Callable[[Path], Page]:
    """Read a page from its file."""
    return lambda path: Page(path.read_text(encoding="utf-8"))


@pytest.fixture(name="contents")
def contents_fixture() -> Callable[[Path], dict[str, str]]:
    """Give what is in a folder."""
    return contents


@pytest.fixture
def find() -> Callable[..., Analyses]:
    """Return the findings of frames, or of a made-up sweep."""

    def find(
        frames: Frames | None = None,
        trials: int | None = None,
        rope: float = ROPE,
        changed: dict[str, Any] | None = None,
        **given: Any,
    ) -> Analyses:
        of = source(*(sweep(**given) if frames is None else frames), **(changed or {}))
        return Analyses(of, trials=trials, rope=rope)

    return find


@pytest.fixture
def builder(unwritten: None, tmp_path: Path) -> Iterator[drawing.Builder]:
    """Give a builder whose figures are drawn but not written."""
    with drawing.Builder(tmp_path) as builder:
        yield builder


def source(trials: pd.DataFrame, runs: pd.DataFrame, **changed: Any) -> Source:
    """Return what a report is made of, from frames."""
    given: dict[str, Any] = {
        "title": "demo",
        "command": "tunebench report results/demo",
        "environments": [{"python": "3.11.9", "packages": {"numpy": "2.4.6"}, "git": None}],
        "repetitions": int(runs["repetition"].nunique()),
        "seeds": (1,),
        "strategies": list(runs["strategy"].unique()),
        "problems": list(runs["problem"].unique()),
        "datasets": {},
        "notes": (),
    }
    given |= changed
    cells = len(given["strategies"]) * len(given["problems"])
    return Source(trials, runs, **({"wanted": cells * given["repetitions"]} | given))


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a report on a sweep in which something of everything happened."""
    # A target after 10 trials needs 50 draws, which three repetitions of branin have together.
    trials, runs = sweep(
        budget=17,
        ends={
            ("tpe", "branin", 0): ("exhausted", "nothing more to suggest after 4 trials", 4),
            ("tpe", "branin", 1): ("crashed", "the worker died: <SIGKILL>", 0),
            ("random", "svm", 2): ("unfinished", "", 2),
        },
    )
    folder = tmp_path_factory.mktemp("made") / "report"
    of = source(
        trials, runs, strategies=["random", "grid", "tpe", "gp"], problems=["branin", "svm"]
    )
    build_report(of, folder=folder)
    return folder
