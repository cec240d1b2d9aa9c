"""The commands that list runs: the record, and the best of it."""

from __future__ import annotations

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
from workbench.errors import InvalidInput
from workbench.metrics import MetricSpec, registered
from workbench.verbs.param_expressions import wanted_params


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
