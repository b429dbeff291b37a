"""What a run pays where a model goes on from a lower step, by hand."""

import shutil

import pandas as pd
import pytest
from click.testing import CliRunner

from bench import Capability, Evaluation, Fidelity, Status, Suggestion
from bench.captions.early_stopping import CONTINUED
from bench.cli import main
from bench.panels.axis import charges
from bench.run import RunStatus
from bench.sources.tidy import from_tidy
from bench.store import Store
from bench.testing.script import CHEAPER, Function, Script, new_run, x_of

NINTHS = Fidelity("epochs", 9, continues=True)
A, B = {"x": 0.25}, {"x": 0.75}


def step(config, number):
    return Suggestion(config, number / 9)


class Costly(Function):
    """A second to begin with, and one a step."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        found = super().evaluate(config, seed=seed, fidelity=fidelity)
        return Evaluation(found.value, cost=1 + 9 * fidelity)


def run_of(*suggestions, trials=2, problem=None, **options):
    problem = problem or Costly(x_of, fidelity=NINTHS)
    strategy = Script(*suggestions, supports=[*CHEAPER, Capability.PENDING])
    run = new_run(strategy, problem, trials, **options)
    return list(run), run


CLIMB = step(A, 1), step(A, 3), step(B, 3), step(A, 9), step(A, 9), step(B, 1)


def test_a_step_costs_the_difference_to_the_highest_lower_one():
    found, run = run_of(*CLIMB)
    # 1 + 2 + 3 + 6 + 6 of 18 steps: none is left for the last suggestion.
    assert [round(9 * trial.continued_from) for trial in found] == [0, 1, 0, 3, 3]
    assert [trial.cost for trial in found] == pytest.approx([2, 2, 4, 6, 6])
    assert [trial.evaluation.cost for trial in found] == [trial.cost for trial in found]
    assert run.end.status is RunStatus.COMPLETED
    ends = [trial.finished - trial.started for trial in found]
    assert ends == pytest.approx([2, 2, 4, 6, 6])
    assert [trial.continued_from for trial in run.strategy.told] == [
        trial.continued_from for trial in found
    ]


def test_values_and_calls_are_those_of_a_restart_which_pays_for_all_of_it():
    restart = Costly(x_of, fidelity=Fidelity("epochs", 9))
    again, _ = run_of(*CLIMB, problem=restart)
    # 1 + 3 + 3 + 9 of 18 steps; the next one wants 9.
    assert [trial.continued_from for trial in again] == [0] * 4
    assert [trial.cost for trial in again] == pytest.approx([2, 4, 4, 10])
    goes_on = Costly(x_of, fidelity=NINTHS)
    found, _ = run_of(*CLIMB, problem=goes_on)
    assert [trial.loss for trial in found][:4] == [trial.loss for trial in again]
    assert goes_on.calls[:4] == restart.calls


def test_a_step_goes_on_from_lower_ones_only():
    found, _ = run_of(step(A, 3), step(A, 1), step(A, 3), step(A, 9))
    assert [round(9 * trial.continued_from) for trial in found] == [0, 0, 1, 3]


def test_a_failed_evaluation_leaves_no_model_behind():
    values = iter([float("nan"), 1.0, 2.0])
    found, _ = run_of(
        step(A, 1), step(A, 3), step(A, 9), problem=Costly(lambda _: next(values), fidelity=NINTHS)
    )
    assert [trial.status for trial in found] == [Status.FAILED, *[Status.COMPLETED] * 2]
    assert [round(9 * trial.continued_from) for trial in found] == [0, 0, 3]


def test_a_higher_step_that_takes_less_time_costs_nothing_more():
    class Quicker(Costly):
        def evaluate(self, config, *, seed, fidelity=1.0):
            return Evaluation(0.0, cost=2 - fidelity if fidelity < 0.9 else 9.0)

    found, _ = run_of(step(A, 1), step(A, 3), step(A, 9), problem=Quicker(x_of, fidelity=NINTHS))
    assert [trial.cost for trial in found] == pytest.approx([2 - 1 / 9, 0, 9 - 2 + 1 / 9])


@pytest.mark.parametrize("kept", [1, 2, 3, 4])
def test_a_resumed_run_pays_what_it_would_have_paid(kept):
    whole, _ = run_of(*CLIMB)
    rest, run = run_of(*CLIMB, recorded=whole[:kept])
    assert [(t.number, t.continued_from) for t in rest] == [
        (t.number, t.continued_from) for t in whole[kept:]
    ]
    assert [t.cost for t in rest] == pytest.approx([t.cost for t in whole[kept:]])
    assert run.reported == len(whole)


def test_what_another_worker_still_evaluates_has_no_model_yet():
    found, _ = run_of(step(A, 1), step(A, 3), step(A, 9), workers=2)
    by_number = sorted(found, key=lambda trial: trial.number)
    # The second is asked for while the first runs, the third when the first is over.
    assert [round(9 * trial.continued_from) for trial in by_number] == [0, 0, 1]


def test_without_a_cost_of_its_own_the_order_is_that_of_what_the_budget_pays():
    plain = Function(x_of, fidelity=NINTHS)
    found, _ = run_of(step(A, 3), step(B, 3), step(A, 9), step(B, 4), problem=plain, workers=2)
    # A has 6 of its 9 steps left to pay when B has 1 of its 4.
    assert [trial.number for trial in found] == [0, 1, 3, 2]


def test_a_strategy_that_knows_no_cheaper_evaluations_pays_for_full_ones():
    strategy, problem = Script(0.25, 0.25), Costly(x_of, fidelity=NINTHS)
    found = list(new_run(strategy, problem, 2))
    assert [trial.continued_from for trial in found] == [0, 0]
    assert strategy.budget.fidelity.steps == 1


# --- as it is recorded and counted


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Successive halving and random search at a budget of 3 on a function whose steps go on."""
    folder = tmp_path_factory.mktemp("swept")
    (folder / "s.toml").write_text(
        'strategies = ["random", "successive-halving"]\n'
        'problems = [{ name = "cheaper", label = "p", settings = '
        '{ of = "costly:branin", steps = 9, continues = true } }]\n'
        "trials = 3\nrepetitions = 2\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(main, ["run", str(folder / "s.toml"), "--out", str(folder / "r")])
    assert result.exit_code == 0, result.output
    return folder / "r"


def test_the_store_keeps_what_trials_went_on_from_loose_and_packed(swept, tmp_path):
    store = Store(swept)
    trials, _ = store.frames()
    halving = trials[trials["strategy"] == "successive-halving"]
    assert set((9 * halving["continued_from"]).round()) == {0, 1, 3}
    assert (trials.loc[trials["strategy"] == "random", "continued_from"] == 0).all()
    shutil.copytree(swept, tmp_path / "packed")
    packed = Store(tmp_path / "packed")
    before = {record.id: record for record in store.records()}
    packed.pack()
    assert {record.id: record for record in packed.records()} == before
    pd.testing.assert_frame_equal(packed.frames()[0], trials)
    for found in (store, packed):
        kept = found.columns().trials["continued_from"].to_numpy()
        assert sorted(kept) == sorted(trials["continued_from"])


def test_the_budget_of_a_run_is_the_sum_of_what_its_trials_cost(swept):
    trials, _ = Store(swept).frames()
    spent = (
        trials.assign(charge=charges(trials)).groupby(["strategy", "repetition"])["charge"].sum()
        * 9
    )
    # 9 configurations cost 9 + 2 · 3 + 6 = 21 of 27 steps, 10 would cost 10 + 2 · 4 + 6 · 2 = 30.
    # The 6 that are left pay for no full evaluation.
    assert spent["random"].round(9).tolist() == [27, 27]
    assert spent["successive-halving"].round(9).tolist() == [21, 21]


def test_a_tidy_table_of_trials_has_the_same_budget(swept, tmp_path):
    trials, _ = Store(swept).frames()
    trials.to_csv(tmp_path / "t.csv", index=False)
    source = from_tidy(tmp_path / "t.csv", command="c")
    spent = dict(zip(source.runs["strategy"], source.runs["reason"], strict=True))
    assert source.runs["budget"].tolist() == [3] * 4
    assert spent == {"random": "", "successive-halving": ""}
    assert source.trials["continued_from"].gt(0).sum() == (trials["continued_from"] > 0).sum()


def test_the_page_says_what_was_paid(swept, unwritten):
    result = CliRunner().invoke(main, ["report", str(swept)])
    assert result.exit_code == 0, result.output
    text = (swept / "report" / "index.html").read_text(encoding="utf-8")
    assert CONTINUED in text
