"""A progress bar for notebooks and terminals."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.execution.execute import Progress
from bench.words import many


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[Callable[[Progress], None]]:
    """Give what shows how far a sweep is; nothing is shown where nobody looks, as in a pipe.

    Args:
        shown: whether there is to be one at all.
    """
    if not shown:
        yield lambda _: None
        return
    with warnings.catch_warnings():
        # Without the widgets of a notebook it is a line of text, which does as well.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm
    in_notebook = "ipykernel" in sys.modules
    with tqdm(unit="run", disable=False if in_notebook else None, leave=False) as bar:

        def show(progress: Progress) -> None:
            bar.total = progress.runs
            broken = f", {many(progress.failed_trials, 'trial')} failed"
            bar.set_postfix_str(
                f"{many(progress.trials, 'trial')}{broken if progress.failed_trials else ''}",
                refresh=False,
            )
            bar.update(progress.done - bar.n)

        yield show
