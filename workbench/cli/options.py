"""What the commands share: options, groups, and a workbench that is closed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from workbench.cli.terminal import complain, in_terminal_words
from workbench.errors import WorkbenchError
from workbench.runs import Status
from workbench.verbs.workbench import Workbench

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RunId = Annotated[str, typer.Argument(metavar="ID", help="The id of a run, or any unique start of it.")]
Bar = Annotated[str, typer.Option(help="Which bars: 1d, 5m, 1-DAY-LAST, 1-MINUTE-BID.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print all columns as CSV.")]
Strategy = Annotated[str | None, typer.Option(help="Only of this strategy: a name, a key or module:Class.")]
StrategyType = Annotated[str | None, typer.Option("--type", help="Only of this type, such as momentum.")]
Instrument = Annotated[str | None, typer.Option(help="Only on this instrument.")]
HasStatus = Annotated[Status | None, typer.Option("--status", help="Only with this status.")]
Since = Annotated[str | None, typer.Option(help="Executed on or after this day or moment (UTC).")]
Until = Annotated[str | None, typer.Option(help="Executed on or before it.")]
Having = Annotated[
    list[str] | None,
    typer.Option(
        "--param",
        metavar="NAME=WANTED",
        help="fast_period=10, =5,10 one of them, =5..15 or =5.. a range; NAME alone: has it; NAME=: has it not.",
    ),
]
Limit = Annotated[int, typer.Option(help="At most so many runs: 1 to 1000.")]
Replace = Annotated[bool, typer.Option("--replace", help="Take the new values where the catalog has others.")]


class Group(TyperGroup):
    """Says what is wrong in one line."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except WorkbenchError as error:
            complain(error)
            raise typer.Exit(1) from None


def group(**more: Any) -> typer.Typer:
    return typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, **more)


@contextmanager
def opened() -> Iterator[Workbench]:
    """A workbench whose frames are polars, quicker to import."""
    workbench = Workbench()
    workbench.use("polars")
    workbench.tell = lambda text: typer.echo(in_terminal_words(text), err=True)
    try:
        yield workbench
    finally:
        workbench.close()
