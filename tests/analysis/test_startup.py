from json import dumps

import pandas as pd

from bench.analysis.startup import startups
from bench.registry import STRATEGIES
from bench.spec import Entry


def frame(**settings):
    return pd.DataFrame({"strategy": list(settings), "settings": list(settings.values())})


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
        pd.DataFrame({"strategy": names, "settings": [*map(dumps, recorded.values())]})
    )
    assert found == {"tpe": 10, "tpe-independent": 10, "hyperopt-tpe": 20, "gp": 10}
