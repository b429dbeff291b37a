"""Items as runs of W&B, offline where there is no account: a folder a run, for `wandb sync`."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.tracking.item import Item
from bench.tracking.names import cut, key_of, short_hash
from bench.tracking.tracker import SendError, Why

MAX_PROJECT_LENGTH, MAX_NAME_LENGTH, MAX_TAG_LENGTH = 128, 128, 64
"""Characters that W&B takes."""

JOBS = {"sweep": "sweep", "pair": "strategy on problem", "run": "repetition"}
"""Kind of an item -> job type."""

SENT = "tunebench-sent"
"""A file in the folder of a run that was written to its end."""


def place(folder: Path) -> Path:
    """Return where W&B writes: into WANDB_DIR, otherwise a folder beside the results.

    Args:
        folder: of the results, where what was sent is noted.
    """
    return Path(os.environ.get("WANDB_DIR") or folder)


class WandB:
    """Writes items as runs of one project, each when all of it is known.

    Args:
        folder: beside the results.
        mode: "offline" or "online".
        name: of the sweep.
        sweep: its identity.
        results: the identity of the results folder.
    """

    in_parts = False

    def __init__(self, folder: Path, mode: str, name: str, sweep: str, results: str) -> None:
        self._folder, self._mode = place(folder), mode
        self._project = key_of(name, MAX_PROJECT_LENGTH)
        self._seed = f"{results} {sweep}"

    def send(self, item: Item) -> None:
        """Write an item; see `bench.tracking.tracker.Tracker`."""
        again = f" {item.revision}" if item.revision else ""
        run = short_hash(f"{self._seed} {item.key}{again}", 16)
        try:
            if not self._is_written(run):
                self._write(run, item)
        except Exception as error:
            raise SendError(str(error) or type(error).__name__, _meaning(error)) from None

    def close(self) -> None:
        """End the service that W&B started."""
        with suppress(Exception):
            import wandb

            wandb.teardown()

    def _is_written(self, run: str) -> bool:
        """Return whether a run was written to its end; what is left of one that was not goes."""
        if self._mode != "offline":
            return False
        for found in (self._folder / "wandb").glob(f"offline-run-*-{run}"):
            if (found / SENT).exists():
                return True
            shutil.rmtree(found)
        return False

    def _write(self, run: str, item: Item) -> None:
        import wandb

        self._folder.mkdir(parents=True, exist_ok=True)
        settings = wandb.Settings(
            silent=True, console="off", disable_git=True, save_code=False,
            x_disable_stats=True, x_disable_meta=True, init_timeout=30,
        )  # fmt: skip
        options: dict[str, Any] = {
            "project": self._project,
            "id": run,
            "name": cut(_named(item), MAX_NAME_LENGTH),
            "group": cut(item.group, MAX_NAME_LENGTH),
            "job_type": JOBS[item.kind],
            "notes": item.note or None,
            "tags": _tags(item),
            "config": dict(item.params)
            | {f"tag.{name}": value for name, value in item.tags.items()},
            "dir": str(self._folder),
            "mode": self._mode,
            "resume": "allow" if self._mode == "online" else None,
            "reinit": "create_new",
            "settings": settings,
        }
        made: Any = wandb.init(**options)
        done = False
        try:
            self._log(made, item)
            done = True
        finally:
            made.finish(exit_code=int(not done or item.state == "failed"))
        if self._mode == "offline":
            (Path(made.dir).parent / SENT).touch()

    def _log(self, run: Any, item: Item) -> None:
        rows: dict[int, dict[str, float]] = defaultdict(dict)
        for name, series in item.series.items():
            for step, value in zip(series.steps, series.values, strict=True):
                rows[step][name] = value
        for step in sorted(rows):
            run.log(rows[step], step=step)
        run.summary.update(dict(item.metrics))
        if item.files:
            self._attach(run, item)

    def _attach(self, run: Any, item: Item) -> None:
        import wandb

        artifact = wandb.Artifact(f"{item.kind}-{short_hash(item.key)}", type="results")
        with tempfile.TemporaryDirectory(prefix="tunebench-") as folder:
            for name, content in item.files.items():
                path = Path(folder) / name
                path.write_bytes(content)
                artifact.add_file(str(path))
            run.log_artifact(artifact)


def _named(item: Item) -> str:
    return item.name + (f", attempt {item.revision + 1}" if item.revision else "")


def _tags(item: Item) -> list[str]:
    """Return the words of an item that W&B can filter by; the exact ones are in its config."""
    words = [item.kind, *(item.tags.get(name, "") for name in ("strategy", "problem"))]
    failed = ["failed trials"] if item.metrics.get("failed_trials") else []
    return [cut(word, MAX_TAG_LENGTH) for word in dict.fromkeys([*words, *failed]) if word]


def _meaning(error: Exception) -> Why:
    name = type(error).__name__
    if name in ("AuthenticationError", "PermissionError", "ModuleNotFoundError"):
        return "locked out"
    return "refused" if name in ("UsageError", "ValueError", "TypeError") else "down"
