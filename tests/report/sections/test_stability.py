import numpy as np
import pytest

from bench.captions import stability as texts
from bench.prose.samples import Sample
from bench.report.page import every
from bench.report.sections import stability

PROBLEMS = tuple(f"p{k:02}" for k in range(12))
ENDS = {"tpe": 0.2, "gp": 0.5, "random": 0.9}
NAMES = ("random", "gp", "tpe")


def ordered(strategy, problem, repetition, _trial):
    """Always tpe before gp before random, by a little more on each next problem."""
    return ENDS[strategy] * (1 + 0.01 * PROBLEMS.index(problem)) + 0.01 * repetition


@pytest.fixture
def found(made, find):
    return find(made(ordered, NAMES, PROBLEMS, repetitions=4))


def items(section, kind):
    return [item for item in every(section.items) if item.kind == kind]


@pytest.mark.usefixtures("few_draws_will_do")
def test_who_is_first_in_halves(found, builder, table):
    section = stability.section(found, builder)
    assert section.id == "stability"
    sample = Sample(problems=12, datasets=12, functions=0)
    assert section.sentence == texts.sentence(found.halves, sample, {})
    assert section.sentence.startswith("tpe is first in 100 of 100 random halves")
    assert table(section, texts.HALVES) == {
        name: {"mean rank": f"{place}.00", "first": first, "first three": "100"}
        for place, (name, first) in enumerate(
            {"tpe": "100", "gp": "0", "random": "0"}.items(), start=1
        )
    }
    assert table(section, "halves", whole=True)["tpe"]["halves"] == "100"


@pytest.mark.usefixtures("few_draws_will_do")
def test_verdicts_that_nothing_changes_are_in_the_files_only(found, builder, said, table):
    section = stability.section(found, builder)
    assert texts.stable(found.leave_out) in said(section)
    assert "3 of 3 significant differences on this problem set stay" in texts.stable(
        found.leave_out
    )
    assert [item.label for item in items(section, "table")].count(texts.LEFT_OUT) == 1
    assert len(items(section, "files")) == 1
    rows = table(section, "leave-out", "strategy", "against", whole=True)
    assert set(rows) == {("tpe", "gp"), ("tpe", "random"), ("gp", "random")}
    assert {row["kept"] for row in rows.values()} == {"100"}
    assert {row["verdict"] for row in rows.values()} == {"better"}


@pytest.mark.usefixtures("few_draws_will_do")
def test_a_verdict_that_hangs_on_a_data_set_is_shown(made, find, builder, table):
    def one_decides(strategy, problem, repetition, _trial):
        if strategy == "tpe":
            return (0.1 if problem == "p00" else 0.92) + 0.001 * repetition
        return {"gp": 0.3, "random": 0.9}[strategy] + 0.001 * (repetition % 3)

    found = find(made(one_decides, NAMES, PROBLEMS, repetitions=8))
    section = stability.section(found, builder)
    # The two pairs with gp, which no data set decides, stand behind it in the files.
    ((pair, row),) = table(section, texts.LEFT_OUT, "strategy", "against").items()
    assert pair == ("tpe", "random")
    assert int(row["kept"]) + int(row["opposite"]) == 100
    assert int(row["opposite"]) > 0
    # Eleven of twelve data sets say the opposite, so nothing is significant there.
    assert row["kept (new)"] == "–"
    assert "opposite (new)" not in row
    whole = table(section, "leave-out", "strategy", "against", whole=True)["tpe", "random"]
    assert (whole["verdict"], whole["new data sets"], whole["kept (new)"]) == (
        "better", "undecided", "–",
    )  # fmt: skip


@pytest.mark.usefixtures("few_draws_will_do")
def test_the_wrong_winner_by_size(found, builder, table, said):
    section = stability.section(found, builder)
    shown = table(section, texts.WRONG)
    assert list(shown) == ["1", "2"]
    assert list(shown["1"]) == ["5 data sets", "10 data sets", "12 data sets"]
    assert set(shown["1"].values()) == {"0 %"}
    assert table(section, texts.WRONG_MEAN) == shown
    first = found.wrong_winner.query("a == 'tpe' and b == 'gp'")
    assert texts.wrong(first, ("tpe", "gp")) in said(section)
    (figure,) = items(section, "figure")
    assert (figure.name, figure.caption) == ("wrong-winner", texts.caption(pairs=3))


