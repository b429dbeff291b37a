"""What the documents say is what happens."""

import html
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from bench.analyses import Analyses
from bench.cli import main
from bench.execution.plan import resolve
from bench.inference.paired import all_pairs
from bench.inference.planning import TYPICAL_SD
from bench.prose import escaping
from bench.registry import STRATEGIES
from bench.sources.source import from_folder
from bench.sources.tidy_columns import OPTIONAL, REQUIRED
from bench.spec import Sweep
from bench.store import Store
from bench.testing.golden import OPTION, hold

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


RESULTS = (ROOT / "results" / "README.md").read_text(encoding="utf-8")


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def published_verdict(sweep):
    """Return the sentences of the verdict on a published page, a list item each."""
    page = (ROOT / f"results/{sweep}/report/index.html").read_text(encoding="utf-8")
    page = page.partition('<section id="verdict">')[2].partition("</section>")[0]
    said = re.split('<p class="note">|<details', page)[0]
    sentences = re.findall(r"<(?:p|li)>(.*?)</(?:p|li)>", said, re.DOTALL)
    texts = (html.unescape(re.sub("<[^>]*>", "", text)) for text in sentences)
    return "".join(f"- {escaping.markdown(text)}\n" for text in texts)


def test_verdict_and_leaderboard_in_the_readme_are_the_published_ones(request):
    board = (ROOT / "results/reference/report/tables/leaderboard.md").read_text("utf-8")
    head, rows = board.splitlines()[:2], board.splitlines()[2:]
    (random,) = (row for row in rows if row.startswith("| random "))
    chosen = "\n".join(dict.fromkeys([*head, *rows[:5], random]))
    parts = {"verdict": published_verdict("reference"), "leaderboard": f"{chosen}\n"}
    shown = README
    for name, text in parts.items():
        assert text
        block = re.compile(f"<!-- {name} -->\n.*?<!-- /{name} -->", re.DOTALL)
        (there,) = block.findall(shown)
        shown = shown.replace(there, f"<!-- {name} -->\n{text}<!-- /{name} -->")
    hold(ROOT / "README.md", shown, renew=bool(request.config.getoption(OPTION)))


@pytest.mark.parametrize("page", ["stop-early", "workers"])
def test_results_in_a_guide_are_the_published_ones(page, request):
    """`<!-- verdict: SWEEP -->` and `<!-- table: SWEEP/NAME -->` begin what ends with `/`."""
    path = ROOT / f"docs/how-to/{page}.md"
    shown = path.read_text(encoding="utf-8")
    found = re.findall(r"<!-- (verdict|table): (\S+) -->\n(.*?)<!-- / -->", shown, re.DOTALL)
    assert found
    for kind, name, there in found:
        sweep, _, table = name.partition("/")
        path_of_table = ROOT / f"results/{sweep}/report/tables/{table}.md"
        text = published_verdict(name) if kind == "verdict" else path_of_table.read_text("utf-8")
        assert text
        begins = f"<!-- {kind}: {name} -->\n"
        shown = shown.replace(f"{begins}{there}<!-- / -->", f"{begins}{text}<!-- / -->")
    hold(path, shown, renew=bool(request.config.getoption(OPTION)))


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 80


def test_links_lead_to_files():
    for text in (README, CONTRIBUTING):
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert (ROOT / target).exists(), target


def test_the_sweep_in_the_reference_is_one(tmp_path):
    page = (ROOT / "docs/reference/sweep-file.md").read_text(encoding="utf-8")
    path = tmp_path / "my-sweep.toml"
    path.write_text(blocks(page, "toml")[1], encoding="utf-8")
    sweep = resolve(Sweep.from_toml(path))
    assert [entry.label for entry in sweep.strategies][2:] == ["grid-centres", "random-control"]
    assert {entry.name for entry in sweep.problems} > {"branin", "hartmann6", "svm-breast-cancer"}


