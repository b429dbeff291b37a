"""Tables that come with the package: live problems, every configuration measured beforehand."""

from __future__ import annotations

from typing import Any

from problems import boosting, kernel, linear, mlp, neighbours, pipeline, svm, tree
from problems._live import LiveProblem
from problems._metrics import SCORES
from problems._real_tables import RealTable, measured
from problems._table import ShippedTable


def _table(live: type[LiveProblem]) -> type[ShippedTable]:
    """Return the table of a live problem as it is by default."""
    return _named(live.name, live, live.tags, f"{_sentence(live)}, looked up on a grid.")


def _with_fidelity(
    name: str, live: type[LiveProblem], unit: str, *, on: str = "", **settings: Any
) -> type[ShippedTable]:
    """Return the table of a live problem with some of its cheaper evaluations.

    Args:
        name: of the table, without `table-`; it ends with the unit.
        live: what was measured.
        unit: of the fidelity.
        on: the data and the metric, where the live problem does not say them.
        settings: of the live problem, beside the fidelity.
    """
    sentence = f"{_sentence(live)}{on and f' on {on}'}, looked up on a grid, with fewer {unit} too."
    cls = _named(name, live, (*live.tags, "fidelity"), sentence)
    cls.settings = {"fidelity": unit, **settings}
    cls.continuing_units = tuple(name for name, of in live.counted.items() if of.continues)
    return cls


def _of_real_data(table: RealTable) -> type[ShippedTable]:
    """Return the table of a model on a real data set."""
    live = _MODELS[table.model]
    on = f"{table.data}, by {SCORES[table.scoring].metric.name}"
    cls = _named(table.name, live, live.tags, f"{_sentence(live)} on {on}, looked up on a grid.")
    cls.settings = table.settings
    return cls


def _sentence(live: type[LiveProblem]) -> str:
    return (live.__doc__ or "").partition("\n")[0].removesuffix(".")


def _named(
    name: str, live: type[LiveProblem], tags: tuple[str, ...], sentence: str
) -> type[ShippedTable]:
    attributes = {
        "name": f"table-{name}",
        "live": live.name,
        "tags": ("table", *(tag for tag in tags if tag != "live")),
        "__doc__": f"{sentence}\n",
        "__module__": __name__,
    }
    class_name = "Table" + "".join(part.capitalize() for part in name.split("-"))
    # It has no settings of its own: as a dataclass it would cost fifteen times as much at import.
    return type(class_name, (ShippedTable,), attributes)


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

TableBoostingFriedmanTrees = _with_fidelity(
    "boosting-friedman-trees", boosting.BoostingFriedman, "trees"
)
TableElasticNetSparseLinearRows = _with_fidelity(
    "elastic-net-sparse-linear-rows", linear.ElasticNetSparseLinear, "rows"
)
TableForestDiabetesTrees = _with_fidelity("forest-diabetes-trees", tree.ForestDiabetes, "trees")
TableLogisticImbalancedRows = _with_fidelity(
    "logistic-imbalanced-rows",
    linear.Logistic,
    "rows",
    on="4,000 rows of imbalanced, by average precision",
    data="generated:rows=4000,informative=5,noise=5,imbalance=0.9",
    scoring="average_precision",
    repeats=1,
)
TableMLPWineEpochs = _with_fidelity("mlp-wine-epochs", mlp.MLPWine, "epochs")
TableRBFSVMBreastCancerRows = _with_fidelity(
    "rbf-svm-breast-cancer-rows", svm.RBFSVMBreastCancer, "rows"
)
TableSVMDigitsRows = _with_fidelity("svm-digits-rows", svm.SVMDigits, "rows", folds=3)
TableTreeNoisyLabelsRows = _with_fidelity(
    "tree-noisy-labels-rows",
    tree.Tree,
    "rows",
    on="4,000 rows of noisy-labels, by accuracy",
    data="generated:rows=4000,informative=5,noise=5,label_noise=0.3",
    scoring="accuracy",
    repeats=1,
)

_MODELS: dict[str, type[LiveProblem]] = {
    model.name: model
    for model in (
        boosting.Boosting,
        kernel.KernelRidge,
        linear.ElasticNet,
        linear.Logistic,
        mlp.MLP,
        neighbours.KNN,
        pipeline.Pipeline,
        svm.SVM,
        tree.Forest,
        tree.Tree,
    )
}
for _table_of_real_data in map(_of_real_data, measured()):
    globals()[_table_of_real_data.__name__] = _table_of_real_data
