"""scikit-optimize's random forest."""

from dataclasses import dataclass

from strategies._skopt import SkoptStrategy


@dataclass
class RandomForest(SkoptStrategy):
    """Bayesian optimisation with a random forest: skopt.forest_minimize with "RF".

    Expected improvement, of which the best of 10,000 random points is taken, with a model as in
    SMAC (Hutter et al., LION 2011). Failed and pending trials are reported as in `gp`.

    Args:
        n_initial_points: random trials before the model.
    """

    name = "random-forest"
    options = {"base_estimator": "RF", "acq_func": "EI", "acq_optimizer": "sampling"}
