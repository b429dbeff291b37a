"""Dead links of a site are found, and files that a page would load from elsewhere."""

import subprocess
import sys
from pathlib import Path

import links


def site(tmp_path, body, other='<h2 id="there">x</h2>'):
    (tmp_path / "b").mkdir()
    (tmp_path / "index.html").write_text(body, encoding="utf-8")
    (tmp_path / "b" / "index.html").write_text(other, encoding="utf-8")
    (tmp_path / "a.css").touch()
    return tmp_path


def test_links_that_lead_somewhere_are_no_fault(tmp_path):
    body = """
      <link rel="stylesheet" href="a.css?v=1"><img src="data:image/png;base64,xx">
      <a href="b/index.html">1</a><a href="b/">2</a><a href="b/index.html#there">3</a>
      <a href="#here" id="here">4</a><a href="#">5</a>
      <a href="https://example.org/gone">6</a><a href="mailto:a@example.org">7</a>
    """
    assert links.faults(site(tmp_path, body)) == []


def test_each_dead_link_is_a_line(tmp_path):
    body = """
      <a href="c.html">1</a><a href="b/index.html#gone">2</a><a href="#gone">3</a>
      <script src="gone.js"></script>
    """
    assert links.faults(site(tmp_path, body)) == [
        "index.html: no file for c.html",
        "index.html: no file for gone.js",
        "index.html: no place for #gone",
        "index.html: no place for b/index.html#gone",
    ]


def test_what_is_loaded_from_elsewhere_is_a_fault(tmp_path):
    body = '<script src="https://example.org/a.js"></script><link href="//example.org/a.css">'
    assert links.faults(site(tmp_path, body)) == [
        "index.html: loads //example.org/a.css",
        "index.html: loads https://example.org/a.js",
    ]


def test_the_command_fails_where_there_is_a_fault(tmp_path):
    folder = site(tmp_path, '<a href="c.html">1</a>')
    command = [sys.executable, str(Path(links.__file__)), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "index.html: no file for c.html\n"
    (folder / "c.html").touch()
    assert subprocess.run(command, check=False).returncode == 0
