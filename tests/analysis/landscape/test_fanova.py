"""Importance from recorded trials: shares that are known by calculus, and Optuna's own."""

from __future__ import annotations

import json

import numpy as np
import optuna
import pandas as pd
import pytest
from optuna.distributions import BaseDistribution, FloatDistribution
from optuna.importance import FanovaImportanceEvaluator

from bench.analysis.landscape.fanova import MAX_TRIALS, importance, main_effects
from bench.panels.regret import Scale
from bench.testing.frames import made
from bench.testing.panels import panels


def frames(loss, configs, **given):
    """Return trials and runs of `random` in which each configuration has its loss."""
    count = len(configs)
    trials, runs = made(
        lambda _s, _p, repetition, number: loss(configs[number], repetition),
        strategies=("random",),
        budget=count,
        optimum=np.nan,
        **given,
    )
    trials["config"] = [json.dumps(configs[number]) for number in trials["trial_number"]]
    return trials, runs


def of(trials, runs):
    found = panels((trials, runs), scales={"p": Scale(None, 1.0, "frozen")})
    return importance(trials, found).set_index("parameter")


def test_main_effects_of_a_sum_are_its_variances():
    rng = np.random.default_rng(0)
    x = np.column_stack([(rng.permutation(1000) + 0.5) / 1000 for _ in range(3)])
    shares = main_effects(x, 3 * x[:, 0] + x[:, 1]).mean(axis=0)
    # Var(3 x) : Var(x) is 9 : 1.
    assert shares == pytest.approx([0.9, 0.1, 0.0], abs=0.01)


def test_an_interaction_is_no_main_effect():
    x = np.random.default_rng(1).random((1000, 2)) - 0.5
    assert main_effects(x, x[:, 0] * x[:, 1]).mean(axis=0).sum() < 0.1


def test_main_effects_are_those_of_optuna():
    rng, count = np.random.default_rng(0), 60
    # Evenly spaced, so that shares of the trials are shares of the range, as Optuna takes them.
    x = np.column_stack([(rng.permutation(count) + 0.5) / count for _ in range(3)])
    y = 2 * x[:, 0] + x[:, 1] + x[:, 1] * x[:, 2]
    known: dict[str, BaseDistribution] = {f"x{i}": FloatDistribution(0, 1) for i in range(3)}
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study()
    study.add_trials(
        [
            optuna.trial.create_trial(
                params=dict(zip(known, row, strict=True)), distributions=known, value=value
            )
            for row, value in zip(x.tolist(), y.tolist(), strict=True)
        ]
    )
    theirs = FanovaImportanceEvaluator(seed=5).evaluate(study)
    ours = main_effects(x, y, seed=5).mean(axis=0)
    assert ours == pytest.approx([theirs[name] for name in known], abs=0.01)


def test_the_scale_of_a_parameter_does_not_matter():
    x = np.random.default_rng(2).random((200, 2))
    y = x[:, 0] + x[:, 1] ** 2
    assert main_effects(10**x, y).tolist() == main_effects(x, y).tolist()


def test_what_differs_between_repetitions_is_no_parameter():
    rng = np.random.default_rng(3)
    configs = [{"x": x, "y": y} for x, y in rng.random((150, 2)).tolist()]
    trials, runs = frames(
        lambda config, repetition: config["x"] + 100 * repetition, configs, repetitions=3
    )
    found = of(trials, runs)
    assert found["share"].to_dict() == {
        "x": pytest.approx(1, abs=0.02),
        "y": pytest.approx(0, abs=0.02),
    }
    assert found["n_trials"].tolist() == [450, 450]
    assert (found["low"] <= found["share"]).all()
    assert (found["share"] <= found["high"]).all()


def test_a_parameter_that_is_not_always_active_is_judged_where_it_is():
    rng = np.random.default_rng(4)
    configs = []
    for kernel, x, y in zip(rng.choice(["linear", "rbf"], 400), *rng.random((2, 400)), strict=True):
        configs.append({"kernel": str(kernel), "C": y} | ({"gamma": x} if kernel == "rbf" else {}))
    trials, runs = frames(
        lambda config, _: 5 * (config["kernel"] == "rbf") + config.get("gamma", 0) + config["C"],
        configs,
    )
    found = of(trials, runs)
    # Where it is active gamma explains half: kernel does not vary there.
    assert found.loc["gamma", "share"] == pytest.approx(0.5, abs=0.05)
    assert found.loc["gamma", "when"] == "kernel = rbf"
    assert found.loc["gamma", "n_trials"] == sum("gamma" in config for config in configs)
    assert found.loc["kernel", "share"] > 0.9
    assert found.loc["kernel", "when"] == ""


def test_null_is_a_value_like_others():
    configs = [{"weight": None if i % 2 else "balanced", "x": (7 * i) % 50} for i in range(50)]
    trials, runs = frames(lambda config, _: float(config["weight"] is None), configs)
    found = of(trials, runs)
    assert found.loc["weight", "share"] == pytest.approx(1, abs=0.01)
    assert found.loc["weight", "when"] == ""


def test_trials_that_failed_and_cheaper_ones_do_not_count():
    configs = [{"x": i, "y": (7 * i) % 40} for i in range(40)]
    trials, runs = frames(lambda config, _: float(config["x"]), configs)
    trials.loc[:9, ["status", "value"]] = "failed", np.nan
    trials.loc[10:14, "fidelity"] = 0.5
    assert of(trials, runs)["n_trials"].tolist() == [25, 25]


def test_of_very_many_trials_some_are_taken_evenly():
    configs = [{"x": i % 10, "y": i % 7} for i in range(MAX_TRIALS + 500)]
    trials, runs = frames(lambda config, _: float(config["x"]), configs)
    found = of(trials, runs)
    assert found["n_trials"].tolist() == [MAX_TRIALS, MAX_TRIALS]
    assert found.loc["x", "share"] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("change", ["no config", "constant", "known optimum"])
def test_nothing_is_said_of_what_cannot_be_known(change):
    configs = [{"x": i} for i in range(40)]
    trials, runs = frames(lambda config, _: 1.0 if change == "constant" else config["x"], configs)
    if change == "known optimum":
        trials, runs = trials.assign(optimum=0.0), runs.assign(optimum=0.0)
    if change == "no config":
        trials = trials.drop(columns="config")
    found = importance(trials, panels((trials, runs)))
    assert isinstance(found, pd.DataFrame)
    assert found.empty
