"""The commands that list runs: the record, and the best of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from workbench.cli.options import AsCsv, Json, Limit, check_one_format, filter_options, opened
from workbench.cli.runs import app
from workbench.cli.terminal import objects, print_csv, print_history, print_json, say
from workbench.verbs.filters import ORDERS


@app.command()
@filter_options()
def history(
    *,
    order_by: Annotated[
        str, typer.Option("--sort", help=f"{', '.join(ORDERS)} or a metric of your own; undefined values last.")
    ] = "started_at",
    ascending: Annotated[bool, typer.Option("--ascending", help="Lowest first.")] = False,
    limit: Limit = 20,
    as_json: Json = False,
    as_csv: AsCsv = False,
    **filters: Any,
) -> None:
    """List saved runs, the newest first."""
    with opened() as wb:
        runs = wb.history(order_by=order_by, ascending=ascending, limit=limit, frame="polars", **filters)
        metric = None if order_by == "started_at" else order_by
        _show(runs, limit, narrowed=bool(filters), as_json=as_json, as_csv=as_csv, metric=metric)


@app.command()
@filter_options(without=["status"])
def best(
    metric: Annotated[str, typer.Argument(help="sharpe_ratio, total_return, max_drawdown, profit_factor …")] = (
        "sharpe_ratio"
    ),
    *,
    limit: Limit = 20,
    as_json: Json = False,
    as_csv: AsCsv = False,
    **filters: Any,
) -> None:
    """List the best runs by a metric, in the metric's own direction."""
    with opened() as wb:
        runs = wb.best(metric, limit=limit, frame="polars", **filters)
        _show(runs, limit, narrowed=bool(filters), as_json=as_json, as_csv=as_csv, metric=metric)


def _show(runs: Any, limit: int, *, narrowed: bool, as_json: bool, as_csv: bool, metric: str | None = None) -> None:
    check_one_format(as_json=as_json, as_csv=as_csv)
    if as_csv:
        print_csv(runs)
    elif as_json:
        print_json(objects(runs))
    elif len(runs):
        print_history(runs.to_dicts(), metric)
        if len(runs) == limit:
            typer.echo(f"These are {limit}; there may be more: --limit {min(limit * 5, 1000)}", err=True)
    elif narrowed:
        say("No saved run matches. All of them: ntrader history")
    else:
        say("Nothing is saved yet. Type: ntrader demo, or: ntrader run sma_crossover --instrument AAPL")
