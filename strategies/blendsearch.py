"""FLAML's BlendSearch."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from strategies._flaml import FlamlStrategy

if TYPE_CHECKING:
    from flaml import BlendSearch as Searcher


@dataclass
class BlendSearch(FlamlStrategy):
    """FLAML's BlendSearch with its defaults: CFO's searches begun by TPE (Wang et al., ICLR 2021).

    The TPE is Optuna's. As `cfo`, it gets no costs, and never suggests a configuration twice.
    """

    name = "blendsearch"

    def searcher(self, **options: Any) -> "Searcher":
        import flaml

        return flaml.BlendSearch(**options)
