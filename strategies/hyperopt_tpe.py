"""TPE by hyperopt."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from strategies._hyperopt import HyperoptStrategy
from strategies._settings import at_least

if TYPE_CHECKING:
    from hyperopt import Trials
    from hyperopt.base import Domain


@dataclass
class HyperoptTPE(HyperoptStrategy):
    """Tree-structured Parzen estimator (Bergstra et al., ICML 2013), the authors' own library.

    Args:
        n_startup_trials: random trials before the first model.
    """

    name = "hyperopt-tpe"

    n_startup_trials: int = 20

    def __post_init__(self) -> None:
        at_least(1, "n_startup_trials", self.n_startup_trials, "the first model needs a trial")

    def suggest(
        self, ids: list[int], domain: "Domain", trials: "Trials", seed: int
    ) -> list[dict[str, Any]]:
        from hyperopt import tpe

        found: list[dict[str, Any]] = tpe.suggest(
            ids, domain, trials, seed, n_startup_jobs=self.n_startup_trials, verbose=False
        )
        return found
