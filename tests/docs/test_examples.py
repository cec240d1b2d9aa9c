"""The examples that come with NautilusTrader run and are recorded unmodified, and do the same every time."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nautilus_trader.examples.strategies
import pytest

from tests.support.engines import data_config, importable, run_config, venue_config
from tests.support.shipped import EXAMPLES, PAIR, STRATEGIES, by_hand, configured, market_maker_by_hand, write_markets
from workbench import Run, Status, Workbench
from workbench.errors import InvalidInput
from workbench.settings import Settings

# NautilusTrader asks pandas for a frequency by its old name when a strategy subscribes to a book
pytestmark = pytest.mark.filterwarnings("ignore:'d' is deprecated")

TABLE = Path(__file__).resolve().parents[2] / "docs" / "examples.md"

OF_2_0 = f"{STRATEGIES}.market_buy_on_start:MarketBuyOnStart"
"""Written for the engine of NautilusTrader 2: its class is no Strategy of 1.x."""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalog of a home with the examples' markets."""
    path = tmp_path_factory.mktemp("examples") / "catalog"
    write_markets(path)
    return path


@pytest.fixture
def wb(catalog: Path, database_url: str) -> Iterator[Workbench]:
    """A workbench on the examples' markets, with an empty record."""
    workbench = Workbench(Settings(home=catalog.parent, database_url=database_url))
    workbench.tell = lambda _: None
    yield workbench
    workbench.close()


def documented() -> dict[str, list[str]]:
    """The rows of the table in the documentation: fed, fills, trades and the first digits of the digest."""
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in TABLE.read_text().splitlines()]
    return {row[0]: row[2:] for row in rows if len(row) == 6 and re.fullmatch(r"[0-9a-f]{12}", row[5])}


def row(run: Run, fed: tuple[str, ...]) -> list[str]:
    assert run.record.digest is not None
    return [", ".join(fed), str(len(run.fills())), str(len(run.trades())), run.record.digest[:12]]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_the_same_run_as_configuration_as_engine_and_again(
    wb: Workbench, catalog: Path, name: str
) -> None:
    example = EXAMPLES[name]
    given = wb.run(configured(example, catalog), progress=False)
    built = by_hand(example, catalog)
    recorded = wb.record(built)
    built.dispose()
    # from the record alone: of the configuration, and of the engine
    again = [wb.rerun(run, progress=False) for run in (given, recorded)]
    assert {run.status for run in (given, recorded, *again)} == {Status.COMPLETED}
    assert [str(run.verdict).partition(":")[0] for run in again] == ["identical", "identical"]
    assert recorded.record.digest == given.record.digest
    assert recorded.equity().equals(given.equity())
    assert recorded.trades().equals(given.trades())
    # all is known of it, so that it can be run again from the record of the engine as well
    assert recorded.config.native is not None
    assert row(given, example.data) == documented()[name]


def test_positions_whose_ids_are_used_again_are_all_there(wb: Workbench, catalog: Path) -> None:
    # in its hedge mode the strategy names its positions itself, and NautilusTrader keeps the last of each name only
    netting, hedging = (
        wb.run(configured(EXAMPLES[name], catalog), progress=False) for name in ("EMA cross", "EMA cross, hedging")
    )
    assert len(netting.trades()) == 34
    assert hedging.trades().equals(netting.trades())
    assert hedging.equity()["equity"].tolist() == pytest.approx(netting.equity()["equity"].tolist())


def test_hundreds_of_rejected_orders_are_one_warning_per_reason(wb: Workbench, catalog: Path) -> None:
    strict = replace(EXAMPLES["EMA cross, stop entry"], venue={})
    run = wb.run(configured(strict, catalog), progress=False)
    rejected = [warning.message for warning in run.warnings if warning.code == "orders_rejected"]
    assert len(rejected) == 2
    assert all(
        re.match(r"\d{2,} orders rejected: MARKET_IF_TOUCHED (BUY|SELL) .*, and alike$", one) for one in rejected
    )


def test_the_example_that_takes_no_config_is_recorded(wb: Workbench, catalog: Path) -> None:
    built = market_maker_by_hand(catalog)
    run = wb.record(built)
    built.dispose()
    assert row(run, ("book",)) == documented()["Market maker"]
    assert [warning.code for warning in run.warnings] == ["not_repeatable"]


def test_the_example_of_the_next_engine_is_refused_with_words(wb: Workbench, catalog: Path) -> None:
    strategy = importable(OF_2_0, {"instrument_id": PAIR, "trade_size": 1})
    with pytest.raises(InvalidInput, match="MarketBuyOnStart"):
        wb.run(run_config([venue_config("SIM")], [data_config(catalog, PAIR, bar_spec="1-MINUTE-LAST")], [strategy]))
    assert wb.history().empty


def test_every_strategy_that_is_shipped_is_in_the_table() -> None:
    modules = {module.name for module in pkgutil.iter_modules(nautilus_trader.examples.strategies.__path__)}
    tried = {one.path.partition(":")[0].rpartition(".")[2] for one in EXAMPLES.values()}
    assert modules == tried | {"market_maker", OF_2_0.partition(":")[0].rpartition(".")[2]}
    assert all(importlib.import_module(f"{STRATEGIES}.{module}") for module in modules)
    assert set(documented()) == set(EXAMPLES) | {"Market maker"}
