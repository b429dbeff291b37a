"""Neural networks to tune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench import Config, Float, Int, SearchSpace
from problems._dataset import Facts
from problems._fidelity import Counted
from problems._live import LiveProblem
from problems._named import on
from problems._scaled_target import on_scaled_target


@dataclass
class MLP(LiveProblem):
    """A neural network.

    The second layer's units exist only in networks of two layers. A batch of more rows than there
    are to fit holds all of them. Training stops after so few epochs (scikit-learn: 200) that an
    evaluation takes a second or so; otherwise the default is scikit-learn's.
    Reference: Kingma & Ba, "Adam: a method for stochastic optimization", ICLR 2015.

    Args:
        epochs: passes over the training rows.
    """

    name = "mlp"
    tags = ("live", "neural", "conditional")
    silent = ("Got `batch_size` less than 1 or larger than sample size",)
    counted = {"epochs": Counted("max_iter")}
    epochs: int = 20

    def steps_of(self, unit: str) -> int:
        return self.epochs

    def space_for(self, facts: Facts) -> SearchSpace:
        largest = min(256, facts.rows // 2)
        return SearchSpace(
            {
                "learning_rate": Float(1e-4, 1e-1, log=True),
                "layers": Int(1, 2),
                "units_1": Int(16, 128, log=True),
                "units_2": Int(16, 128, log=True),
                "alpha": Float(1e-6, 1e0, log=True),
                "batch_size": Int(min(32, largest // 4), largest, log=True),
            },
            conditions={"units_2": {"layers": [2]}},
            default={
                "learning_rate": 1e-3,
                "layers": 1,
                "units_1": 100,
                "alpha": 1e-4,
                "batch_size": min(200, largest),
            },
        )

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.neural_network import MLPClassifier, MLPRegressor

        units = [config["units_1"]]
        if config["layers"] == 2:
            units.append(config["units_2"])
        network = (MLPClassifier if self.classifies else MLPRegressor)(
            hidden_layer_sizes=units,
            learning_rate_init=config["learning_rate"],
            alpha=config["alpha"],
            batch_size=config["batch_size"],
            max_iter=self.epochs,
            random_state=random_state,
        )
        return network if self.classifies else on_scaled_target(network)


MLPDigits = on(MLP, "mlp-digits", "digits", "accuracy")
MLPBreastCancer = on(MLP, "mlp-breast-cancer", "breast-cancer", "log_loss", repeats=1, epochs=40)
MLPFriedman = on(MLP, "mlp-friedman", "friedman", "r2", repeats=1, epochs=40)
MLPWine = on(MLP, "mlp-wine", "wine", "log_loss", repeats=1, epochs=40)
