"""The documentation site, which `make docs` builds of these pages, README and the docstrings.

A page links to files as a forge resolves them, from its own folder. What a page of the site is made
of may lie elsewhere: README in the project's folder is the first page.
"""

import os
import re
import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent / "src"))
# TensorFlow is loaded for its docstrings' sake only.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# The pages that are written elsewhere.
PAGES = {
    DOCS.parent / "README.md": "index.md",
    DOCS.parent / "config" / "README.md": "configuration.md",
    DOCS.parent / "CONTRIBUTING.md": "contributing.md",
    DOCS.parent / "findings" / "README.md": "findings.md",
}

project = "aecluster"
author = "the authors of aecluster"
project_copyright = author

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
    "sphinxarg.ext",
    "sphinxcontrib.mermaid",
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
# Of the domain of `sphinxarg.ext`, which cannot say what is in it.
suppress_warnings = ["myst.domains"]

myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # numpydoc says types with their shapes
numpydoc_show_class_members = False
# What a docstring has in single backticks is a name, and a link where that has a page.
default_role = "py:obj"
autosummary_generate = False  # numpydoc loads it

html_theme = "furo"
html_title = "aecluster"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False


_LINK = r"\[(?P<name>[^\[\]]*)\]\((?!\w+:)(?P<target>[^)#\s]+)(?P<anchor>#[^)\s]*)?\)"


def _on_the_site(text, folder):
    """Return Markdown whose relative links lead from the folder of the docs to the same files.

    A link that is named as its page is named without what makes it a file.
    """

    def moved(link):
        name, target, anchor = link["name"], link["target"], link["anchor"] or ""
        path = (folder / target).resolve()
        there = PAGES.get(path) or os.path.relpath(path, DOCS)
        if name.endswith(".md"):
            name = Path(there).stem
        return f"[{name}]({there}{anchor})"

    return re.sub(_LINK, moved, text)


def _read(app, name, source):
    folder = Path(app.env.doc2path(name)).parent
    if folder == DOCS:
        source[0] = _on_the_site(source[0], folder)


def _read_elsewhere(app, path, name, source):
    source[0] = _on_the_site(source[0], (DOCS / path).resolve().parent)


def setup(app):
    """Follow the links of pages that are read."""
    app.connect("source-read", _read)
    app.connect("include-read", _read_elsewhere)
