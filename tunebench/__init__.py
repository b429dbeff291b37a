"""tunebench from Python: run strategies on problems, and look at what came of it.

>>> import tunebench as tb
>>> parabola = tb.problem(lambda x, y: x**2 + y**2, space={"x": (-5.0, 5.0), "y": (-5.0, 5.0)})
>>> result = tb.run(strategies=["random", "tpe"], problems=parabola, trials=8, repetitions=2)
>>> result.leaderboard().columns[0]
'strategy'
"""

from __future__ import annotations

# Not from typing: nothing is loaded before it is used.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from bench.api.catalog import list_ as list  # noqa: A004
    from bench.api.compare import Change, compare
    from bench.api.problem import problem
    from bench.api.result import Result, load
    from bench.api.run import run
    from bench.api.track import track
    from bench.core import (
        Categorical,
        Evaluation,
        Float,
        Int,
        Metric,
        Ordinal,
        Problem,
        SearchSpace,
        Strategy,
        Suggestion,
        Trial,
    )
    from bench.errors import UserError

__all__ = [
    "Categorical",
    "Change",
    "Evaluation",
    "Float",
    "Int",
    "Metric",
    "Ordinal",
    "Problem",
    "Result",
    "SearchSpace",
    "Strategy",
    "Suggestion",
    "Trial",
    "UserError",
    "compare",
    "list",
    "load",
    "problem",
    "run",
    "track",
]

_HOMES = {
    "Change": "bench.api.compare",
    "Result": "bench.api.result",
    "UserError": "bench.errors",
    "compare": "bench.api.compare",
    "list": "bench.api.catalog:list_",
    "load": "bench.api.result",
    "problem": "bench.api.problem",
    "run": "bench.api.run",
    "track": "bench.api.track",
}
"""Name -> its module, with its name there where that is another; all else is the vocabulary's."""


if not TYPE_CHECKING:  # to a type checker a name that is not there must stay an error

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        module, _, there = _HOMES.get(name, "bench.core").partition(":")
        return getattr(import_module(module), there or name)


def __dir__() -> Sequence[str]:
    return __all__


def _refuse_shadows() -> None:
    """Refuse to go on where another package is found in the place of one of ours.

    Ours are called bench, strategies and problems, as a folder of somebody's project may be.
    """
    import sys
    from importlib.util import find_spec
    from pathlib import Path

    here = Path(__file__).resolve().parent.parent
    for name in ("bench", "strategies", "problems"):
        loaded = sys.modules.get(name)
        place = getattr(loaded, "__file__", None) if loaded else None
        spec = None if loaded else find_spec(name)
        found = place or (spec.origin if spec else None)
        if found is None or Path(found).resolve().parent.parent != here:
            raise ImportError(
                f"tunebench needs its package {name!r} in {here}, Python finds "
                f"{found or 'none'}; rename that one, or start Python in another folder"
            )


_refuse_shadows()
