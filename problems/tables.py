"""Tables that come with the package: live problems, every configuration measured beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from problems._table import ShippedTable


def _table(live: str, *tags: str) -> type[ShippedTable]:
    """Return the table of a live problem."""
    words = live.replace("-", " ").title().replace(" ", "")
    cls = type(
        f"Table{words}",
        (ShippedTable,),
        {
            "name": f"table-{live}",
            "live": live,
            "tags": ("table", *tags),
            "__doc__": f"{live} on a grid, five splits, every evaluation looked up.\n",
            "__module__": __name__,
        },
    )
    return dataclass(cls)


TableRBFSVMBreastCancer = _table("rbf-svm-breast-cancer", "svm")
TableSVMWine = _table("svm-wine", "svm", "conditional")
TableElasticNetDiabetes = _table("elastic-net-diabetes", "linear")
TableTreeWine = _table("tree-wine", "tree")
TableMLPWine = _table("mlp-wine", "neural", "conditional")
TableBoostingDiabetes = _table("boosting-diabetes", "boosting")
TableForestDiabetes = _table("forest-diabetes", "forest")
TableKernelRidgeDiabetes = _table("kernel-ridge-diabetes", "kernel", "conditional")
TablePipelineWine = _table("pipeline-wine", "pipeline", "conditional")
