"""Parameters with one value only, which some libraries do not take."""

from bench import Config, Distribution, SearchSpace


def split(space: SearchSpace) -> tuple[dict[str, Distribution], Config]:
    """Return the parameters with several values, and the values of the others."""
    free = {name: kind for name, kind in space.parameters.items() if kind.size != 1}
    fixed = {n: kind.from_unit(0.5) for n, kind in space.parameters.items() if kind.size == 1}
    return free, fixed
