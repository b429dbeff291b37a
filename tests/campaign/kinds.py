"""A kind of fault: what it is called, how often it is drawn, and what it does to a sweep."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.campaign.arena import Arena, arena
from tests.campaign.waiting import NotRunError, Waited

Act = Callable[[Arena], str]


@dataclass(frozen=True)
class Kind:
    """A kind of fault.

    Args:
        name: in the table.
        act: does it, resumes and checks; returns what was seen.
        how: what the objective does.
        limits: of the sweep; one of these is drawn.
        weight: how often it is drawn, against others.
        quick: whether it takes two seconds or so, and no rights.
    """

    name: str
    act: Act
    how: str = ""
    limits: tuple[dict[str, float], ...] = ({},)
    weight: int = 6
    quick: bool = True


@dataclass(frozen=True)
class Seen:
    """What came of a fault.

    Args:
        kind: of the fault.
        seed: draws the same one again.
        what: was seen; empty where it was not run.
        violations: of the rules.
        not_run: why it was not.
    """

    kind: Kind
    seed: int
    what: str = ""
    violations: list[str] = field(default_factory=list)
    not_run: str = ""


def fault(kind: Kind, seed: int) -> Seen:
    """Make a fault of a kind and return what came of it."""
    rng = random.Random(seed)
    with arena(rng, kind.how, **rng.choice(kind.limits)) as place:
        try:
            what = kind.act(place)
        except NotRunError as error:
            return Seen(kind, seed, not_run=str(error))
        except Waited as error:
            said = " | ".join(command.text[-300:] for command in place.started)
            return Seen(kind, seed, "stuck", [*place.violations, f"{error}: {said!r}"])
        return Seen(kind, seed, what, place.violations)


def draw(kinds: list[Kind], count: int, seed: int) -> list[tuple[Kind, int]]:
    """Return so many faults, each with its seed: by weight, in random order.

    The first of them go to every kind once, the rest by chance.
    """
    rng = random.Random(seed)
    once = rng.sample(kinds, len(kinds))
    more = rng.choices(kinds, [kind.weight for kind in kinds], k=max(0, count - len(kinds)))
    drawn = [*once, *more][:count]
    rng.shuffle(drawn)
    return [(kind, rng.randrange(2**32)) for kind in drawn]
