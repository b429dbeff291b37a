"""The page in a real Chromium, the system's own."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.report.build import build_report
from bench.testing.frames import sweep
from bench.testing.results import ODD_NAMES, draw_for_the_page_alone, source


def _need(there: object, what: str) -> None:
    if there:
        return
    # A check that is skipped where everything is checked would never be made.
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI is set")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    _need(sync_playwright, "playwright (pip install 'tunebench[test]')")
    path = shutil.which("chromium")
    _need(path, "chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def axe() -> Any:
    """The accessibility checker, which its package carries along."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        Axe = None
    _need(Axe, "axe-playwright-python (pip install 'tunebench[test]')")
    return Axe()


@pytest.fixture(scope="session")
def make_report(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write the page of a made-up sweep, as the tests of the report make them."""

    def make(**given: Any) -> Path:
        of = source(*sweep(**given), title="demo </script> sweep")
        with pytest.MonkeyPatch.context() as patch:
            draw_for_the_page_alone(patch)
            return build_report(of, folder=tmp_path_factory.mktemp("made") / "report")

    return make


@pytest.fixture(scope="session")
def report(make_report: Callable[..., Path]) -> Path:
    """The page of a sweep in which a strategy stops early and one crashes."""
    return make_report(
        budget=8,
        ends={
            ("tpe", "branin", 0): ("stopped early", "no candidates left after 4 trials", 4),
            ("tpe", "svm", 1): ("crashed", "the worker died: <SIGKILL>", 0),
        },
    )


@pytest.fixture(scope="session")
def wide(make_report: Callable[..., Path]) -> Path:
    """The page of a sweep with fourteen strategies, some of them with odd labels."""
    return make_report(strategies=ODD_NAMES, repetitions=2, budget=3)


@pytest.fixture
def open_page(browser: Any, report: Path) -> Iterator[Callable[..., Any]]:
    """Open the report; what the console or a script complains of is an error at the end."""
    contexts, complaints = [], []

    def opened(fragment: str = "", file: Path | None = None, **options: Any) -> Any:
        given = {"viewport": {"width": 1280, "height": 900}, "offline": True} | options
        context = browser.new_context(**given)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto((file or report).as_uri() + fragment)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
