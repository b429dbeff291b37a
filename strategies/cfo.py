"""FLAML's CFO."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from strategies._flaml import FlamlStrategy

if TYPE_CHECKING:
    from flaml import BlendSearch


@dataclass
class CFO(FlamlStrategy):
    """FLAML's CFO with its defaults: randomised direct search (Wu et al., AAAI 2021).

    It is made for costs that differ, and gets none here: neither a cheap starting point nor a
    time. It never suggests a configuration twice, and stops early where it finds no other.
    """

    name = "cfo"

    def searcher(self, **options: Any) -> "BlendSearch":
        import flaml

        return flaml.CFO(**options)
