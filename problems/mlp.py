"""Neural networks to tune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench import Config, Float, Int, SearchSpace
from problems._live import LiveProblem
from problems._metrics import ACCURACY, Array

_EPOCHS = 20


@dataclass
class MLPDigits(LiveProblem):
    """Accuracy of a neural network on digits (1797 rows × 64 features, 10 classes).

    The second layer's units exist only in networks of two layers. Training stops after 20 epochs
    (scikit-learn: 200), which keeps an evaluation of 10 folds at a second or so; otherwise the
    default is scikit-learn's.
    Data: test part of Optical Recognition of Handwritten Digits, UCI, CC BY 4.0, bundled with
    scikit-learn.
    Reference: Alpaydin & Kaynak, "Cascading classifiers", Kybernetika 34, 1998.
    """

    name = "mlp-digits"
    tags = ("live", "classification", "neural", "conditional")
    score = ACCURACY
    space = SearchSpace(
        {
            "learning_rate": Float(1e-4, 1e-1, log=True),
            "layers": Int(1, 2),
            "units_1": Int(16, 128, log=True),
            "units_2": Int(16, 128, log=True),
            "alpha": Float(1e-6, 1e0, log=True),
            "batch_size": Int(32, 256, log=True),
        },
        conditions={"units_2": {"layers": [2]}},
        default={
            "learning_rate": 1e-3,
            "layers": 1,
            "units_1": 100,
            "alpha": 1e-4,
            "batch_size": 200,
        },
    )

    def load(self) -> tuple[Array, Array]:
        from sklearn.datasets import load_digits

        X, y = load_digits(return_X_y=True)
        return X, y

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.neural_network import MLPClassifier

        units = [config["units_1"]]
        if config["layers"] == 2:
            units.append(config["units_2"])
        return MLPClassifier(
            hidden_layer_sizes=units,
            learning_rate_init=config["learning_rate"],
            alpha=config["alpha"],
            batch_size=config["batch_size"],
            max_iter=_EPOCHS,
            random_state=random_state,
        )

    def preprocess(self) -> Any:
        from sklearn.preprocessing import StandardScaler

        return StandardScaler()
