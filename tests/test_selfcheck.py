"""The self-check holds, and each of its lines can fail: things are broken on purpose here."""

from __future__ import annotations

import itertools
import json
import math
import sys
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from bench import Float, Int, Metric, Suggestion, Table, seeds, selfcheck
from bench.cli import main
from bench.cli.selfcheck import WIDTH
from bench.panels import panel as panels
from bench.panels import regret
from bench.registry import PROBLEMS, STRATEGIES
from bench.selfcheck import continua, functions, moving_quadratic, pairing, shipped_tables, tables
from bench.selfcheck.closed_form_problems import Steps, entry
from bench.selfcheck.expected_and_measured import exact, ratio, sampled
from bench.selfcheck.small_sweep import best_so_far, small_sweep
from bench.spec import Entry


@pytest.fixture
def call(monkeypatch):
    """Run the command with these checks only."""

    def invoke(*checks, options=()):
        monkeypatch.setattr(selfcheck, "CHECKS", checks)
        return CliRunner().invoke(main, ["selfcheck", *options])

    return invoke


def failed(output):
    return {line.removeprefix("FAIL: ") for line in output.splitlines() if line.startswith("FAIL")}


@pytest.mark.slow
def test_everything_holds():
    result = CliRunner().invoke(main, ["selfcheck", "--json"])
    lines = json.loads(result.output)
    assert [line["name"] for line in lines if not line["holds"]] == []
    assert result.exit_code == 0
    names = [line["name"] for line in lines]
    assert len(set(names)) == len(names) > 60
    assert max(map(len, names)) <= WIDTH


@pytest.mark.slow
def test_a_line_shows_expected_measured_z_and_verdict(call):
    result = call(tables.draws_until_95_percent, pairing.the_oracle_wins)
    assert result.exit_code == 0
    head, *rows, end = result.output.splitlines()
    assert head.split() == ["expected", "measured", "z"]
    assert rows[0].split()[-4:] == ["29", "29", "–", "ok"]
    assert rows[-1].startswith("wins of the oracle over random, a tie half")
    assert math.isfinite(float(rows[-1].split()[-2]))
    assert end.startswith("6 of 6 lines hold, ")


def square_the_quantiles(monkeypatch):
    right = Float.from_unit
    monkeypatch.setattr(Float, "from_unit", lambda self, u: right(self, u * u))


def halve_the_end_values(monkeypatch):
    monkeypatch.setattr(
        Int, "from_unit", lambda self, u: self.low + round(u * (self.high - self.low))
    )


def count_subsets_of_n(monkeypatch):
    def wrong(size):
        ways = [[math.comb(size - k, n) for k in range(1, size + 1)] for n in range(1, size + 1)]
        return np.array(ways) / [[math.comb(size, n)] for n in range(1, size + 1)]

    monkeypatch.setattr(panels, "order_weights", wrong)


def forget_the_incumbent(monkeypatch):
    monkeypatch.setattr(panels, "incumbents", lambda loss, test: (loss, test))


def see_every_metric_minimised(monkeypatch):
    monkeypatch.setattr(Metric, "sign", 1.0)


def draw_without_replacement(monkeypatch):
    cls = STRATEGIES.get("random")
    start = cls.start

    def wrong_start(self, space, *, seed, budget):
        start(self, space, seed=seed, budget=budget)
        self._left = list(space.configs())
        self._rng.shuffle(self._left)

    monkeypatch.setattr(cls, "start", wrong_start)
    monkeypatch.setattr(cls, "ask", lambda self: Suggestion(self._left.pop()))


def draw_once_too_often(monkeypatch):
    right = Table.random_search
    monkeypatch.setattr(
        Table, "random_search", lambda self, split, n: right(self, split, [k + 1 for k in n])
    )


def draw_all_rows_alike(monkeypatch):
    # As if a linear kernel, which has no gamma, were drawn as rarely as it has rows.
    monkeypatch.setattr(
        Table,
        "draw_probability",
        lambda self: np.full(self.value.shape[1], 1 / self.value.shape[1]),
    )


def run_the_grid_in_order(monkeypatch):
    cls = STRATEGIES.get("grid")
    start = cls.start

    def wrong(self, space, *, seed, budget):
        start(self, space, seed=seed, budget=budget)
        self._left = iter(sorted(self._left, key=lambda config: list(config.values())))

    monkeypatch.setattr(cls, "start", wrong)


def place_every_grid_at_the_ends(monkeypatch):
    module = sys.modules[STRATEGIES.get("grid").__module__]
    grid = module.grid
    monkeypatch.setattr(module, "grid", lambda space, limit, _: grid(space, limit, "endpoints"))


def draw_sobol_points_at_random(monkeypatch):
    monkeypatch.setattr(
        STRATEGIES.get("sobol"),
        "start",
        lambda self, space, *, seed, budget: self.__dict__.update(
            _space=space, _points=iter(np.random.default_rng(seed).random((budget.trials, 2)))
        ),
    )


def select_by_test_value(monkeypatch):
    right = panels.incumbents
    monkeypatch.setattr(panels, "incumbents", lambda loss, test: right(test, loss)[::-1])


