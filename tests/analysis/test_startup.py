from json import dumps

import pandas as pd

from bench.analysis.startup import on_the_axis, startups
from bench.registry import STRATEGIES
from bench.spec import Entry


def frame(**settings):
    return pd.DataFrame({"strategy": list(settings), "strategy_settings": list(settings.values())})


def test_it_is_read_from_the_recorded_settings():
    found = startups(
        frame(
            tpe='{"n_startup_trials": 5}', gp='{"kappa": 1.0, "n_initial_points": 12}',
            random="{}", odd='{"n_startup_trials": true, "n_initial_points": "2"}',
        )
    )  # fmt: skip
    assert found == {"tpe": 5, "gp": 12}
    assert startups(frame().astype(object)) == {}


def test_the_longest_of_a_label_counts():
    runs = pd.concat([frame(tpe='{"n_startup_trials": 5}'), frame(tpe='{"n_startup_trials": 9}')])
    assert startups(runs) == {"tpe": 9}


def test_every_strategy_of_the_catalog_that_learns_records_it():
    names = ["tpe", "tpe-independent", "hyperopt-tpe", "gp"]
    recorded = {name: dict(STRATEGIES.resolve(Entry(name)).settings) for name in names}
    found = startups(
        pd.DataFrame({"strategy": names, "strategy_settings": [*map(dumps, recorded.values())]})
    )
    assert found == {"tpe": 10, "tpe-independent": 10, "hyperopt-tpe": 20, "gp": 10}


def test_a_start_up_of_cheaper_trials_is_what_they_cost(make_run, join):
    trials, _ = join(
        make_run([1] * 6, strategy="cheap", fidelities=[0.25] * 4 + [1, 1], budget=3),
        make_run([1] * 6, strategy="cheap", fidelities=[0.5] * 5 + [1], budget=4, repetition=1),
        make_run([1] * 3, strategy="full"),
    )
    # Five trials: 1 + 1 evaluations of one run, 2.5 of the other.
    assert on_the_axis({"cheap": 5, "full": 10}, trials) == {"cheap": 3, "full": 10}
    assert on_the_axis({"full": 10}, trials) == {"full": 10}
