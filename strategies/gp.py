"""scikit-optimize's Gaussian process."""

from dataclasses import dataclass

from strategies._skopt import SkoptStrategy


@dataclass
class GP(SkoptStrategy):
    """Bayesian optimisation with a Gaussian process: skopt.gp_minimize, its defaults, ask and tell.

    A failed trial is reported as the worst loss so far, since the library takes no failures; before
    any trial completed it is not reported at all. Points that are being evaluated count as if they
    had the best loss so far, in a copy of the model that the next report replaces: the library's
    own strategy for several points, "cl_min" (Ginsbourger, Le Riche & Carraro 2010).

    Args:
        n_initial_points: random trials before the model.
    """

    name = "gp"
    options = {"base_estimator": "GP"}