def measure_regret_from_zero(monkeypatch):
    right = regret.normalised
    monkeypatch.setattr(
        panels,
        "normalised",
        lambda losses, optimum, typical: right(losses, 0 * optimum, typical),
    )


def seed_the_problem_by_strategy(monkeypatch):
    # One more at each call, and each strategy has a call.
    calls = itertools.count()
    monkeypatch.setattr(seeds, "problem_seed", lambda *_: next(calls))


def forget_the_label(monkeypatch):
    monkeypatch.setattr(
        seeds,
        "strategy_seed",
        lambda master, strategy, problem, repetition: seeds.derive(master, problem, repetition),
    )


def forget_the_repetition(monkeypatch):
    monkeypatch.setattr(
        seeds, "problem_seed", lambda master, problem, repetition: seeds.derive(master, problem)
    )


def seed_by_the_clock(monkeypatch):
    calls = itertools.count()
    monkeypatch.setattr(seeds, "strategy_seed", lambda *_: next(calls))


def move_branin(monkeypatch):
    branin: Any = PROBLEMS.get("branin")
    right = branin.formula
    monkeypatch.setattr(PROBLEMS.get("branin"), "formula", lambda self, x: right(self, x) + 0.5)


def lose_later_trials_of_one_label(monkeypatch):
    def wrong(*arguments, **options):
        trials, runs = small_sweep(*arguments, **options)
        return trials[(trials["strategy"] == "random") | (trials["trial_number"] < 10)], runs

    monkeypatch.setattr(pairing, "small_sweep", wrong)


def misstate_the_optimum(monkeypatch):
    right = Table.optimum
    monkeypatch.setattr(Table, "optimum", lambda self, split: right(self, split) + 0.001)


