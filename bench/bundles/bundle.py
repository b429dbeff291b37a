"""A results folder as a bundle, and back."""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bench.bundles.archive import BundleError, extract, read_manifest, write_archive
from bench.bundles.fingerprints import fingerprints
from bench.bundles.lock import lock
from bench.bundles.splits import split_plan
from bench.errors import UserError
from bench.files import leads_elsewhere
from bench.sources.source import Source, from_folder, opened
from bench.sources.verified import FILE as VERIFIED
from bench.store import Store, StoreError
from bench.store.pack_writer import write_pack
from bench.words import many

SUFFIX = ".zip"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was written.

    Args:
        fingerprint: of its trials.
        notes: lines that must be shown: what was left out.
    """

    fingerprint: str
    notes: tuple[str, ...]


def is_bundle(path: Path) -> bool:
    """Return whether a path means a bundle, there or not: by its ending, unless it is a folder."""
    return path.suffix.lower() == SUFFIX and not os.path.isdir(path)


def write_bundle(folder: Path, out: Path, report: Callable[[Source, Path], object]) -> Bundle:
    """Write a bundle of the last sweep in a results folder, which is there when it is whole.

    It has the sweep (`sweep.json`), its finished runs (`trials.parquet`), the environments they
    were made in (`environments.json`), fingerprints of trials, code and data (`fingerprints.json`),
    the split plan (`splits.csv`), the libraries that are installed here (`lock.txt`), what is
    recorded of runs that were done again (`verified.json`), and the report.

    Args:
        folder: of the results.
        out: the bundle; an earlier one is replaced.
        report: writes the report of a source into a folder.

    Raises:
        StoreError: no results folder, or a damaged one.
        BundleError: the bundle cannot be written, or something else is in its place.
    """
    # pandas loads here, which whoever runs a sweep does without.
    from bench.sources.fingerprint import fingerprint

    check_replaceable(out)
    store, sweep = opened(folder)
    with tempfile.TemporaryDirectory(prefix="tunebench-") as place:
        fresh = Store(Path(place) / "results")
        with _written(out), _named(fresh.folder, folder):
            out.parent.mkdir(parents=True, exist_ok=True)
            fresh.folder.mkdir()
            notes = _take_runs(store, fresh, {spec.id for spec in sweep.expand()})
            shutil.copyfile(store.sweep_path, fresh.sweep_path)
            # A link may lead to a file that nobody wants to hand on: somebody may have sent it.
            if (folder / VERIFIED).is_file() and not leads_elsewhere(folder / VERIFIED):
                shutil.copyfile(folder / VERIFIED, fresh.folder / VERIFIED)
            source = from_folder(fresh.folder, command=report_command(sweep.name))
            headers = fresh.packed_headers()
            mark = fingerprint(source.trials)
            made_in = list(source.environments)
            marks = fingerprints(sweep, headers, made_in, mark)
            others = {str(h["facts"].get(f"{kind}_distribution", "")).partition(" ")[0]
                      for h in headers for kind in ("strategy", "problem")}  # fmt: skip
            _write(fresh.folder / "environments.json", made_in)
            _write(fresh.folder / "fingerprints.json", marks)
            (fresh.folder / "splits.csv").write_text(split_plan(sweep, headers), encoding="utf-8")
            (fresh.folder / "lock.txt").write_text(lock(filter(None, others)), encoding="utf-8")
            report(source, fresh.folder / "report")
            write_archive(out, fresh.folder, {"title": source.title, "fingerprint": mark})
    return Bundle(mark, tuple(notes))


def report_command(title: str, options: Sequence[str] = ()) -> str:
    """Return what makes a report of a bundle, wherever the bundle is and however it is named.

    Args:
        title: of the sweep.
        options: of the command.
    """
    return shlex.join(["tunebench", "report", f"{title}{SUFFIX}", *options])


def check_replaceable(out: Path) -> None:
    """Refuse to put a bundle in the place of what is none.

    Raises:
        BundleError: the name is not that of a bundle, or something else has it.
    """
    if out.suffix.lower() != SUFFIX:
        raise BundleError(
            f"a bundle must have a name that ends with {SUFFIX}, got {out}; for example "
            f"{out.name or 'bundle'}{SUFFIX}",
            option="out",
        )
    if not os.path.lexists(out):
        return
    try:
        read_manifest(out)
    except BundleError:
        raise BundleError(
            f"a bundle replaces an earlier bundle only, {out} is something else; use another name",
            option="out",
        ) from None


@contextmanager
def opened_results(path: Path) -> Iterator[Path]:
    """Give the results folder that a path means: itself, or, until the end, that of a bundle.

    Raises:
        BundleError: the path is that of a bundle, and it is none or not as it was written.
    """
    if not is_bundle(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="tunebench-") as place:
        # Where several results are merged they are told apart by the names of their folders.
        folder = Path(place) / (path.stem.strip(". ") or "bundle")
        try:
            folder.mkdir()
            extract(path, folder)
        except OSError as error:
            raise BundleError(
                f"a bundle is unpacked into {tempfile.gettempdir()}, which cannot be written "
                f"({error.strerror}); make room there, or name another folder in TMPDIR"
            ) from None
        with _named(folder, path):
            yield folder


def _take_runs(store: Store, fresh: Store, wanted: set[str]) -> list[str]:
    """Pack the finished runs of a sweep into another folder, and return what was left out.

    Args:
        store: of the results.
        fresh: an empty folder.
        wanted: the ids of the runs of the sweep.

    Raises:
        StoreError: one of the runs is damaged.
    """
    damaged: list[tuple[Path, str]] = []
    if store.runs_path.is_dir() and any(store.runs_path.iterdir()):
        found = {one.id: one.end is not None for one in store.outlines(damaged)}
    else:
        # All runs of a pack have ended; their trials are checked when the report reads them.
        found = dict.fromkeys((header["run"] for header in store.packed_headers()), True)
    ended = {run for run, has_ended in found.items() if has_ended and run in wanted}
    if not ended:
        raise StoreError(
            f"a bundle needs a finished run, {store.folder} has none of its sweep; run it first"
        )
    if os.path.lexists(store.pack_path):
        # To the byte as it is where nothing has to be added or left out.
        shutil.copyfile(store.pack_path, fresh.pack_path)
    loose = [path for run in sorted(ended) if (path := store.run_path(run)).is_file()]
    if loose:
        fresh.runs_path.mkdir()
        for path in loose:
            shutil.copyfile(path, fresh.runs_path / path.name)
        fresh.pack()
        shutil.rmtree(fresh.runs_path)
        (fresh.folder / ".lock").unlink()
    there = {header["run"] for header in fresh.packed_headers()}
    if not there.issuperset(ended):
        raise StoreError(
            f"a bundle needs results that nobody changes, those in {store.folder} changed "
            "meanwhile; try again"
        )
    if there != ended:
        write_pack(fresh.pack_path, (r for r in fresh.packed_records() if r.id in ended))
    others = len(found.keys() - wanted)
    unfinished = len(found) - len(ended) - others
    notes = [f"left out: {path} is damaged ({reason})" for path, reason in damaged]
    notes += [f"left out: {many(unfinished, 'unfinished run')}"] * bool(unfinished)
    return notes + [f"left out: {many(others, 'run')} of another sweep or version"] * bool(others)


@contextmanager
def _named(place: Path, path: Path) -> Iterator[None]:
    """Let errors name what somebody gave, not the folder for the time being that holds it."""
    try:
        yield
    except UserError as error:
        error.args = (str(error).replace(str(place), str(path)),)
        raise


@contextmanager
def _written(out: Path) -> Iterator[None]:
    """Say what keeps a bundle from being written."""
    try:
        yield
    except OSError as error:
        raise BundleError(
            f"a bundle needs room and a folder that can be written, {error.filename or out} cannot "
            f"be written ({error.strerror}); use another folder",
            option="out",
        ) from None


def _write(path: Path, data: Any) -> None:
    path.write_bytes(orjson.dumps(data, option=orjson.OPT_INDENT_2) + b"\n")
