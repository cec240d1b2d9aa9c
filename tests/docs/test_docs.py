"""The pages of the documentation: they are what the notebooks say today, and need nothing that is not beside them."""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from docs.build import Page, build, text_page, texts

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")

STORY = [
    "import workbench as wb\nwb.import_sample()",
    "run = wb.run('momentum', instrument='IBM', start='2010-01-01')\nrun",
    "wb.plot.equity(run)",
    "wb.plot.trades(run)",
    "wb.history()",
    "from IPython.display import HTML\nHTML('<b>bold</b>')",
]


def write(path: Path, heading: str, *cells: str) -> Path:
    """A notebook as it lies in git: without outputs."""
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(heading), *code]), path)
    return path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of two notebooks, one of which has figures."""
    folder = tmp_path_factory.mktemp("docs")
    story = write(folder / "00_story.ipynb", "# A story\n\nIt begins\nwith `a run`.\n\nIt goes on.", *STORY)
    words = write(folder / "01_words.ipynb", "# Words & numbers\n\nNothing to draw.", "print(1 + 1)")
    build([story, words], folder / "site")
    return folder / "site"


class References(HTMLParser):
    """What a page takes from elsewhere, or leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if name in ("src", "href", "action", "data") and value}


def references(page: Path) -> set[str]:
    parser = References()
    text = page.read_text(encoding="utf-8")
    parser.feed(text)
    return parser.found | set(re.findall(r"@import[^;]*|url\([^)]*\)", text))


def test_a_page_leads_to_nothing_that_is_not_beside_it(site: Path) -> None:
    names = {file.name for file in site.iterdir()}
    assert names == {"index.html", "00_story.html", "01_words.html", "style.css", "plotly.js", "figures.js"}
    for page in site.glob("*.html"):
        elsewhere = {one for one in references(page) if not one.startswith(("#", "data:"))}
        assert elsewhere <= names
        assert "style.css" in elsewhere
    assert not re.search(r"@import|url\(", (site / "style.css").read_text())