BROKEN = [
    (square_the_quantiles, continua.top_share, "60 random draws hit the top 5 % of a log axis"),
    (square_the_quantiles, continua.time_to_target, "random draws until the sphere is ≤ 1"),
    (
        see_every_metric_minimised,
        tables.best_rank,
        "best rank of 10 random draws from 100, maximize",
    ),
    (
        halve_the_end_values,
        tables.squares_with_replacement,
        "best of 8 random draws of {1, 4, …, 64}",
    ),
    (
        count_subsets_of_n,
        tables.squares_without_replacement,
        "best of 2 from a grid of {1, 4, …, 64}, all orders",
    ),
    (
        run_the_grid_in_order,
        tables.squares_without_replacement,
        "best of 1 from a grid of {1, 4, …, 64}, its own order",
    ),
    (
        draw_without_replacement,
        tables.squares_with_replacement,
        "best of 8 random draws of {1, 4, …, 64}",
    ),
    (
        draw_once_too_often,
        tables.squares_with_replacement,
        "best of 8 random draws of {1, 4, …, 64}, the table's curve",
    ),
    (draw_once_too_often, tables.draws_until_95_percent, "draws that hit the top 1 % with 95 %"),
    (forget_the_incumbent, continua.top_share, "incumbents in 50 random draws: H_n"),
    (draw_sobol_points_at_random, continua.board, "squares of 64 that 64 sobol points hit"),
    (select_by_test_value, continua.optimism, "optimism of the best of 50 noisy values"),
    (
        place_every_grid_at_the_ends,
        moving_quadratic.all_axes_matter,
        "2 of 2 axes matter, loss after 81 trials: grid, centres",
    ),
    (move_branin, functions.minima, "branin at the minimisers of 20 instances, the furthest"),
    (move_branin, functions.random_search, "branin, best of 200 random draws"),
    (
        draw_all_rows_alike,
        shipped_tables.random_search,
        "rank of the best of 10, table-svm-ionosphere",
    ),
    (
        seed_the_problem_by_strategy,
        pairing.seeds,
        "problem seeds in a repetition, all strategies",
    ),
    (
        seed_the_problem_by_strategy,
        pairing.seeds,
        "values of the default in a repetition, two labels",
    ),
    (forget_the_repetition, pairing.seeds, "values of the default in 20 repetitions"),
    (forget_the_label, pairing.seeds, "strategy seeds in 160 runs"),
    (seed_by_the_clock, pairing.seeds, "share of values that come again"),
    (
        lose_later_trials_of_one_label,
        pairing.a_second_label_ties,
        "wins of random over random under a second label",
    ),
    (misstate_the_optimum, pairing.the_oracle_wins, "regret of an oracle after its first trial"),
    (
        measure_regret_from_zero,
        pairing.the_oracle_wins,
        "regret of an oracle after its first trial",
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("breaks", "check", "line"),
    BROKEN,
    ids=[f"{breaks.__name__}-{check.__name__}" for breaks, check, _ in BROKEN],
)
def test_what_is_broken_fails_its_line(call, monkeypatch, breaks, check, line):
    breaks(monkeypatch)
    result = call(check)
    assert line in failed(result.output), result.output
    assert result.exit_code == 1


@pytest.mark.slow
def test_a_check_that_raises_is_a_line_that_fails(call, monkeypatch):
    def broken(self):
        raise ValueError("out of order")

    monkeypatch.setattr(STRATEGIES.get("random"), "ask", broken)
    result = call(continua.time_to_target, tables.draws_until_95_percent)
    assert result.exit_code == 1
    assert failed(result.output) == {"time to target"}
    assert "FAIL RuntimeError: random on " in result.output
    assert ": ask raised ValueError: out of order" in result.output
    # The others go on.
    assert "3 of 4 lines hold" in result.output
    (line, *_) = json.loads(call(continua.time_to_target, options=["--json"]).output)
    assert (line["expected"], line["measured"], line["z"], line["holds"]) == (None,) * 3 + (False,)


def test_a_number_without_chance_must_agree_to_nine_digits():
    assert exact("x", 1 / 3, 1 / 3 + 1e-11).holds
    assert not exact("x", 1 / 3, 1 / 3 + 1e-8).holds
    assert exact("x", 0, 1e-13).holds
    assert not exact("x", 0, 1e-6).holds
    assert not exact("x", 0, math.nan).holds


def test_a_mean_must_lie_within_four_standard_errors():
    # Mean 1, standard deviation 2/√3, so a standard error of 1/√3.
    sample = [0, 2, 0, 2]
    right = sampled("x", 1 + 3.9 / math.sqrt(3), sample)
    assert right.measured == 1
    assert right.z == pytest.approx(-3.9)
    assert right.holds
    assert not sampled("x", 1 + 4.1 / math.sqrt(3), sample).holds
    assert not sampled("x", 1 - 4.1 / math.sqrt(3), sample).holds
    assert not sampled("x", 1, [0, 2, math.nan]).holds


def test_a_mean_without_spread_must_be_what_is_expected():
    assert sampled("x", 0.1, [0.1] * 3).holds
    assert not sampled("x", 0.1001, [0.1] * 3).holds
    assert sampled("x", 0.1, [0.1] * 3).z is None


def test_a_ratio_is_that_of_sums():
    # Hits at 10, 20 and 30, two misses at 100: METHOD's example, 260/3.
    line = ratio("x", 260 / 3, [10, 20, 30, 100, 100], [1, 1, 1, 0, 0])
    assert line.measured == pytest.approx(260 / 3)
    assert line.z == pytest.approx(0, abs=1e-12)
    used, hit = np.tile([10, 20, 30, 100, 100], 40), np.tile([1, 1, 1, 0, 0], 40)
    assert ratio("x", 80, used, hit).holds
    assert not ratio("x", 50, used, hit).holds
    assert not ratio("x", 150, used, hit).holds


def test_a_played_sweep_has_the_seeds_of_a_real_one_and_its_pairs_run_alone():
    both, runs = small_sweep(
        [Entry("random"), Entry("grid")], [entry(Steps, count=5)], trials=5, repetitions=3
    )
    assert runs["status"].tolist() == ["completed"] * 6
    assert set(runs["problem_seed"]) == {seeds.problem_seed(1, "steps", r) for r in range(3)}
    alone, _ = small_sweep([Entry("random")], [entry(Steps, count=5)], trials=5, repetitions=3)
    kept = both[both["strategy"] == "random"]
    assert kept["value"].tolist() == alone["value"].tolist()
    # In the order it ran, not in the expectation over all orders.
    grid = both[both["strategy"] == "grid"].sort_values(["repetition", "trial_number"])
    curves = best_so_far(grid, runs[runs["strategy"] == "grid"])
    ordered = grid["value"].to_numpy().reshape(3, 5)
    assert curves.tolist() == np.minimum.accumulate(ordered, axis=1).tolist()
    # Without replacement, five of five draws end at the best one.
    assert curves[:, -1].tolist() == [1, 1, 1]


def test_a_pair_that_cannot_run_is_an_error():
    with pytest.raises(RuntimeError, match="default"):
        small_sweep([Entry("default")], [entry(Steps)], trials=1, repetitions=1)


@pytest.mark.slow
def test_random_search_in_the_square_is_expected_where_quadrature_puts_it():
    # ∫ 2 r P(none of 81 points within r of c) dr, the mean over c in a quarter of the square.
    nodes, weights = np.polynomial.legendre.leggauss(24)
    c, of_c = (nodes + 1) / 4, weights / 2
    radii = np.linspace(0, 0.7, 401)
    across, of_across = np.polynomial.legendre.leggauss(64)
    nothing = np.zeros_like(radii)
    for cx, wx in zip(c, of_c, strict=True):
        left, right = np.maximum(0, cx - radii), np.minimum(1, cx + radii)
        x = left + (right - left) * (across[:, None] + 1) / 2
        half = np.sqrt(np.maximum(0, radii**2 - (x - cx) ** 2))
        for cy, wy in zip(c, of_c, strict=True):
            chord = np.minimum(1, cy + half) - np.maximum(0, cy - half)
            area = (of_across[:, None] * chord).sum(axis=0) * (right - left) / 2
            nothing += wx * wy * np.clip(1 - area, 0, 1) ** 81
    (line,) = [
        line for line in moving_quadratic.all_axes_matter() if line.name.endswith(": random")
    ]
    assert line.expected == pytest.approx(np.trapezoid(2 * radii * nothing, radii), rel=1e-3)
