"""What a tracker is: the face of every writer, its errors, and where it writes to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal, Protocol

from bench.addresses import without_password
from bench.environment import installed
from bench.tracking.item import Item
from bench.tracking.ledger import FOLDER, TrackingError

TRACKERS = ("mlflow", "wandb")
"""Names on the command line."""

SCHEMES = (
    "sqlite", "postgresql", "mysql", "mssql", "http", "https", "file", "databricks",
    "databricks-uc", "uc",
)  # fmt: skip
"""With what an address of MLflow begins; its plug-ins bring more."""

DEPTHS = ("parents", "runs")
"""A run of the tracker for each strategy × problem, or for each of their repetitions as well."""

Why = Literal["down", "refused", "no files", "locked out"]
"""It may work a moment later; it never will for this item; all but its files was written; it never
will for any."""


class SendError(Exception):
    """An item that was not sent.

    Args:
        text: the tracker's words; passwords in it are hidden.
        why: what it means for the item and the others.
    """

    def __init__(self, text: str, why: Why) -> None:
        super().__init__(without_password(" ".join(text.split()))[:300])
        self.why = why


class Tracker(Protocol):
    """Writes items; nothing else of a tracker is known outside its writer."""

    in_parts: bool
    """Whether a run can be added to later; otherwise it is sent when all of it is known."""

    def send(self, item: Item) -> None:
        """Write an item; to write it once more changes nothing.

        Raises:
            SendError: it was not written, or not all of it.
        """

    def close(self) -> None:
        """End what was started; nothing is raised."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where results are sent.

    Args:
        to: the tracker, one of `TRACKERS`.
        uri: of an MLflow store or server, absolute; of W&B its mode, "offline" or "online".
        level: one of `DEPTHS`.
    """

    to: str
    uri: str
    level: str = DEPTHS[0]

    def __str__(self) -> str:
        return f"{self.to} {self.uri}".strip()


def target(to: str, uri: str | None = None, level: str = DEPTHS[0]) -> Target:
    """Return where results are sent, by what was asked for and by the environment.

    The store of MLflow is the one that was asked for, or that MLFLOW_TRACKING_URI names, or the
    file mlflow.db of the working directory.

    Raises:
        TrackingError: no such tracker or level; the library is missing; W&B takes no address, or
            it is none of MLflow.
    """
    if to not in TRACKERS:
        raise TrackingError(f"a tracker must be one of {', '.join(TRACKERS)}, got {to!r}")
    if level not in DEPTHS:
        raise TrackingError(f"the level must be one of {', '.join(DEPTHS)}, got {level!r}")
    if not installed(to):
        raise TrackingError(
            f"tracking needs the package {to}, which is not installed; "
            f"install it with: pip install 'tunebench[{to}]'"
        )
    if to != "mlflow":
        if uri:
            shown = without_password(uri)
            raise TrackingError(
                f"'--tracking-uri' is the address of an MLflow store, got {shown!r} for {to}; "
                "leave it out, or use mlflow"
            )
        return Target(to, _wandb_mode(), level)
    uri = uri or os.environ.get("MLFLOW_TRACKING_URI") or "sqlite:///mlflow.db"
    _check_scheme(uri)
    return Target(to, _absolute(uri), level)


def _check_scheme(uri: str) -> None:
    """Refuse an address that MLflow would refuse run by run."""
    scheme, mark, _ = uri.partition("://")
    # As in mysql+pymysql: what is behind the sign is how SQLAlchemy connects.
    known = (*SCHEMES, *(one.name for one in entry_points(group="mlflow.tracking_store")))
    if mark and scheme.partition("+")[0] not in known:
        raise TrackingError(
            "an address of MLflow must begin with sqlite, postgresql, mysql, mssql, http, https, "
            f"file or databricks, got {without_password(uri)!r}; for example sqlite:///mlflow.db "
            "or http://localhost:5000"
        )


def _wandb_mode() -> str:
    """Return how W&B is used: as WANDB_MODE says, online with a key, otherwise offline.

    What was written offline is not yet sent online, so they are two targets.
    """
    key = os.environ.get("WANDB_API_KEY")
    mode = os.environ.get("WANDB_MODE") or ("online" if key else "offline")
    if mode not in ("online", "offline"):
        raise TrackingError(
            f"WANDB_MODE must be online or offline to track, it is {mode!r}; unset it"
        )
    return mode


def _absolute(uri: str) -> str:
    """Return an address that means the same from any working directory."""
    scheme, mark, path = uri.partition("sqlite:///")
    if mark and not scheme and path and not path.startswith(("/", ":")):
        return f"sqlite:///{Path(path).absolute()}"
    if "://" not in uri and not uri.startswith(("databricks", "file:", "uc:")):
        return Path(uri).absolute().as_uri()
    return uri


def open_tracker(target: Target, folder: Path, name: str, sweep: str, results: str) -> Tracker:
    """Return the writer of a target; nothing is contacted before the first item.

    Args:
        target: where to.
        folder: of the results.
        name: of the sweep.
        sweep: its identity.
        results: the identity of the folder.
    """
    if target.to == "mlflow":
        from bench.tracking.to_mlflow import MLflow

        return MLflow(target.uri, name, sweep, results)
    from bench.tracking.to_wandb import WandB

    return WandB(folder / FOLDER, target.uri, name, sweep, results)
