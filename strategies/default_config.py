"""The default configuration."""

from dataclasses import dataclass

from bench import Budget, Capability, SearchSpace, Strategy, Suggestion


@dataclass
class DefaultConfig(Strategy):
    """The problem's default configuration, once: what a user gets without tuning."""

    name = "default"
    supports = frozenset({Capability.CONDITIONAL})

    @property
    def ignores_seed(self) -> bool:
        return True

    def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
        return "the problem states no default configuration" if space.default is None else None

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        self._left = [dict(space.default or {})]

    def ask(self) -> Suggestion | None:
        return Suggestion(self._left.pop()) if self._left else None
