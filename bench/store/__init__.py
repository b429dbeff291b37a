"""Results on disk, for all who read them, reports and trackers: only here is their format known."""

from bench.store.folder import Store
from bench.store.migrations import SCHEMA
from bench.store.record import FAULTS, RunRecord, StoreError
from bench.store.sink import Memory, Sink

__all__ = ["FAULTS", "SCHEMA", "Memory", "RunRecord", "Sink", "Store", "StoreError"]
