import pytest

from bench.analysis.early_stopping import early_stopping as early_stopping_analysis
from bench.captions import early_stopping as texts
from bench.report import figures
from bench.report.page import every
from bench.report.sections import early_stopping
from bench.report.sections.common import line_styles
from bench.spec import Entry

THIRD = 1 / 3


@pytest.fixture
def run_of(make_run):
    """Frames of a run from its trials: (configuration, share, value)."""

    def run_of(trials, **given):
        frame, runs = make_run(
            [value for _, _, value in trials],
            fidelities=[share for _, share, _ in trials],
            budget=6,
            **given,
        )
        return frame.assign(config=[config for config, _, _ in trials]), runs

    return run_of


ASHA = [("a", THIRD, 3.0), ("b", THIRD, 2.0), ("c", THIRD, 1.0), ("c", 1.0, 0.8), ("b", 1.0, 0.5)]
RANDOM = [(name, 1.0, 1.0) for name in "uvwxyz"]


@pytest.fixture
def frames(run_of, join):
    """Asha promotes b and c, whose order a third does not keep; random ends worse."""
    return join(
        run_of(ASHA, strategy="asha"),
        run_of(ASHA[:2], strategy="asha", repetition=1),
        run_of(RANDOM),
        run_of(RANDOM, repetition=1),
    )


@pytest.fixture
def found(frames, find):
    """What is computed of them, as of the table of another tool."""
    return find(frames, changed={"seeds": ()})


SHOWN = ["regret after 4", "regret", "pruned", "budget on full", "first full", "full evaluations",
         "trials"]  # fmt: skip


@pytest.mark.usefixtures("few_draws_will_do")
def test_what_strategies_spend_by_hand(found, builder, table):
    section = early_stopping.section(found, builder)
    assert section.id == "cheaper"
    rows = table(section, texts.BUDGET)
    assert list(rows["asha"]) == SHOWN
    whole = table(section, texts.BUDGET, whole=True)["asha"]
    # One run has 2 of 3 spent on full evaluations and prunes a, the other neither.
    assert {name: whole[name] for name in whole if not name.startswith("regret")} == {
        "trials": "3.5", "full evaluations": "1.0", "full share": "20 %", "pruned": "67 %",
        "budget on full": "33 %", "first full": "2.0", "runs": "2",
        "runs without a full evaluation": "1",
    }  # fmt: skip
    said = [item.text for item in every(section.items) if item.kind == "note"]
    assert texts.without({"asha": (1, 2)}) in said


@pytest.mark.usefixtures("few_draws_will_do")
def test_how_well_steps_order_by_hand(found, builder, table):
    section = early_stopping.section(found, builder)
    wanted = {"configurations": "5", "promoted": "2", "τ": "−1.00", "same order": "0.00"}
    assert table(section, texts.PROBLEMS)["p"] == {"step": "33 %", **wanted}
    assert table(section, texts.STEPS) == {"33 %": {"problems": "1", **wanted}}
    names = [item.name for item in every(section.items) if item.kind == "figure"]
    assert names == ["early-stopping"]
    stopping = found.early_stopping
    assert section.sentence == texts.sentence(
        stopping.strategies[stopping.strategies["strategy"] == "asha"], stopping.steps, exact=False
    )


@pytest.mark.usefixtures("few_draws_will_do")
def test_the_figure_has_a_line_a_problem_and_a_point_a_strategy(found):
    axes = figures.early_stopping(found.early_stopping, line_styles(found))
    left, right = axes.figure.axes
    line, mean = left.get_lines()
    assert list(line.get_ydata()) == list(mean.get_ydata()) == [-1.0, 1.0]
    assert left.get_xscale() == "log"
    point = right.get_lines()[0]
    assert (point.get_label(), list(point.get_xdata())) == ("asha", [-1.0])
    (legend,) = axes.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [texts.MEAN, texts.PROBLEM, "asha"]


