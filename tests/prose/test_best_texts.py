"""What is said of best configurations, as a golden file: each sentence from made-up numbers."""

from __future__ import annotations

import math

import pandas as pd

from bench.captions import best

NAN = math.nan


def model(name, value, test, **changed):
    """Return a row of the comparison of models."""
    row = {
        "group": 0, "dataset": "mine.csv", "problem": f"{name}:mine.csv", "model": name,
        "mean_value": value, "mean_test": test, "test_low": test - 0.02, "test_high": test + 0.02,
        "n_repetitions": 10, "difference": 0.005, "low": -0.011, "high": 0.021, "p": 0.5,
        "p_holm": 0.5, "paired": True, "verdict": "undecided",
    }  # fmt: skip
    return row | changed


FIRST = model("forest", 0.874, 0.861, verdict="")
SVM = model("svm", 0.869, 0.866)


def importance(**changed):
    row = {"problem": "p", "parameter": "C", "share": 0.62, "low": 0.4, "high": 0.81,
           "n_trials": 90, "when": ""}  # fmt: skip
    gamma = {"parameter": "gamma", "share": 0.3, "when": "kernel = rbf", "n_trials": 41}
    return pd.DataFrame([row | changed, row | gamma])


def test_best_configurations(golden):
    def said(*rows, sign=-1.0):
        return " ".join(best.models(pd.DataFrame([FIRST, *rows]), "accuracy", sign))

    texts = {
        "sentence": best.sentence(1),
        "sentence, several": best.sentence(12),
        "rule": best.RULE,
        "mean test": best.MEAN_TEST,
        "more": best.MORE,
        "unknown": best.UNKNOWN,
        "importance": best.IMPORTANCE,
        "trials": best.trials("C", "gamma"),
        "configuration": best.configuration(
            '{"C": 12.54321, "kernel": "rbf", "depth": 3, "weight": null}'
        ),
        "in short": best.in_short(pd.DataFrame([FIRST, SVM])),
        "in short, three": best.in_short(
            pd.DataFrame([FIRST, SVM, model("knn", 0.8, 0.7, verdict="significant")])
        ),
        "in short, without test values": best.in_short(
            pd.DataFrame([FIRST | {"mean_test": NAN}, model("svm", 0.8, NAN, verdict="not tested")])
        ),
        "several": best.several("mine.csv"),
        "models, undecided": said(SVM),
        "models, significant, minimised": said(
            model("knn", 0.95, 0.97, difference=-0.11, low=-0.15, high=-0.07, p_holm=0.0004,
                  verdict="significant"), sign=1.0
        ),
        "models, three repetitions": said(SVM | {"n_repetitions": 3}),
        "models, other splits": said(SVM | {"n_repetitions": 3, "paired": False}),
        "models, not tested": said(
            model("svm", 0.8, NAN, verdict="not tested", difference=NAN, low=NAN, high=NAN)
        ),
        "importance of a problem": best.importance(importance()),
        "importance, other condition": best.importance(importance(when="41 of 90 trials")),
        "conditional": best.conditional(importance()),
        "conditional, none": best.conditional(importance()[:1]),
        "unreliable": best.unreliable(importance(n_trials=20)),
        "unreliable, not": best.unreliable(importance()),
        "mean": best.in_parentheses(0.861, 0.82, 0.902, [0.861, 0.874]),
        "mean, one repetition": best.in_parentheses(0.861, NAN, NAN, [0.861]),
        "mean, unknown": best.in_parentheses(NAN, NAN, NAN, []),
    }  # fmt: skip
    golden("best", "\n".join(f"{name}: {text or '(nothing)'}" for name, text in texts.items()))
