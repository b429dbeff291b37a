"""Finds the links of a built site that lead nowhere, and what a page would load from elsewhere."""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    """The links of a page, what it loads, and the places in it that a link can lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value}
        self.anchors.update(given[key] for key in ("id", "name") if key in given)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and "href" in given:
            self.loaded.append(given["href"])
        elif "src" in given:
            self.loaded.append(given["src"])


def faults(site: Path) -> list[str]:
    """Return a line for each link that leads nowhere, and for each file loaded from elsewhere.

    A link to another site is not followed.

    Args:
        site: the folder of the built site.

    Returns:
        The lines, sorted; none if all is well.
    """
    # What a theme keeps among its files is a template, not a page.
    paths = [path for path in site.rglob("*.html") if "_static" not in path.parts]
    pages = {path.resolve(): _read(path) for path in paths}
    found = set()
    for path, page in pages.items():
        name = path.relative_to(site.resolve())
        for link in (*page.links, *page.loaded):
            parts = urlsplit(link)
            if parts.scheme == "data":
                continue
            if parts.scheme or parts.netloc:
                if link in page.loaded:
                    found.add(f"{name}: loads {link}")
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            if not target.is_file():
                found.add(f"{name}: no file for {link}")
            elif parts.fragment and target in pages:
                anchors = pages[target].anchors
                if not {parts.fragment, unquote(parts.fragment)} & anchors:
                    found.add(f"{name}: no place for {link}")
    return sorted(found)


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


if __name__ == "__main__":
    lines = faults(Path(sys.argv[1]))
    sys.exit("\n".join(lines) or 0)
