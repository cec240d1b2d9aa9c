"""One JupyterLab, one browser. Where there is no Chromium, these tests are skipped and say so."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.ui import lab as server
from tests.ui.lab import Lab
from tests.ui.pages import Notebook

ROOT = Path(__file__).resolve().parents[2]
BROWSER, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
FAILURES = ROOT / "ui-failures"

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--window-size=1400,1100",
    "--force-device-scale-factor=1",
    # a name that is looked up is a request that leaves the machine: it fails, and the console says so
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """A JupyterLab with a copy of the notebooks and an empty record."""
    with server.lab(ROOT / "notebooks") as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    """Debian's Chromium, with its console and its network on record."""
    if not (BROWSER.exists() and DRIVER.exists()):
        pytest.skip(f"{BROWSER} and {DRIVER} are not there. Type: apt-get install chromium chromium-driver")
    # or Selenium asks a host on the internet for a driver first
    os.environ |= {"SE_OFFLINE": "true", "SE_AVOID_STATS": "true"}
    profile = tempfile.mkdtemp(prefix="workbench-browser-")
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    driver.set_script_timeout(120)
    yield driver
    driver.quit()
    shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture
def open_cells(
    browser: webdriver.Chrome, lab: Lab, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Notebook]]:
    """Open a notebook of these cells and run them; it is closed, and what the browser has seen is looked through."""
    pages: list[Notebook] = []

    def go(*cells: str) -> Notebook:
        name = f"{request.node.name.partition('[')[0]}_{len(pages)}.ipynb"
        pages.append(Notebook(browser, lab).open(lab.write(name, cells)).run_all())
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
