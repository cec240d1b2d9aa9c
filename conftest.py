"""Tests and notebooks run in a home of their own, gone afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

HOME = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Point everything, the kernels of notebooks too, at an empty home and the embedded database."""
    home = Path(tempfile.mkdtemp(prefix="workbench-tests-"))
    config.stash[HOME] = home
    os.environ["WORKBENCH_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        os.environ[name] = str(home / name.lower())
    # the kernel's debugger warns about frozen modules, Jupyter about a default that has changed
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    os.environ["JUPYTER_PLATFORM_DIRS"] = "1"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server of that home and remove it."""
    home = config.stash[HOME]
    if (home / "postgres").exists():
        from workbench.storage.server import embedded

        embedded.stop(home / "postgres")
    shutil.rmtree(home, ignore_errors=True)
