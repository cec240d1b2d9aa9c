"""What the commands share: options, groups, and a workbench that is closed again."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from workbench.cli.terminal import complain
from workbench.cli.wording import in_terminal_words
from workbench.config import TERMS, Term
from workbench.errors import InvalidInput, WorkbenchError
from workbench.runs import Status
from workbench.verbs.filters import Filter, declared
from workbench.verbs.param_expressions import wanted_params
from workbench.verbs.workbench import Workbench

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RunId = Annotated[str, typer.Argument(metavar="ID", help="The id of a run, or any unique start of it.")]
Bar = Annotated[str, typer.Option(help="Which bars: 1d, 5m, 1-DAY-LAST, 1-MINUTE-BID.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print all columns as CSV.")]
Limit = Annotated[int, typer.Option(help="At most so many runs: 1 to 1000.")]
Name = Annotated[str | None, typer.Option(help="What to call the run.")]
Tags = Annotated[list[str] | None, typer.Option(help="A word to find it by; may be repeated.")]
Note = Annotated[str | None, typer.Option(help="A remark beside it.")]
Replace = Annotated[bool, typer.Option("--replace", help="Take the new values where the catalog has others.")]


def check_one_format(*, as_json: bool, as_csv: bool) -> None:
    """Raises InvalidInput where two are asked for."""
    if as_json and as_csv:
        raise InvalidInput("--json and --csv are two answers. Leave one out.")


def filter_options(*, without: Collection[str] = ()) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for every declared filter, in place of its ``**filters``.

    What is typed reaches the command in the forms that the verbs take; a filter that was not typed does not.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        chosen = {name: about for name, about in declared().items() if name not in without}
        signature = inspect.signature(command, eval_str=True)
        own = [parameter for parameter in signature.parameters.values() if parameter.kind is not parameter.VAR_KEYWORD]
        options = [_option(name, about) for name, about in chosen.items()]

        @wraps(command)
        def with_options(**typed: Any) -> None:
            filters = {name: _asked(name, typed.pop(name)) for name in chosen}
            command(**typed, **{name: value for name, value in filters.items() if value is not None})

        return _signed(with_options, signature, [*own, *options])

    return decorate


def _signed(
    function: Callable[..., None], signature: inspect.Signature, parameters: list[inspect.Parameter]
) -> Callable[..., None]:
    """Let typer read `parameters` where it would read the function's own."""
    function.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    function.__annotations__ = {each.name: each.annotation for each in parameters}
    return function


def _option(name: str, about: Filter) -> inspect.Parameter:
    kinds: dict[str, Any] = {"status": Status, "params": list[str], "tag": list[str]}
    option = typer.Option(about.option or f"--{name}", metavar=about.metavar, help=about.help)
    annotation: Any = Annotated[kinds.get(name, str) | None, option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _asked(name: str, typed: Any) -> Any:
    if name == "params":
        return wanted_params(typed)
    return typed.value if isinstance(typed, Status) else typed


def term_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for every declared term, in place of its ``**terms``."""
    signature = inspect.signature(command, eval_str=True)
    own = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
    options = [_term_option(term) for term in TERMS.values()]

    @wraps(command)
    def with_options(**typed: Any) -> None:
        command(**typed)

    return _signed(with_options, signature, [*own, *options])


def _term_option(term: Term) -> inspect.Parameter:
    kinds: dict[str, Any] = {"amount": str, "float": float, "int | None": int | None}
    kind: Any = Literal[term.choices] if term.choices else kinds[term.type]
    default = term.default
    if term.type == "amount":
        kind, default = (str | None, None) if default is None else (str, str(default))
    annotation: Any = Annotated[kind, typer.Option(help=term.help)]
    return inspect.Parameter(term.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


class CommandGroup(TyperGroup):
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
