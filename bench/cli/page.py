"""Writing the catalog page: `catalog`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from bench import registry
from bench.words import many


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("results/catalog"),
    help="The folder [results/catalog].",
)
def catalog(out: Path) -> None:
    """Write a page, a table and pictures of all problems into a folder of their own.

    \b
    Example:
      tunebench catalog
      tunebench catalog --out results/my-catalog
    """
    from bench.report.catalog import CatalogError, build_catalog

    names = list(registry.PROBLEMS.classes())
    click.echo(f"measuring and drawing {many(len(names), 'problem')}")
    try:
        page = build_catalog(
            names, command=shlex.join(["tunebench", "catalog", "--out", str(out)]), folder=out
        )
    except OSError as error:
        raise CatalogError(
            f"a catalog needs a folder that can be written, {out} cannot: {error.strerror}; "
            "use another folder (--out)"
        ) from None
    click.echo(f"the catalog: {page}")
