"""What the commands share that run something."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from workbench.cli.terminal import facts, print_json, say
from workbench.errors import InvalidInput, RunFailed, RunInterrupted
from workbench.verbs.workbench import Workbench


@contextmanager
def ended_in_words(wb: Workbench, *, as_json: bool) -> Iterator[None]:
    """Say of a run that did not complete which one it is, and what to type next."""
    try:
        yield
    except RunFailed as failed:
        print_json(facts(wb.get(failed.run.id))) if as_json else say(failed.run.id)
        raise
    except RunInterrupted as stopped:
        typer.echo(f"stopped: {stopped}. Type: ntrader show {stopped.run.id[:8]}", err=True)
        raise typer.Exit(130) from None
    except KeyboardInterrupt:
        typer.echo("stopped: nothing had begun", err=True)
        raise typer.Exit(130) from None


def find_strategies_here() -> None:
    """As for python -m: a strategy in this folder is found."""
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))


def named_values(texts: Sequence[str], option: str) -> dict[str, Any]:
    """``name=value`` by name; what is JSON is what it says, anything else is text."""
    params: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise InvalidInput(f"{option} {text!r} is not NAME=VALUE. Type {option} fast_period=10")
        if name in params:
            raise InvalidInput(f"{option} {name} is given twice. Leave one out.")
        params[name] = _value(value)
    return params


def _value(text: str) -> Any:
    """What is JSON is what it says; anything else is text."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except ValueError:
        return text


def _refuse(constant: str) -> None:
    # NaN and Infinity are no JSON, though Python reads them
    raise ValueError(constant)
