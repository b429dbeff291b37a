"""The command line."""

from __future__ import annotations

import io
import sys
from typing import Any

import click

from bench.cli.best import best
from bench.cli.bundle import bundle
from bench.cli.catalog import check, list_, show
from bench.cli.cite import cite
from bench.cli.compare import compare
from bench.cli.export import export
from bench.cli.merge import merge
from bench.cli.messages import on_command_line
from bench.cli.page import catalog
from bench.cli.plan import plan
from bench.cli.results import pack, report
from bench.cli.run import run
from bench.cli.selfcheck import selfcheck
from bench.cli.status import status
from bench.cli.tabulate import tabulate
from bench.cli.terminal import say
from bench.cli.track import track
from bench.cli.verify import verify
from bench.errors import UserError


class _Group(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            # A terminal that knows ASCII only gets question marks, not a traceback.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        try:
            return super().invoke(ctx)
        except UserError as error:
            command = self.commands[ctx.invoked_subcommand or ""]
            say(f"error: {on_command_line(error, command)}", err=True)
            ctx.exit(2)
        except KeyboardInterrupt:
            # Not 1, which an interrupted command would have else: of `compare` that means worse.
            say("interrupted", err=True)
            ctx.exit(130)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tunebench")
def main() -> None:
    """Compare hyperparameter-tuning strategies under fixed budgets.

    \b
    Example:
      tunebench run quick
      tunebench report results/quick
    """


for command in (
    list_,
    show,
    plan,
    run,
    status,
    report,
    best,
    compare,
    cite,
    export,
    merge,
    pack,
    bundle,
    track,
    verify,
    check,
    selfcheck,
    tabulate,
    catalog,
):
    main.add_command(command)
