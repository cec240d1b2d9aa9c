"""One JupyterLab, one browser. Where there is no Chromium, these tests are skipped and say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

from tests.ui import browser as chromium
from tests.ui import lab as server
from tests.ui.lab import Lab
from tests.ui.pages import Notebook

ROOT = Path(__file__).resolve().parents[2]
FAILURES = ROOT / "ui-failures"


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """A JupyterLab with a copy of the notebooks and an empty record."""
    with server.lab(ROOT / "notebooks") as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    """One for all tests."""
    if (why := chromium.missing()) is not None:
        pytest.skip(why)
    with chromium.browser() as driver:
        yield driver


@pytest.fixture
def open_cells(
    browser: webdriver.Chrome, lab: Lab, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Notebook]]:
    """Open a notebook of these cells and run them; it is closed, and what the browser has seen is looked through."""
    pages: list[Notebook] = []

    def go(*cells: str) -> Notebook:
        name = f"{request.node.name.partition('[')[0]}_{len(pages)}.ipynb"
        pages.append(Notebook(browser, lab, lab.write(name, cells)).open().run_all())
        return pages[-1]

    yield go
    pages[-1].assert_quiet()
    for page in pages:
        page.shut_down()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Any:
    """Keep a picture, the console and the page of every failure."""
    report = yield
    driver = getattr(item, "funcargs", {}).get("browser")
    if report.failed and driver is not None:
        FAILURES.mkdir(exist_ok=True)
        name = FAILURES / f"{item.name}-{report.when}"
        driver.save_screenshot(f"{name}.png")
        console = "\n".join(str(line) for line in driver.get_log("browser"))
        Path(f"{name}.log").write_text(f"{console}\n{driver.page_source[:200_000]}")
    return report
