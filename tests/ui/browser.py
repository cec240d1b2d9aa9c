"""Debian's Chromium without a window, its console and its network on record."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

BROWSER, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
WINDOW = (1400, 1100)
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
    f"--window-size={WINDOW[0]},{WINDOW[1]}",
    "--force-device-scale-factor=1",
    # a name that is looked up is a request that leaves the machine: it fails, and the console says so
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)


def missing() -> str | None:
    """Why there is no browser here, and what brings it; None if there is one."""
    if BROWSER.exists() and DRIVER.exists():
        return None
    return f"{BROWSER} and {DRIVER} are not there. Type: apt-get install chromium chromium-driver"


@contextmanager
def browser() -> Iterator[webdriver.Chrome]:
    """One with an empty profile, gone afterwards."""
    # or Selenium asks a host on the internet for a driver first
    os.environ |= {"SE_OFFLINE": "true", "SE_AVOID_STATS": "true"}
    profile = tempfile.mkdtemp(prefix="workbench-browser-")
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    driver.set_script_timeout(240)  # a whole notebook is one script
    try:
        yield driver
    finally:
        driver.quit()
        shutil.rmtree(profile, ignore_errors=True)
