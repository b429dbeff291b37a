import math

import pytest

from bench.execution.forecast import Forecast, Seconds
from bench.execution.pilot import RunCost


def cost(strategy, problem, strategy_s, evaluation_s, start_s=0.0, size=0):
    return RunCost(strategy, problem, 0, evaluation_s, strategy_s, start_s, size)


SEEN = [
    cost("a", "p", 1.0, 10.0, 0.5, size=100),
    cost("a", "q", 3.0, 20.0, 7.5, size=300),
    cost("b", "p", 4.0, 14.0, 0.5, size=50),
    cost("b", "q", 4.0, 20.0, 0.5),
]


def test_a_run_takes_means_of_its_strategy_and_problem_and_the_shortest_start():
    forecast = Forecast(SEEN)
    assert forecast.run("a", "p") == pytest.approx(2 + 12 + 0.5)
    assert forecast.run("b", "q") == pytest.approx(4 + 20 + 0.5)
    assert forecast.imports_s == pytest.approx(7)


def test_what_was_not_seen_takes_the_mean_of_the_others():
    assert Forecast(SEEN).run("new", "other") == pytest.approx(3 + 16 + 0.5)
    assert Forecast([]).run("a", "p") == 0


def test_the_interval_of_a_total_follows_from_pooled_variation():
    found = Forecast(SEEN).total({("a", "p"): 2, ("b", "p"): 1, ("b", "q"): 3})
    expected = 2 * 14.5 + 16.5 + 3 * 24.5
    # Shares of the mean: (1/2, 3/2), (1, 1), and 10/12, 14/12, 1, 1; two degrees of freedom each.
    # Pooled they are 1/4 and 1/36; that of `a` alone is 1/2, of `p` alone (14/12 − 1)² · 2 = 1/18.
    variance = (4**2 * 0.5 + 16**2 * 0.25 + 36**2 / 18 + 60**2 / 36) / 2
    # Student's t at .975 with four degrees of freedom.
    factor = math.exp(2.776445 * math.sqrt(math.log(1 + variance / expected**2)))
    assert found.expected == pytest.approx(expected)
    assert (found.low, found.high) == pytest.approx((expected / factor, expected * factor))


def test_where_nothing_was_seen_twice_a_run_may_take_as_much_more_as_it_takes():
    found = Forecast([cost("a", "p", 2.0, 0.0)]).total({("a", "p"): 5})
    assert found.high == pytest.approx(10 * math.exp(1.959964 * math.sqrt(math.log(2))))


def test_no_run_takes_nothing():
    assert Forecast(SEEN).total({("a", "p"): 0}) == Seconds(0, 0, 0)


def test_bytes_are_means_of_the_files_that_were_seen():
    forecast = Forecast(SEEN)
    assert forecast.size({("a", "p"): 2, ("b", "p"): 3}) == pytest.approx(2 * 200 + 3 * 50)
    assert Forecast([cost("a", "p", 1.0, 1.0)]).size({("a", "p"): 9}) == 0


def test_workers_share_seconds_and_wait_the_same():
    assert Seconds(4.0, 2.0, 8.0).times(0.5, 3.0) == Seconds(5.0, 4.0, 7.0)


def test_a_forecast_of_many_equal_runs_is_that_of_their_sum():
    seen = [cost("a", "p", 1.0, 2.0, 0.25) for _ in range(10)]
    assert Forecast(seen).total({("a", "p"): 4}) == Seconds(13.0, 13.0, 13.0)
