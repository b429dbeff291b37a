"""A strategy with cheaper evaluations, as a contributor writes it, from its checks to the page."""

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pytest
from click.testing import CliRunner

from bench import (
    Budget,
    Capability,
    Evaluation,
    Fidelity,
    Float,
    Metric,
    Problem,
    SearchSpace,
    Status,
    Strategy,
    Suggestion,
    Trial,
    checks,
)
from bench.cli import main
from bench.curves.leaderboard import leaderboard
from bench.curves.ranks import ranks_over_budget
from bench.panels.axis import places
from bench.selfcheck.small_sweep import as_panels, small_sweep
from bench.spec import Entry


@dataclass
class SuccessiveHalving(Strategy):
    """As CONTRIBUTING.md has it: of 3**k configurations at few steps a third goes on at more."""

    name = "successive-halving"
    supports = frozenset({Capability.FIDELITY})

    def start(self, space, *, seed, budget):
        self._space, self._rng = space, np.random.default_rng(seed)
        self._fidelity, self._rungs = budget.fidelity, budget.fidelity.rungs(3)
        self._rung, self._size, self._todo, self._told = -1, 0, [], []

    def ask(self):
        if not self._todo:
            if len(self._told) < self._size:
                return None
            self._rung = (self._rung + 1) % len(self._rungs)
            if self._rung == 0:
                count = 3 ** (len(self._rungs) - 1)
                self._todo = [self._space.sample(self._rng) for _ in range(count)]
            else:
                best = sorted(self._told, key=lambda told: told[0])
                self._todo = [config for _, config in best[: len(best) // 3]]
            self._told, self._size = [], len(self._todo)
        step = self._rungs[self._rung]
        return Suggestion(self._todo.pop(0), fidelity=self._fidelity.share(step))

    def tell(self, trial):
        loss = float("inf") if trial.loss is None else trial.loss
        self._told.append((loss, trial.suggestion.config))


class Upwards(SuccessiveHalving):
    """Keeps the worst of each rung."""

    name = "upwards"

    def tell(self, trial):
        self._told.append((0.0 if trial.loss is None else -trial.loss, trial.suggestion.config))


@dataclass
class Rows(Problem):
    """(x − ½)² on all rows; on fewer the basin lies elsewhere."""

    name = "rows"
    space = SearchSpace({"x": Float(0, 1)}, default={"x": 0.1})
    metric = Metric("loss", "minimize")
    optimum = 0.0
    fidelity = Fidelity("rows", 27, lowest=3)

    seconds: float = field(default=9.0)

    def evaluate(self, config, *, seed, fidelity=1.0):
        value = (config["x"] - 0.5 + 0.3 * (1 - fidelity)) ** 2
        return Evaluation(value, cost=self.seconds * fidelity)


@pytest.mark.slow
@pytest.mark.parametrize("cls", [SuccessiveHalving, Rows])
def test_it_passes_the_checks(cls):
    functions = checks.STRATEGY_CHECKS if issubclass(cls, Strategy) else checks.PROBLEM_CHECKS
    verdicts = list(checks.run_checks(cls, functions))
    assert [verdict for verdict in verdicts if verdict.reason] == []
    if cls is SuccessiveHalving:
        assert [verdict for verdict in verdicts if not verdict.applies] == []


@pytest.mark.slow
def test_what_keeps_the_worst_of_a_rung_does_not_minimise():
    (verdict,) = checks.run_checks(Upwards, [checks.learning.check_minimises])
    assert "36 late full evaluations" in verdict.reason
    (verdict,) = checks.run_checks(SuccessiveHalving, [checks.learning.check_minimises])
    assert "36 late full evaluations" in verdict.note


class Rarely(SuccessiveHalving):
    """Makes 87 evaluations at about 1/3 for each full one, so two full ones of 60."""

    name = "rarely"

    def ask(self):
        self._asked = getattr(self, "_asked", -1) + 1
        steps = self._fidelity.steps
        share = self._fidelity.share(steps if self._asked % 88 == 87 else steps // 3)
        return Suggestion(self._space.sample(self._rng), fidelity=share)


@pytest.mark.parametrize(
    ("steps", "lowest", "rungs"),
    [
        # log(243) / log(3) is 4.999999999999999, so a floor of it loses the first rung.
        (243, 1, [1, 3, 9, 27, 81, 243]),
        (81, 2, [3, 9, 27, 81]),
        (100, 7, [11, 33, 100]),
        (2, 1, [2]),
    ],
)
def test_rungs_are_whole_steps(steps, lowest, rungs):
    halving = SuccessiveHalving()
    fidelity = Fidelity("epochs", steps, lowest)
    halving.start(Rows.space, seed=1, budget=Budget(6, fidelity))
    counts = [3**power for power in reversed(range(len(rungs)))]
    for step, count in zip(rungs, counts, strict=True):
        for _ in range(count):
            suggestion = halving.ask()
            assert fidelity.step(suggestion.fidelity) == step
            halving.tell(Trial(0, suggestion, Status.COMPLETED, suggestion.config["x"], None))


def test_too_few_full_evaluations_are_not_judged():
    (verdict,) = checks.run_checks(Rarely, [checks.learning.check_minimises])
    assert not verdict.applies
    assert verdict.note.startswith("it makes 6 full evaluations in 3 runs with a budget of 60")


TRIALS, REPETITIONS = 12, 5


@pytest.fixture(scope="module")
def played():
    """Budget 12: four rounds of 9, 3 and 1 trials, 52 in all."""
    path = __file__
    return small_sweep(
        [Entry("random"), Entry(f"{path}:SuccessiveHalving", "halving")],
        [Entry(f"{path}:Rows", "rows")],
        trials=TRIALS,
        repetitions=REPETITIONS,
    )


def value(x, fidelity=1.0):
    return (x - 0.5 + 0.3 * (1 - fidelity)) ** 2


def by_hand(trials):
    """The loss of the best full evaluation after 1 … 12 equivalents, and the 60 random losses."""
    halving, random = [], []
    for repetition in range(REPETITIONS):
        of = trials[trials["repetition"] == repetition].sort_values("trial_number")
        xs = [eval(text)["x"] for text in of.loc[of["strategy"] == "halving", "config"]]
        assert len(xs) == 52
        best, curve = np.inf, []
        for start in range(0, 52, 13):
            third = sorted(xs[start : start + 9], key=lambda x: value(x, 1 / 9))[:3]
            best = min(best, value(min(third, key=lambda x: value(x, 1 / 3))))
            # 9/9 + 3/3 are two equivalents without a full evaluation; the third is one.
            curve += [curve[-1] if curve else None] * 2 + [best]
        halving.append(curve)
        draws = [eval(text)["x"] for text in of.loc[of["strategy"] == "random", "config"]]
        random.append([value(x) for x in draws])
    return halving, np.array(random)


def test_its_curve_regret_and_rank_are_those_of_a_hand_computation(played):
    trials, runs = played
    (panel,) = as_panels(trials, runs)
    curves, random = by_hand(trials)
    s, other = panel.strategies.index("halving"), panel.strategies.index("random")
    assert panel.budget == TRIALS
    for curve, found in zip(curves, panel.best[s], strict=True):
        assert np.isnan(found[:2]).all()
        np.testing.assert_allclose(found[2:], curve[2:], rtol=1e-12)
    ends = np.array([curve[-1] for curve in curves])
    best = random.min(axis=1)
    median = np.median(random)
    np.testing.assert_allclose(panel.regret[s, :, -1], ends / median, rtol=1e-12)
    worst = max(random.max(), max(max(curve[2:]) for curve in curves))
    np.testing.assert_allclose(panel.regret[s, :, 0], worst / median, rtol=1e-12)
    ahead = float((ends < best).mean())
    board = leaderboard([panel]).set_index("strategy")
    assert board.loc["halving", "rank"] == pytest.approx(2 - ahead)
    assert board.loc["random", "rank"] == pytest.approx(1 + ahead)
    over = ranks_over_budget([panel])
    assert sorted(over["budget"].unique()) == list(range(1, TRIALS + 1))
    # Every trial counts: 12 equivalents of 9 s, 52 trials, none of them failed.
    np.testing.assert_allclose(panel.cost[s], 9.0)
    assert panel.spent[s].tolist() == pytest.approx([12.0] * REPETITIONS)
    assert panel.trials[s].tolist() == [52] * REPETITIONS
    assert panel.trials[other].tolist() == [12] * REPETITIONS
    assert panel.used.tolist() == [[12] * REPETITIONS] * 2
    assert panel.failed.sum() == 0


def test_the_places_are_those_of_exact_fractions(played):
    trials, _ = played
    spent, rows = Fraction(), []
    first = trials[(trials["strategy"] == "halving") & (trials["repetition"] == 0)]
    for fidelity in first.sort_values("trial_number")["fidelity"]:
        spent += Fraction(fidelity).limit_denominator(100)
        rows.append(-(-spent.numerator // spent.denominator))
    assert rows == [3 * round_ + n for round_ in range(4) for n in [1] * 9 + [2] * 3 + [3]]
    one = np.zeros(52, dtype=np.int64)
    found = places(one, np.arange(52), first.sort_values("trial_number")["fidelity"].to_numpy())
    assert (found + 1).tolist() == rows


@pytest.mark.slow
def test_a_run_says_beforehand_what_it_may_cost(tmp_path):
    entries = ["--strategies", f"{__file__}:SuccessiveHalving", "--problems", f"{__file__}:Rows"]
    few = ["--trials", "6", "--repetitions", "1", "--jobs", "1", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, ["run", *entries, *few])
    assert "= 1 run, up to the cost of 6 full evaluations, in" in result.output
