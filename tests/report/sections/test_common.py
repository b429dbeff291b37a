from types import SimpleNamespace
from typing import Any

import pytest

from bench.plots import style
from bench.report.sections.common import curve_styles, line_styles


def ranked(*names: str) -> Any:
    """What the looks of curves need of a report: its strategies, the best first."""
    return SimpleNamespace(order=list(names), source=SimpleNamespace(strategies=sorted(names)))


def with_colour(found: Any) -> list[str]:
    return [name for name, line in curve_styles(found).items() if not style.is_faint(line)]


OTHERS = [name for name in style.SETTLED if name not in ("random", "tpe", "gp")]


def test_ten_curves_have_the_looks_of_every_other_figure():
    found = ranked("tpe", *OTHERS[:8], "random")
    assert curve_styles(found) == line_styles(found)


def test_of_more_the_best_five_and_random_search_have_a_colour():
    found = ranked("tpe", *OTHERS[:12], "random", "gp")
    assert with_colour(found) == ["tpe", *OTHERS[:4], "random"]
    assert list(curve_styles(found)) == found.order
    assert curve_styles(found)["tpe"] == line_styles(found)["tpe"]
    assert with_colour(ranked(*OTHERS[:12])) == OTHERS[:5]


@pytest.mark.parametrize(("own", "there"), [(1, 1), (4, 4), (30, 4)])
def test_strategies_of_ones_own_have_one_as_far_as_there_is_room(own, there):
    mine = [f"mine-{i}" for i in range(own)]
    found = ranked("tpe", *OTHERS[:12], "random", *mine)
    assert with_colour(found) == ["tpe", *OTHERS[:4], "random", *mine[:there]]
