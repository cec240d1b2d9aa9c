"""Stored outputs are what comes out today: what a trader reads is compared number by number, word by word."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

GOLDEN = Path(__file__).parent / "golden"


def nbval(notebook: Path) -> subprocess.CompletedProcess[str]:
    """Run a notebook and compare its outputs with the stored ones."""
    # a folder of its own: the options of this project compare nothing
    (notebook.parent / "pytest.ini").write_text("[pytest]\n")
    options = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=120", "--nbval-sanitize-with=sanitize.cfg"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, notebook.name],
        cwd=notebook.parent,
        capture_output=True,
        text=True,
        timeout=280,
    )


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    """A copy of the golden notebook, to be run or spoilt."""
    for name in ("words.ipynb", "sanitize.cfg"):
        shutil.copy(GOLDEN / name, tmp_path)
    return tmp_path / "words.ipynb"


def test_a_card_a_comparison_and_a_verdict_say_what_they_said(golden: Path) -> None:
    done = nbval(golden)
    assert done.returncode == 0, done.stdout


def test_a_stored_number_that_is_missing_fails(golden: Path) -> None:
    missing = ("131.74%", "0.226278", "+7,385.19")  # of the card, of the comparison, of the verdict
    notebook = nbformat.read(golden, as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for number in missing:
                output["text"] = output["text"].replace(number, "", 1)
    nbformat.write(notebook, golden)
    done = nbval(golden)
    assert done.returncode == 1
    assert all(number in done.stdout for number in missing)
    assert "3 failed" in done.stdout
