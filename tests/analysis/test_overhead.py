from bench.analysis.overhead import strategy_seconds


def test_median_and_quartiles_of_ask_and_tell_by_trial_number(make_run, join):
    trials, _ = join(
        *(make_run([1, 1], repetition=i, ask=ask, tell=1) for i, ask in enumerate([1, 2, 3, 4, 9])),
        make_run([1], strategy="default", ask=0, tell=0),
    )
    frame = strategy_seconds(trials)
    assert frame["strategy"].tolist() == ["default", "random", "random"]
    assert frame["x"].tolist() == [1, 1, 2]
    assert frame["median"].tolist() == [0, 4, 4]
    assert frame["low"].tolist() == [0, 3, 3]
    assert frame["high"].tolist() == [0, 5, 5]
    assert frame["runs"].tolist() == [1, 5, 5]


def test_failed_trials_cost_their_strategy_time_too(make_run):
    trials, _ = make_run([None], ask=2, tell=1)
    assert strategy_seconds(trials)["median"].tolist() == [3]
