"""scikit-optimize's extremely randomised trees."""

from dataclasses import dataclass

from strategies._skopt import SkoptStrategy


@dataclass
class ExtraTrees(SkoptStrategy):
    """Bayesian optimisation with extremely randomised trees: skopt.forest_minimize, its defaults.

    Expected improvement, of which the best of 10,000 random points is taken. Failed and pending
    trials are reported as in `gp`. The model is that of Geurts et al. (Machine Learning 2006).

    Args:
        n_initial_points: random trials before the model.
    """

    name = "extra-trees"
    options = {"base_estimator": "ET", "acq_func": "EI", "acq_optimizer": "sampling"}
