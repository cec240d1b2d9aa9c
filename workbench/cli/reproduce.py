"""The commands that do a run again, and say what differs between two."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

import typer

from workbench.cli.options import Json, Name, Note, RunId, Tags, opened
from workbench.cli.running import ended_in_words, find_strategies_here, named_values
from workbench.cli.runs import app
from workbench.cli.terminal import facts, objects, print_json, say
from workbench.errors import InvalidInput
from workbench.reproduction import Verdict
from workbench.reproduction.changes import FRAMES

DIFFERENT = 1


@app.command()
def reproduce(
    run_id: RunId,
    code: Annotated[
        Literal["today", "stored"], typer.Option(help="The strategy as it is now, or its recorded source.")
    ] = "today",
    given: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Other than it was: end=2013-03-01, fast_period=5 …"),
    ] = None,
    name: Name = None,
    tag: Tags = None,
    note: Note = None,
    as_json: Json = False,
) -> None:
    """Do a run again and say whether it came out the same.

    Exit code 1 if it came out differently, 0 if not, or if something was set to be other than it was.
    """
    overrides = named_values(given or [], "--set")
    typed = {"name": name, "tags": tag, "note": note}
    labels: dict[str, Any] = {label: text for label, text in typed.items() if text is not None}
    if twice := [label for label in labels if label in overrides]:
        raise InvalidInput(f"{twice[0]} stands in --set and in an option of its own. Leave one out.")
    find_strategies_here()
    with opened() as wb:
        with ended_in_words(wb, as_json=as_json):
            done = wb.rerun(run_id, code=code, **labels, **overrides)
        verdict = done.verdict
        assert verdict is not None  # a re-run has one
        if as_json:
            print_json({**facts(wb.get(done.id)), "verdict": plain(verdict)})
        else:
            say(str(verdict))
        if verdict.outcome == "different":
            raise typer.Exit(DIFFERENT)


@app.command()
def diff(
    run_id: RunId,
    other: Annotated[str, typer.Argument(metavar="ID", help="The run to compare it with.")],
    as_json: Json = False,
) -> None:
    """Say what changed from one run to another.

    Configuration, code, data, environment, and the trades from where they part.
    """
    find_strategies_here()
    with opened() as wb:
        changes = wb.diff(run_id, other)
        if as_json:
            print_json({name: objects(getattr(changes, name)) for name in FRAMES} | {"verdict": plain(changes.verdict)})
        else:
            say(str(changes.verdict))


def plain(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON values."""
    return asdict(verdict)