@pytest.mark.usefixtures("few_draws_will_do")
def test_regret_by_budget_where_the_budget_is_50(made, find, builder, table, said):
    def crossing(strategy, _problem, repetition, trial):
        value = {"tpe": 0.9 - 0.015 * trial, "random": 0.5}[strategy]
        return max(value, 0.1) + 0.01 * repetition

    found = find(made(crossing, ("random", "tpe"), PROBLEMS, repetitions=2, budget=50))
    section = stability.section(found, builder)
    shown = table(section, texts.BUDGETS)
    assert list(shown) == ["tpe", "random"]
    assert list(shown["tpe"]) == ["20 trials", "50 trials"]
    assert texts.first_by_budget([(20, "random"), (50, "tpe")]) in said(section)


@pytest.mark.usefixtures("few_draws_will_do")
def test_a_smaller_budget_has_no_table_of_budgets(found, builder):
    section = stability.section(found, builder)
    assert texts.BUDGETS not in [item.label for item in items(section, "table")]


@pytest.mark.parametrize("count", [9, 10])
def test_the_section_needs_ten_data_sets(made, find, builder, count):
    found = find(made(ordered, NAMES, PROBLEMS[:count], repetitions=2))
    assert (stability.section(found, builder) is None) == (count < 10)


def test_problems_on_few_data_sets_or_of_one_strategy_have_no_section(made, find, builder):
    frames = made(ordered, NAMES, PROBLEMS, repetitions=2)
    datasets = {problem: f"d{k % 9}" for k, problem in enumerate(PROBLEMS)}
    assert stability.section(find(frames, changed={"datasets": datasets}), builder) is None
    assert stability.section(find(made(ordered, ("tpe",), PROBLEMS)), builder) is None


@pytest.mark.parametrize(
    "gone",
    [
        pytest.param(lambda s, p, r: s == "gp" and p != "p00", id="one problem"),
        pytest.param(lambda s, p, r: (s == "gp") == (p < "p06") and s != "random", id="disjoint"),
        pytest.param(lambda s, p, r: s == "gp" and r > 0, id="one repetition"),
        pytest.param(lambda s, p, r: s == "gp", id="no run"),
        pytest.param(lambda s, p, r: (len(s) + int(p[1:]) + r) % 5 == 0, id="scattered"),
    ],
)
def test_missing_runs_leave_a_section(made, find, builder, gone):
    ends = {
        (s, p, r): ("skipped", "no", 0)
        for s in NAMES for p in PROBLEMS for r in range(3) if gone(s, p, r)
    }  # fmt: skip
    found = find(made(ordered, NAMES, PROBLEMS, repetitions=3, ends=ends))
    section = stability.section(found, builder)
    assert found.halves["n_first"].sum() == pytest.approx(100)
    assert " of 100 random halves of the 12 data sets" in section.sentence


@pytest.mark.slow
def test_strategies_that_do_not_differ(made, find, builder, said):
    found = find(made(lambda *_: 0.5, NAMES, PROBLEMS, repetitions=2))
    section = stability.section(found, builder)
    assert texts.stable(found.leave_out.head(0)) in said(section)
    assert np.unique(found.wrong_winner["wrong_share"]).tolist() == [0.5]
    (figure,) = items(section, "figure")
    assert figure.caption == texts.caption(pairs=0)


@pytest.mark.slow
def test_the_page_has_the_section_behind_the_pairs(made, build, read, tmp_path):
    page = read(build(*made(ordered, NAMES, PROBLEMS, repetitions=2), tmp_path / "report"))
    assert page.sections.index("stability") == page.sections.index("pairs") + 1
    for kind in ("csv", "md", "tex"):
        for name in ("halves", "leave-out", "wrong-winner", "wrong-winner-mean"):
            assert (tmp_path / "report" / "tables" / f"{name}.{kind}").exists()


@pytest.mark.slow
def test_few_data_sets_leave_no_trace(sweep, build, read, tmp_path):
    page = read(build(*sweep(), tmp_path / "report"))
    assert "stability" not in page.sections
    assert texts.TITLE not in page.text
    assert not (tmp_path / "report" / "tables" / "halves.csv").exists()
