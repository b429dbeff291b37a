"""Sweeps that are looked at: what stops, and p-values that know of the looks."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bench.analysis.time.recommendation import recommendation
from bench.inference.compare import compare
from bench.inference.estimates import on_problem_set
from bench.inference.paired import all_pairs
from bench.inference.sequential import p_on_problem_set, sequential_p
from bench.inference.settled import after_look
from bench.inference.significance import first_look, friedman, summaries
from bench.inference.verdicts import verdicts, verdicts_on_problem_set
from bench.panels.looks import Looks, schedule
from bench.panels.panel import to_panels

MOST, EACH = 20, 5
PLANNED = dict.fromkeys("abc", MOST)


def panels(make_panels, repetitions=MOST, looks=None):
    """Strategies a and b are alike, c is far behind; its runs end where a look stopped it."""
    cells = {}
    for k in range(4):
        rng = np.random.default_rng(k)
        means = {"a": 0.3, "b": 0.3, "c": 0.8}
        drawn = {name: rng.normal(mean, 0.05, MOST) for name, mean in means.items()}
        ends = dict.fromkeys(means, repetitions) | dict(looks.stopped if looks else {})
        cells[f"p{k}"] = {name: list(drawn[name][: ends[name]]) for name in means}
    return [replace(panel, looks=looks) for panel in make_panels(cells)]


def looked(make_panels):
    looks = Looks(EACH, PLANNED)
    for made in looks.times:
        looks = after_look(panels(make_panels, made, looks), looks, made)
    return looks


def test_what_is_clearly_behind_stops_and_equals_go_on(make_panels):
    looks = looked(make_panels)
    assert looks.times == [5, 10, 15, 20]
    assert list(looks.stopped) == ["c"]
    assert looks.stopped["c"] < MOST
    assert looks.made == MOST
    assert looked(make_panels) == looks


@pytest.mark.parametrize("made", [0, 4, 5, 30])
def test_a_look_is_made_once_and_at_its_time(make_panels, made):
    with pytest.raises(ValueError, match="must be one of 5, 10, 15, 20, above 5"):
        after_look(panels(make_panels), Looks(EACH, PLANNED, made=5), made)


def test_a_pair_is_looked_at_until_one_of_it_stops():
    looks = Looks(EACH, {"a": 20, "b": 20, "c": 12}, {"b": 10}, made=15)
    found = schedule([((looks, "a"), (looks, "b")), ((looks, "a"), (looks, "c"))])
    assert found is not None
    assert found.times.tolist() == [5, 10, 12]
    np.testing.assert_allclose(found.fractions[:, 0], [0.25, 0.5, np.nan])
    np.testing.assert_allclose(found.fractions[:, 1], [5 / 12, 10 / 12, 1])
    assert found.last.tolist() == [10, 12]
    assert schedule([((None, "a"), (None, "b"))]) is None


def test_p_values_are_the_sequential_ones_of_the_looks(make_panels):
    looks = Looks(EACH, PLANNED, made=MOST)
    found = p_on_problem_set(all_pairs(panels(make_panels, looks=looks)))
    alone = []
    for made in looks.times:
        part = [replace(p, looks=replace(looks, made=made)) for p in panels(make_panels)]
        alone.append(on_problem_set(all_pairs(part)).p())
    expected = sequential_p(np.stack(alone), (0.25, 0.5, 0.75, 1.0))[-1]
    np.testing.assert_allclose(found, expected)


def test_runs_after_the_last_look_do_not_count(make_panels):
    looks = Looks(EACH, PLANNED, made=10)
    first, all_of_them = (panels(make_panels, n, looks) for n in (10, MOST))
    seen, more = (on_problem_set(all_pairs(part)).difference for part in (first, all_of_them))
    np.testing.assert_allclose(seen, more)
    assert all_pairs(all_of_them).count.max() == 10
    nothing = all_pairs(panels(make_panels, looks=Looks(EACH, PLANNED)))
    assert np.isnan(p_on_problem_set(nothing)).all()


def test_one_look_at_the_end_says_what_a_sweep_without_looks_says(make_panels):
    plain = verdicts(panels(make_panels))
    once = verdicts(panels(make_panels, looks=Looks(MOST, PLANNED, made=MOST)))
    words = ["a", "b", "verdict", "verdict_new", "verdict_without", "n_won", "n_lost", "reachable"]
    assert once[words].equals(plain[words])
    np.testing.assert_allclose(once["p"], np.maximum(plain["p"], 2e-6), rtol=0.02)


def test_recommendation_and_comparison_know_of_the_looks(make_panels):
    looks = Looks(EACH, PLANNED, made=EACH)
    alone, known = panels(make_panels), panels(make_panels, looks=looks)
    least = [recommendation(part)["p_holm"].min() for part in (alone, known)]
    assert least[0] < least[1]
    # Each strategy against itself, one sweep looked at: half of the runs were not seen.
    found = compare(alone, known)
    assert found.table["n_pairs"].tolist() == [4 * EACH] * 3
    assert (found.table["n_changed"] == 0).all()


def test_friedmans_test_is_of_the_repetitions_before_the_first_look(make_panels):
    looks = Looks(EACH, PLANNED, {"c": 10}, made=MOST)
    found, plain = first_look(panels(make_panels, looks=looks)), panels(make_panels, EACH)
    assert friedman(summaries(found)).equals(friedman(summaries(plain)))
    assert first_look(plain) == plain
    waiting = first_look(panels(make_panels, looks=Looks(EACH, PLANNED)))
    assert np.isnan(friedman(summaries(waiting))["p"].iloc[0])


def test_what_regret_is_measured_by_is_of_the_repetitions_before_the_first_look(make_run):
    def scales(looks, most):
        parts = [
            make_run(values, strategy=name, repetition=r)
            for name in ("random", "far")
            for r in range(most)
            # A later repetition has far better and far worse values.
            for values in ([[0.4, 0.5, 0.6]] if r < EACH else [[-90.0, 0.5, 700.0]])
        ]
        frames = [pd.concat(part, ignore_index=True) for part in zip(*parts, strict=True)]
        (panel,) = to_panels(*frames, strategies=["random", "far"], problems=["p"], looks=looks)
        return panel.optimum[0], panel.typical[0], panel.worst

    looks = Looks(EACH, {"random": MOST, "far": MOST}, made=EACH)
    assert scales(looks, EACH) == scales(looks, 8) == (0.4, 0.5, 0.6)
    assert scales(None, 8) == (-90.0, 0.5, 700.0)


def test_a_look_at_which_the_other_was_ahead_or_both_were_equal_decides_nothing(make_panels):
    turned = {"a": [0.1] * 5 + [0.9] * 15, "b": [0.2] * 5 + [0.2] * 15}
    drawn = {
        f"p{k}": {
            name: [v + 0.001 * np.random.default_rng([k, i, len(name)]).normal() for i, v in
                   enumerate(values)]
            for name, values in turned.items()
        }
        for k in range(4)
    }  # fmt: skip
    planned = dict.fromkeys("ab", MOST)
    found = {}
    for made in (EACH, MOST):
        looks = Looks(EACH, planned, made=made)
        seen = [replace(panel, looks=looks) for panel in make_panels(drawn)]
        found[made] = verdicts_on_problem_set(all_pairs(seen)).iloc[0]
    assert (found[EACH]["difference"] < 0) != (found[MOST]["difference"] < 0)
    assert found[MOST]["verdict"] == "worse"


def test_nothing_is_detectable_while_looks_are_to_come(make_panels):
    going, over = (
        verdicts(panels(make_panels, looks=Looks(EACH, PLANNED, made=made)))
        for made in (EACH, MOST)
    )
    names = ["detectable", "n_repetitions_needed", "n_repetitions_needed_equal"]
    assert going[names].isna().all(axis=None)
    plain = verdicts(panels(make_panels))
    pd.testing.assert_frame_equal(over[names], plain[names])
