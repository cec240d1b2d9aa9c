"""A run taken out as NautilusTrader's own configuration gives the same fills there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from nautilus_trader.backtest.config import BacktestRunConfig
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.persistence.catalog import ParquetDataCatalog

from tests.stories.test_record import CLOSES, SCRIPT, import_closes
from tests.support.engines import bars, data_config, instrument, run_config, script_config, venue_config
from workbench import Run, Workbench
from workbench.errors import InvalidInput, RunNotFound

# a process of its own, as somebody with NautilusTrader and without the workbench has it
NAUTILUS = """
import json, sys
from nautilus_trader.backtest.config import BacktestRunConfig
from nautilus_trader.backtest.node import BacktestNode
found = []
for file in sys.argv[2:]:
    config = BacktestRunConfig.parse(open(file).read())
    node = BacktestNode([config])
    node.run()
    orders = node.get_engine(config.id).cache.orders()
    fills = [event for order in orders for event in order.events if type(event).__name__ == "OrderFilled"]
    rows = [[e.ts_event, e.order_side, float(e.last_qty), float(e.last_px), str(e.commission)] for e in fills]
    found.append(sorted(rows))
json.dump(found, open(sys.argv[1], "w"))
"""


def by_nautilus(*files: Path) -> list[list[list[Any]]]:
    """The fills of each file, one after the other in one process."""
    answer = files[0].with_suffix(".fills")
    root = str(Path(__file__).resolve().parents[2])
    subprocess.run(
        [sys.executable, "-c", NAUTILUS, str(answer), *map(str, files)],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    return list(json.loads(answer.read_text()))


def by_us(run: Run) -> list[list[Any]]:
    frame = run.fills()
    rows = zip(
        frame["time"].astype("int64"),
        frame["side"].map({"BUY": 1, "SELL": 2}),
        frame["quantity"],
        frame["price"],
        (f"{paid:.2f} {currency}" for paid, currency in zip(frame["commission"], frame["currency"], strict=True)),
        strict=True,
    )
    return sorted(map(list, rows))


@pytest.fixture
def acme(fresh_wb: Workbench, tmp_path: Path) -> Workbench:
    import_closes(fresh_wb, tmp_path, CLOSES)
    return fresh_wb


SIMPLE: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "a cash account": {"account": "cash"},
    "hedging with leverage": {"oms": "hedging", "leverage": 5},
    "a fixed commission": {"fees": "2.50 USD"},
    "with slippage": {"slippage": 0.5},
    "two days of it": {"start": "2024-01-02", "end": "2024-01-07"},
}


def test_nautilus_gives_the_same_fills(acme: Workbench, tmp_path: Path) -> None:
    orders = {"1": 50, "3": -50, "5": 20}
    runs = [acme.run(SCRIPT, instrument="ACME.TEST", capital=10_000, orders=orders, **how) for how in SIMPLE.values()]
    assert {len(run.fills()) for run in runs} == {3}
    files = [acme.export_config(run, tmp_path / f"{number}.json") for number, run in enumerate(runs)]
    assert dict(zip(SIMPLE, by_nautilus(*files), strict=True)) == dict(zip(SIMPLE, map(by_us, runs), strict=True))


def test_a_strategy_of_the_workbench_runs_in_nautilus(wb: Workbench, tmp_path: Path) -> None:
    run = wb.run("sma_crossover", instrument="AAPL", start="2005-01-01", end="2006-12-31")
    fills = by_us(run)
    assert len(fills) > 4
    assert by_nautilus(wb.export_config(run.id[:8], tmp_path / "run.json")) == [fills]


def test_only_the_bars_of_the_run_go_in_where_the_catalog_has_others(acme: Workbench, tmp_path: Path) -> None:
    path = Path(acme.status()["home"]) / "catalog"
    hourly = BarType.from_str("ACME.TEST-1-HOUR-LAST-EXTERNAL")
    rows = bars(instrument("ACME.TEST"), [500, 600, 700])
    ParquetDataCatalog(str(path)).write_data(
        [Bar(hourly, b.open, b.high, b.low, b.close, b.volume, b.ts_event, b.ts_init) for b in rows]
    )
    run = acme.run(SCRIPT, instrument="ACME.TEST", bar="1d", capital=10_000, orders={"1": 50, "3": -50})
    assert by_nautilus(acme.export_config(run, tmp_path / "run.json")) == [by_us(run)]


def test_an_exported_configuration_is_the_same_run_here(acme: Workbench, tmp_path: Path) -> None:
    config = run_config(
        [venue_config()],
        [data_config(Path(acme.status()["home"]) / "catalog", "ACME.TEST")],
        [script_config("ACME.TEST", {"1": 50})],
    )
    run = acme.run(config)
    file = acme.export_config(run, tmp_path / "run.json")
    assert acme.run(BacktestRunConfig.parse(file.read_text()), on_duplicate="reuse").id == run.id


def test_a_rate_that_only_the_run_had_is_told(acme: Workbench, tmp_path: Path) -> None:
    run = acme.run(SCRIPT, instrument="ACME.TEST", fees=0.001, orders={"1": 50})
    told: list[str] = []
    acme.tell = told.append
    acme.export_config(run, tmp_path / "run.json")
    assert told[0].startswith("ACME.TEST: the run had maker_fee=0.001, the catalog says 0")
    assert len(told) == 2


def test_a_file_that_is_there_is_replaced_only_if_asked(acme: Workbench, tmp_path: Path) -> None:
    run = acme.run(SCRIPT, instrument="ACME.TEST")
    file = tmp_path / "run.json"
    file.write_text("precious")
    with pytest.raises(InvalidInput, match=r"is there already. Type another name, or overwrite=True"):
        acme.export_config(run, file)
    assert file.read_text() == "precious"
    assert acme.export_config(run, file, overwrite=True) == file
    assert "venues" in json.loads(file.read_text())


BAD: dict[str, tuple[Any, type[Exception], str]] = {
    "an unknown id": (lambda wb, _r, t: wb.export_config("feed", t / "x.json"), RunNotFound, "'feed'"),
    "an empty id": (lambda wb, _r, t: wb.export_config("", t / "x.json"), RunNotFound, "hexadecimal"),
    "no path": (lambda wb, r, _t: wb.export_config(r, None), InvalidInput, "path=None is not the path"),
    "an empty path": (lambda wb, r, _t: wb.export_config(r, ""), InvalidInput, "path='' is not the path"),
    "a number": (lambda wb, r, _t: wb.export_config(r, 5), InvalidInput, "path=5 is not the path"),
    "a folder": (lambda wb, r, t: wb.export_config(r, t), InvalidInput, "is a folder. Type a file in it"),
    "no such folder": (lambda wb, r, t: wb.export_config(r, t / "a" / "x.json"), InvalidInput, "No such file"),
    "below a file": (
        lambda wb, r, t: ((t / "a").write_text(""), wb.export_config(r, t / "a" / "x.json")),
        InvalidInput,
        "Not a directory",
    ),
    "a name too long": (lambda wb, r, t: wb.export_config(r, t / ("x" * 300)), InvalidInput, "File name too long"),
    "a file that is there": (
        lambda wb, r, t: ((t / "x").write_text(""), wb.export_config(r, t / "x")),
        InvalidInput,
        "is there already",
    ),
    "a deleted run": (
        lambda wb, r, t: (wb.delete(r), wb.export_config(r.id, t / "x.json")),
        RunNotFound,
        "no run starts with",
    ),
}


@pytest.mark.parametrize("wrong", BAD)
def test_what_cannot_be_written_is_refused(acme: Workbench, tmp_path: Path, wrong: str) -> None:
    run = acme.run(SCRIPT, instrument="ACME.TEST", progress=False)
    do, kind, says = BAD[wrong]
    with pytest.raises(kind) as caught:
        do(acme, run, tmp_path)
    assert says in str(caught.value)


def test_a_strategy_that_takes_no_config_is_refused(acme: Workbench, tmp_path: Path) -> None:
    run = acme.run("tests.support.user_strategies:TakesNothing", instrument="ACME.TEST")
    with pytest.raises(InvalidInput, match="takes no config"):
        acme.export_config(run, tmp_path / "run.json")


def test_an_engine_of_which_not_everything_is_known_is_refused(acme: Workbench, tmp_path: Path) -> None:
    from tests.support.engines import engine, script

    built = engine(("TEST", ["10000 USD"]))
    stock = instrument("ELSE.TEST")
    built.add_instrument(stock)
    built.add_data(bars(stock, [1, 2, 3]))
    built.add_strategy(script("ELSE.TEST", {}))
    built.run()
    run = acme.record(built)
    built.dispose()
    with pytest.raises(InvalidInput, match=r"It lacks the 1-DAY-LAST-EXTERNAL of ELSE\.TEST"):
        acme.export_config(run, tmp_path / "run.json")
