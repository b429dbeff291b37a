from collections.abc import Callable
from typing import Any

import pytest

from bench.analyses import Analyses
from bench.captions import workers as texts
from bench.plots import style
from bench.prose import notes
from bench.report.drawing import Builder
from bench.report.page import Section, every
from bench.report.sections import workers
from bench.testing.frames import Frames, join, make_run
from bench.testing.results import find
from bench.testing.workers import on_workers

Table = Callable[..., dict[Any, dict[str, str]]]


def one(label: str, count: int, repetition: int, last: float, **given: Any) -> Frames:
    made = make_run([1.0, 1.0, 1.0, last], strategy=label, repetition=repetition)
    return on_workers(made, count, name="tpe", **given)


def analyses(*parts: Frames) -> Analyses:
    trials, runs = join(*parts)
    names = list(dict.fromkeys(label for _, of in parts for label in of["strategy"]))
    # Regret is the value: the optimum is 0, and the median trial 1.
    frames = trials.assign(optimum=0.0), runs.assign(optimum=0.0)
    return find(frames, changed={"strategies": names, "seeds": ()})


@pytest.fixture
def found() -> Analyses:
    """Four evaluations of a second; four workers lose 0.5 and 0.3 in regret, batches nothing."""
    parts = [
        *(one("tpe", 1, r, 0.5) for r in (0, 1)),
        *(one("four", 4, r, last) for r, last in enumerate((1.0, 0.8))),
        *(one("batches", 2, r, 0.5, synchronous=True) for r in (0, 1)),
        *(one("other", 4, r, 0.5, settings='{"n":1}') for r in (0, 1)),
    ]
    return analyses(*parts)


def test_the_table_by_hand(found: Analyses, builder: Builder, table: Table) -> None:
    section = workers.section(found, builder)
    assert section.sentence == texts.sentences(found.workers, found.when)[0]
    shown = table(section, texts.LABEL)
    assert list(shown) == ["tpe", "tpe (batches)", "tpe (n = 1)"]
    # Half of ±0.2 in regret, times Student's 12.706.
    assert shown["tpe"] == {
        "workers": "4", "speed-up (95 %)": "4.0 (4.0 to 4.0)", "efficiency": "100 %",
        "loss (95 %)": "0.40 (−0.87 to 1.67)",
        # All reach 1, what one worker has after half of the budget, with their first trial.
        "to equal regret (95 %)": "1.0 (1.0 to 1.0)", "missed": "0 %",
        "busy": "100 %",
    }  # fmt: skip
    assert shown["tpe (batches)"]["speed-up (95 %)"] == "2.0 (2.0 to 2.0)"
    assert shown["tpe (batches)"]["loss (95 %)"] == "0.00 (0.00 to 0.00)"
    assert {shown["tpe (n = 1)"][name] for name in list(shown["tpe"])[1:-1]} == {"–"}
    (written,) = [item for item in every(section.items) if getattr(item, "file", "") == "workers"]
    assert written.raw is found.workers
    assert len(written.whole) == 5


def test_who_has_nothing_to_be_compared_with_is_named(
    found: Analyses, builder: Builder, said: Callable[[Section], str]
) -> None:
    text = said(workers.section(found, builder))
    assert texts.alone(found.workers) in text
    assert "tpe (n = 1) did not run with one worker" in text


def test_families_have_the_colour_of_their_first_strategy(
    found: Analyses, builder: Builder
) -> None:
    section = workers.section(found, builder)
    (shown,) = [item for item in every(section.items) if getattr(item, "file", "") == "workers"]
    labels = style.line_styles(found.source.strategies)
    assert shown.styles["tpe"]["color"] == labels["tpe"]["color"]
    assert shown.styles["tpe (batches)"]["color"] == labels["tpe"]["color"]
    assert shown.styles["tpe"]["linestyle"] != shown.styles["tpe (batches)"]["linestyle"]
    assert shown.styles["tpe (n = 1)"]["color"] == labels["other"]["color"]


def test_without_one_worker_there_is_no_figure(builder: Builder) -> None:
    found = analyses(one("a", 2, 0, 1.0), one("b", 4, 0, 0.5))
    section = workers.section(found, builder)
    assert section.sentence == texts.nothing(found.workers)
    assert [item.kind for item in section.items] == ["table", "details"]


def test_the_page_says_who_is_not_re_timed(found: Analyses) -> None:
    assert notes.not_retimed(["four", "batches", "other"]) in found.warnings
    alone = analyses(one("tpe", 1, 0, 1.0), one("gp", 1, 0, 1.0))
    assert alone.workers.empty
    assert not any("re-timed" in text for text in alone.warnings)
