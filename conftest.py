"""Tests and notebooks run in a home of their own, gone afterwards; long files start first, or all in a random order."""

from __future__ import annotations

import gc
import os
import random
import shutil
import subprocess
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import pytest

from tests.support.places import new_folder

HOME = pytest.StashKey[Path]()

LONGEST = (
    "tests/ui/test_panels.py",
    "tests/panels/test_launcher.py",
    "tests/storage/server/test_embedded.py",
    "tests/workers/",
    "tests/panels/test_compare_panel.py",
    "tests/cli/test_cli.py",
    "tests/storage/queries/test_questions.py",
    "tests/notebooks/test_golden.py",
    "notebooks/",
    "tests/faults/",
    "tests/fuzz/",
    "tests/provenance/",
    "tests/docs/",
    "tests/stories/",
)
"""What takes longest, the longest first: a file that begins last and alone would keep all other processes waiting."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the random order."""
    parser.addoption(
        "--shuffle",
        nargs="?",
        type=int,
        const=-1,
        metavar="SEED",
        help="files, and the tests of a file, in a random order; the seed is printed. Without a seed, name it last. "
        "Cells of notebooks keep their order.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Point everything, the kernels of notebooks too, at an empty home and the embedded database."""
    # a test leaves little garbage, and what is imported is looked through for it again and again
    gc.set_threshold(100_000, 20, 20)
    if config.option.shuffle == -1:
        # test processes read the command line anew and inherit the environment: they take the seed of the first process
        drawn = str(random.SystemRandom().randrange(1_000_000))
        config.option.shuffle = int(os.environ.setdefault("WORKBENCH_TESTS_SHUFFLE", drawn))
    if not hasattr(config, "workerinput"):
        _know_the_files(config.rootpath)
    home = new_folder("workbench-tests-")
    config.stash[HOME] = home
    os.environ["WORKBENCH_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        os.environ[name] = str(home / name.lower())
    # the kernel's debugger warns about frozen modules, Jupyter about a default that has changed
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    os.environ["JUPYTER_PLATFORM_DIRS"] = "1"


def _know_the_files(root: Path) -> None:
    """Let git note that the files of a fresh clone are unchanged: until then it reads them all again at every run."""
    with suppress(OSError):
        subprocess.run(["git", "status", "--untracked-files=no"], cwd=root, check=False, capture_output=True)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Print the seed of the order."""
    return None if config.option.shuffle is None else f"order: --shuffle={config.option.shuffle}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the files by what they take, or everything at random.

    It comes before pytest's own ordering, which brings tests of one parametrised fixture together again.
    """
    files = [list(tests) for _, tests in groupby(items, key=lambda item: item.path)]
    if config.option.shuffle is None:
        files.sort(key=lambda tests: _place(tests[0]))
    else:
        chance = random.Random(config.option.shuffle)
        chance.shuffle(files)
        for tests in files:
            if tests[0].path.suffix == ".py":
                chance.shuffle(tests)
    items[:] = [item for tests in files for item in tests]


def _place(item: pytest.Item) -> int:
    """The place of a test's file in LONGEST, after all of them where it is not named."""
    path = item.path.relative_to(item.config.rootpath).as_posix()
    return next((place for place, start in enumerate(LONGEST) if path.startswith(start)), len(LONGEST))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server of that home and remove it."""
    home = config.stash[HOME]
    if (home / "postgres").exists():
        from workbench.storage.server import embedded

        embedded.stop(home / "postgres")
    shutil.rmtree(home, ignore_errors=True)
