"""How the documentation is built: `make docs`, offline, with warnings as errors."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.highlighting import lexers

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "tunebench"
author = "The tunebench authors"
copyright = author  # noqa: A001 (Sphinx calls it so)
version = release = version_of("tunebench")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "mathml",
    "generated",
    "published_reports",
]
exclude_patterns = ["_build", "**/_*"]

# A reference that leads nowhere is a warning, and `make docs` makes every warning an error.
nitpicky = True
# Types of other packages: their documentation is not at hand while this one is built.
nitpick_ignore_regex = [
    ("py:.*", r"(np|numpy|pd|pandas|matplotlib|sklearn|optuna|collections|os|pathlib|typing)\..*"),
    # What a signature or a rule names and the reference of Python does not hold.
    ("py:.*", r"bench\..*|Axes|Distribution|\w*Error"),
    # A sentence that Napoleon takes for a type.
    ("py:class", r".*[ ;].*"),
]
# Pygments knows no CSV.
lexers["csv"] = TextLexer()
# In our docstrings a single backtick is code, as in Markdown.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_numpy_docstring = False
napoleon_use_rtype = False

myst_enable_extensions = ["attrs_inline", "deflist", "dollarmath"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
# Progress bars, of which a page would show each state.
nb_output_stderr = "remove"
# An option such as --out keeps both of its dashes.
smartquotes = False

templates_path = ["_templates"]
html_theme = "pydata_sphinx_theme"
html_title = "tunebench"
html_static_path = ["_static"]
html_css_files = ["tunebench.css"]
html_math_renderer = "mathml"
html_context = {"default_mode": "auto"}
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "tunebench"},
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "header_links_before_dropdown": 8,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "article_footer_items": [],
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}
# A page that has no neighbours needs no list of them at its side.
html_sidebars = {name: [] for name in ("index", "decisions", "glossary")}


def keep_sentence(_: Sphinx, what: str, *given: Any) -> None:
    """Keep Napoleon from taking the words before a colon for the type of a property."""
    lines = given[-1]
    if what in {"attribute", "property"} and lines:
        lines[0] = lines[0].replace(": ", " – ", 1)


def setup(app: Sphinx) -> None:
    """Register what reads docstrings before Napoleon, whose priority is 500."""
    app.connect("autodoc-process-docstring", keep_sentence, priority=400)
