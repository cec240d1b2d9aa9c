"""The commands that list runs: the record, and the best of it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import typer

from workbench.cli.options import (
    AsCsv,
    HasStatus,
    Having,
    Instrument,
    Json,
    Limit,
    Since,
    Strategy,
    StrategyType,
    Until,
    opened,
)
from workbench.cli.runs import app
from workbench.cli.terminal import objects, print_csv, print_history, print_json, say
from workbench.config import ABSENT, PRESENT
from workbench.errors import InvalidInput
from workbench.metrics import MetricSpec, registered

RANGE = re.compile(r"(?P<low>[-+.\deE]*?)\.\.(?P<high>[-+.\deE]*)")


@app.command()
def history(
    strategy: Strategy = None,
    strategy_type: StrategyType = None,
    instrument: Instrument = None,
    status: HasStatus = None,
    since: Since = None,
    until: Until = None,
    param: Having = None,
    order_by: Annotated[
        Literal["started_at", "total_return", "sharpe_ratio", "max_drawdown"],
        typer.Option("--sort", help="Highest first; undefined values last."),
    ] = "started_at",
    ascending: Annotated[bool, typer.Option("--ascending", help="Lowest first.")] = False,
    limit: Limit = 20,
    as_json: Json = False,
    as_csv: AsCsv = False,
) -> None:
    """List recorded runs, the newest first."""
    filters = {
        "strategy": strategy,
        "strategy_type": strategy_type,
        "instrument": instrument,
        "status": status,
        "since": since,
        "until": until,
        "params": wanted_params(param),
    }
    with opened() as wb:
        found = wb.history(order_by=order_by, ascending=ascending, limit=limit, **filters)  # type: ignore[arg-type]
        _show(found, limit, narrowed=any(filters.values()), as_json=as_json, as_csv=as_csv)


@app.command()
def best(
    metric: Annotated[str, typer.Argument(help="sharpe_ratio, total_return, max_drawdown, profit_factor …")] = (
        "sharpe_ratio"
    ),
    strategy: Strategy = None,
    strategy_type: StrategyType = None,
    instrument: Instrument = None,
    since: Since = None,
    until: Until = None,
    param: Having = None,
    limit: Limit = 20,
    as_json: Json = False,
    as_csv: AsCsv = False,
) -> None:
    """List the best runs by a metric, in the metric's own direction."""
    filters = {
        "strategy": strategy,
        "strategy_type": strategy_type,
        "instrument": instrument,
        "since": since,
        "until": until,
        "params": wanted_params(param),
    }
    with opened() as wb:
        found = wb.best(metric, limit=limit, **filters)  # type: ignore[arg-type]
        spec = registered()[metric]
        _show(found, limit, narrowed=any(filters.values()), as_json=as_json, as_csv=as_csv, metric=spec)


def wanted_params(given: Sequence[str] | None) -> dict[str, Any] | None:
    """What ``--param`` asks for, in the forms of `wb.history`.

    Raises:
        InvalidInput: a name is missing or given twice.
    """
    wanted: dict[str, Any] = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        name = name.strip()
        if not name:
            raise InvalidInput(f"--param {text!r} has no name. Type --param fast_period=5..15")
        if name in wanted:
            raise InvalidInput(f"--param {name} is given twice. Type --param {name}=5,10 for one of several.")
        wanted[name] = _wanted(value) if equals and value else ABSENT if equals else PRESENT
    return wanted or None


def _wanted(value: str) -> Any:
    between = RANGE.fullmatch(value)
    if between is not None:
        return tuple(end or None for end in between.group("low", "high"))
    several = [_value(one) for one in value.split(",")] if value[:1] not in '[{"' else [_value(value)]
    return several if len(several) > 1 else several[0]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _show(
    found: Any, limit: int, *, narrowed: bool, as_json: bool, as_csv: bool, metric: MetricSpec | None = None
) -> None:
    if as_json and as_csv:
        raise InvalidInput("--json and --csv are two answers. Leave one out.")
    if as_csv:
        print_csv(found)
    elif as_json:
        print_json(objects(found))
    elif len(found):
        print_history(found.to_dicts(), metric)
        if len(found) == limit:
            typer.echo(f"These are {limit}; there may be more: --limit {min(limit * 5, 1000)}", err=True)
    elif narrowed:
        say("No recorded run is like that. All of them: ntrader history")
    else:
        say("Nothing is recorded yet. Type: ntrader demo, or: ntrader run sma_crossover --instrument AAPL")
