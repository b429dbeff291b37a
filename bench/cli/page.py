"""Writing the catalog page: `catalog`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from bench import registry
from bench.cli.terminal import say
from bench.words import many


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("results/catalog"),
    show_default=True,
    help="Folder for the catalog.",
)
@click.option(
    "--draws",
    type=click.Path(path_type=Path, file_okay=False),
    help="Results folder of a sweep with random and default, such as `draws`.",
)
def catalog(out: Path, draws: Path | None) -> None:
    """Write the catalog page of all problems.

    Live models are too expensive to be measured for the page, so their numbers come from a sweep.

    \b
    Example:
      tunebench catalog
      tunebench catalog --draws results/draws --out results/my-catalog
    """
    from bench.book.build import CatalogError, build_catalog
    from bench.store import Store

    drawn, source = None, []
    if draws is not None:
        store = Store(draws)
        store.sweep()  # refuses a folder that is none of ours
        damaged: list[tuple[Path, str]] = []
        drawn, source = store.frames(damaged)[0], ["--draws", str(draws)]
        for path, reason in damaged:
            say(f"{path} is damaged ({reason}): left out; `tunebench run` repeats it", err=True)
    names = list(registry.PROBLEMS.classes())
    say(f"analysing and drawing {many(len(names), 'problem')}")
    try:
        page = build_catalog(
            names,
            command=shlex.join(["tunebench", "catalog", *source, "--out", str(out)]),
            folder=out,
            draws=drawn,
        )
    except OSError as error:
        raise CatalogError(
            f"a catalog needs a folder that can be written, {out} cannot: {error.strerror}; "
            "use another folder (--out)"
        ) from None
    say(f"the catalog: {page}")
