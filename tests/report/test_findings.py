import pytest


@pytest.fixture
def uneven(sweep):
    """A sweep whose problems have budgets of 6 and 1,200 trials."""
    trials, runs = sweep(repetitions=2)
    for frame in (trials, runs):
        frame.loc[frame["problem"] == "svm", "budget"] = 1200
    return trials, runs


def test_when_is_after_the_budget_all_problems_have(find):
    assert find().when == "after 6 trials"
    assert find(budget=1).when == "after 1 trial"


def test_when_is_after_the_trials_that_were_asked_for(find, uneven):
    assert find(trials=4).when == "after 4 trials"
    assert find(uneven, trials=1).when == "after 1 trial"


def test_when_budgets_differ_it_is_their_end(find, uneven):
    assert find(uneven).when == "at the end of the budget (6 to 1,200 trials)"


def test_without_a_panel_there_is_no_when(find, sweep):
    trials, runs = sweep()
    assert find((trials.iloc[:0], runs.iloc[:0]), changed={"repetitions": 3}).when == ""
