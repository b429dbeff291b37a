import pytest

from bench.captions import other_metrics as texts
from bench.report import figures
from bench.report.page import every
from bench.report.sections import other_metrics

METRICS = '{"accuracy":"maximize","ROC AUC":"maximize","log loss":"minimize"}'
VALIDATION = [[0.9, 0.7, 0.5], [0.8, 0.9, 0.2], [0.7, 0.6, 0.3]]
TESTS = [[0.8, 0.7, 0.6], [0.9, 0.9, 0.3], [0.7, 0.6, 0.4]]


@pytest.fixture
def frames(make_run, join):
    """Two runs on a problem with three metrics, two on a function without one."""
    parts = [make_run([3.0, 2.0, 1.0], problem="f", repetition=r) for r in (0, 1)]
    for repetition in (0, 1):
        run = make_run([0.9, 0.8, 0.7], direction="maximize", repetition=repetition)
        parts.append(tuple(part.assign(metric="accuracy") for part in run))
    trials, runs = join(*parts)
    with_scores = (trials["problem"] == "p").tolist()
    for name, scores in (("validation_scores", VALIDATION), ("test_scores", TESTS)):
        trials[name] = [
            scores[number] if there else None
            for number, there in zip(trials["trial_number"], with_scores, strict=True)
        ]
    return trials, runs.assign(metrics=runs["problem"].map({"f": "{}", "p": METRICS}))


@pytest.fixture
def found(frames, find):
    """What is computed of them, as of the table of another tool."""
    return find(frames, changed={"seeds": ()})


def test_losses_by_hand(found, builder, table):
    section = other_metrics.section(found, builder)
    assert section is not None
    assert section.id == "other-metrics"
    rows = table(section, texts.table("binary classification"))
    assert list(rows) == ["accuracy *", "ROC AUC", "log loss"]
    # ROC AUC and log loss choose the second trial, the best under all metrics; accuracy chooses the
    # first: the median log loss, 0.4, is 0.1 from the best, so its regret is 3, bounded 2 − 1/3.
    assert rows["accuracy *"] == {
        "accuracy": "0", "ROC AUC": "1.00 (1.00 to 1.00)", "log loss": "1.67 (1.67 to 1.67)",
    }  # fmt: skip
    assert rows["ROC AUC"]["log loss"] == "0.00 (0.00 to 0.00)"
    assert rows["ROC AUC"]["accuracy"] == "−1.00 (−1.00 to −1.00)"
    assert section.sentence == texts.sentence(found.other_metrics)
    assert [item.name for item in every(section.items) if item.kind == "figure"] == [
        "other-metrics"
    ]


def test_losses_that_generalise_to_new_data_sets_are_marked(found, builder, table, said):
    frame = found.other_metrics
    assert frame["loss_new_low"].isna().all()
    assert texts.GENERALISES not in said(other_metrics.section(found, builder))
    known = frame.assign(loss_new_low=-1.0, loss_new_high=2.0)
    one = (frame["chosen_by"] == "accuracy") & (frame["scored_by"] == "log loss")
    found.__dict__["other_metrics"] = known.assign(loss_new_low=one.map({True: 0.5, False: -1.0}))
    section = other_metrics.section(found, builder)
    rows = table(section, texts.table("binary classification"))
    marked = [text for row in rows.values() for text in row.values() if texts.GENERALISES in text]
    assert marked == ["1.67 (1.67 to 1.67) †"]
    assert texts.DAGGER in said(section)
    assert "generalising to new data sets, 1 of 6 are" in section.sentence


def test_the_figure_has_the_losses_and_marks_the_metric_of_the_sweep(found):
    axes = figures.other_metrics(found.other_metrics)
    assert axes.get_title(loc="left") == "Binary classification"
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["accuracy *", "ROC AUC", "log loss"]
    cells = {text.get_position(): text.get_text() for text in axes.texts}
    assert cells[2, 0] == "1.67"
    assert cells[0, 0] == "0"
    assert len(cells) == 9


def test_a_sweep_without_scores_has_no_section(find, builder):
    assert other_metrics.section(find(), builder) is None


@pytest.mark.slow
def test_the_page_has_the_section_behind_the_validation_scores(sweep, build, read, tmp_path):
    trials, runs = sweep(("random", "tpe"), repetitions=2)
    on_svm = (trials["problem"] == "svm").tolist()
    scores = [
        [value, (7 * value) % 1] if there else None
        for value, there in zip(trials["value"], on_svm, strict=True)
    ]
    for name in ("validation_scores", "test_scores"):
        trials[name] = scores
    metrics = '{"ROC AUC":"maximize","log loss":"minimize"}'
    runs["metrics"] = runs["problem"].map({"svm": metrics, "branin": "{}"})
    page = read(build(trials, runs, tmp_path / "report"))
    assert page.sections.index("other-metrics") == page.sections.index("selection") + 1
    for kind in ("csv", "md", "tex"):
        name = f"other-metrics-binary-classification.{kind}"
        assert (tmp_path / "report" / "tables" / name).exists()


@pytest.mark.slow
def test_the_page_of_a_sweep_without_scores_has_no_trace(sweep, build, read, tmp_path):
    page = read(build(*sweep(), tmp_path / "report"))
    assert not {"other-metrics", "slices"} & set(page.sections)
    assert not list((tmp_path / "report" / "tables").glob("other-metrics*"))
    assert not list((tmp_path / "report" / "tables").glob("slices*"))
