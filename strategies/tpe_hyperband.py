"""Optuna's TPE with Hyperband's pruning."""

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import Budget, Capability, SearchSpace, Suggestion, Trial
from strategies._halving import check_settings, no_rungs, top_rungs
from strategies._optuna import OptunaStrategy
from strategies._settings import at_least

if TYPE_CHECKING:
    import optuna


@dataclass
class TPEHyperband(OptunaStrategy):
    """Optuna's TPESampler with its HyperbandPruner, both with their defaults.

    A configuration is evaluated at each rung from the lowest on, its loss is reported to Optuna at
    the step of the rung, and it ends where Optuna says `should_prune()`; what is left has a full
    evaluation. The decisions are those of `study.optimize` with such an objective. Optuna puts
    each configuration into a bracket, which it keeps to itself, and TPE learns from the
    configurations of the same bracket only. So also a configuration whose bracket stops nothing
    early is evaluated, and paid for, at every rung.

    Args:
        n_startup_trials: random configurations of each bracket before its model.
        factor: Optuna's `reduction_factor`.
        rungs: so many of the highest rungs, the full evaluation among them; 0: all. The lowest is
            Optuna's `min_resource`.
    """

    name = "tpe-hyperband"
    supports = frozenset({Capability.CONDITIONAL, Capability.FIDELITY, Capability.PENDING})

    n_startup_trials: int = 10
    factor: int = 3
    rungs: int = 0

    def __post_init__(self) -> None:
        at_least(0, "n_startup_trials", self.n_startup_trials, "0 models from the start")
        check_settings(self.factor, self.rungs)

    def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
        return no_rungs(budget.fidelity, self.factor)

    def sampler(self, seed: int) -> "optuna.samplers.BaseSampler":
        import optuna

        return optuna.samplers.TPESampler(n_startup_trials=self.n_startup_trials, seed=seed)

    def study(self, seed: int, budget: Budget) -> "optuna.Study":
        import optuna

        steps = top_rungs(budget.fidelity, self.factor, self.rungs)
        pruner = optuna.pruners.HyperbandPruner(steps[0], steps[-1], self.factor)
        # The bracket of a trial hangs on the name of its study, which is random by default.
        return optuna.create_study(study_name=str(seed), sampler=self.sampler(seed), pruner=pruner)

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        import optuna

        self._fidelity = budget.fidelity
        self._steps = top_rungs(budget.fidelity, self.factor, self.rungs)
        self._pruned = optuna.trial.TrialState.PRUNED
        self._going_on: deque[Suggestion] = deque()
        super().start(space, seed=seed, budget=budget)

    def ask(self) -> Suggestion:
        if self._going_on:
            return self._going_on.popleft()
        new = super().ask()
        return Suggestion(new.config, self._fidelity.share(self._steps[0]), (new.token, 0))

    def tell(self, trial: Trial) -> None:
        token, rung = trial.suggestion.token
        if trial.loss is None:
            self._study.tell(token, state=self._failed)
        elif rung == len(self._steps) - 1:
            self._study.tell(token, trial.loss)
        else:
            token.report(trial.loss, self._steps[rung])
            if token.should_prune():
                self._study.tell(token, state=self._pruned)
            else:
                share = self._fidelity.share(self._steps[rung + 1])
                going_on = Suggestion(trial.suggestion.config, share, (token, rung + 1))
                self._going_on.append(going_on)
