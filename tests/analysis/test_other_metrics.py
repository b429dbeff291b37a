import pandas as pd
import pytest

from bench.analysis.other_metrics import kind_of, other_metrics
from bench.testing.frames import join, make_run
from bench.testing.panels import panels

ACCURACY, LOG_LOSS = "accuracy", "log loss"
TWO = '{"accuracy":"maximize","log loss":"minimize"}'
FOUR = [[0.9, 0.5], [0.8, 0.2], [0.9, 0.4], [0.7, 0.3]]
TESTS = [[0.8, 0.6], [0.9, 0.3], [0.7, 0.4], [0.6, 0.5]]


def run(validation, test, metrics=TWO, **given):
    """Frames of a run of such scores, in the order of the metrics; the first is tuned."""
    values = [None if row is None else row[0] for row in validation]
    trials, runs = make_run(values, direction="maximize", **given)
    trials["validation_scores"] = pd.Series(validation, dtype=object)
    trials["test_scores"] = pd.Series(test, dtype=object)
    named = "accuracy" if metrics == TWO else "RMSE"
    return trials.assign(metric=named), runs.assign(metrics=metrics, metric=named)


def found(*parts):
    frames = join(*parts)
    return other_metrics(*frames, panels(frames))


def losses(frame):
    return {(row.chosen_by, row.scored_by): row.loss for row in frame.itertuples()}


def test_a_run_by_hand():
    frame = found(run(FOUR, TESTS))
    # Accuracy chooses the first trial, the earlier of two; log loss the second, with the best test
    # score under both. The median of test log loss is 0.45, the best 0.3: the regret of the first
    # trial is 2, bounded 1.5. Of accuracy it is 0.1 / 0.15, which log loss gains.
    assert losses(frame) == pytest.approx(
        {(ACCURACY, LOG_LOSS): 1.5, (LOG_LOSS, ACCURACY): -0.1 / 0.15}
    )
    assert frame["kind"].unique().tolist() == ["multiclass classification"]
    assert frame["n_tuned"].tolist() == [1, 0]
    assert frame["n_problems"].tolist() == frame["n_repetitions"].tolist() == [1, 1]
    # The spread of one repetition is unknown.
    assert frame["loss_low"].isna().all()


def test_the_mean_is_over_strategies_then_repetitions():
    # The second strategy has one trial a metric would choose: it loses nothing.
    same = [[0.9, 0.2], [0.8, 0.3]], [[0.9, 0.3], [0.6, 0.5]]
    frame = found(
        run(FOUR, TESTS),
        run(*same, strategy="tpe", budget=4),
        run(*same, repetition=1, budget=4),
        run(*same, strategy="tpe", repetition=1, budget=4),
    )
    # Random search gives the median: 0.45 and 0.4, each with the best at 0.3, so the width is 0.125
    # and the regret 2.4. Over two strategies and two repetitions a quarter of the loss is left.
    rows = frame.set_index(["chosen_by", "scored_by"])
    assert rows.loc[(ACCURACY, LOG_LOSS), "loss"] == pytest.approx((2 - 1 / 2.4) / 4)
    assert rows["n_repetitions"].tolist() == [2, 2]
    assert (rows["loss_low"] <= rows["loss"]).all()
    assert (rows["loss_high"] >= rows["loss"]).all()


def test_a_strategy_with_one_trial_chooses_nothing():
    default = run(FOUR[:1], TESTS[:1], strategy="default", budget=4)
    assert losses(found(run(FOUR, TESTS), default)) == losses(found(run(FOUR, TESTS)))


def test_what_failed_was_cheaper_or_has_no_score_is_not_chosen():
    better = [[0.99, 0.1]] * 3
    validation = [*FOUR, None, *better[:2]]
    test = [*TESTS, None, [0.1, 0.9], None]
    part = run(validation, test, fidelities=[1.0] * 5 + [0.5, 1.0])
    assert losses(found(part)) == losses(found(run(FOUR, TESTS)))


def test_a_metric_without_a_score_is_unknown_and_the_others_are_not():
    validation = [[a, None] for a, _ in FOUR]
    assert found(run(validation, TESTS)).empty
    three = '{"RMSE":"minimize","MAE":"minimize","R²":"maximize"}'
    part = run([[-2, 3, None], [-1, 4, None]], [[5, 3, 0], [4, 6, 1]], metrics=three)
    assert set(losses(found(part))) == {("RMSE", "MAE"), ("MAE", "RMSE")}


def test_nothing_to_gain_is_no_scale():
    equal = [[0.5, 0.3]] * 4
    assert found(run(FOUR, equal)).empty


def test_each_kind_has_its_rows_over_the_metrics_of_all_its_problems():
    binary = '{"accuracy":"maximize","ROC AUC":"maximize"}'
    with_loss = '{"accuracy":"maximize","ROC AUC":"maximize","log loss":"minimize"}'
    frame = found(
        run(FOUR, TESTS, metrics='{"RMSE":"minimize","MAE":"minimize"}', problem="r"),
        run(FOUR, TESTS, metrics=binary, problem="a"),
        run([[*row, 0.1] for row in FOUR], [[*row, row[1]] for row in TESTS], metrics=with_loss,
            problem="b"),
    )  # fmt: skip
    assert frame["kind"].unique().tolist() == ["binary classification", "regression"]
    counts = {(row.chosen_by, row.scored_by): row.n_problems for row in frame.itertuples()}
    assert counts["accuracy", "ROC AUC"] == 2
    assert counts["accuracy", "log loss"] == 1
    assert counts["RMSE", "MAE"] == 1
    assert len(counts) == 8


@pytest.mark.parametrize(
    "part",
    [
        make_run([1.0, 2.0]),
        run([[a] for a, _ in FOUR], [[a] for a, _ in TESTS], metrics='{"accuracy":"maximize"}'),
        run([None] * 4, [None] * 4, metrics="{}"),
    ],
    ids=["no scores", "one metric", "an older version"],
)
def test_without_several_metrics_there_is_no_row(part):
    assert found(part).empty


def test_runs_with_different_metrics_are_not_mixed():
    other = '{"log loss":"minimize","accuracy":"maximize"}'
    mixed = join(run(FOUR, TESTS), run(FOUR, TESTS, metrics=other, repetition=1))
    assert other_metrics(*mixed, panels(mixed)).empty


def test_metrics_of_ones_own_name_their_kind():
    assert kind_of(["coverage", "width"]) == "coverage, width"
