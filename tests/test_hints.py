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
from workbench.cli.wording import COMMANDS, OPTIONS, command_of, typed_here
from workbench.errors import (
    AmbiguousRunId,
    Argument,
    Call,
    InstrumentNotFound,
    InvalidInput,
    Message,
    OutboxUnavailable,
    RunFailed,
    RunNotFound,
    WorkbenchError,
)
from workbench.panels.notice import CONTROLS, control_of

PACKAGE = Path(wb.__file__).parent


def named(part: str) -> set[str]:
    """Every name that a part of some message of the package, a `Call` or an `Argument`, has in its source."""
    calls = (node for file in PACKAGE.rglob("*.py") for node in ast.walk(ast.parse(file.read_text())))
    return {
        node.args[0].value
        for node in calls
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == part
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_every_hint_names_a_verb_and_a_command_that_exist() -> None:
    hinted = named("Call")
    assert {"history", "instruments", "get", "compare"} <= hinted <= set(wb.__all__)
    assert hinted <= set(COMMANDS)
    for verb in hinted:
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
    assert {f"--{name.replace('_', '-')}" for name in OPTIONS} <= known
    # of what messages name, only what is an option under another name, or none, is said as in Python
    assert {"bar", "start", "fees", "replace"} <= named("Argument") & OPTIONS
    assert not {f"--{name.replace('_', '-')}" for name in named("Argument") - OPTIONS} & known


def test_an_argument_is_an_option_in_the_terminal_and_python_elsewhere() -> None:
    error = InvalidInput(Argument("risk_free", "5"), " is a rate. Say ", Argument("replace", "True"), ".")
    assert str(error) == error.told(control_of) == "risk_free=5 is a rate. Say replace=True."
    assert error.told(typed_here) == "--risk-free 5 is a rate. Say --replace."
    assert error.hints == ()


def test_a_message_in_a_message_keeps_its_hints() -> None:
    inner = Message("Type ", Argument("bar"), " or ", Call("history"))
    outer = Message("No. ", inner, ".")
    assert outer == "No. Type bar= or wb.history()."
    assert outer.told(typed_here) == "No. Type --bar or ntrader history."


def test_a_hint_is_worded_for_python_the_terminal_and_the_panel() -> None:
    error = InstrumentNotFound("XYZ", [])
    assert error.hints == (Call("instruments"), Call("import_csv"))
    start = "no instrument in the catalog is called 'XYZ'. "
    assert str(error) == start + "wb.instruments() lists them; wb.import_csv() brings data in."
    assert error.told(typed_here) == start + "ntrader data list lists them; ntrader data import brings data in."
    assert error.told(control_of) == start + "the list “Instrument” lists them; wb.import_csv() brings data in."


def test_a_panel_names_its_control_or_else_the_call() -> None:
    assert control_of(Call("history")) == "the panel “Saved runs”"
    assert control_of(Call("details", ("1a2b3c4d",))) == "“Open” in the panel “Saved runs”"
    assert control_of(Call("import_csv")) == "wb.import_csv()"
    assert set(CONTROLS) <= named("Call")


def test_a_hint_with_an_option_is_typed_as_an_option() -> None:
    call = Call("tag", ("1a2b3c4d",), (("remove", "ema"),))
    assert str(call) == "wb.tag('1a2b3c4d', remove='ema')"
    assert command_of(call) == "ntrader tag 1a2b3c4d --remove ema"


def test_text_that_looks_like_a_hint_is_left_alone() -> None:
    error = InvalidInput("strategy='wb.history()' is none, start='x' neither")
    assert error.hints == ()
    assert error.told(typed_here) == str(error)


@pytest.mark.parametrize(
    "error",
    [
        InstrumentNotFound("XYZ", ["AAPL.NASDAQ"]),
        RunNotFound("00000000"),
        AmbiguousRunId("1", ["12", "13"]),
        RunFailed(Message("it failed: ", Call("details", ("1a2b3c4d",))), run=None),
        OutboxUnavailable("no disk"),
        InvalidInput(Argument("bar", "'1x'"), " is none"),
    ],
)
def test_an_error_that_crosses_a_pipe_keeps_its_type_attributes_and_hints(error: WorkbenchError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)
    assert copy.hints == error.hints
