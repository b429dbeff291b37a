"""Tables of recorded evaluations, and the files they are in."""

from bench.tabular.grid_points import discretise
from bench.tabular.read import read_table
from bench.tabular.table import Table
from bench.tabular.write import write_table

__all__ = ["Table", "discretise", "read_table", "write_table"]
