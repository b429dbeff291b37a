import pytest

from bench import Budget, Fidelity, Float, SearchSpace
from strategies.asha import ASHA
from strategies.hyperband import Hyperband
from strategies.successive_halving import SuccessiveHalving
from strategies.tpe_hyperband import TPEHyperband

EARLY = [SuccessiveHalving, Hyperband, ASHA, TPEHyperband]
SPACE = SearchSpace({"x": Float(0, 1)})


@pytest.mark.parametrize("cls", EARLY)
def test_it_declines_where_no_rung_is_below_the_full_evaluation(cls):
    budget = Budget(5, Fidelity("trees", 100, lowest=34))
    assert cls().skip(SPACE, budget=budget) == (
        "early stopping needs a rung below the full evaluation of 100 trees, with factor 3 and "
        "at least 34 there is none; set a smaller factor"
    )
    assert cls(factor=2).skip(SPACE, budget=budget) is None


@pytest.mark.parametrize("cls", EARLY)
def test_a_factor_below_2_stops_nothing(cls):
    with pytest.raises(ValueError, match="factor must be 2 or more, got 1; "):
        cls(factor=1)


@pytest.mark.parametrize("cls", EARLY)
def test_the_highest_rungs_may_be_chosen(climb, cls):
    fidelity, top = Fidelity("epochs", 81), Fidelity("epochs", 81, lowest=9)

    def asked(strategy, offered):
        found = climb(
            strategy, lambda config, step: config["x"] / step, budget=20, fidelity=offered, seed=3
        )
        return [(t.suggestion.config, t.suggestion.fidelity) for t in found.trials]

    three = asked(cls(rungs=3), fidelity)
    assert three == asked(cls(), top)
    assert {round(81 * share) for _, share in three} == {9, 27, 81}
    assert asked(cls(rungs=9), fidelity) == asked(cls(), fidelity)


@pytest.mark.parametrize("cls", EARLY)
@pytest.mark.parametrize("rungs", [1, -1])
def test_one_rung_stops_nothing(cls, rungs):
    with pytest.raises(ValueError, match=f"rungs must be 2 or more, got {rungs}; "):
        cls(rungs=rungs)


def loss(config, step):
    """The best half moves with the step, and a fifth of all evaluations fails."""
    x = config["x"]
    return None if int(1000 * x + step) % 5 == 0 else (x - 0.3 - 0.1 / step) ** 2


@pytest.mark.slow
@pytest.mark.parametrize("cls", EARLY)
# Successive halving has rungs of 27, 9 and 3 trials: within each, and between them.
@pytest.mark.parametrize("kept", [0.1, 27 / 39, 0.75, 36 / 39, 0.95])
def test_a_run_that_was_interrupted_within_a_rung_ends_as_one_that_never_was(climb, cls, kept):
    def play(recorded=()):
        return climb(
            cls(), loss, budget=9, fidelity=Fidelity("epochs", 9), seed=5, recorded=recorded
        )

    def values(trials):
        return [(t.number, t.suggestion, t.status, t.loss, t.reason) for t in trials]

    whole = play()
    assert len(whole.trials) > 20
    done = round(kept * len(whole.trials))
    assert {trial.loss is None for trial in whole.trials} == {True, False}
    assert values(play(whole.trials[:done]).trials) == values(whole.trials[done:])
