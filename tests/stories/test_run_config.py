"""A whole NautilusTrader configuration runs and is recorded like any other run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from nautilus_trader.backtest.config import (
    BacktestRunConfig,
    BacktestVenueConfig,
    ImportableFeeModelConfig,
    ImportableFillModelConfig,
)
from nautilus_trader.config import ImportableActorConfig, LoggingConfig
from nautilus_trader.model.data import QuoteTick
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.persistence.catalog import ParquetDataCatalog

from tests.support.engines import (
    bars,
    data_config,
    importable,
    instrument,
    quotes,
    run_config,
    script_config,
    venue_config,
)
from tests.support.verdicts import verdict_of
from workbench import Run, Status, Workbench
from workbench.errors import DuplicateRun, InvalidInput, RunFailed, RunInterrupted

ACME, OTHER = "ACME.TEST", "OTHER.TEST"
CLOSES = [100.0, 110, 120, 90]


@pytest.fixture
def catalog(fresh_wb: Workbench) -> Path:
    """The catalog of an empty workbench with daily bars of two instruments and quotes of one."""
    path = Path(fresh_wb.status()["home"]) / "catalog"
    written = ParquetDataCatalog(str(path))
    acme, other = instrument(ACME), instrument(OTHER)
    written.write_data([acme, other])
    written.write_data(bars(acme, CLOSES))
    written.write_data(bars(other, [50, 40, 30, 30]))
    written.write_data(quotes(acme, CLOSES, spread=0.5))
    return path


def simple(catalog: Path, orders: dict[str, float] | None = None, **more: Any) -> BacktestRunConfig:
    orders = {"1": 10, "3": -10} if orders is None else orders
    return run_config([venue_config()], [data_config(catalog, ACME)], [script_config(ACME, orders)], **more)


def slipping(catalog: Path, seed: int | None = None) -> BacktestRunConfig:
    model = ImportableFillModelConfig(
        fill_model_path="nautilus_trader.backtest.models:FillModel",
        config_path="nautilus_trader.backtest.config:FillModelConfig",
        config={"prob_slippage": 0.5} | ({} if seed is None else {"random_seed": seed}),
    )
    orders = {"1": 10, "2": -10, "3": 10}
    return run_config([venue_config(fill_model=model)], [data_config(catalog, ACME)], [script_config(ACME, orders)])


def test_it_gives_the_run_that_the_simple_form_gives(fresh_wb: Workbench, catalog: Path) -> None:
    given = fresh_wb.run(simple(catalog))
    typed = fresh_wb.run(
        "tests.support.user_strategies:Script", instrument=ACME, capital=10_000, orders={"1": 10, "3": -10}
    )
    assert given.status is Status.COMPLETED
    # 10 bought at 100 and sold at 120
    assert given.trades()["pnl"].tolist() == [200]
    assert given.equity()["equity"].tolist() == typed.equity()["equity"].tolist() == [10_000, 10_100, 10_200, 10_200]
    assert given.record.digest == typed.record.digest
    assert given.config.data[0].fingerprint == typed.config.data[0].fingerprint
    assert (given.strategy, given.record.instrument_id, given.record.bar) == ("Script", ACME, "1-DAY-LAST-EXTERNAL")
    assert given.params["orders"] == {"1": 10, "3": -10}
    assert [file.module for file in given.sources if "user" in file.module] == ["tests.support.user_strategies"]


def test_several_instruments_strategies_and_venues_are_one_run(fresh_wb: Workbench, catalog: Path) -> None:
    config = run_config(
        [venue_config(), venue_config("ELSE", "5000 USD")],
        [data_config(catalog, ACME), data_config(catalog, OTHER)],
        [script_config(ACME, {"1": 10}), script_config(OTHER, {"1": -20}, tag="001", note="second")],
    )
    run = fresh_wb.run(config)
    # 15,000 in both; 10 * 10 + 20 * 10; 10 * 20 + 20 * 20; 10 * -10 + 20 * 20
    assert run.equity()["equity"].tolist() == [15_000, 15_300, 15_600, 15_300]
    assert float(run.record.initial_capital) == 15_000
    # filed under the first strategy and the first instrument; the others stand in the snapshot
    assert run.record.instrument_id == ACME
    assert run.params["note"] == ""
    assert [use.params["note"] for use in run.config.strategies] == ["", "second"]
    assert sorted(run.config.instruments) == [ACME, OTHER]
    assert [(use.instrument_id, use.rows) for use in run.config.data] == [(ACME, 4), (OTHER, 4)]
    assert [venue.name for venue in run.config.venues] == ["TEST", "ELSE"]
    assert fresh_wb.history()["instrument_id"].tolist() == [ACME]


def test_quotes_are_recorded_with_their_fingerprint(fresh_wb: Workbench, catalog: Path) -> None:
    strategy = importable(
        "nautilus_trader.examples.strategies.subscribe:SubscribeStrategy", {"instrument_id": ACME, "quote_ticks": True}
    )
    run = fresh_wb.run(run_config([venue_config()], [data_config(catalog, ACME, QuoteTick)], [strategy]))
    (use,) = run.config.data
    assert (use.bar, use.rows, len(use.fingerprint)) == ("QuoteTick", 4, 64)
    assert [warning.code for warning in run.warnings] == ["no_orders"]
    assert "QuoteTick" in str(run)


def test_actors_are_recorded_with_their_source(fresh_wb: Workbench, catalog: Path) -> None:
    watcher = "tests.support.user_strategies:Watcher"
    actor = ImportableActorConfig(actor_path=watcher, config_path=f"{watcher}Config", config={"every": 3})
    run = fresh_wb.run(simple(catalog, engine_more={"actors": [actor]}))
    use = run.config.strategies[1]
    assert (use.path, use.type, use.params) == (watcher, "actor", {"every": 3})
    assert use.code["tests.support.user_strategies"] == run.config.strategy.code["tests.support.user_strategies"]
    alone = run_config([venue_config()], [data_config(catalog, ACME)], [], engine_more={"actors": [actor]})
    assert fresh_wb.run(alone).strategy == "Watcher"


def test_a_list_runs_in_order_and_gives_a_list(fresh_wb: Workbench, catalog: Path) -> None:
    runs = fresh_wb.run([simple(catalog, {"1": size}) for size in (10, 20, 30)])
    # a fall of 10 from 100 to 90 at the end
    assert [run.equity()["equity"].iloc[-1] for run in runs] == [9_900, 9_800, 9_700]
    assert fresh_wb.history(order_by="started_at", ascending=True)["run_id"].tolist() == [run.id for run in runs]


def test_a_list_stops_at_the_first_that_fails(fresh_wb: Workbench, catalog: Path) -> None:
    bad = run_config([venue_config()], [data_config(catalog, ACME)], [script_config(ACME, {}, raise_on=2)])
    with pytest.raises(RunFailed, match="boom on bar 2"):
        fresh_wb.run([simple(catalog), bad, simple(catalog, {})])
    assert fresh_wb.history()["status"].tolist() == ["failed", "completed"]


def test_what_ends_a_run_early_is_recorded_with_what_was_done(fresh_wb: Workbench, catalog: Path) -> None:
    def ending(**how: Any) -> BacktestRunConfig:
        return run_config([venue_config()], [data_config(catalog, ACME)], [script_config(ACME, {"1": 10}, **how)])

    with pytest.raises(RunFailed) as failed:
        fresh_wb.run(ending(raise_on=3))
    error = failed.value.run.error
    assert error is not None
    assert 'user_strategies.py", line ' in error.trace
    assert len(failed.value.run.fills()) == 1
    assert failed.value.run.equity()["equity"].tolist() == [10_000, 10_100, 10_200]
    with pytest.raises(RunInterrupted):
        fresh_wb.run(ending(interrupt_on=2))
    stopped = fresh_wb.run(ending(stop_on=2))
    assert stopped.warnings[0].message.startswith("NautilusTrader stopped after 2 of 4 rows of data")
    assert fresh_wb.history()["status"].tolist() == ["completed", "interrupted", "failed"]


def test_a_strategy_that_raises_in_its_constructor_is_a_failed_run(fresh_wb: Workbench, catalog: Path) -> None:
    raising = importable(
        "tests.support.user_strategies:RaisesWithItsConfig", {}, "nautilus_trader.trading.config:StrategyConfig"
    )
    with pytest.raises(RunFailed, match="no licence file"):
        fresh_wb.run(run_config([venue_config()], [data_config(catalog, ACME)], [raising]))


def test_chance_without_a_seed_gets_one_that_is_recorded(fresh_wb: Workbench, catalog: Path) -> None:
    run = fresh_wb.run(slipping(catalog))
    seed = run.config.venue.fill.seed
    assert isinstance(seed, int)
    again = fresh_wb.run(slipping(catalog, seed), on_duplicate="ignore")
    assert again.record.digest == run.record.digest
    assert again.config.text() == run.config.text()
    assert fresh_wb.run(slipping(catalog)).config.venue.fill.seed != seed


def test_a_model_that_tosses_a_coin_gets_a_seed_and_one_that_does_not_gets_none(
    fresh_wb: Workbench, catalog: Path
) -> None:
    def seed(model: str) -> int | None:
        chosen = ImportableFillModelConfig(
            fill_model_path=f"nautilus_trader.backtest.models:{model}",
            config_path="nautilus_trader.backtest.config:FillModelConfig",
            config={},
        )
        data, strategy = data_config(catalog, ACME), script_config(ACME, {})
        return fresh_wb.run(run_config([venue_config(fill_model=chosen)], [data], [strategy])).config.venue.fill.seed

    assert isinstance(seed("ProbabilisticFillModel"), int)
    assert seed("BestPriceFillModel") is None
    assert seed("FillModel") is None


def test_equal_configurations_are_one_thing_whatever_their_log_level(fresh_wb: Workbench, catalog: Path) -> None:
    first = fresh_wb.run(simple(catalog))
    same = {
        "the same again": simple(catalog),
        "as its own JSON": BacktestRunConfig.parse(simple(catalog).json()),
        "another log level": simple(catalog, engine_more={"logging": LoggingConfig(bypass_logging=True)}),
        "another trader": simple(catalog, engine_more={"trader_id": "SOMEBODY-007"}),
        "streamed": simple(catalog, chunk_size=2),
        "disposed": simple(catalog, dispose_on_completion=False),
        "from another folder": simple(moved(catalog)),
        "the whole period typed": simple(catalog, start="2024-01-01T23:59:59", end="2024-01-04T23:59:59"),
    }
    for what, config in same.items():
        assert fresh_wb.run(config, on_duplicate="reuse").id == first.id, what
    with pytest.raises(DuplicateRun):
        fresh_wb.run(simple(catalog), on_duplicate="raise")


def moved(catalog: Path) -> Path:
    import shutil

    return Path(shutil.copytree(catalog, catalog.parent / "elsewhere"))


def test_what_decides_the_result_makes_another_thing(fresh_wb: Workbench, catalog: Path) -> None:
    first = fresh_wb.run(simple(catalog))
    fee = ImportableFeeModelConfig(
        fee_model_path="nautilus_trader.backtest.models:FixedFeeModel",
        config_path="nautilus_trader.backtest.config:FixedFeeModelConfig",
        config={"commission": "1 USD"},
    )
    data, strategy = [data_config(catalog, ACME)], [script_config(ACME, {"1": 10, "3": -10})]
    others = [
        simple(catalog, {"1": 10}),
        simple(catalog, end="2024-01-03T23:59:59"),
        run_config([venue_config(oms_type="HEDGING")], data, strategy),
        run_config([venue_config("TEST", "20000 USD")], data, strategy),
        run_config([venue_config(fee_model=fee)], data, strategy),
    ]
    runs = fresh_wb.run(others, on_duplicate="reuse")
    assert len({first.id, *(run.id for run in runs)}) == 6
    # 200 less two commissions
    assert runs[-1].trades()["pnl"].tolist() == [198]
    assert runs[-1].config.venue.fees.amount == "1"


def test_a_parsed_configuration_takes_the_bars_it_names_and_no_others(fresh_wb: Workbench, catalog: Path) -> None:
    acme = instrument(ACME)
    from nautilus_trader.model.data import Bar, BarType

    hourly = BarType.from_str(f"{ACME}-1-HOUR-LAST-EXTERNAL")
    ParquetDataCatalog(str(catalog)).write_data(
        [Bar(hourly, b.open, b.high, b.low, b.close, b.volume, b.ts_event, b.ts_init) for b in bars(acme, CLOSES)]
    )
    # NautilusTrader itself would feed the bars of the hour as well
    run = fresh_wb.run(BacktestRunConfig.parse(simple(catalog).json()))
    assert [(use.bar, use.rows) for use in run.config.data] == [("1-DAY-LAST-EXTERNAL", 4)]


def test_it_is_run_again_from_its_record_and_judged(fresh_wb: Workbench, catalog: Path) -> None:
    run = fresh_wb.run(slipping(catalog), progress=False)
    codes: tuple[Literal["today", "stored"], ...] = ("today", "stored")
    for code in codes:
        assert verdict_of(fresh_wb.rerun(run, code=code, progress=False)).same
    with pytest.raises(InvalidInput, match=r"end cannot be changed: .* wb\.export_config"):
        fresh_wb.rerun(run, end="2024-01-05")


def test_find_duplicates_takes_a_configuration(fresh_wb: Workbench, catalog: Path) -> None:
    run = fresh_wb.run(simple(catalog))
    assert fresh_wb.find_duplicates(simple(catalog))["run_id"].tolist() == [run.id]
    assert fresh_wb.find_duplicates(simple(catalog, {})).empty
    with pytest.raises(InvalidInput, match="of type list cannot be run"):
        fresh_wb.find_duplicates([simple(catalog)])  # type: ignore[call-overload]


def test_nothing_is_left_running_after_many(fresh_wb: Workbench, catalog: Path) -> None:
    import gc

    from nautilus_trader.backtest.engine import BacktestEngine

    gc.collect()
    before = sum(isinstance(one, BacktestEngine) for one in gc.get_objects())
    fresh_wb.run([simple(catalog, {"1": size}) for size in range(1, 6)])
    gc.collect()
    assert sum(isinstance(one, BacktestEngine) for one in gc.get_objects()) == before


def changed[Config: (BacktestRunConfig, BacktestVenueConfig)](config: Config, **how: Any) -> Config:
    return msgspec.structs.replace(config, **how)


def with_strategy(catalog: Path, path: str, values: dict[str, Any], config_path: str = "") -> BacktestRunConfig:
    return run_config([venue_config()], [data_config(catalog, ACME)], [importable(path, values, config_path)])


BAD: dict[str, tuple[Any, dict[str, Any], str]] = {
    "instrument beside it": (simple, {"instrument": "AAPL"}, "instrument='AAPL' does not go with a BacktestRunConfig"),
    "capital beside it": (simple, {"capital": 5}, "capital=5 does not go with"),
    "a parameter beside it": (simple, {"fast_period": 5}, "fast_period=5 does not go with"),
    "params beside it": (simple, {"params": {"fast_period": 5}}, "fast_period=5 does not go with"),
    "an empty list": (lambda _: [], {}, "the list of configurations is empty"),
    "a list with something else": (lambda c: [simple(c), "momentum"], {}, "'momentum' of type str cannot be run"),
    "something else": (lambda _: 42, {}, "strategy=42 of type int cannot be run"),
    "a part of it": (lambda _: venue_config(), {}, "of type BacktestVenueConfig cannot be run"),
    "no venues": (lambda c: changed(simple(c), venues=[]), {}, "has no venues"),
    "no data": (lambda c: changed(simple(c), data=[]), {}, "has no data"),
    "no strategies": (lambda c: changed(simple(c), engine=None), {}, "neither strategies nor actors"),
    "no balances": (
        lambda c: changed(simple(c), venues=[changed(venue_config(), starting_balances=[])]),
        {},
        "has no starting_balances",
    ),
    "a start after the data": (lambda c: simple(c, start="2025-01-01"), {}, "has no data from 2025-01-01"),
    "an end before the data": (lambda c: simple(c, end="2023-01-01"), {}, "has no data to 2023-01-01"),
    "no moment": (lambda c: simple(c, start="soon"), {}, "cannot be read"),
    "an unknown instrument": (
        lambda c: changed(simple(c), data=[data_config(c, "NOBODY.TEST")]),
        {},
        "NOBODY.TEST in",
    ),
    "a catalog that is not there": (
        lambda c: changed(simple(c), data=[data_config(c / "nowhere", ACME)]),
        {},
        "nowhere",
    ),
    "a venue that is not there": (
        lambda c: changed(simple(c), venues=[venue_config("ELSE")]),
        {},
        "Venue 'TEST' for ACME.TEST does not have",
    ),
    "a strategy that is not there": (
        lambda c: with_strategy(c, "tests.support.user_strategies:Nobody", {}),
        {},
        "cannot import 'tests.support.user_strategies:Nobody'",
    ),
    "a parameter it has not": (
        lambda c: with_strategy(
            c, "tests.support.user_strategies:Script", {"instrument_id": ACME, "bar_type": "no bar"}
        ),
        {},
        "ScriptConfig does not take its config",
    ),
    "order books that are not there": (
        lambda c: changed(simple(c), venues=[venue_config(book_type="L2_MBP")]),
        {},
        "No order book data",
    ),
    "a risk free rate": (simple, {"risk_free": 5}, "0.02"),
}


@pytest.mark.parametrize("wrong", BAD)
def test_bad_input_is_refused_before_anything_runs(fresh_wb: Workbench, catalog: Path, wrong: str) -> None:
    make, arguments, says = BAD[wrong]
    with pytest.raises(InvalidInput) as caught:
        fresh_wb.run(make(catalog), **arguments)
    assert says in str(caught.value)
    assert fresh_wb.history().empty


def test_the_run_in_a_card_is_a_run(fresh_wb: Workbench, catalog: Path) -> None:
    run = fresh_wb.run(simple(catalog))
    assert isinstance(run, Run)
    assert "Script on ACME.TEST" in run._repr_html_()
    details = fresh_wb.details(run)
    assert InstrumentId.from_str(details[details["name"] == "instrument"]["value"].item()).value == ACME
