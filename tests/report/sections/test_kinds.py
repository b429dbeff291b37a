import pytest

from bench.captions import kinds as texts
from bench.report.page import every
from bench.report.sections import kinds, recommendation

PROBLEMS = tuple(f"p{k:02}" for k in range(10))
TREES = PROBLEMS[:4]
TAGS = {
    name: (
        ("table", "tree", "numeric", "up to 3 parameters")
        if name in TREES
        else ("table", *(["pipeline"] if name == PROBLEMS[9] else []), "mixed", "few rows",
              "up to 3 parameters" if name < "p08" else "4 to 6 parameters")
    )
    for name in PROBLEMS
}  # fmt: skip

FEW = f"parameters: mixed, 4 to 6 ({texts.FEW})"


def value(strategy, problem, repetition, _trial):
    """Gp is best on trees, tpe elsewhere."""
    good = problem in TREES
    ends = {"gp": 0.2 if good else 0.6, "tpe": 0.3 if good else 0.1, "random": 0.9}
    return ends[strategy] + 0.001 * repetition


@pytest.fixture
def frames(made):
    own = {"gp": 0.25, "tpe": 0.002, "random": 0.001}
    return made(value, ("random", "gp", "tpe"), PROBLEMS, repetitions=4, budget=20, own=own)


def test_each_kind_names_its_best_strategy(frames, find, table):
    items = kinds.items(find(frames, changed={"tags": TAGS}))
    column = texts.budget(20, "trial")
    rows = table(items, texts.LABEL)
    assert {name: row["data sets"] for name, row in rows.items()} == {
        "all problems": "10",
        "parameters: numeric, up to 3; model: tree": "4",
        "parameters: mixed; data: few rows": "6",
        "parameters: up to 3": "8",
        FEW: "2",
        "parameters: mixed, up to 3": "4",
    }
    # The scale is the median of the trials of random search, 0.9015.
    assert rows["parameters: numeric, up to 3; model: tree"][column].startswith(
        "gp 0.22 (random 1.0)"
    )
    assert rows["parameters: mixed; data: few rows"][column].startswith("tpe 0.11 (random 1.0)")
    assert rows[FEW][column].startswith("tpe 0.11 (random 1.0")
    more = table(items, texts.MORE_LABEL)
    assert {name: row["data sets"] for name, row in more.items()} == {
        f"model: pipeline ({texts.FEW})": "1"
    }
    whole = table(items, "kinds", whole=True)
    assert list(whole) == [*rows, *more]


def test_what_a_row_does_not_say_stands_below(frames, find):
    found = find(frames, changed={"tags": TAGS})
    notes = [item.text for item in every(kinds.items(found)) if item.kind == "note"]
    assert notes[:4] == [
        texts.reading("bounded regret"),
        texts.absent(["categorical"]),
        texts.too_few(any_kind=True),
        texts.own_time({"tpe": 0.002, "gp": 0.25}),
    ]


def test_strategies_with_fewer_repetitions_are_named(frames, find):
    few = [frame[(frame["strategy"] != "gp") | (frame["repetition"] < 2)] for frame in frames]
    found = find(few, changed={"tags": TAGS, "fewer": {"gp": 2}})
    notes = [item.text for item in every(kinds.items(found)) if item.kind == "note"]
    assert texts.few_repetitions({"gp": 2}) in notes


def test_it_is_part_of_the_recommendation_with_or_without_seconds(frames, find, builder, table):
    for timed in (True, False):
        found = find(frames, changed={"tags": TAGS, "timed": timed})
        assert table(recommendation.section(found, builder), texts.LABEL)


def test_few_data_sets_and_problems_without_tags_have_no_table(frames, find):
    assert kinds.items(find(frames)) == []
    same = dict.fromkeys(PROBLEMS, "one")
    assert kinds.items(find(frames, changed={"tags": TAGS, "datasets": same})) == []


def test_budgets_of_which_no_problem_has_so_many_trials_are_left_out(made, find):
    frames = made(value, ("random", "tpe"), PROBLEMS, repetitions=2, budget=5)
    items = kinds.items(find(frames, changed={"tags": TAGS}))
    (shown, *_) = (item for item in items if item.kind == "table")
    assert list(shown.frame.columns)[2:] == [texts.budget(5, "trial")]
