"""Results in memory, made of frames: their source, what is computed of them, and their report."""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.analyses import Analyses
from bench.inference import ROPE
from bench.report.build import build_report
from bench.report.drawing import Builder
from bench.sources.source import Source
from bench.testing.frames import Frames, sweep

if TYPE_CHECKING:
    import pytest

ODD_NAMES = (
    "random", "tpe", "a-strategy-with-quite-a-long-name-of-many-words-in-it", "贝叶斯优化",
    "=1+1", "*bold* `code` [link](javascript:alert(1))", "strategies/mine.py:MyVeryOwnStrategy",
    *(f"number-{i}" for i in range(7)),
)  # fmt: skip
"""Fourteen labels of strategies, some of which a page may stumble over."""


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


def find(
    frames: Frames | None = None,
    trials: int | None = None,
    rope: float = ROPE,
    changed: dict[str, Any] | None = None,
    **given: Any,
) -> Analyses:
    """Return the analyses of frames, or of a made-up sweep."""
    of = source(*(sweep(**given) if frames is None else frames), **(changed or {}))
    return Analyses(of, trials=trials, rope=rope)


def build(trials: pd.DataFrame, runs: pd.DataFrame, folder: Path, **changed: Any) -> Path:
    """Build the report of frames and return its page."""
    return build_report(source(trials, runs, **changed), folder=folder)


def write_report(folder: Path) -> None:
    """Write the report on a sweep in which something of everything happened."""
    # A target after 10 trials needs 50 draws, which three repetitions of branin have together.
    trials, runs = sweep(
        budget=17,
        ends={
            ("tpe", "branin", 0): ("stopped early", "no candidates left after 4 trials", 4),
            ("tpe", "branin", 1): ("crashed", "the worker died: <SIGKILL>", 0),
            ("random", "svm", 2): ("unfinished", "", 2),
        },
    )
    of = source(
        trials, runs, strategies=["random", "grid", "tpe", "gp"], problems=["branin", "svm"]
    )
    build_report(of, folder=folder)


def draw_for_the_page_alone(patch: pytest.MonkeyPatch) -> None:
    """Let reports draw what their page shows, and no PNG or PDF beside it.

    Args:
        patch: takes it back.
    """
    patch.setattr("bench.report.build.Builder", partial(Builder, kinds=("svg",)))


def unwritten(
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
