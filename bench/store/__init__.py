"""Results on disk: the only place that knows the record format."""

from bench.store.folder import Store
from bench.store.record import SCHEMA, StoreError, header
from bench.store.sink import Memory, Sink

__all__ = ["SCHEMA", "Memory", "Sink", "Store", "StoreError", "header"]
