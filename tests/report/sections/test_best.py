"""The section of best configurations."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bench.captions import best as texts
from bench.report import figures
from bench.report.sections import best
from bench.testing.frames import made

LABEL = texts.BEST_LABEL


def frames(settings=None, **given):
    """Return the frames of two models on one data set; with a fingerprint, one's own."""
    trials, runs = made(
        lambda s, _p, r, n: 0.1 * r + ((7 * n + len(s)) % 12) / 12,
        problems=("svm", "forest"),
        repetitions=2,
        budget=12,
        optimum=np.nan,
        test=lambda _s, _p, r, n: 0.2 * r + n / 12,
        **given,
    )
    configs = {n: {"C": 10.0 ** (n % 5), "kernel": "rbf" if n % 3 else "linear"} for n in range(12)}
    trials["config"] = [json.dumps(configs[n]) for n in trials["trial_number"]]
    written = json.dumps({"data": "mine.csv"} | (settings or {}))
    same = {"problem_settings": written, "metric": "RMSE", "direction": "minimize"}
    runs = runs.assign(**same, problem_name=runs["problem"])
    return trials.assign(metric="RMSE", direction="minimize"), runs


def test_the_table_has_the_best_of_each_problem(find, builder, table):
    found = find(frames())
    section = best.section(found, builder)
    assert section.sentence == texts.sentence(2)
    assert not section.open
    (shown,) = (item for item in section.items if item.kind == "table")
    rows = shown.frame.to_dict("records")
    chosen = found.best[found.best["is_best"]].to_dict("records")
    assert [row["problem"] for row in rows] == ["svm", "forest"]
    for row, known in zip(rows, chosen, strict=True):
        # Each strategy reaches the least loss, in some repetition.
        assert row["found by"] == "2 strategies"
        assert row["best configuration"] == texts.configuration(known["config"])
        assert float(row["validation"]) == pytest.approx(known["value"], rel=1e-3)
    assert len(shown.raw) == 4


def test_the_one_strategy_that_found_the_best_is_named(find, builder):
    trials, runs = frames()
    late = (trials["strategy"] == trials["strategy"].iloc[0]) & (trials["problem"] == "svm")
    trials.loc[late, "value"] += 0.5
    (shown,) = (
        item for item in best.section(find((trials, runs)), builder).items if item.kind == "table"
    )
    assert shown.frame["found by"].tolist() == [trials["strategy"].iloc[-1], "2 strategies"]


def test_models_on_one_data_set_are_compared(find, builder):
    found = find(frames())
    notes = [item.text for item in best.section(found, builder).items if item.kind == "note"]
    assert notes[0].startswith(texts.several(found.models["dataset"].iloc[0]))


def test_data_of_ones_own_have_their_importance_and_an_open_section(find, builder):
    section = best.section(find(frames({"fingerprint": "ab12"})), builder)
    assert section.open
    drawn = [item for item in section.items if item.kind == "figure"]
    assert [figure.name for figure in drawn] == ["importance", "trials-svm", "trials-forest"]
    assert texts.unreliable(find(frames({"fingerprint": "ab12"})).importance) == ""


def test_without_configurations_there_is_no_table(find, builder):
    trials, runs = frames()
    section = best.section(find((trials.drop(columns="config"), runs)), builder)
    assert (section.sentence, list(section.items)) == (texts.UNKNOWN, [])


def test_the_bars_are_the_shares_and_the_lines_the_middle_of_the_trees(find):
    frame = find(frames({"fingerprint": "ab12"})).importance
    axes = figures.importance(frame)
    part = frame[frame["problem"] == "svm"]
    assert [bar.get_width() for bar in axes.patches] == part["share"].tolist()
    (lines,) = axes.collections
    ends = [segment[:, 0].tolist() for segment in lines.get_segments()]
    assert ends == part[["low", "high"]].values.tolist()
    assert [label.get_text() for label in axes.get_yticklabels()] == part["parameter"].tolist()


def test_trials_stand_at_their_values_and_the_best_has_a_star(find):
    from bench.analysis.landscape import fanova

    found = find(frames())
    frame = fanova.over_two(found.source.trials, found.panels[0], "C", "kernel")
    assert len(frame) == 48
    axes = figures.trials_over_two(frame, "svm")
    (points,) = axes.collections
    x, y = points.get_offsets().T
    assert x.tolist() == frame["x"].tolist()
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["linear", "rbf"]
    assert [names[round(place)] for place in y] == frame["y"].tolist()
    assert axes.get_xscale() == "log"
    (star,) = axes.get_lines()
    place = int(np.flatnonzero(frame["is_best"])[0])
    assert star.get_xydata().tolist() == [[x[place], y[place]]]
    assert frame["rank"].tolist()[place] == 1
    # A quarter of the trials reach the level, whatever the repetition.
    assert frame["rank"].max() == 1
