from bench.analysis.failures import COLUMNS, account


def test_counts_by_kind_pair_and_reason(make_run, join):
    trials, runs = join(
        make_run([None, 1, None]),
        make_run([1], repetition=1, ended="exhausted", reason="nothing more"),
        make_run([1], repetition=2, ended="exhausted", reason="nothing more"),
        make_run([], strategy="gp", ended="skipped", reason="too wide"),
    )
    frame = account(trials, runs)
    assert list(frame.columns) == COLUMNS
    assert frame.to_numpy().tolist() == [
        ["exhausted", "random", "p", 2, "nothing more"],
        ["skipped", "gp", "p", 1, "too wide"],
        ["trial failed", "random", "p", 2, "it broke"],
    ]


def test_a_failure_without_a_reason_is_counted(make_run):
    trials, runs = make_run([], ended="crashed")
    runs["reason"] = None
    assert account(trials, runs)["count"].tolist() == [1]


def test_nothing_went_wrong(make_run):
    frame = account(*make_run([1, 2]))
    assert list(frame.columns) == COLUMNS
    assert frame.empty
