"""Annealing by hyperopt."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from strategies._hyperopt import HyperoptStrategy

if TYPE_CHECKING:
    from hyperopt import Trials
    from hyperopt.base import Domain


@dataclass
class HyperoptAnneal(HyperoptStrategy):
    """Random search in a shrinking neighbourhood of the better trials: hyperopt.anneal.

    The neighbourhood shrinks at a fixed rate, whatever the losses are: after n trials to 1 / (1 +
    n/10) of each range. No paper describes it; the docstring of the library does.
    """

    name = "hyperopt-anneal"

    def suggest(
        self, ids: list[int], domain: "Domain", trials: "Trials", seed: int
    ) -> list[dict[str, Any]]:
        from hyperopt import anneal

        found: list[dict[str, Any]] = anneal.suggest(ids, domain, trials, seed)
        return found
