"""ASHA against Algorithm 2 of its paper as it is written there, and by hand."""

import math
import random

import numpy as np
import pytest

from bench import Budget, Fidelity, Float, Int, SearchSpace, Status, Trial
from strategies.asha import ASHA

NINE = Fidelity("epochs", 9)
LINE = SearchSpace({"x": Float(0, 1)})


class Written:
    """Algorithm 2 of Li et al., MLSys 2020, in sets: what each rung has, and what it promoted."""

    def __init__(self, rungs, factor):
        self.factor, self.top = factor, rungs - 1
        self.losses = [{} for _ in range(rungs)]
        self.promoted = [set() for _ in range(rungs)]
        self.drawn = 0

    def get_job(self):
        for k in range(self.top - 1, -1, -1):
            rung = self.losses[k]
            ranked = sorted(rung, key=rung.get)
            candidates = ranked[: len(rung) // self.factor]
            promotable = [t for t in candidates if t not in self.promoted[k]]
            if promotable:
                self.promoted[k].add(promotable[0])
                return promotable[0], k + 1
        self.drawn += 1
        return self.drawn - 1, 0


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2, 5, 30])
@pytest.mark.parametrize("factor", [2, 3, 4])
def test_it_is_algorithm_2(workers, factor):
    fidelity = Fidelity("epochs", 64 if factor != 3 else 81)
    strategy = ASHA(factor)
    strategy.start(LINE, seed=1, budget=Budget(100, fidelity))
    rungs = {2: 7, 3: 5, 4: 4}[factor]
    written = Written(rungs, factor)
    order = random.Random(workers)
    names: dict[float, int] = {}
    pending = []
    highest = 0
    for number in range(1500):
        while len(pending) < workers:
            suggestion = strategy.ask()
            name, rung = written.get_job()
            x = suggestion.config["x"]
            assert names.setdefault(x, name) == name
            assert fidelity.step(suggestion.fidelity) == factor**rung
            pending.append((suggestion, name, rung))
            highest = max(highest, rung)
        suggestion, name, rung = pending.pop(order.randrange(len(pending)))
        # Few values, so that there are ties, and failures, which rank last.
        loss = order.choice([0.25, 0.5, 0.75, 1.0, None])
        written.losses[rung][name] = math.inf if loss is None else loss
        status = Status.FAILED if loss is None else Status.COMPLETED
        strategy.tell(Trial(number, suggestion, status, loss, None))
    assert len(set(names.values())) == len(names) == written.drawn
    assert highest == rungs - 1


def test_promotions_by_hand(climb):
    """Losses are 5, 3, 4, 1, 2, 6, 7, 8, 9 in the order of the draws, the same at every step."""
    losses = iter([5.0, 3.0, 4.0, 1.0, 2.0, 6.0, 7.0, 8.0, 9.0])
    known: dict[float, float] = {}

    def loss(config, step):
        x = config["x"]
        if x not in known:
            known[x] = next(losses)
        return known[x]

    found = climb(ASHA(), loss, budget=3, fidelity=NINE)
    assert [(known[config["x"]], step) for config, step in found.asked] == [
        # Of three the best goes on; at the next rung it is alone.
        (5, 1), (3, 1), (4, 1), (3, 3),
        # The fourth is now the best of four, though 3 went on already.
        (1, 1), (1, 3),
        # 2 is not the best of five, but it is among the best two of six.
        (2, 1), (6, 1), (2, 3),
        # Three have finished the second rung: the best of them has a full evaluation.
        (1, 9),
        # The best two of 7 and of 8, and the best three of 9, went on before.
        (7, 1), (8, 1), (9, 1),
    ]  # fmt: skip


def test_it_never_waits():
    strategy = ASHA()
    strategy.start(LINE, seed=1, budget=Budget(5, NINE))
    suggestions = [strategy.ask() for _ in range(20)]
    assert {s.fidelity for s in suggestions} == {1 / 9}
    assert len({s.config["x"] for s in suggestions}) == 20


RUNS = 500


@pytest.mark.slow
def test_where_cheap_evaluations_are_random_its_full_evaluations_are_random_draws(climb):
    """Without a word in them, full evaluations have the mean of 1 … 20, which is 10.5."""
    space = SearchSpace({"i": Int(1, 20)})
    found = []
    for seed in range(RUNS):
        noise = np.random.default_rng([seed, 7])

        def loss(config, step, noise=noise):
            return float(config["i"]) if step == 9 else noise.normal()

        run = climb(ASHA(), loss, budget=9, fidelity=NINE, space=space, seed=seed)
        found += run.full_losses[:1]
    assert len(found) == RUNS
    error = math.sqrt((20**2 - 1) / 12 / RUNS)
    assert abs(np.mean(found) - 10.5) < 4 * error
