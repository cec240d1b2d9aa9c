"""What nbval does not see: it runs the cells of every notebook, but compares nothing where outputs are stripped."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)


def code_of(path: Path) -> list[str]:
    """The code cells of a notebook."""
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_the_notebooks_are_numbered_from_00_without_a_gap() -> None:
    assert NOTEBOOKS
    assert [path.name[:3] for path in NOTEBOOKS] == [f"{number:02d}_" for number in range(len(NOTEBOOKS))]
    assert all(re.fullmatch(r"\d\d_[a-z0-9_]+\.ipynb", path.name) for path in NOTEBOOKS)


def test_the_notebooks_are_stripped() -> None:
    # outputs in git are noise, and nbval compares what has an execution count
    verdict = subprocess.run(
        [sys.executable, "-m", "nbstripout", "--verify", *map(str, NOTEBOOKS)], capture_output=True, text=True
    )
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@each
def test_the_cells_of_a_notebook_are_numbered(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert [cell.id for cell in notebook.cells] == [str(number) for number in range(len(notebook.cells))]


@each
def test_a_notebook_runs_in_whatever_python_kernel_the_reader_has(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"


@each
def test_a_notebook_proves_what_it_says(path: Path) -> None:
    cells = [ast.parse(source) for source in code_of(path)]
    assert any(isinstance(node, ast.Assert) for tree in cells for node in ast.walk(tree))
