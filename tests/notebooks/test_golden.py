"""Stored outputs are what comes out today: what a trader reads is compared number by number, word by word."""

from __future__ import annotations

import copy
import re
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


def test_what_is_read_is_what_it_was_and_a_missing_number_fails(golden: Path) -> None:
    """Every stored cell passes; copies of three of them, each without one of its numbers, fail."""
    missing = ("131.74%", "0.226277", "+7,385.19")  # of the card, of the comparison, of the verdict
    notebook = nbformat.read(golden, as_version=4)
    stored = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number in missing:
        (cell,) = (cell for cell in stored if number in str(cell.outputs))
        spoilt = copy.deepcopy(cell)
        spoilt.id = f"without-{missing.index(number)}"
        spoilt.outputs[0]["text"] = spoilt.outputs[0]["text"].replace(number, "", 1)
        notebook.cells.append(spoilt)
    nbformat.write(notebook, golden)
    done = nbval(golden)
    assert f"3 failed, {len(stored)} passed" in done.stdout, done.stdout
    assert all(number in done.stdout for number in missing)
    failed = re.findall(r"^FAILED words\.ipynb::Cell (\d+)", done.stdout, re.MULTILINE)
    assert failed == [str(len(stored) + number) for number in range(3)], done.stdout
