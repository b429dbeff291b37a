import json
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from bench.book import build as module
from bench.book.build import CatalogError, build_catalog
from bench.core import Categorical, Evaluation, Metric, Ordinal, SearchSpace
from bench.registry import RegistryError
from bench.tabular import write_table
from bench.testing.files import contents

pytestmark = pytest.mark.slow

SPACE = SearchSpace(
    {"kernel": Categorical(("rbf", "linear")), "C": Ordinal((0.1, 1.0, 10.0)),
     "g": Ordinal((1, 2))},
    conditions={"g": {"kernel": ["rbf"]}},
    default={"kernel": "linear", "C": 1.0},
)  # fmt: skip
ABOUT = {"data": "made | up <b>here</b>", "licence": "CC0", "reference": "Nobody, 1999"}


def value(config, split):
    return 0.8 - 0.1 * (config["C"] == 10) - 0.05 * config.get("g", 0) + 0.01 * split


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("table") / "t.parquet"
    rows = [
        [(c, Evaluation(value(c, split), cost=0.5)) for c in SPACE.configs()] for split in (0, 1)
    ]
    write_table(path, SPACE, Metric("accuracy", "maximize"), rows, about={"about": ABOUT})
    return f"table:{path}"


@pytest.fixture(scope="module")
def names(table):
    return ["branin", "svm-breast-cancer", "table", table]


@pytest.fixture(scope="module")
def made(names, tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "catalog"
    build_catalog(names, command="tunebench catalog --out here", folder=folder)
    return folder


@pytest.fixture(scope="module")
def page(made):
    return (made / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def readme(made):
    return (made / "README.md").read_text(encoding="utf-8")


class Elements(HTMLParser):
    """All elements of a page with their attributes, and its text."""

    def __init__(self, text):
        super().__init__()
        self.found, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def test_the_files_of_a_catalog(made):
    names = [name for name in contents(made) if not name.startswith("figures/")]
    assert sorted(names) == ["README.md", "catalog.csv", "index.html"]
    kinds = sorted(path.suffix for path in (made / "figures").iterdir())
    assert kinds == [".png", ".svg"]


def test_a_catalog_is_the_same_bytes_each_time(made, names, tmp_path):
    build_catalog(names, command="tunebench catalog --out here", folder=tmp_path / "again")
    assert contents(made) == contents(tmp_path / "again")


def test_the_numbers_of_the_csv(made, table):
    frame = pd.read_csv(made / "catalog.csv").set_index("name")
    assert frame["group"].to_dict() == {
        "branin": "Functions",
        "svm-breast-cancer": "Live models",
        "table": "Need an argument or a library",
        table: "Tables",
    }
    row = frame.loc[table]
    assert (row["n_configurations"], row["n_splits"], row["how"]) == (9, 2, "exact")
    # The best, 0.8, is linear with C of 0.1 or 1: a third of all draws.
    assert row["p_near_optimum"] == pytest.approx(1 / 3, rel=1e-5)
    assert row["default_beaten_by"] == 0
    assert row["evaluation_s"] == 0.5
    assert row["dimension"] == 3
    assert row["needs"] == "conditional categorical ordinal"
    assert json.loads(row["default"]) == {"kernel": "linear", "C": 1.0}
    assert [row[key] for key in ABOUT] == list(ABOUT.values())
    assert frame.loc["branin", "how"] == "simulated"
    assert frame.loc["branin", "regret_200"] < 0.05


def test_what_is_not_measured_is_not_reported(made):
    frame = pd.read_csv(made / "catalog.csv").set_index("name")
    numbers = [n for n in frame if n.startswith("regret")] + [
        "n_draws_to_target",
        "p_near_optimum",
        "evaluation_s",
    ]
    assert frame.loc["svm-breast-cancer", numbers].isna().all()
    assert frame.loc["branin", ["evaluation_s", "default_beaten_by"]].isna().all()


def test_the_page_fetches_nothing_and_its_links_lead_somewhere(page):
    found = Elements(page).found
    ids = [attrs["id"] for _, attrs in found if "id" in attrs]
    assert len(ids) == len(set(ids))
    for tag, attrs in found:
        assert tag not in ("script", "link", "img", "iframe")
        for name in ("src", "href", "xlink:href"):
            target = attrs.get(name, "data:")
            assert target.startswith("data:") or target[1:] in ids, target
    assert "@import" not in page
    assert "url(http" not in page


def test_the_page_tells_of_each_problem(page, table):
    parsed = Elements(page)
    articles = [attrs["id"] for tag, attrs in parsed.found if tag == "article"]
    assert len(articles) == 4
    for text in (*ABOUT.values(), "kernel is rbf", "0.1, 1, 10", "folds = 5, repeats = 2",
                 "is named as table:PATH", "tunebench catalog --out here"):  # fmt: skip
        assert text in parsed.text, text
    assert "accuracy (higher is better)" in parsed.text
    assert "9 configurations" in parsed.text
    assert "b" not in {tag for tag, _ in parsed.found}


def test_the_figure_takes_the_pages_colours(page):
    body = page[page.index("</style>") :]
    for colour in ("#1b1f24", "#d8dee4", "#ffffff"):
        assert colour not in body
    assert 'role="img"' in body


def test_the_readme_has_a_row_for_each_problem_and_pictures_that_are_there(readme, made, names):
    rows = [line for line in readme.splitlines() if line.startswith("| ")]
    for name in names:
        assert sum(line.startswith(f"| {name} ") for line in rows) == 1
    (picture,) = re.findall(r"!\[[^]]*\]\(([^)]*)\)", readme)
    assert (made / picture).is_file()
    assert "made \\| up &lt;b>here&lt;/b>" in readme
    assert not re.search("<[A-Za-z/!?]", readme)


def test_a_folder_that_is_no_catalog_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years")
    with pytest.raises(CatalogError, match="holds something else; use another folder"):
        build_catalog(["branin"], command="", folder=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years")
    with pytest.raises(CatalogError, match="holds something else"):
        build_catalog(["branin"], command="", folder=tmp_path / "thesis.txt")


def test_a_catalog_replaces_the_old_one_whole(tmp_path):
    folder = tmp_path / "c"
    folder.mkdir()
    build_catalog(["svm-breast-cancer"], command="", folder=folder)
    (folder / "figures").mkdir(exist_ok=True)
    (folder / "figures" / "stale.png").write_text("")
    build_catalog(["tree-wine"], command="", folder=folder)
    assert "svm-breast-cancer" not in (folder / "README.md").read_text(encoding="utf-8")
    assert not (folder / "figures" / "stale.png").exists()
    (folder / "my-notes.txt").write_text("")
    with pytest.raises(CatalogError, match="holds something else"):
        build_catalog(["tree-wine"], command="", folder=folder)
    assert (folder / "my-notes.txt").exists()


def test_a_failure_leaves_the_old_catalog(tmp_path, monkeypatch):
    folder = tmp_path / "c"
    build_catalog(["tree-wine"], command="", folder=folder)
    before = contents(folder)
    with pytest.raises(RegistryError, match="no problem is called"):
        build_catalog(["tree-wine", "tree-beer"], command="", folder=folder)
    monkeypatch.setattr(module, "render", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build_catalog(["tree-wine"], command="", folder=folder)
    assert contents(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["c"]
