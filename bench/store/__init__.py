"""Results on disk: the only place that knows the record format."""

from bench.store.folder import Store
from bench.store.record import SCHEMA, StoreError, header

__all__ = ["SCHEMA", "Store", "StoreError", "header"]
