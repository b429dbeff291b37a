"""What of a results folder was not sent yet, while it is written and afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import compress, islice
from pathlib import Path
from typing import TYPE_CHECKING

from bench.execution.shards import Shard
from bench.inference import ROPE
from bench.run import End
from bench.sources.source import looks_of, of_part, opened, read_part
from bench.store import RunRecord, StoreError
from bench.store.ends import Ends, read_ends
from bench.tracking import from_records
from bench.tracking.from_records import (
    BEGUN,
    COMPARED,
    ENDED,
    FILES,
    SWEEP_KEY,
    pair_key,
    run_key,
)  # fmt: skip
from bench.tracking.identity import identity
from bench.tracking.item import Item, together
from bench.tracking.ledger import Ledger, TrackingError
from bench.tracking.names import short_hash

if TYPE_CHECKING:
    from bench.analyses import Analyses

BLOCK = 64
"""Runs that are held at a time."""


class Feed:
    """Reads a results folder, and gives what its ledger lacks.

    Args:
        folder: of the results.
        ledger: of the sweep that it holds.
        with_runs: whether each repetition is an item, too.
        in_parts: whether an item may be added to later; otherwise it is given when all is known.

    Raises:
        StoreError: no results folder.
    """

    def __init__(self, folder: Path, ledger: Ledger, *, with_runs: bool, in_parts: bool) -> None:
        self._folder, self._ledger = folder, ledger
        self._with_runs, self._in_parts = with_runs, in_parts
        self._store, self._sweep = opened(folder)
        self._looks = looks_of(self._store)
        self._identity = identity(self._sweep, self._looks)
        self._ends = Ends()
        self._pairs: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._damaged: set[tuple[str, str]] = set()
        self._shard = ""

    @property
    def n_left(self) -> int:
        """How many runs had not ended at the last look, or cannot be read."""
        return len(self._pairs) - len(self._readable())

    @property
    def shard(self) -> str:
        """The part of the sweep that the folder is for, as in 3/10; "" where it is all of it."""
        return self._shard

    def look(self) -> Iterator[Item]:
        """Yield what was not sent, as it stands now.

        The caller notes an item in the ledger when it has been sent.

        Raises:
            StoreError: the folder cannot be read.
            TrackingError: it holds another sweep by now.
        """
        is_changing = self._store.is_changing()
        self._refresh()
        tokens = self._readable()
        if self._in_parts:
            yield from self._begun(tokens)
            # Where all have ended, a run is sent together with its regret.
            with_runs = self._with_runs and (is_changing or not self._is_whole)
            yield from self._ended(tokens, with_runs=with_runs)
            if self._with_runs and not with_runs and not self._is_whole:  # one is damaged
                yield from self._ended(tokens, with_runs=True)
        if self._is_whole and not is_changing:
            yield from self._compared(tokens)

    @property
    def _is_whole(self) -> bool:
        """Whether all runs of the sweep have ended, and are here."""
        return not self._shard and self.n_left == 0 and bool(self._pairs)

    def _refresh(self) -> None:
        store, sweep = opened(self._folder)
        looks, shard = looks_of(store), store.shard()
        if identity(sweep, looks) != self._identity:
            raise TrackingError(
                f"the results that are tracked must stay those of one sweep, {self._folder} holds "
                "another one by now; track it again"
            )
        if not self._pairs or (sweep, looks, shard) != (self._sweep, self._looks, self._shard):
            self._sweep, self._looks, self._shard = sweep, looks, shard
            self._pairs = self._planned()
        self._ends = read_ends(self._store, self._ends)
        ended = self._ends.ended
        self._tokens = {run: token_of(run, ended[run]) for run in self._pairs if run in ended}

    def _readable(self) -> dict[str, str]:
        """Return run -> token of how it ended, of the runs that have and are not damaged."""
        return {run: token for run, token in self._tokens.items() if self._is_read(run)}

    def _is_read(self, run: str) -> bool:
        """Return whether a run that ended was not found damaged as it is now."""
        return (run, self._tokens[run]) not in self._damaged

    def _planned(self) -> dict[str, str]:
        """Return run -> key of its pair, of the runs of the folder that no look has stopped."""
        specs = list(self._sweep.expand())
        stopped = {} if self._looks is None else self._looks.stopped
        part = Shard.parse(self._shard).holds(specs) if self._shard else [True] * len(specs)
        return {
            spec.id: pair_key(spec.strategy.label, spec.problem.label)
            for spec in compress(specs, part)
            if spec.repetition < stopped.get(spec.strategy.label, spec.repetition + 1)
        }

    def _begun(self, tokens: dict[str, str]) -> Iterator[Item]:
        if tokens and not self._ledger.has(SWEEP_KEY, BEGUN, self._identity):
            yield self._of_sweep()

    def _of_sweep(self) -> Item:
        return from_records.sweep_item(self._sweep, self._identity, len(self._pairs))

    def _ended(self, tokens: dict[str, str], *, with_runs: bool) -> Iterator[Item]:
        """Yield what runs that ended say by themselves, of each block its pairs first."""
        has = self._ledger.has
        new = [
            run
            for run, token in tokens.items()
            if self._is_read(run)
            and (
                not has(self._pairs[run], f"{ENDED}/{run}", token)
                or (with_runs and not has(run_key(run), ENDED, token))
            )
        ]
        # Those of a pair together, so that its run is written once.
        for block in blocks(sorted(new, key=self._pairs.__getitem__)):
            records = self._records(block)
            by_pair: dict[str, list[RunRecord]] = {}
            for record in records:
                if not has(self._pairs[record.id], f"{ENDED}/{record.id}", tokens[record.id]):
                    by_pair.setdefault(self._pairs[record.id], []).append(record)
            for found in by_pair.values():
                yield self._progress(found, tokens)
            for record in records if with_runs else ():
                if not has(run_key(record.id), ENDED, tokens[record.id]):
                    yield self._of_run(record, tokens[record.id])

    def _progress(self, records: Sequence[RunRecord], tokens: dict[str, str]) -> Item:
        pair = self._of_pair(records[0])
        ended = [
            (one, tokens[one.id], self._revision(pair.key, f"{ENDED}/{one.id}", tokens[one.id]))
            for one in records
        ]
        return from_records.progress(pair, ended)

    def _of_pair(self, record: RunRecord) -> Item:
        return from_records.pair_item(record.header, self._sweep, self._identity)

    def _of_run(self, record: RunRecord, token: str) -> Item:
        item = from_records.run_item(record, self._identity, token)
        return replace(item, revision=self._revision(item.key, ENDED, token))

    def _compared(self, tokens: dict[str, str]) -> Iterator[Item]:
        """Yield what the runs say together, and where it is wanted at once, what each says."""
        token = short_hash("".join(sorted(tokens.values())), 16)
        keys = [SWEEP_KEY, *dict.fromkeys(self._pairs[run] for run in tokens)]
        wanted = [(key, part) for key in keys for part in (COMPARED, FILES)]
        wanted += [(run_key(run), COMPARED) for run in tokens] if self._with_runs else []
        if all(self._ledger.has(key, part, token) for key, part in wanted):
            return
        from bench.tracking import from_analyses

        found = self._analyses()
        for pair in from_analyses.pairs(found, token):
            yield from self._unsent(pair, token)
        if self._with_runs:
            regrets = {item.key: item for item in from_analyses.regrets(found, token)}
            for block in blocks(tokens):
                new = {record.id: record for record in self._records(self._unnoted(block, tokens))}
                for run in filter(self._is_read, block):
                    # A run on a problem without any value has no regret.
                    item = regrets.get(run_key(run)) or Item(run_key(run), "run", "", {})
                    if run in new:
                        item = together(self._of_run(new[run], tokens[run]), item)
                    yield from self._unsent(item, token)
        whole = from_analyses.sweep(found, self._of_sweep().name, token)
        yield from self._unsent(whole, token)

    def _unnoted(self, runs: Sequence[str], tokens: dict[str, str]) -> list[str]:
        """Return the runs of which more than their regret is to be sent."""
        has = self._ledger.has
        return [
            run for run in runs if not (self._in_parts and has(run_key(run), ENDED, tokens[run]))
        ]

    def _unsent(self, item: Item, token: str) -> Iterator[Item]:
        parts = dict.fromkeys((COMPARED,) if item.kind == "run" else (COMPARED, FILES), token)
        if all(self._ledger.has(item.key, part, token) for part in parts):
            return
        revision = max(item.revision, self._revision(item.key, COMPARED, token))
        yield self._whole(replace(item, parts={**item.parts, **parts}, revision=revision))

    def _whole(self, item: Item) -> Item:
        """Return an item with its beginning where it was not sent."""
        if self._in_parts or item.kind == "run":
            return item
        if item.kind == "sweep":
            return together(self._of_sweep(), item)
        runs = (run for run, key in self._pairs.items() if key == item.key and self._is_read(run))
        record = next(record for run in runs for record in self._records([run]))
        return together(self._of_pair(record), item)

    def _records(self, runs: Sequence[str]) -> list[RunRecord]:
        """Return runs without those whose files are damaged, which count as not done."""
        try:
            return self._store.runs(runs)
        except StoreError:
            if len(runs) == 1:
                self._damaged.add((runs[0], self._tokens[runs[0]]))
                return []
            return [record for run in runs for record in self._records([run])]

    def _analyses(self) -> Analyses:
        from bench.analyses import Analyses

        part = read_part(self._folder)
        source = of_part(part, command=f"tunebench report {self._folder}")
        return Analyses(source, trials=None, rope=ROPE)

    def _revision(self, key: str, part: str, token: str) -> int:
        return self._ledger.revision(key, part, token)


def token_of(run: str, end: End) -> str:
    """Return what tells how a run ended from every other time it was done."""
    parts = (run, end.status.value, end.n_trials, end.start_seconds, end.run_seconds)
    return short_hash(repr(parts), 16)


def blocks(runs: Iterable[str]) -> Iterator[list[str]]:
    """Yield ids of runs, `BLOCK` at a time."""
    left = iter(runs)
    while block := list(islice(left, BLOCK)):
        yield block
