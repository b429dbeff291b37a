"""What a live problem of one's own is made of; the rest of the package is not for others."""

from problems._dataset import DataSet, Facts
from problems._fidelity import Counted
from problems._live import LiveProblem
from problems._metrics import CLASSIFICATION, REGRESSION
from problems._scaled_target import on_scaled_target

__all__ = [
    "CLASSIFICATION",
    "REGRESSION",
    "Counted",
    "DataSet",
    "Facts",
    "LiveProblem",
    "on_scaled_target",
]
