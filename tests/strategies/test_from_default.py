from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from bench import Budget, Capability, Fidelity, Float, SearchSpace
from bench.checks import STRATEGY_CHECKS, run_checks
from bench.registry import STRATEGIES
from bench.run import RunStatus, skip_reason
from bench.spec import Entry
from bench.testing.script import Function, Script, new_run
from strategies.default_config import DefaultConfig
from strategies.from_default import FromDefault
from strategies.gp import GP
from strategies.grid_search import GridSearch
from strategies.hyperopt_tpe import HyperoptTPE
from strategies.random_search import RandomSearch
from strategies.sobol import Sobol
from strategies.tpe import TPE

SPACE = SearchSpace({"x": Float(-1, 3), "y": Float(0, 1)}, default={"x": 0.5, "y": 1})
LINE = SearchSpace({"x": Float(0, 1)}, default={"x": 0.25})


def loss(config):
    return float(config["x"] ** 2 + math.sin(5 * config["y"]))


@pytest.mark.parametrize(
    "inner",
    [RandomSearch, GridSearch, Sobol, TPE, HyperoptTPE, pytest.param(GP, marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("trials", [2, 15])
def test_the_default_comes_first_and_the_rest_is_the_strategy_alone(play, inner, trials):
    alone = play(inner(), SPACE, loss, seed=4, trials=trials - 1)
    both = play(FromDefault(inner()), SPACE, loss, seed=4, trials=trials)
    assert both == [{"x": 0.5, "y": 1.0}, *alone]


def test_a_failing_default_changes_nothing_for_the_strategy(play):
    alone = play(TPE(), SPACE, loss, seed=4, trials=24)
    both = play(FromDefault(TPE()), SPACE, loss, seed=4, trials=25, fails=lambda n: n == 0)
    assert both[1:] == alone


def test_with_random_inside_the_curve_is_the_better_of_the_default_and_fewer_draws():
    def best_so_far(strategy: Any, trials: int) -> list[float]:
        run = new_run(strategy, Function(loss, space=SPACE), trials=trials)
        return np.minimum.accumulate([float(trial.loss or 0) for trial in run]).tolist()

    default = loss({"x": 0.5, "y": 1.0})
    draws = best_so_far(RandomSearch(), 29)
    expected = [default, *(min(default, best) for best in draws)]
    assert best_so_far(FromDefault(), 30) == expected
    # The test can fail: both the default and the draws decide some of the curve.
    assert expected[1] == default != expected[-1]
    assert any(a != b for a, b in pairwise(draws))


def test_the_strategy_inside_gets_its_own_trials_with_numbers_of_its_own():
    inner = Script(0.1, 0.2, 0.3)
    list(new_run(FromDefault(inner), Function(lambda c: c["x"], space=LINE), trials=3))
    assert inner.budget == Budget(2)
    assert (inner.seed, inner.space) == (11, LINE)
    assert [(t.number, t.suggestion.config, t.loss) for t in inner.told] == [
        (0, {"x": 0.1}, 0.1), (1, {"x": 0.2}, 0.2),
    ]  # fmt: skip


def test_a_budget_of_one_is_the_default_alone():
    class Unstarted(Script):
        def close(self) -> None:
            raise AssertionError("nothing was started")

    run = new_run(FromDefault(Unstarted()), Function(lambda c: c["x"], space=LINE), trials=1)
    assert [trial.loss for trial in run] == [0.25]
    assert run.end.status is RunStatus.COMPLETED


def test_it_ends_where_the_strategy_inside_ends_and_closes_it():
    class Closing(Script):
        closed = 0

        def close(self) -> None:
            self.closed += 1

    inner = Closing(0.1)
    run = new_run(FromDefault(inner), Function(lambda c: c["x"], space=LINE), trials=5)
    assert [trial.loss for trial in run] == [0.25, 0.1]
    assert run.end.status is RunStatus.STOPPED_EARLY
    assert inner.closed == 1


def test_where_there_is_no_default_or_the_strategy_inside_declines_it_is_skipped():
    class FewOnly(Script):
        def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
            return None if budget.trials < 9 else f"{budget.trials} are too many"

    def reason(trials: int, space: SearchSpace = LINE) -> str | None:
        problem = Function(lambda c: c["x"], space=space)
        return skip_reason(FromDefault(FewOnly()), problem, Budget(trials))

    assert reason(9) is reason(1) is None
    assert reason(10) == "9 are too many"
    assert reason(9, SearchSpace({"x": Float(0, 1)})) == (
        "the problem states no default configuration"
    )


def test_it_passes_on_what_the_strategy_inside_is():
    class Remote(Script):
        requires = ("irace",)
        library = "irace 4.2"

    assert FromDefault(TPE()).requires == TPE.requires
    assert FromDefault(Remote()).library == "irace 4.2"
    assert FromDefault(DefaultConfig()).ignores_seed
    assert not FromDefault().ignores_seed
    assert FromDefault(GP()).supports == GP.supports != TPE.supports == FromDefault(TPE()).supports
    # The order of a shuffled grid means nothing; that the default comes first does.
    assert GridSearch().unordered
    assert not FromDefault(GridSearch()).unordered


def test_the_default_is_a_full_evaluation_where_cheaper_ones_are_offered():
    epochs = Fidelity("epochs", 4)
    script = Script(supports=[Capability.FIDELITY])
    strategy = FromDefault(script)
    strategy.start(LINE, seed=1, budget=Budget(5, epochs))
    first = strategy.ask()
    assert first is not None
    assert first.fidelity == 1.0
    assert script.budget == Budget(4, epochs)
    assert strategy.supports == {Capability.FIDELITY}


def test_a_suggestion_of_the_strategy_inside_keeps_its_token():
    class Marks(Script):
        def ask(self):
            return replace(super().ask(), token="mine")

    inner = Marks(0.1)
    list(new_run(FromDefault(inner), Function(lambda c: c["x"], space=LINE), trials=2))
    assert [trial.suggestion.token for trial in inner.told] == ["mine"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["from-default", "from-default:tpe", "from-default:grid"])
def test_it_keeps_the_contract_with_each_strategy_inside(name):
    verdicts = list(run_checks(STRATEGIES.get(name), STRATEGY_CHECKS))
    assert [verdict for verdict in verdicts if verdict.reason] == []


def test_its_label_tells_what_is_inside():
    resolved = STRATEGIES.resolve(Entry("from-default:tpe"))
    assert resolved.label == "from-default:tpe"
    assert resolved.settings == {
        "of": {"name": "tpe", "settings": {"n_startup_trials": 10}, "version": 1}
    }