def test_what_is_known_of_all_configurations_stands_beside(found, builder, table, monkeypatch):
    (share,) = found.early_stopping.problems["share"]
    exact = early_stopping_analysis(found.source.trials, found.panels, {"p": {share: 0.25}})
    monkeypatch.setitem(vars(found), "early_stopping", exact)
    section = early_stopping.section(found, builder)
    assert table(section, texts.STEPS)["33 %"]["all configurations"] == "0.25"
    assert table(section, texts.PROBLEMS)["p"]["all configurations"] == "0.25"
    (figure,) = (item for item in every(section.items) if item.kind == "figure")
    assert figure.caption == texts.caption(against=True, exact=True)
    assert section.sentence.endswith("among all configurations is 0.25 (1 problem).")
    axes = figures.early_stopping(exact, line_styles(found))
    (mean,) = (line for line in axes.lines if line.get_label() == texts.MEAN)
    assert list(mean.get_ydata()) == [0.25, 1]


def test_without_random_the_figure_has_one_plot(run_of, find, builder):
    found = find(run_of(ASHA, strategy="asha"), changed={"seeds": ()})
    assert len(figures.early_stopping(found.early_stopping, line_styles(found)).figure.axes) == 1
    section = early_stopping.section(found, builder)
    (figure,) = (item for item in every(section.items) if item.kind == "figure")
    assert figure.caption == texts.caption(against=False, exact=False)


def test_without_configurations_there_is_the_table_of_strategies(frames, find, builder, table):
    trials, runs = frames
    found = find((trials.drop(columns="config"), runs), changed={"seeds": ()})
    section = early_stopping.section(found, builder)
    assert table(section, texts.BUDGET)["asha"]["pruned"] == "–"
    said = [item.text for item in every(section.items) if item.kind == "note"]
    assert texts.no_steps(recorded=False) in said
    assert "have no" not in section.sentence


def test_one_configuration_with_both_has_no_order(run_of, find, builder):
    found = find(run_of(ASHA[:4], strategy="asha"), changed={"seeds": ()})
    section = early_stopping.section(found, builder)
    said = [item.text for item in every(section.items) if item.kind == "note"]
    assert texts.no_steps(recorded=True) in said


@pytest.mark.slow
def test_full_evaluations_only_leave_no_trace(sweep, find, build, read, tmp_path):
    frames = sweep()
    assert find(frames).early_stopping is None
    page = read(build(*frames, tmp_path / "report"))
    assert "cheaper" not in page.sections
    assert texts.TITLE not in page.text


@pytest.mark.slow
def test_the_page_has_the_section_behind_the_problems(sweep, build, read, tmp_path):
    trials, runs = sweep()
    cheap = (trials["strategy"] == "tpe") & (trials["trial_number"] % 2 == 0)
    trials["fidelity"] = trials["fidelity"].where(~cheap, 0.5)
    # Each configuration of tpe is evaluated at a half, then in full.
    again = trials["trial_number"].floordiv(2).map('{{"x": {}}}'.format)
    trials["config"] = trials["config"].where(trials["strategy"] != "tpe", again)
    page = read(build(trials, runs, tmp_path / "report"))
    assert page.sections.index("cheaper") == page.sections.index("problems") + 1
    for kind in ("csv", "md", "tex"):
        for name in ("early-stopping", "rungs", "rungs-by-problem"):
            assert (tmp_path / "report" / "tables" / f"{name}.{kind}").exists()


def test_a_problem_whose_order_every_step_keeps(find, run_here, make_sweep, tmp_path):
    settings = {"of": "branin", "correlation": 1.0, "steps": 9}
    sweep = make_sweep(
        [Entry("asha"), Entry("hyperband"), Entry("random")],
        [Entry("cheaper", settings=settings)],
        trials=9,
    )
    steps = find(run_here(sweep, tmp_path).frames()).early_stopping.steps
    assert steps["share"].tolist() == [0.11, 0.33]
    assert steps["tau"].tolist() == pytest.approx([1, 1])
    assert steps["concordance"].tolist() == pytest.approx([1, 1])
    assert steps["tau_all"].isna().all()
