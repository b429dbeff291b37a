from __future__ import annotations

import numpy as np
import pandas as pd

from bench.analysis.regret import to_regret


def frame(rows):
    columns = ["problem", "repetition", "value", "direction", "optimum"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float, "optimum": float})


def test_each_repetition_is_measured_against_its_own_optimum():
    regret = to_regret(
        frame(
            [
                ("table", 0, 0.90, "maximize", 0.95),
                ("table", 1, 0.90, "maximize", 0.92),
                ("sphere", 0, 3.0, "minimize", 1.0),
                ("sphere", 0, 1.0, "minimize", 1.0),
            ]
        )
    )
    np.testing.assert_allclose(regret["value"], [0.05, 0.02, 2.0, 0.0], atol=1e-12)
    assert set(regret["direction"]) == {"minimize"}
    assert set(regret["optimum"]) == {0.0}


def test_a_problem_whose_optimum_is_not_known_everywhere_keeps_its_values():
    before = frame(
        [
            ("live", 0, 0.90, "maximize", np.nan),
            ("half", 0, 0.80, "maximize", 0.85),
            ("half", 1, 0.70, "maximize", np.nan),
        ]
    )
    regret = to_regret(before)
    assert regret["value"].tolist() == before["value"].tolist()
    assert set(regret["direction"]) == {"maximize"}
    assert regret["optimum"].isna().all()


def test_a_failed_trial_has_no_regret():
    regret = to_regret(frame([("sphere", 0, np.nan, "minimize", 1.0)]))
    assert np.isnan(regret["value"]).all()
