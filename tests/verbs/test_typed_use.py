"""The types that users' checkers see are the right ones, and wrong uses are errors; what Tab offers is public."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from IPython.core.completer import IPCompleter, provisionalcompleter

import workbench as wb

ROOT = Path(__file__).parents[2]
USES = Path(__file__).with_name("typed_use.py")


def accesses(function: str | None = None) -> set[str]:
    """Every ``wb.name`` in the file of uses, or in one of its functions."""
    tree: ast.AST = ast.parse(USES.read_text())
    if function is not None:
        tree = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function)
    return {
        ast.unparse(node).removeprefix("wb.")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("wb.")
    }


def test_types_of_every_use_are_as_asserted_and_wrong_uses_are_errors() -> None:
    """In strict mode an error that is expected and does not come is an error as well."""
    options = [f"--config-file={USES.with_suffix('.ini')}", "--cache-dir=/dev/null", "--no-error-summary"]
    mypy = [sys.executable, "-m", "mypy", *options, str(USES)]
    ended = subprocess.run(mypy, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "")


def test_every_public_name_is_used() -> None:
    right = accesses()
    assert {*wb.__all__} - {"errors"} <= right
    groups = {f"{group}.{name}" for group in ("plot", "panels") for name in dir(getattr(wb, group))}
    assert {name for name in groups if "._" not in name and inspect.ismethod(public(name))} <= right


def public(name: str) -> object:
    group, _, member = name.partition(".")
    return getattr(getattr(wb, group), member)


def test_every_kind_of_wrong_use_is_listed() -> None:
    assert {"history", "best", "get", "details", "run", "tag", "note", "compare", "diff", "import_csv"} <= accesses(
        "wrong"
    )


@pytest.mark.parametrize("jedi", [True, False])
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("wb.", {*wb.__all__}),
        ("wb.hist", {"history", "history_pages"}),
        ("wb.panels.", {"compare", "history", "launcher"}),
    ],
)
def test_tab_offers_public_names_only(typed: str, offered: set[str], jedi: bool) -> None:
    completer = IPCompleter(namespace={"wb": wb}, use_jedi=jedi)
    with provisionalcompleter():
        matches = {completion.text for completion in completer.completions(typed, len(typed))}
    assert {match.rpartition(".")[2] for match in matches} == offered


def test_dir_names_what_is_public() -> None:
    assert dir(wb) == sorted(wb.__all__)
    plots = {"equity", "drawdown", "compare", "scatter", "heatmap", "timeline", "trades", "tearsheet"}
    assert {name for name in dir(wb.plot) if not name.startswith("_")} == plots
    assert [name for name in dir(wb.Workbench()) if name.startswith("_")] == []
