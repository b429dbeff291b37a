from bench import description
from bench.prose import description_text

FIDELITY = {"unit": "rows", "steps": 12000, "lowest": 3000, "measured": (), "continues": False}
FACTS = {
    "kind": "problem", "name": "mine", "version": 2, "sentence": "A sentence.",
    "text": ["word " * 40], "settings": {"folds": 5, "kind": "a"}, "requires": ["sklearn"],
    "tags": ["live"], "unavailable": None, "about": {"licence": "CC0"}, "metric": "log_loss",
    "direction": "minimize", "optimum": 0.123456789, "dimension": 2, "needs": ["log"],
    "fidelity": FIDELITY,
    "parameters": [
        {"name": "kernel", "text": "one of rbf, None", "grid_points": None, "condition": {},
         "default": None},
        {"name": "C", "text": "2 grid points, 1 to 2", "grid_points": ["1", "2"],
         "condition": {"kernel": ["rbf", None], "other": [1]}},
    ],
}  # fmt: skip


def test_the_facts_of_a_problem_in_words(golden):
    golden("description-text", "\n".join(description_text.terminal_lines(FACTS)))


def test_headings_are_of_what_is_known():
    assert [heading for heading, _ in description_text.headed(FACTS)] == [
        "licence", "metric", "dimension", "optimum", "fidelity", "settings", "requires", "tags",
        "version",
    ]  # fmt: skip


def test_a_default_of_none_is_not_no_default():
    first, second = description_text.parameters(FACTS)
    assert (first["default"], second["default"]) == ("None", "–")
    assert second["active when"] == "kernel is rbf or None and other is 1"
    assert (first["grid_points"], second["grid_points"]) == ("–", "1, 2")


def test_lines_fit_a_terminal_and_columns_stand_below_each_other():
    lines = list(description_text.terminal_lines(FACTS))
    assert max(map(len, lines)) <= 100
    head, kernel, c = lines[-3:]
    assert head.split("  ")[0] == "parameter"
    assert head.index("range") == kernel.index("one of") == c.index("2 grid points")


def test_the_steps_of_a_table_are_listed():
    steps = FIDELITY | {"lowest": 30, "measured": (30, 600, 12000)}
    found = dict(description_text.headed(FACTS | {"fidelity": steps}))
    assert found["fidelity"] == "12,000 rows, measured at 30, 600, 12,000"


def test_the_rank_correlations_of_a_table_stand_behind_its_steps():
    found = description_text.headed(FACTS | {"rank_correlations": {30: 0.404, 6000: 1.0}})
    headings = [heading for heading, _ in found]
    assert headings[headings.index("fidelity") + 1] == "rank correlation"
    wanted = "0.40 at 30, 1.00 at 6,000 (Kendall's τ with full evaluations)"
    assert dict(found)["rank correlation"] == wanted


def test_what_has_no_space_has_no_table():
    lines = list(description_text.terminal_lines(description.of_problem("table")))
    assert lines[0] == "table (problem)"
    assert "named as  table:PATH" in lines
    assert not any(line.startswith("parameter ") for line in lines)


def test_a_model_that_goes_on_is_said_behind_the_steps():
    goes_on = FIDELITY | {"continues": True}
    found = dict(description_text.headed(FACTS | {"fidelity": goes_on}))["fidelity"]
    assert found == "12,000 rows, at least 3,000; a run pays for the difference to a lower step"
