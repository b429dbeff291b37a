import multiprocessing
import os
import time
from concurrent.futures.process import BrokenProcessPool

import pytest

from bench.plots import style
from bench.plots.axes import new_axes
from bench.report.drawing import Builder, processes


def axes(title, width=2.0):
    """Draw a figure; here, so that another process finds it."""
    made = new_axes(width, 1)
    made.plot([0, 1], [0, 1])
    made.set_title(title)
    return made


def broken(title):
    raise ValueError(f"cannot draw {title}")


def dying(title):
    os._exit(9)


def slow(title, folder):
    time.sleep(0.5)
    (folder / f"{title}.drawn").write_text("")
    return axes(title)


def files(folder):
    return {path.name: path.read_bytes() for path in sorted((folder / "figures").iterdir())}


@pytest.mark.slow
def test_a_figure_is_written_as_files_of_each_kind(tmp_path):
    with Builder(tmp_path) as builder:
        builder.figure(axes, "A", name="a", label="l")
    made = files(tmp_path)
    assert list(made) == ["a.pdf", "a.png", "a.svg"]
    assert made["a.pdf"].startswith(b"%PDF")
    assert made["a.png"].startswith(b"\x89PNG")
    assert b"<svg" in made["a.svg"]


def test_a_builder_writes_the_kinds_it_is_given(tmp_path):
    with Builder(tmp_path, ("png",)) as builder:
        figure = builder.figure(axes, "A", name="a", label="l")
    assert list(files(tmp_path)) == ["a.png"]
    assert figure.svg.startswith("<svg")


@pytest.mark.slow
def test_each_figure_of_a_page_has_ids_of_its_own_and_says_what_it_is(tmp_path):
    with Builder(tmp_path, ("svg",)) as builder:
        first = builder.figure(axes, "A", name="a", label="one & only", caption="c")
        second = builder.figure(axes, "A", name="b", label="l", width=3.0)
    assert 'id="f1-' in first.svg
    assert 'id="f2-' in second.svg
    assert 'aria-label="one &amp; only"' in first.svg
    assert (first.name, first.label, first.caption) == ("a", "one & only", "c")
    assert (second.name, second.label, second.caption) == ("b", "l", "")
    assert builder.figures == [first, second]
    # Three inches instead of two.
    widths = [float(figure.svg.split('viewBox="')[1].split()[2]) for figure in (first, second)]
    assert widths == [144, 216]


def drawn(folder, jobs):
    folder.mkdir()
    with processes(jobs) as pool, Builder(folder, pool=pool) as builder:
        made = [builder.figure(axes, f"T{i}", name=f"n{i}", label="l") for i in range(3)]
    return files(folder), [figure.svg for figure in made]


@pytest.mark.slow
def test_processes_draw_the_same_bytes_as_this_one(tmp_path):
    here = drawn(tmp_path / "one", 1)
    assert len(here[0]) == 9
    assert drawn(tmp_path / "two", 2) == here
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_all_is_written_when_the_with_ends_and_nothing_is_left_running(tmp_path):
    with processes(2) as pool, Builder(tmp_path, ("svg",), pool=pool) as builder:
        figures = [builder.figure(slow, f"t{i}", tmp_path, name=f"n{i}", label="l") for i in (1, 2)]
        # What is given back is not waited for.
        assert not all(figure.drawing.done() for figure in figures)
    assert all(figure.drawing.done() for figure in figures)
    assert list(files(tmp_path)) == ["n1.svg", "n2.svg"]
    assert multiprocessing.active_children() == []


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_it_tells_how_many_are_drawn(tmp_path, jobs):
    told = []
    with (
        processes(jobs) as pool,
        Builder(tmp_path, ("svg",), pool, lambda *counts: told.append(counts)) as builder,
    ):
        for i in range(3):
            builder.figure(axes, f"T{i}", name=f"n{i}", label="l")
    assert len(told) == 3
    assert told == sorted(told)
    assert told[-1] == (3, 3)


def build(jobs, builder, drawings, error=None):
    """Give drawings to a builder; in the end something else goes wrong, if it is told to."""
    with processes(jobs) as builder.pool, builder:
        for i, (draw, *given) in enumerate(drawings):
            builder.figure(draw, *given, name=f"n{i}", label="l")
        if error is not None:
            raise error


@pytest.mark.slow
@pytest.mark.parametrize(("jobs", "begun"), [(1, 0), (2, 2)])
def test_an_error_in_a_drawing_is_raised_in_the_end(tmp_path, jobs, begun):
    builder = Builder(tmp_path)
    with pytest.raises(ValueError, match="cannot draw it"):
        build(jobs, builder, [(broken, "it"), (axes, "A")])
    # In this process it is raised at once.
    assert len(builder.figures) == begun
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_an_error_inside_the_with_cancels_what_has_not_begun(tmp_path):
    builder = Builder(tmp_path, ("svg",))
    with pytest.raises(ZeroDivisionError):
        build(2, builder, [(slow, f"t{i}", tmp_path) for i in range(20)], ZeroDivisionError())
    assert builder.figures[-1].drawing.cancelled()
    # Each process had one, and one or two waited in its queue.
    assert len(list(tmp_path.glob("*.drawn"))) < 8
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_a_process_that_dies_leaves_nothing_waiting(tmp_path):
    jobs = [(slow, "t", tmp_path), (dying, "it"), *[(slow, f"t{i}", tmp_path) for i in range(9)]]
    with pytest.raises(BrokenProcessPool):
        build(2, Builder(tmp_path, ("svg",)), jobs)
    with pytest.raises(ZeroDivisionError):
        build(2, Builder(tmp_path, ("svg",)), jobs, ZeroDivisionError())
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_an_error_inside_the_with_is_raised_rather_than_one_of_a_drawing(tmp_path):
    with pytest.raises(ZeroDivisionError):
        build(2, Builder(tmp_path), [(broken, "it")], ZeroDivisionError())


def test_the_figure_of_a_file_and_of_the_page_are_one(tmp_path):
    with Builder(tmp_path, ("svg",)) as builder:
        figure = builder.figure(axes, "A", name="a", label="l")
    written = (tmp_path / "figures" / "a.svg").read_bytes()
    assert style.inline_svg(written, "f1", "l") == figure.svg
