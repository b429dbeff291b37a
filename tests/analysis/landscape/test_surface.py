import numpy as np
import pandas as pd

from bench.analysis.landscape.surface import heat_map, slices

CONFIGS = pd.DataFrame(
    {
        "x": pd.Categorical(["10", "10", "2", "2", "2"], ["2", "10"], ordered=True),
        "y": pd.Categorical(["a", "b", "a", "b", "b"], ["b", "a"], ordered=True),
    }
)
LOSSES = np.array([5.0, 4.0, 3.0, 2.0, 1.0])


def test_a_grid_has_the_best_over_the_others_in_the_order_of_its_points():
    frame = heat_map(CONFIGS, LOSSES, "x", "y")
    assert frame.columns.tolist() == ["2", "10"]
    assert frame.index.tolist() == ["b", "a"]
    assert frame.to_numpy().tolist() == [[1, 4], [3, 5]]


def test_a_missing_pair_of_grid_points_is_a_hole():
    frame = heat_map(CONFIGS.iloc[1:], LOSSES[1:], "x", "y")
    assert np.isnan(frame.loc["a", "10"])


def test_slices_have_weighted_quartiles_in_the_order_of_the_grid():
    weights = np.array([0.1, 0.1, 0.1, 0.1, 0.6])
    frame = slices(CONFIGS, LOSSES, weights, ["y", "x"])
    assert frame["parameter"].tolist() == ["y", "y", "x", "x"]
    assert frame["level"].tolist() == ["b", "a", "2", "10"]
    assert frame["best"].tolist() == [1, 3, 1, 4]
    # Of level 2 of x: 1 with ¾ of the weight, 2 and 3 with an eighth each.
    assert frame.iloc[2][["low", "median", "high"]].tolist() == [1, 1, 1]
    assert frame.iloc[3][["low", "median", "high"]].tolist() == [4, 4, 5]
