"""Which modules a strategy's behaviour comes from."""

from __future__ import annotations

import importlib
import py_compile
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.provenance import outdated, sources
from workbench.strategies import forget


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user's project: a strategy with a helper, a package with a relative import, and one module nobody imports."""
    folder = tmp_path / "lab_code"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "idea.py").write_text(
        "import json\nimport numpy\nimport workbench\n"
        "from . import signals\nfrom lab_helper import fee\n\nclass Idea: ...\n"
    )
    (folder / "signals.py").write_text("def fire():\n    from lab_code.deep import level\n    return level\n")
    (folder / "deep.py").write_text("level = 3\n")
    (folder / "unused.py").write_text("x = 1\n")
    (tmp_path / "lab_helper.py").write_text("import lab_code.idea\nfee = 0.1\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("lab_")]:
        del sys.modules[name]


def names(project: Path) -> list[str]:
    return [file.module for file in sources(importlib.import_module("lab_code.idea").Idea)]


def test_the_modules_of_the_project_are_followed_and_others_are_not(project: Path) -> None:
    assert names(project) == ["lab_code", "lab_code.deep", "lab_code.idea", "lab_code.signals", "lab_helper"]


def test_the_source_is_that_of_the_import_until_the_project_is_imported_anew(project: Path) -> None:
    idea = importlib.import_module("lab_code.idea").Idea
    before = sources(idea)
    assert outdated(before) == []
    (project / "lab_helper.py").write_text("import lab_code.idea\nfee = 0.25\n")
    # what was imported is what runs, whatever the file says by now
    assert sources(idea) == before
    assert outdated(before) == ["lab_code", "lab_code.deep", "lab_code.idea", "lab_code.signals", "lab_helper"]
    forget(outdated(before))
    anew = sources(importlib.import_module("lab_code.idea").Idea)
    assert [one.module for one, two in zip(before, anew, strict=True) if one != two] == ["lab_helper"]
    assert outdated(anew) == []


def test_the_built_in_strategies_carry_what_they_share_but_not_the_workbench() -> None:
    from workbench.strategies.builtin.sma_crossover import SmaCrossover

    found = {file.module for file in sources(SmaCrossover)}
    assert {"workbench.strategies.builtin.sma_crossover", "workbench.strategies.builtin.sizing"} <= found
    assert all(module.startswith("workbench.strategies.") for module in found)
    assert "workbench.strategies.registry" not in found


def test_a_class_without_a_file_has_no_source() -> None:
    made = type("Made", (), {"__module__": "__main__x"})
    assert sources(made) == ()


def test_bytecode_that_is_known_by_its_sources_digest_is_no_sign_of_an_edit(project: Path) -> None:
    py_compile.compile(
        str(project / "lab_helper.py"), invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH, doraise=True
    )
    assert outdated(sources(importlib.import_module("lab_code.idea").Idea)) == []