@pytest.mark.parametrize("name", ["quick", "standard-lite", "reference", "smoke"])
def test_sweeps_that_are_named_exist(name):
    result = CliRunner().invoke(main, ["list", "sweeps"])
    assert re.search(rf"^{name} ", result.output, re.MULTILINE)


@pytest.mark.slow
def test_the_table_of_ones_own_is_a_problem(tmp_path):
    (code,) = blocks(RESULTS, "python")
    # The command as this interpreter has it, wherever it is installed.
    assert code.count('"tunebench run') == 1
    code = code.replace('"tunebench run', f'"{sys.executable} -m bench run')
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    rows = Store(tmp_path / "mine").rows()
    assert set(rows["problem"]) == {"table:mine.parquet"}
    assert set(rows["optimum"]) == {0.9 - 0.01, 0.9 - 0.01 - 0.02}
    assert len(rows) == 2 * 10 * 5


@pytest.mark.slow
def test_the_table_of_another_tool_makes_a_report(tmp_path):
    (table,) = blocks(RESULTS, "csv")
    path = tmp_path / "trials.csv"
    path.write_text(table, encoding="utf-8")
    result = CliRunner().invoke(main, ["report", str(path)])
    assert result.exit_code == 0, result.output
    page = (tmp_path / "trials-report" / "index.html").read_text(encoding="utf-8")
    assert "2 strategies on 1 problem, 2 repetitions: 4 runs of up to 2 trials, 8 trials." in page
    section = RESULTS.partition("## Results of other tools")[2].partition("## Tables")[0]
    rows = re.findall(r"^\| ([a-z_, ]+?)(?: \(.*\))? \|", section, re.MULTILINE)
    named = [name for row in rows[1:] for name in row.split(", ")]
    assert sorted(named) == sorted((*REQUIRED, *OPTIONAL))


def test_every_target_of_make_that_is_named_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    written = re.findall(r"^    (make .*)$|`(make [^`]*)`", README + CONTRIBUTING, re.MULTILINE)
    named = {(block or inline).split()[1] for block, inline in written}
    assert {"quick", "test", "benchmark", "help"} <= named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.slow
def test_the_example_of_a_section_is_one():
    names = {}
    exec(blocks(CONTRIBUTING, "python")[0], names)
    source = from_folder(ROOT / "results/quick", command="")
    section = names["section"](Analyses(source, trials=None, rope=0.01), None)
    note, table = section.items
    assert section.id == table.file == "spread"
    assert list(table.frame["strategy"]) == list(source.strategies)
    assert all(float(text) > 0 for text in table.frame["standard deviation"])
    assert "Standard deviation" in note.text


def test_what_a_run_expects_of_differences_is_what_the_quick_sweep_measured():
    found = Analyses(from_folder(ROOT / "results/quick", command=""), trials=None, rope=0.01)
    pairs = all_pairs(found.panels)
    searching = [not {a, b} & {"default", "grid"} for a, b in zip(pairs.a, pairs.b, strict=True)]
    deviations = np.sqrt(pairs.variance[searching].mean(axis=1))
    assert round(float(np.median(deviations)), 1) == TYPICAL_SD


def test_the_page_of_strategies_names_the_catalog_and_every_extra():
    text = (ROOT / "docs/reference/strategies.md").read_text(encoding="utf-8")
    named = {name.partition(":")[0] for name in re.findall(r"`([a-z0-9-]+(?::X)?)`", text)}
    assert named >= set(STRATEGIES.own())
    in_tables = set(re.findall(r"^\| `([a-z0-9-]+)(?::X)?`", text, re.MULTILINE))
    assert in_tables <= set(STRATEGIES.own())
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = set(re.findall(r"tunebench\[([a-z-]+)\]", text))
    extra = {"bayesian-optimization", "botorch", "cmaes", "flaml", "smac", "strategies", "torch"}
    assert asked == extra
    assert asked <= extras["optional-dependencies"].keys()
