"""Notebooks and Markdown → pages that need no network, with one stylesheet and one plotly.js for all of them.

    python -m docs.build          into site/
    python -m docs.build folder   into another one

The notebooks are executed one after another in an empty home, as a new user would, so that nobody's runs are in them.
The Markdown pages follow, and the decisions as one page at the end.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbconvert.filters import markdown2html
from plotly.offline import get_plotlyjs
from pygments.formatters import HtmlFormatter

from workbench.storage.server import embedded

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parent / "notebooks"
SITE = HERE.parent / "site"
NAME = "NautilusTrader workbench"
FIGURE = "application/vnd.plotly.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
TEXTS = ("reproducing", "backtests", "examples", "numbers", "reconciliation", "storage", "guarantees", "performance")
"""Markdown pages in their order."""

PATIENCE = 300
"""Seconds for one cell."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
{scripts}</head>
<body>
<header><a href="index.html">{name}</a></header>
<main>
{body}
</main>
<footer>{footer}</footer>
</body>
</html>
"""
DRAWING = '<script src="plotly.js"></script>\n<script src="figures.js" defer></script>\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: file name, title, first paragraph as HTML, body as HTML, how many figures."""

    file: str
    title: str
    about: str
    body: str
    figures: int


def build(notebooks: Sequence[Path], site: Path, texts: Sequence[Page] = ()) -> None:
    """Execute the notebooks in this order and write their pages, then those of `texts`, an index and what they share.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed; `site` is as it was.
    """
    with fresh_home() as home:
        pages = [*(page(path.stem, execute(path, home)) for path in notebooks), *texts]
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    (site / "plotly.js").write_text(get_plotlyjs(), encoding="utf-8")
    (site / "figures.js").write_bytes((HERE / "figures.js").read_bytes())
    colours = HtmlFormatter(style="default").get_style_defs(".highlight")
    (site / "style.css").write_text((HERE / "style.css").read_text(encoding="utf-8") + colours, encoding="utf-8")
    (site / "index.html").write_text(index(pages), encoding="utf-8")
    for before, current, after in zip([None, *pages[:-1]], pages, [*pages[1:], None], strict=True):
        (site / current.file).write_text(whole(current, before, after), encoding="utf-8")


@contextmanager
def fresh_home() -> Iterator[Path]:
    """A home with nothing in it; its server is stopped and all is removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="workbench-docs-"))
    try:
        yield home
    finally:
        embedded.stop(home / "postgres")
        shutil.rmtree(home)


def execute(path: Path, home: Path) -> Any:
    """Run a notebook from its first cell to its last, with the embedded database of this home."""
    notebook = nbformat.read(path, as_version=4)
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    client = NotebookClient(notebook, timeout=PATIENCE, resources={"metadata": {"path": str(home)}})
    client.execute(env=environment | {"WORKBENCH_HOME": str(home), "IPYTHONDIR": str(home / "ipython")})
    return notebook


def page(name: str, notebook: Any) -> Page:
    """Make HTML of an executed notebook: its figures as data to be drawn, without what only a kernel could show."""
    title, about = _heading(notebook.cells[0].source)
    figures = 0
    for cell in notebook.cells:
        outputs = [output for output in cell.get("outputs", []) if WIDGET not in output.get("data", {})]
        for output in outputs:
            if FIGURE in output.get("data", {}):
                figures += 1
                output["data"] = {"text/html": _figure(f"figure-{figures}", output["data"][FIGURE])}
        if "outputs" in cell:
            cell["outputs"] = outputs
    notebook.metadata.pop("widgets", None)
    exporter = HTMLExporter(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)
    body, _ = exporter.from_notebook_node(notebook)
    return Page(file=f"{name}.html", title=title, about=about, body=body, figures=figures)


def text_page(name: str, source: str) -> Page:
    """Make a page of Markdown; links to other Markdown pages of this folder become links to their pages.

    Raises:
        ValueError: the text does not begin with a title and a paragraph.
    """
    title, about = _heading(source)
    body = re.sub(r'href="([\w-]+)\.md"', r'href="\1.html"', markdown2html(source))
    return Page(file=f"{name}.html", title=title, about=about, body=body, figures=0)


def texts(folder: Path = HERE) -> list[Page]:
    """The Markdown pages of the documentation, and all decisions as one page."""
    pages = [text_page(name, (folder / f"{name}.md").read_text(encoding="utf-8")) for name in TEXTS]
    decisions = [path.read_text(encoding="utf-8") for path in sorted((folder / "decisions").glob("*.md"))]
    entries = [re.sub(r"^# ", "## ", text) for text in decisions]
    intro = "# Decisions\n\nWhy the workbench does what it does, one decision each, with its date."
    return [*pages, text_page("decisions", "\n\n".join([intro, *entries]))]


def index(pages: Sequence[Page]) -> str:
    """The front page: what each page is called and how it begins."""
    entries = [f'<h2><a href="{page.file}">{escape(page.title)}</a></h2>\n{page.about}' for page in pages]
    body = "\n".join([f"<h1>{NAME}</h1>", *entries])
    return PAGE.format(title=NAME, name=NAME, scripts="", body=f'<div class="contents">\n{body}\n</div>', footer="")


def whole(current: Page, before: Page | None, after: Page | None) -> str:
    """A page with its head, and links to the pages before and after it."""
    links = [f'<a href="{other.file}">{escape(other.title)}</a>' if other else "" for other in (before, after)]
    footer = "".join(f"<span>{link}</span>" for link in links)
    scripts = DRAWING if current.figures else ""
    return PAGE.format(title=escape(current.title), name=NAME, scripts=scripts, body=current.body, footer=footer)


def _heading(source: str) -> tuple[str, str]:
    """Title and first paragraph of a notebook's first cell."""
    title, _, rest = source.partition("\n")
    if not title.startswith("# ") or not rest.strip():
        raise ValueError(f"a page begins with a title and a paragraph: got {source[:60]!r}")
    return title.removeprefix("# "), markdown2html(re.split(r"\n\s*\n", rest.strip())[0])


def _figure(name: str, figure: Any) -> str:
    data = json.dumps({"data": figure["data"], "layout": figure["layout"]}).replace("</", "<\\/")
    place = f'<div class="figure" id="{name}"></div>'
    return f'{place}\n<script data-figure="{name}" type="application/json">{data}</script>'


if __name__ == "__main__":
    build(sorted(NOTEBOOKS.glob("*.ipynb")), Path(sys.argv[1]) if len(sys.argv) > 1 else SITE, texts())
