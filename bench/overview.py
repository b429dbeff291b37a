"""What is known of a sweep before it is analysed: its panels, its sample, what is unusual."""

from __future__ import annotations

from functools import cached_property

from bench.analysis import startup
from bench.curves.budgets import BUDGETS
from bench.curves.clocks import has_distance
from bench.curves.kinds import Kind, kinds_of
from bench.measured import scales
from bench.panels.clock import side_by_side
from bench.panels.panel import Panel, functions_of, to_panels
from bench.prose import notes, summary
from bench.prose.legend import ends_of_scale
from bench.prose.samples import Sample
from bench.sources.source import Source

ALL = "all problems"
"""The problem of a curve over all of them."""


class Overview:
    """What is known of a sweep before it is analysed.

    Args:
        source: its rows.
        trials: after how many scores, tests and verdicts are taken; the budget without.
    """

    def __init__(self, source: Source, trials: int | None) -> None:
        self.source = source
        self.trials = trials
        self.panels: list[Panel] = to_panels(
            source.trials,
            source.runs,
            strategies=source.strategies,
            problems=source.problems,
            scales=scales.scales(source.runs) if source.seeds else None,
            datasets=source.datasets,
            functions=source.functions,
            looks=source.looks,
        )

    @property
    def unordered(self) -> list[str]:
        """The strategies whose trials are in no order, such as a grid."""
        return [
            name
            for name in self.source.strategies
            if any(name in panel.unordered for panel in self.panels)
        ]

    @cached_property
    def cheaper(self) -> list[str]:
        """The strategies with evaluations that are cheaper than full ones."""
        trials = self.source.trials
        names = set(trials.loc[trials["fidelity"] < 1, "strategy"].unique())
        return [name for name in self.source.strategies if name in names]

    @property
    def unit(self) -> str:
        """What the budget counts, in the singular: trials, unless some are cheaper than others."""
        return "full evaluation" if self.cheaper else "trial"

    @cached_property
    def several_workers(self) -> list[str]:
        """The strategies with a run that evaluated side by side."""
        runs = [side_by_side(panel) for panel in self.panels]
        return [s for i, s in enumerate(self.source.strategies) if any(of[i].any() for of in runs)]

    @property
    def timed(self) -> bool:
        """Whether evaluation and strategy seconds of every trial are known."""
        return self.source.timed

    @property
    def warnings(self) -> list[str]:
        """What makes the numbers of a problem other than they seem."""
        known = [panel for panel in self.panels if has_distance(panel)]
        beyond = [p.problem for p in known if (p.regret[p.ran] < 0).any()]
        plain = [panel.problem for panel in self.panels if not panel.scaled.all()]
        texts = []
        trials = self.source.trials
        completed = trials.loc[trials["status"] == "completed", "fidelity"]
        if len(completed) and (completed < 1).all():
            texts.append(notes.no_full(len(completed), float(completed.max())))
        if beyond:
            texts.append(notes.beyond_optimum(beyond))
        if plain:
            texts.append(notes.no_scale(plain))
        budget = max((panel.budget for panel in self.panels), default=0)
        drawn = [name for name, count in self.startups.items() if count >= budget > 0]
        if drawn:
            texts.append(notes.all_startup(drawn, budget))
        if self.timed and self.several_workers:
            texts.append(notes.not_retimed(self.several_workers))
        return texts

    @property
    def whole(self) -> str:
        """What all problems together are called where one of them could be."""
        name = ALL
        while name in self.source.problems:
            name += " together"
        return name

    @property
    def functions(self) -> frozenset[str]:
        """What counts as a data set and is none."""
        return functions_of(self.panels)

    @property
    def sample(self) -> Sample:
        """All problems, and the data sets and functions they are on."""
        blocks = {panel.dataset for panel in self.panels}
        return Sample(len(self.panels), len(blocks), len(self.functions))

    @property
    def repetitions(self) -> int:
        """The fewest that a strategy has of a problem it ran on."""
        counts = [panel.ran.sum(axis=1) for panel in self.panels]
        return min((int(found[found > 0].min()) for found in counts), default=0)

    @property
    def splits(self) -> tuple[int, int] | None:
        """The fewest and the most splits of a table, of those with more repetitions than splits.

        A split has an optimum and a median draw of its own; None without such a table.
        """
        counts = []
        for panel in self.panels:
            if "table" in self.source.tags.get(panel.problem, ()):
                count = len(set(zip(panel.optimum.tolist(), panel.typical.tolist(), strict=True)))
                counts += [count] if count < len(panel.repetitions) else []
        return (min(counts), max(counts)) if counts else None

    @property
    def short(self) -> list[str]:
        """The problems whose budget ends before scores are taken."""
        return [p.problem for p in self.panels if self.trials and p.budget < self.trials]

    @property
    def budgets_to_compare(self) -> list[int | None]:
        """After how many trials there are leaderboards: those of `trials` first, then the usual.

        None stands for the whole budget of each problem, where budgets differ.
        """
        lengths = {panel.budget for panel in self.panels}
        own = self.trials or (max(lengths) if len(lengths) == 1 else None)
        usual = [budget for budget in BUDGETS if budget <= min(lengths, default=0)]
        return list(dict.fromkeys([own, *usual]))

    @property
    def kinds(self) -> list[Kind]:
        """The kinds of problems, by their tags; the first is all of them."""
        return kinds_of([panel.problem for panel in self.panels], self.source.tags)

    @property
    def ends(self) -> str:
        """What regret 0 and 1 are, in words."""
        return ends_of_scale([panel.source for panel in self.panels])

    @property
    def when(self) -> str:
        """At which point of a run scores are taken, in words; empty without a panel."""
        return summary.when([panel.budget for panel in self.panels], self.trials, self.unit)

    @cached_property
    def startups(self) -> dict[str, int]:
        """Strategy -> how many first trials it draws at random, where that is recorded."""
        return startup.on_the_axis(startup.startups(self.source.runs), self.source.trials)
