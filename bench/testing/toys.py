"""Tiny strategies and problems, named as `bench.testing.toys:Sphere`."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bench import (
    Budget,
    Capability,
    Categorical,
    Config,
    Evaluation,
    Fidelity,
    Float,
    Int,
    Metric,
    Problem,
    SearchSpace,
    Strategy,
    Suggestion,
    Trial,
)


@dataclass
class Random(Strategy):
    """Independent draws."""

    name = "test-random"
    supports = frozenset({Capability.CONDITIONAL})

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        self.space, self.rng = space, np.random.default_rng(seed)

    def ask(self) -> Suggestion | None:
        return Suggestion(self.space.sample(self.rng))


@dataclass
class Climber(Random):
    """Steps around the best point so far, so the reported trials decide its suggestions."""

    name = "test-climber"

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        super().start(space, seed=seed, budget=budget)
        self.best: list[float] | None = None
        self.loss = float("inf")

    def ask(self) -> Suggestion | None:
        if self.best is None:
            return super().ask()
        point = np.clip(self.best + self.rng.normal(0, 0.1, len(self.best)), 0, 1)
        return Suggestion(self.space.from_unit(point.tolist()))

    def tell(self, trial: Trial) -> None:
        if trial.loss is not None and trial.loss < self.loss:
            self.best, self.loss = self.space.to_unit(trial.suggestion.config), trial.loss


@dataclass
class Permutation(Strategy):
    """The points of a one-parameter table in random order: draws without replacement."""

    name = "test-permutation"

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        ((self.parameter, distribution),) = space.parameters.items()
        size = distribution.size
        if size is None:
            raise ValueError(f"a permutation needs finitely many values, got {distribution}")
        order = np.random.default_rng(seed).permutation(size)
        self.left = [distribution.from_unit((k + 0.5) / size) for k in order]

    def ask(self) -> Suggestion | None:
        return Suggestion({self.parameter: self.left.pop()}) if self.left else None


@dataclass
class Raises(Random):
    """Raises in one step, after some trials."""

    name = "test-raises"
    step: str = "ask"
    after: int = 3

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        super().start(space, seed=seed, budget=budget)
        self.count = 0
        if self.step == "start":
            raise RuntimeError("no start today")

    def ask(self) -> Suggestion | None:
        if self.step == "ask" and self.count == self.after:
            raise RuntimeError("out of ideas")
        return super().ask()

    def tell(self, trial: Trial) -> None:
        self.count += 1
        if self.step == "tell" and self.count == self.after:
            raise RuntimeError("do not want to know")


@dataclass
class NeedsNothing(Random):
    """Needs a package nobody has."""

    name = "test-needs-nothing"
    requires = ("no_such_package_anywhere",)


@dataclass
class Declines(Random):
    """Declines every space."""

    name = "test-declines"

    def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
        return "it does not like this space"


@dataclass
class Sphere(Problem):
    """A 2-d sphere around a centre that the repetition decides."""

    name = "test-sphere"
    shift: float = 0.0
    space = SearchSpace({"x": Float(-1, 1), "y": Float(-1, 1)})
    metric = Metric("loss", "minimize")
    optimum = 0.0

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        centre = np.random.default_rng(seed).uniform(-0.5, 0.5, 2)
        x, y = config["x"] - centre[0], config["y"] - centre[1] + self.shift
        value = float(x * x + y * y)
        return Evaluation(value, test_value=value + 1, fold_values=(value - 0.1, value + 0.1))


@dataclass
class Accuracy(Sphere):
    """Something that is maximised."""

    name = "test-accuracy"
    metric = Metric("accuracy", "maximize")
    optimum = 1.0

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        return Evaluation(1 - super().evaluate(config, seed=seed).value)


@dataclass
class Flaky(Sphere):
    """Fails on half of its space, in all the ways there are."""

    name = "test-flaky"

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        if config["x"] < -0.5:
            raise RuntimeError("x is too small")
        if config["x"] < 0:
            return Evaluation(float("nan") if config["y"] < 0 else float("inf"))
        return super().evaluate(config, seed=seed)


@dataclass
class Table(Problem):
    """Integers 1 to `size`; the value is the number, so it is its rank."""

    name = "test-table"
    size: int = 100
    metric = Metric("rank", "minimize")

    def __post_init__(self) -> None:
        self.space = SearchSpace({"i": Int(1, self.size)})

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        return Evaluation(config["i"])


@dataclass
class Tree(Problem):
    """A conditional space."""

    name = "test-tree"
    metric = Metric("loss", "minimize")
    space = SearchSpace(
        {"kind": Categorical(("a", "b")), "depth": Int(1, 3), "width": Float(0, 1)},
        conditions={"depth": {"kind": ("b",)}, "width": {"depth": (2, 3)}},
    )

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        return Evaluation(float(len(config)))


@dataclass
class CheapTree(Tree):
    """A conditional space with cheaper evaluations, which agree with full ones in part."""

    name = "test-cheap-tree"
    fidelity = Fidelity("epochs", 9)

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        total = sum(self.space.to_unit(config))
        return Evaluation(total + np.sin(50 * total) / (9 * fidelity))


@dataclass
class Cheap(Sphere):
    """Offers cheaper evaluations down to a tenth."""

    name = "test-cheap"
    fidelity = Fidelity("rows", 10)


@dataclass
class Graded(Problem):
    """A conditional space; the cheaper an evaluation, the lower its value and its cost."""

    name = "test-graded"
    space = SearchSpace(
        {"on": Categorical((True, False)), "x": Float(-3, 5)},
        conditions={"x": {"on": (True,)}},
        default={"on": False},
    )
    metric = Metric("score", "maximize")
    fidelity = Fidelity("rows", 10)

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        value = (config.get("x", 0.5) + seed % 7) * fidelity
        return Evaluation(value, value - 1, (value - 0.5, value + 0.5), 2.5 * fidelity)


@dataclass
class Probe(Problem):
    """A value, a test value, folds and a cost of its own, at any fidelity."""

    name = "probe"
    space: SearchSpace = field(
        default_factory=lambda: SearchSpace(
            {"on": Categorical((True, False)), "x": Float(-3, 5)},
            conditions={"x": {"on": (True,)}},
            default={"on": False},
        )
    )
    metric = Metric("accuracy", "maximize")
    fidelity = Fidelity("rows", 10)
    optimum = 5.0

    def optimum_of(self, seed: int) -> float:
        return 5.0 + seed

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        value = config.get("x", 0.5) * fidelity
        return Evaluation(value, value - 1, (value - 0.5, value + 0.5), 2.5)


@dataclass
class Numpy(Sphere):
    """Returns what numpy gives: its own scalars and arrays."""

    name = "test-numpy"

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        folds = np.array([config["x"] ** 2, config["y"] ** 2])
        # What people return all the same, whatever the types say.
        return Evaluation(folds.mean(), np.float32(0.5), folds, np.int64(3))  # type: ignore[arg-type]


@dataclass
class NumpyOptimum(Sphere):
    """Has an optimum that is no plain number."""

    name = "test-numpy-optimum"
    optimum = np.float64(0)


@dataclass
class Speechless(Sphere):
    """Fails with a message that is no text."""

    name = "test-speechless"

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        raise OSError("no file caf\udce9")


@dataclass
class Doubled(Problem):
    """A problem of another one: its values times a factor."""

    name = "test-doubled"
    of: Problem = field(default_factory=Sphere)
    factor: float = 2.0
    argument = "of"

    def __post_init__(self) -> None:
        self.space, self.metric, self.requires = self.of.space, self.of.metric, self.of.requires

    def optimum_of(self, seed: int) -> float | None:
        optimum = self.of.optimum_of(seed)
        return None if optimum is None else self.factor * optimum

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        found = self.of.evaluate(config, seed=seed, fidelity=fidelity)
        return Evaluation(self.factor * found.value)


@dataclass
class Lifted(Sphere):
    """A sphere whose optimum the repetition decides; a text says by how much at most."""

    name = "test-lifted"
    height: str = "1"
    argument = "height"

    def optimum_of(self, seed: int) -> float:
        return float(self.height) * float(np.random.default_rng(seed).random())

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        found = super().evaluate(config, seed=seed)
        return Evaluation(found.value + self.optimum_of(seed))


@dataclass
class NeedsNothingToo(Sphere):
    """Needs a package nobody has, and says so before it is asked for its space."""

    name = "test-needs-nothing-too"
    requires = ("no_such_package_anywhere",)
