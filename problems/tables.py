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


TableBoostingDiabetes = _table("boosting-diabetes", "boosting")
TableElasticNetDiabetes = _table("elastic-net-diabetes", "linear")
TableElasticNetSparseLinear = _table("elastic-net-sparse-linear", "linear")
TableForestDiabetes = _table("forest-diabetes", "forest")
TableKernelRidgeDiabetes = _table("kernel-ridge-diabetes", "kernel", "conditional")
TableLogisticImbalanced = _table("logistic-imbalanced", "linear")
TableMLPWine = _table("mlp-wine", "neural", "conditional")
TablePipelineWine = _table("pipeline-wine", "pipeline", "conditional")
TableRBFSVMBreastCancer = _table("rbf-svm-breast-cancer", "svm")
TableRBFSVMFriedman = _table("rbf-svm-friedman", "svm")
TableSVMWine = _table("svm-wine", "svm", "conditional")
TableTreeBreastCancer = _table("tree-breast-cancer", "tree")
TableTreeWine = _table("tree-wine", "tree")