def test_figures_are_data_and_the_library_stands_beside_the_pages_once(site: Path) -> None:
    text = (site / "00_story.html").read_text()
    found = re.findall(r'<script data-figure="(.*?)" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert [name for name, _ in found] == ["figure-1", "figure-2"]
    assert all(f'<div class="figure" id="{name}">' in text for name, _ in found)
    assert json.loads(found[1][1])["data"][0]["name"] == "close"
    assert (site / "plotly.js").stat().st_size > 2_000_000
    assert len(text) < 1_000_000
    # a page without figures does not load it
    assert references(site / "01_words.html") >= {"style.css", "index.html", "00_story.html"}
    assert "plotly.js" not in references(site / "01_words.html")


def test_a_page_shows_what_the_cells_showed(site: Path) -> None:
    text = (site / "00_story.html").read_text()
    assert "Momentum on IBM.NYSE" in text
    assert "<b>bold</b>" in text
    assert "application/vnd.jupyter.widget" not in text
    assert "<pre>2" in (site / "01_words.html").read_text()


def test_the_index_has_the_titles_and_how_each_begins(site: Path) -> None:
    text = (site / "index.html").read_text()
    assert '<a href="00_story.html">A story</a>' in text
    assert re.search(r"<p>It begins\s+with <code>a run</code>\.</p>", text)
    assert '<a href="01_words.html">Words &amp; numbers</a>' in text
    assert text.index("00_story") < text.index("01_words")
    assert "It goes on" not in text


def test_a_cell_that_fails_stops_the_build_and_leaves_the_pages_as_they_were(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("as it was")
    wrong = write(tmp_path / "00_wrong.ipynb", "# Wrong\n\nIt fails.", "assert 1 == 2")
    with pytest.raises(CellExecutionError, match="AssertionError"):
        build([wrong], site)
    assert (site / "index.html").read_text() == "as it was"


def test_a_notebook_without_a_title_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="begins with a title and a paragraph: got 'No title'"):
        build([write(tmp_path / "00_bare.ipynb", "No title")], tmp_path / "site")


@pytest.fixture(scope="module")
def text_pages() -> list[Page]:
    """The Markdown pages of this documentation."""
    return texts()


def test_every_markdown_page_of_the_folder_is_in_the_site(text_pages: list[Page]) -> None:
    written = {path.stem for path in (Path(__file__).parents[2] / "docs").glob("*.md")}
    assert {page.file for page in text_pages} == {f"{name}.html" for name in written | {"decisions"}}


def test_links_between_markdown_pages_lead_to_pages_of_the_site(text_pages: list[Page]) -> None:
    files = {page.file for page in text_pages}
    links = {link for page in text_pages for link in re.findall(r'href="([^"#]+)"', page.body)}
    assert "examples.html" in links
    assert links <= files


def test_a_table_and_its_text_come_out_of_markdown() -> None:
    page = text_page(
        "small", "# Small & short\n\nIt begins.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nSee [more](more-text.md)."
    )
    assert (page.file, page.title, page.figures) == ("small.html", "Small & short", 0)
    assert page.about.strip() == "<p>It begins.</p>"
    assert re.search(r"<td[^>]*>2</td>", page.body)
    assert '<a href="more-text.html">more</a>' in page.body


def test_markdown_pages_follow_the_notebooks_and_the_decisions_come_last(
    text_pages: list[Page], tmp_path: Path
) -> None:
    words = write(tmp_path / "01_words.ipynb", "# Words\n\nNothing to draw.", "print(1 + 1)")
    build([words], tmp_path / "site", text_pages)
    index = (tmp_path / "site" / "index.html").read_text()
    assert index.index("01_words.html") < index.index("reproducing.html") < index.index("decisions.html")
    last = (tmp_path / "site" / "decisions.html").read_text()
    assert 'href="performance.html"' in last


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Debian's Chromium, which notes every request and every line of its console."""
    if not (CHROMIUM.exists() and DRIVER.exists()):
        pytest.skip(f"needs {CHROMIUM} and {DRIVER}")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    # selenium looks for drivers in the network otherwise
    monkeypatch.setenv("SE_OFFLINE", "true")
    monkeypatch.setenv("SE_AVOID_STATS", "true")
    logging.getLogger("selenium").setLevel(logging.WARNING)
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    profile = tmp_path / "profile"
    for flag in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "no-first-run"):
        options.add_argument(f"--{flag}")
    options.add_argument(f"--user-data-dir={profile}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()
        shutil.rmtree(profile, ignore_errors=True)


def requests(browser: Any, page: str) -> tuple[set[str], list[Any]]:
    """What a page asked for, and what of it failed; the browser's own first page asks for other things."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
    asked = {one["requestId"]: one["request"]["url"] for one in sent if one["documentURL"] == page}
    failed = [event["params"] for event in events if event["method"] == "Network.loadingFailed"]
    return set(asked.values()), [one for one in failed if one["requestId"] in asked]


def test_a_browser_draws_the_figures_and_asks_nobody(site: Path, browser: Any) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get((site / "00_story.html").as_uri())
    drawn = browser.find_elements(By.CSS_SELECTOR, ".figure")
    assert len(drawn) == 2
    WebDriverWait(browser, 60).until(
        lambda _: all(figure.find_elements(By.CSS_SELECTOR, ".main-svg") for figure in drawn)
    )
    assert all(figure.size["height"] > 300 and figure.size["width"] > 500 for figure in drawn)

    asked, failed = requests(browser, (site / "00_story.html").as_uri())
    assert {name for name in asked if not name.startswith(("file:", "data:", "blob:"))} == set()
    assert {name.rpartition("/")[2] for name in asked} >= {"00_story.html", "style.css", "plotly.js", "figures.js"}
    assert failed == []
    assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
