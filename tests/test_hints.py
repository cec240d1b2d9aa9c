"""Hints are data: Python, the terminal and the panels each say the same call in their own words."""

from __future__ import annotations

import ast
import pickle
from pathlib import Path
from typing import Any

import pytest
import typer.main

import workbench as wb
from workbench.cli import app
from workbench.cli.terminal import _OPTIONS, COMMANDS, command_of, in_terminal_words
from workbench.errors import (
    AmbiguousRunId,
    Call,
    InstrumentNotFound,
    InvalidInput,
    Message,
    OutboxUnavailable,
    RunFailed,
    RunNotFound,
    WorkbenchError,
)
from workbench.panels.notice import control_of

PACKAGE = Path(wb.__file__).parent


def hinted() -> set[str]:
    """Every verb that some message of the package names as a call."""
    calls = (node for file in PACKAGE.rglob("*.py") for node in ast.walk(ast.parse(file.read_text())))
    return {
        node.args[0].value
        for node in calls
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Call"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_every_hint_names_a_verb_and_a_command_that_exist() -> None:
    assert {"history", "instruments", "get", "compare"} <= hinted() <= set(wb.__all__)
    assert hinted() <= set(COMMANDS)
    for verb in hinted():
        command = typer.main.get_command(app)
        for word in COMMANDS[verb].split():
            command = command.commands[word] if hasattr(command, "commands") else command
        assert not hasattr(command, "commands"), f"{COMMANDS[verb]} is a group of commands"


def options(command: Any) -> set[str]:
    """Every option of a command and of those below it."""
    own = {spelling for parameter in command.params for spelling in getattr(parameter, "opts", ())}
    return own.union(*(options(below) for below in getattr(command, "commands", {}).values()))


def test_every_argument_that_the_terminal_calls_an_option_is_one() -> None:
    known = options(typer.main.get_command(app))
    flags = [in_terminal_words(f"{name}=True") for name in ("replace", "overwrite")]
    assert {*(f"--{name}" for name in _OPTIONS.split("|")), *flags, "--risk-free"} <= known


def test_a_hint_is_said_in_the_words_of_each_face() -> None:
    error = InstrumentNotFound("XYZ", [])
    assert error.hints == (Call("instruments"), Call("import_csv"))
    start = "no instrument in the catalog is called 'XYZ'. "
    assert str(error) == start + "wb.instruments() lists them; wb.import_csv() brings data in."
    assert error.told(command_of) == start + "ntrader data list lists them; ntrader data import brings data in."
    assert error.told(control_of) == start + "the list “Instrument” lists them; wb.import_csv() brings data in."


def test_a_hint_with_an_option_is_typed_as_an_option() -> None:
    call = Call("tag", ("1a2b3c4d",), (("remove", "ema"),))
    assert str(call) == "wb.tag('1a2b3c4d', remove='ema')"
    assert command_of(call) == "ntrader tag 1a2b3c4d --remove ema"


def test_text_that_looks_like_a_hint_is_left_alone() -> None:
    error = InvalidInput("strategy='wb.history()' is none")
    assert error.hints == ()
    assert error.told(command_of) == str(error)


@pytest.mark.parametrize(
    "error",
    [
        InstrumentNotFound("XYZ", ["AAPL.NASDAQ"]),
        RunNotFound("00000000"),
        AmbiguousRunId("1", ["12", "13"]),
        RunFailed(Message("it failed: ", Call("details", ("1a2b3c4d",))), run=None),
        OutboxUnavailable("no disk"),
    ],
)
def test_an_error_that_crosses_a_pipe_keeps_its_type_attributes_and_hints(error: WorkbenchError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)
    assert copy.hints == error.hints
