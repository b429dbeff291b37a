"""Options and arguments that several commands share."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click

from bench.inference import ROPE

MAX_OPTION_VALUE = 1e9
"""The largest number an option takes."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

folder_argument = click.argument("folder", type=click.Path(path_type=Path))


class Finite(click.FloatRange):
    """A number of 0 or more that is neither infinite nor none at all."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number) or number > MAX_OPTION_VALUE:
            self.fail(f"{value} is not a number from 0 to {MAX_OPTION_VALUE:g}.", param, ctx)
        return abs(number)


jobs_option = click.option(
    "--jobs", type=click.IntRange(1), show_default="number of cores", help="Worker processes."
)

rope_option = click.option(
    "--rope",
    type=Finite(min=0),
    default=ROPE,
    show_default=True,
    help="Half-width of the region of practical equivalence, in normalised regret.",
)
