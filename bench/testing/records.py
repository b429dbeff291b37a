"""Jobs, trials and unfinished runs for a results folder, as a worker would write them."""

from __future__ import annotations

from pathlib import Path

from bench.core import Evaluation, Status, Suggestion, Trial
from bench.job import Facts, Job
from bench.spec import Entry, RunSpec
from bench.store import Store


def run_files(store: Store, suffix: str = "jsonl") -> list[Path]:
    """Return the files of a folder's runs in the order of their names."""
    return sorted((store.folder / "runs").glob(f"*.{suffix}"))


def job(repetition: int = 0, direction: str = "minimize", library: str = "") -> Job:
    """Return a run of 9 trials of no real strategy."""
    entry = Entry("n", "l", version=1)
    spec = RunSpec(entry, entry, trials=9, repetition=repetition, seed=1)
    return Job(spec, 1, 2, Facts(library, "m", direction, unordered=False))


def completed(number: int, value: float = 0.5) -> Trial:
    """Return a completed trial that has everything a trial can have."""
    evaluation = Evaluation(value, 0.25, (0.1, 0.9), 3.0)
    suggestion = Suggestion({"x": 0.1 + number, "k": "ä", "n": None})
    return Trial(number, suggestion, Status.COMPLETED, value, evaluation, "", 3.0, 0.1, 0.2, 0.3)


def failed(number: int) -> Trial:
    """Return a failed trial at half the fidelity."""
    suggestion = Suggestion({"x": 1.0}, 0.5)
    return Trial(number, suggestion, Status.FAILED, None, None, "ValueError: a\nb", 2.0, 0.1, 2, 0)


def a_folder(path: Path) -> None:
    """Put a folder where a file was."""
    path.unlink()
    path.mkdir()


def a_link_that_leads_nowhere(path: Path) -> None:
    """Put a link to nothing where a file was."""
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


def a_link_to_itself(path: Path) -> None:
    """Put a link to itself where a file was."""
    path.unlink()
    path.symlink_to(path)
