"""Tables that come with the package: live problems, every configuration measured beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from problems import boosting, kernel, linear, mlp, pipeline, svm, tree
from problems._live import LiveProblem
from problems._table import ShippedTable


def _table(live: type[LiveProblem]) -> type[ShippedTable]:
    """Return the table of a live problem."""
    sentence = (live.__doc__ or "").partition("\n")[0].removesuffix(".")
    cls = type(
        f"Table{live.__name__}",
        (ShippedTable,),
        {
            "name": f"table-{live.name}",
            "live": live.name,
            "tags": ("table", *(tag for tag in live.tags if tag != "live")),
            "__doc__": f"{sentence}, looked up on a grid.\n",
            "__module__": __name__,
        },
    )
    return cast(type[ShippedTable], dataclass(cls))


TableBoostingDiabetes = _table(boosting.BoostingDiabetes)
TableElasticNetDiabetes = _table(linear.ElasticNetDiabetes)
TableElasticNetSparseLinear = _table(linear.ElasticNetSparseLinear)
TableForestDiabetes = _table(tree.ForestDiabetes)
TableKernelRidgeDiabetes = _table(kernel.KernelRidgeDiabetes)
TableLogisticImbalanced = _table(linear.LogisticImbalanced)
TableMLPWine = _table(mlp.MLPWine)
TablePipelineWine = _table(pipeline.PipelineWine)
TableRBFSVMBreastCancer = _table(svm.RBFSVMBreastCancer)
TableRBFSVMFriedman = _table(svm.RBFSVMFriedman)
TableSVMWine = _table(svm.SVMWine)
TableTreeBreastCancer = _table(tree.TreeBreastCancer)
TableTreeWine = _table(tree.TreeWine)
