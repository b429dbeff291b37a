"""What a report is made from: every analysis of one sweep, done once, when it is asked for."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from bench.analysis import (
    best,
    boards,
    choosing,
    early_stopping,
    failures,
    halves,
    models,
    other_metrics,
    repeats,
    rungs,
    selection,
    slices,
    stopping,
)
from bench.analysis.landscape import fanova
from bench.analysis.time import breakeven, overhead, recommendation, replay, time_quality, workers
from bench.analysis.time.replay import SCHEDULES, Schedule
from bench.curves import (
    budgets,
    clocks,
    convergence,
    crossing,
    equivalents,
    finals,
    kinds,
    leaderboard,
    profiles,
    random_2x,
    ranks,
    targets,
)
from bench.inference import (
    cv_tests,
    folds,
    leave_out,
    paired,
    pairwise,
    significance,
    verdicts,
    wrong_winner,
)
from bench.inference.estimates import BETTER
from bench.inference.subsets import MIN_DATA_SETS
from bench.measured import live_settings, oracle, rank_correlations, scales
from bench.overview import Overview
from bench.prose import comparisons, verdict
from bench.sources.source import Source

if TYPE_CHECKING:
    import pandas as pd

    from bench.curves.draws import Exact
    from bench.panels.panel import Panel


class Analyses(Overview):
    """The analyses of a sweep.

    Args:
        source: its rows.
        trials: after how many scores, tests and verdicts are taken; the budget without.
        rope: half the width of the region of practical equivalence, in normalised regret.
        schedule: one more for which the sweep is re-timed.
    """

    def __init__(
        self, source: Source, *, trials: int | None, rope: float, schedule: Schedule | None = None
    ) -> None:
        super().__init__(source, trials)
        self.rope = rope
        self.schedules = tuple(dict.fromkeys([*([schedule] if schedule else []), *SCHEDULES]))

    @cached_property
    def finals(self) -> pd.DataFrame:
        return finals.finals(self.panels)

    @cached_property
    def board(self) -> pd.DataFrame:
        """As `boards.board` gives it, with shares of `failures.limit_shares` and `repeats`."""
        frame = boards.board(
            self.panels, self.verdicts, self.own_time, self.trials, self.source.fewer
        )
        shares = repeats.repeated_shares(self.source.trials)
        frame = frame.assign(repeated_share=frame["strategy"].map(shares).astype(float))
        return frame.join(failures.limit_shares(self.source.trials), on="strategy")

    @cached_property
    def boards_by_kind(self) -> list[boards.Boards]:
        of = self.panels, self.kinds, self.budgets_to_compare
        shares = partial(failures.limit_shares, self.source.trials)
        return boards.by_kind(*of, self.rope, self.source.fewer, shares)

    @cached_property
    def best_by_kind(self) -> pd.DataFrame:
        return kinds.by_kind(self.panels, self.kinds, self.budgets_to_compare, self.rope)

    @cached_property
    def order(self) -> list[str]:
        """The strategies in the order of the leaderboard, which is that of every legend."""
        ranked = list(self.board["strategy"]) if self.panels else []
        return list(dict.fromkeys([*ranked, *self.source.strategies]))

    @cached_property
    def missing(self) -> pd.DataFrame:
        return leaderboard.missing(self.panels, self.source.fewer)

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        return verdicts.verdicts(self.panels, self.trials, self.rope)

    @cached_property
    def comparisons(self) -> comparisons.Comparisons:
        """How the strategies stand to each other, pair by pair."""
        source = self.source
        known = source.repetitions, source.fewer, source.looks
        return comparisons.comparisons(self.board, self.verdicts, self.when, *known)

    @cached_property
    def verdict(self) -> verdict.Verdict:
        """The verdict in words."""
        return verdict.in_words(
            self.board,
            self.verdicts,
            self.saved,
            when=self.when,
            rope=self.rope,
            sources=[panel.source for panel in self.panels],
            repetitions=self.source.repetitions,
            fewer=self.source.fewer,
            looks=self.source.looks,
            own_time=self.own_time if self.timed else None,
            failures=self.failures,
        )

    @cached_property
    def exact(self) -> dict[str, Exact]:
        """Problem -> how one random draw is distributed, where that is known."""
        if not self.source.seeds:
            return {}
        wanted = {panel.problem: panel.repetitions.tolist() for panel in self.panels}
        return scales.exact_draws(self.source.runs, wanted)

    @cached_property
    def equivalents(self) -> pd.DataFrame:
        return equivalents.equivalents(self.panels, self.trials, self.exact)

    @cached_property
    def random_2x(self) -> pd.DataFrame:
        """The strategies against random search with twice the trials."""
        return random_2x.random_2x(self.panels, self.trials)

    @cached_property
    def saved(self) -> pd.DataFrame:
        return equivalents.trials_saved(self.equivalents)

    @cached_property
    def convergence(self) -> pd.DataFrame:
        return convergence.convergence(self.panels)

    def curves(self, clock: clocks.Clock) -> pd.DataFrame:
        """Return best-so-far on a clock, of each problem, as `clocks.bands` gives it."""
        import pandas as pd

        parts = [clocks.bands(panel, clock).assign(problem=panel.problem) for panel in self.panels]
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def on_trials(self) -> pd.DataFrame:
        return self.curves("trials")

    @cached_property
    def in_seconds(self) -> pd.DataFrame:
        return self.curves("seconds")

    @cached_property
    def in_own_seconds(self) -> pd.DataFrame:
        return self.curves("own")

    @cached_property
    def ranks(self) -> pd.DataFrame:
        return ranks.ranks_over_budget(self.panels)

    @cached_property
    def crossings(self) -> pd.DataFrame:
        return crossing.crossings(self.panels)

    @cached_property
    def summaries(self) -> pd.DataFrame:
        return significance.summaries(self.panels, self.trials)

    @cached_property
    def untested(self) -> tuple[list[str], list[str]]:
        """The strategies and blocks that the test over blocks leaves out."""
        return significance.left_out(self.summaries, self.panels, self.trials)

    @cached_property
    def friedman(self) -> pd.DataFrame:
        seen = significance.first_look(self.panels)
        return significance.friedman(significance.summaries(seen, self.trials))

    @cached_property
    def mean_ranks(self) -> pd.DataFrame:
        return significance.mean_ranks(self.summaries)

    @cached_property
    def wilcoxon(self) -> pd.DataFrame:
        return significance.wilcoxon(self.panels, self.trials)

    @cached_property
    def cliques(self) -> list[list[str]]:
        """Groups of strategies that do not differ significantly by Wilcoxon's test."""
        frame = significance.cliques(self.mean_ranks, self.wilcoxon)
        return [list(part["strategy"]) for _, part in frame.groupby("clique", sort=True)]

    @property
    def divisible(self) -> list[Panel]:
        """The problems that have scores, where they are on enough data sets to draw parts of."""
        found = [panel for panel in self.panels if panel.budget >= (self.trials or 1)]
        enough = len({panel.dataset for panel in found}) >= MIN_DATA_SETS
        return found if enough and self.board["rank"].count() > 1 else []

    @cached_property
    def halves(self) -> pd.DataFrame:
        """Which strategies are first in random halves of `divisible`, which has some."""
        return halves.halves(self.divisible, self.trials)

    @cached_property
    def leave_out(self) -> pd.DataFrame:
        """How stable significant differences are without some data sets of `divisible`."""
        pairs = paired.all_pairs(self.divisible, self.trials)
        return leave_out.leave_out(pairs, self.verdicts)

    @property
    def significant(self) -> list[tuple[str, str]]:
        """The pairs that differ significantly on this problem set, of each the better one first."""
        rows = self.verdicts[["a", "b", "verdict"]].itertuples(index=False, name=None)
        found = ((a, b) if verdict == BETTER else (b, a) for a, b, verdict in rows
                 if verdict in leave_out.SIGNIFICANT)  # fmt: skip
        place = {name: i for i, name in enumerate(self.order)}
        return sorted(found, key=lambda both: (place[both[0]], place[both[1]]))

    @property
    def first_two(self) -> tuple[str, str]:
        """The first two strategies of the leaderboard."""
        return self.order[0], self.order[1]

    @cached_property
    def wrong_winner(self) -> pd.DataFrame:
        """How often smaller sweeps are wrong, on the first two and those that differ."""
        wanted = [self.first_two, *self.significant]
        return wrong_winner.wrong_winner(self.divisible, list(dict.fromkeys(wanted)), self.trials)

    @cached_property
    def budgets(self) -> pd.DataFrame:
        return budgets.by_budget(self.panels)

    @cached_property
    def ecdf(self) -> pd.DataFrame:
        return targets.ecdf(self.panels, exact=self.exact)

    @cached_property
    def ert(self) -> pd.DataFrame:
        return targets.ert(self.panels, exact=self.exact)

    @cached_property
    def profiles(self) -> pd.DataFrame:
        return profiles.profiles(self.panels, self.trials)

    @cached_property
    def pairwise(self) -> pd.DataFrame:
        return pairwise.pairwise(self.panels, self.trials)

    @cached_property
    def targets(self) -> pd.DataFrame:
        return targets.targets(self.panels, exact=self.exact)

    @cached_property
    def breakeven_costs(self) -> pd.DataFrame:
        return breakeven.break_even_costs(self.panels, self.startups)

    @cached_property
    def breakeven(self) -> pd.DataFrame:
        return breakeven.breakeven(self.breakeven_costs)

    @cached_property
    def deadlines(self) -> dict[Schedule, pd.DataFrame]:
        """What each comes to by a deadline, by schedule."""
        return {
            (cost, workers): replay.at_deadline(self.panels, cost=cost, workers=workers)
            for cost, workers in self.schedules
        }

    @cached_property
    def recommendation(self) -> pd.DataFrame:
        return recommendation.recommendation(self.panels)

    @cached_property
    def time_quality(self) -> pd.DataFrame:
        return time_quality.time_quality(self.panels)

    @cached_property
    def workers(self) -> pd.DataFrame:
        return workers.workers(self.source.trials, self.source.runs, self.panels, self.trials)

    @cached_property
    def selection_runs(self) -> list[selection.Runs]:
        return [selection.of_runs(panel) for panel in self.panels]

    @cached_property
    def selection(self) -> pd.DataFrame:
        return selection.by_problem(self.selection_runs)

    @cached_property
    def selected(self) -> pd.DataFrame:
        return selection.by_strategy(self.selection_runs)

    @cached_property
    def other_metrics(self) -> pd.DataFrame:
        return other_metrics.other_metrics(self.source.trials, self.source.runs, self.panels)

    @cached_property
    def oracle(self) -> pd.DataFrame:
        """What perfect search reaches on the tables of the package; empty without any."""
        return oracle.oracle(self.source.runs, self.source.problems if self.source.seeds else ())

    @cached_property
    def early_stopping(self) -> early_stopping.EarlyStopping | None:
        """What cheaper evaluations cost and gain; None where there are none."""
        if not rungs.cheaper_panels(self.panels):
            return None
        exact = rank_correlations.rank_correlations(self.source.runs) if self.source.seeds else {}
        return early_stopping.early_stopping(self.source.trials, self.panels, exact, self.trials)

    @cached_property
    def folds(self) -> list[folds.Folds | None]:
        """The spread of the fold values of each panel's evaluations, None where there are none."""
        given = live_settings.live_settings(self.source.runs) if self.source.seeds else {}
        return folds.folds_of(self.source.trials, given, self.panels)

    @cached_property
    def stopping(self) -> pd.DataFrame:
        names = stopping.names_of(self.panels)
        both = zip(self.panels, self.folds, strict=True)
        return stopping.stopping([stopping.of_runs(*part, names) for part in both], names)

    @cached_property
    def choosing(self) -> pd.DataFrame:
        both = zip(self.panels, self.folds, strict=True)
        return choosing.choosing(
            [choosing.of_runs(panel, of) for panel, of in both if of is not None]
        )

    @cached_property
    def cv_tests(self) -> pd.DataFrame:
        return cv_tests.cv_tests(self.source.trials, self.source.runs, self.panels)

    @cached_property
    def incumbents(self) -> pd.DataFrame:
        return best.incumbents(self.source.trials, self.source.runs, self.panels)

    @cached_property
    def best(self) -> pd.DataFrame:
        return best.best(self.incumbents, self.source.runs)

    @cached_property
    def models(self) -> pd.DataFrame:
        return models.models(self.incumbents, self.source.runs, self.panels)

    @cached_property
    def importance(self) -> pd.DataFrame:
        return fanova.importance(self.source.trials, self.panels)

    @cached_property
    def slices(self) -> pd.DataFrame:
        return slices.slices(self.source.trials, self.panels)

    @cached_property
    def overhead(self) -> pd.DataFrame:
        return overhead.strategy_seconds(self.panels)

    @cached_property
    def own_time(self) -> pd.DataFrame:
        return overhead.totals(self.panels)

    @cached_property
    def failures(self) -> pd.DataFrame:
        return failures.failures(self.source.trials, self.source.runs)

    @cached_property
    def two_rules(self) -> pd.DataFrame:
        return failures.two_rules(self.panels, self.trials)
