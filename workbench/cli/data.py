"""``ntrader data``: what there is, and bringing in more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from workbench.cli.options import Bar, Json, Replace, group, opened
from workbench.cli.terminal import print_data, print_json, print_reports, say

data = group(help="Market data: what there is, and bringing in more.")


@data.command("list")
def data_list(as_json: Json = False) -> None:
    """List instruments and bars in the catalog."""
    with opened() as wb:
        rows = wb.instruments(frame="polars").to_dicts()
    if as_json:
        print_json(rows)
    elif rows:
        print_data(rows)
    else:
        say("No data yet. Type: ntrader data sample")
        say("or: ntrader data import prices.csv --instrument AAPL.NASDAQ --bar 1d")


@data.command("import")
def data_import(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="A .csv or .csv.gz with time, open, high, low, close and volume.")
    ],
    instrument: Annotated[str, typer.Option(help="An id: AAPL.NASDAQ, USD/JPY.FXCM, BTC/USD.BINANCE.")],
    bar: Bar,
    tz: Annotated[str | None, typer.Option(help="Time zone of stamps without an offset, if not UTC.")] = None,
    stamps: Annotated[Literal["open", "close"], typer.Option(help="Which end of a bar its time is.")] = "open",
    kind: Annotated[Literal["equity", "fx", "crypto"] | None, typer.Option(help="If the id does not tell.")] = None,
    currency: Annotated[str | None, typer.Option(help="Of an equity, if not USD.")] = None,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Bring a CSV file of bars into the catalog."""
    with opened() as wb:
        report = wb.import_csv(
            path,
            instrument=instrument,
            bar=bar,
            tz=tz,
            stamps=stamps,
            kind=kind,
            currency=currency,
            replace=replace,
        )
        print_reports([report], as_json=as_json)


@data.command("mock")
def data_mock(
    instrument: Annotated[str, typer.Option(help="The id to give it.")] = "MOCK.SIM",
    bar: Bar = "1-DAY-LAST",
    start: Annotated[str, typer.Option(help="First day.")] = "2020-01-01",
    end: Annotated[str, typer.Option(help="Last day, included.")] = "2023-12-31",
    seed: Annotated[int, typer.Option(help="Another seed is another market.")] = 1,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Make up bars of a random walk, the same for the same seed."""
    with opened() as wb:
        report = wb.import_mock(instrument=instrument, bar=bar, start=start, end=end, seed=seed, replace=replace)
        print_reports([report], as_json=as_json)


@data.command("sample")
def data_sample(as_json: Json = False) -> None:
    """Bring in the sample data.

    Daily bars of AAPL, GOOG, IBM and MSFT, 2000 to 2013.
    """
    with opened() as wb:
        print_reports(wb.import_sample(), as_json=as_json)
