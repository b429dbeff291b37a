"""What a sentence of the verdict claims of two strategies, so that no two claim the opposite."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from bench.inference.estimates import OPPOSITE, UNDECIDED


class Scope(Enum):
    """What a claim is about."""

    THESE = "the mean difference on this problem set"
    NEW = "the pseudo-median difference over data sets"
    TRIALS = "the trials of random search that come as far"


@dataclass(frozen=True, slots=True)
class Claim:
    """That `a` is, against `b`, what the relation says.

    Args:
        a, b: strategies.
        relation: better, worse, practically equal or undecided.
        scope: what about.
    """

    a: str
    b: str
    relation: str
    scope: Scope = Scope.THESE

    def swapped(self) -> Claim:
        """Return the same claim, of `b` against `a`."""
        return Claim(self.b, self.a, OPPOSITE[self.relation], self.scope)

    def contradicts(self, other: Claim) -> bool:
        """Return whether a reader who believes this claim cannot believe the other.

        Undecided on this problem set leaves open what holds for new data sets, and the other way
        round. How many trials are saved is said only of what is decided on this problem set.
        """
        if {self.a, self.b} != {other.a, other.b}:
            return False
        relation = other.relation if other.a == self.a else OPPOSITE[other.relation]
        if relation == self.relation:
            return False
        scopes = {self.scope, other.scope}
        apart = Scope.NEW in scopes and len(scopes) > 1
        return not (apart and UNDECIDED in (relation, self.relation))


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, or a few that belong together, and what they claim.

    Args:
        text: plain.
        claims: all that it claims of two strategies each.
    """

    text: str
    claims: tuple[Claim, ...] = ()


def claimed(said: Iterable[Said]) -> set[Claim]:
    """Return all claims of some sentences, each from either side."""
    return {way for part in said for claim in part.claims for way in (claim, claim.swapped())}
