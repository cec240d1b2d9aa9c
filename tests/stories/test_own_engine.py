"""What an engine of the user's own has done is recorded, with what can be known of it and nothing that cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nautilus_trader.backtest.config import BacktestRunConfig
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.backtest.models import FillModel, FixedFeeModel, LatencyModel
from nautilus_trader.model.objects import Money
from nautilus_trader.persistence.catalog import ParquetDataCatalog
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy

from tests.support.engines import bars, data_config, engine, instrument, run_config, script, script_config, venue_config
from workbench import Status, Workbench
from workbench.errors import InvalidInput

ACME = "ACME.TEST"
CLOSES = [100.0, 110, 120, 90]


@pytest.fixture
def made() -> Iterator[list[BacktestEngine]]:
    """Engines that are disposed when the test is over."""
    of_this_test: list[BacktestEngine] = []
    yield of_this_test
    for one in of_this_test:
        if not one.trader.is_disposed:
            one.dispose()


def ready(made: list[BacktestEngine], orders: dict[str, float] | None = None, **more: Any) -> BacktestEngine:
    """An engine that has not run yet."""
    ends = {name: more.pop(name) for name in ("raise_on", "interrupt_on", "stop_on") if name in more}
    built = engine(("TEST", ["10000 USD"]), **more)
    made.append(built)
    acme = instrument(ACME)
    built.add_instrument(acme)
    built.add_data(bars(acme, CLOSES))
    built.add_strategy(script(ACME, {"1": 10, "3": -10} if orders is None else orders, **ends))
    return built


def finished(made: list[BacktestEngine], **more: Any) -> BacktestEngine:
    built = ready(made, **more)
    built.run()
    return built


@pytest.fixture
def catalog(fresh_wb: Workbench) -> Path:
    """The catalog of an empty workbench with the very bars that `ready` feeds."""
    path = Path(fresh_wb.status()["home"]) / "catalog"
    written, acme = ParquetDataCatalog(str(path)), instrument(ACME)
    written.write_data([acme])
    written.write_data(bars(acme, CLOSES))
    return path


def said(run: Any) -> dict[str, str]:
    return {warning.code: warning.message for warning in run.warnings}


def test_an_engine_is_recorded_as_the_same_configuration_would_be(
    fresh_wb: Workbench, catalog: Path, made: list[BacktestEngine]
) -> None:
    recorded = fresh_wb.record(finished(made))
    given = fresh_wb.run(
        run_config([venue_config()], [data_config(catalog, ACME)], [script_config(ACME, {"1": 10, "3": -10})])
    )
    assert recorded.status is Status.COMPLETED
    assert recorded.warnings == ()
    # 10 bought at 100 and sold at 120
    assert recorded.trades()["pnl"].tolist() == [200]
    assert recorded.equity()["equity"].tolist() == given.equity()["equity"].tolist() == [10_000, 10_100, 10_200, 10_200]
    assert recorded.record.digest == given.record.digest
    assert recorded.config.data == given.config.data
    assert recorded.config.instruments == given.config.instruments
    assert recorded.config.venues == given.config.venues
    assert recorded.config.strategy == given.config.strategy
    assert recorded.sources == given.sources


def test_a_recorded_engine_is_left_as_it_is(fresh_wb: Workbench, made: list[BacktestEngine]) -> None:
    built = finished(made)
    fresh_wb.record(built)
    assert not built.trader.is_disposed
    assert len(built.trader.generate_order_fills_report()) == 2
    built.reset()
    built.run()
    assert len(fresh_wb.history()) == 1
    # run again, it is another run
    assert fresh_wb.record(built).status is Status.COMPLETED
    assert len(fresh_wb.history()) == 2


def test_times_are_those_of_its_run_and_not_of_its_recording(fresh_wb: Workbench, made: list[BacktestEngine]) -> None:
    built = finished(made)
    run = fresh_wb.record(built)
    assert run.record.started_at == built.run_started.to_pydatetime()
    assert run.record.finished_at == built.run_finished.to_pydatetime()
    assert run.record.duration == (built.run_finished - built.run_started).total_seconds()


def test_with_its_data_in_the_catalog_it_can_be_run_again(
    fresh_wb: Workbench, catalog: Path, made: list[BacktestEngine], tmp_path: Path
) -> None:
    assert catalog.is_dir()
    run = fresh_wb.record(finished(made))
    file = fresh_wb.export_config(run, tmp_path / "run.json")
    again = fresh_wb.run(BacktestRunConfig.parse(file.read_text()), on_duplicate="ignore")
    assert again.record.digest == run.record.digest


def test_what_is_not_known_enough_is_not_run_again(fresh_wb: Workbench, made: list[BacktestEngine]) -> None:
    run = fresh_wb.record(finished(made))
    with pytest.raises(InvalidInput, match=r"cannot be reproduced: it was recorded without .*catalog"):
        fresh_wb.rerun(run)
    assert len(fresh_wb.history()) == 1


def test_data_that_no_catalog_has_are_reported_as_missing(fresh_wb: Workbench, made: list[BacktestEngine]) -> None:
    run = fresh_wb.record(finished(made))
    assert run.config.native is None
    assert "the 1-DAY-LAST-EXTERNAL of ACME.TEST: the catalog" in said(run)["not_repeatable"]
    assert (run.config.data[0].rows, len(run.config.data[0].fingerprint)) == (4, 64)


def test_venues_are_recorded_with_account_costs_and_chance(fresh_wb: Workbench, made: list[BacktestEngine]) -> None:
    more = {"fee_model": FixedFeeModel(Money.from_str("2.50 USD")), "fill_model": FillModel(prob_slippage=0.25)}
    run = fresh_wb.record(finished(made, account="CASH", oms="HEDGING", base=False, **more))
    venue = run.config.venue
    assert (venue.name, venue.account, venue.oms, venue.capital, venue.currency) == (
        "TEST",
        "cash",
        "hedging",
        "10000",
        "USD",
    )
    assert (venue.fees.model, venue.fees.amount) == ("fixed", "2.5")
    assert (venue.fill.prob_slippage, venue.fill.seed) == (0.25, None)
    assert "the seed of the fill model of TEST" in said(run)["not_repeatable"]


def test_what_a_model_hides_is_reported_as_unknown(
    fresh_wb: Workbench, catalog: Path, made: list[BacktestEngine]
) -> None:
    assert catalog.is_dir()
    run = fresh_wb.record(finished(made, latency_model=LatencyModel(base_latency_nanos=1)))
    assert run.config.native is None
    assert said(run)["not_repeatable"].endswith("lacks the settings of the latency model of TEST")


class Hidden(Strategy):
    """Is given a number that its config does not have."""

    def __init__(self, size: int) -> None:
        super().__init__(StrategyConfig())
        self.size = size


def test_a_parameter_beside_the_config_is_reported_as_unknown(fresh_wb: Workbench, made: list[BacktestEngine]) -> None:
    built = engine(("TEST", ["10000 USD"]))
    made.append(built)
    acme = instrument(ACME)
    built.add_instrument(acme)
    built.add_data(bars(acme, CLOSES))
    built.add_strategy(Hidden(5))
    built.run()
    run = fresh_wb.record(built)
    assert (run.strategy, dict(run.params)) == ("Hidden", {})
    assert f"{Hidden.__module__}:Hidden was given size beside its config" in said(run)["not_repeatable"]
    # with another size it is another thing, and nobody could say that it is not
    built.reset()
    built.run()
    assert fresh_wb.find_duplicates(fresh_wb.record(built))["kind"].tolist() == ["other code"]


def test_an_engine_that_has_let_its_data_go_is_recorded_without(
    fresh_wb: Workbench, made: list[BacktestEngine]
) -> None:
    built = finished(made)
    built.clear_data()
    run = fresh_wb.record(built)
    assert said(run)["data_unknown"].startswith("the engine processed 4 rows of data and holds 0 of them")
    assert said(run)["no_price"] == "no price of ACME.TEST was fed: its positions are valued at the last fill"
    assert (run.config.data[0].rows, run.config.data[0].bar) == (0, "unknown")
    assert run.trades()["pnl"].tolist() == [200]
    assert run.equity()["equity"].iloc[-1] == 10_200
    assert fresh_wb.find_duplicates(run).empty


def test_inside_a_block_the_run_is_recorded_when_it_ends(fresh_wb: Workbench, made: list[BacktestEngine]) -> None:
    built = ready(made)
    with fresh_wb.recording(built) as recorded:
        assert recorded.run is None
        built.run()
    assert recorded.run is not None
    assert recorded.run.status is Status.COMPLETED
    assert fresh_wb.history()["run_id"].tolist() == [recorded.run.id]


def test_a_failure_inside_a_block_is_recorded_and_goes_on(fresh_wb: Workbench, made: list[BacktestEngine]) -> None:
    built = ready(made, raise_on=3)
    with pytest.raises(ValueError, match="boom on bar 3") as caught, fresh_wb.recording(built) as recorded:
        built.run()
    assert recorded.run is not None
    run = fresh_wb.get(recorded.run.id)
    assert run.status is Status.FAILED
    assert run.error is not None
    assert run.error.message == "ValueError: boom on bar 3"
    assert 'user_strategies.py", line ' in run.error.trace
    assert caught.value.__notes__ == [f"recorded as failed: wb.details('{run.id[:8]}')"]
    # bought at the first bar, as far as the third
    assert run.equity()["equity"].tolist() == [10_000, 10_100, 10_200]
    assert run.metrics is None


def test_the_stop_button_inside_a_block_leaves_an_interrupted_record(
    fresh_wb: Workbench, made: list[BacktestEngine]
) -> None:
    built = ready(made, interrupt_on=2)
    with pytest.raises(KeyboardInterrupt), fresh_wb.recording(built):
        built.run()
    assert fresh_wb.history()["status"].tolist() == ["interrupted"]


def test_an_engine_that_shut_itself_down_is_warned_of(fresh_wb: Workbench, made: list[BacktestEngine]) -> None:
    run = fresh_wb.record(finished(made, stop_on=2))
    assert said(run)["stopped_early"].startswith("NautilusTrader stopped after 2 of 4 rows of data")


def test_a_failure_before_anything_ran_is_no_run(fresh_wb: Workbench, made: list[BacktestEngine]) -> None:
    built = ready(made)
    with pytest.raises(ZeroDivisionError) as caught, fresh_wb.recording(built):
        _ = 1 / 0
    assert not getattr(caught.value, "__notes__", [])
    assert fresh_wb.history().empty


def disposed(made: list[BacktestEngine]) -> BacktestEngine:
    built = finished(made)
    built.dispose()
    return built


def idle(made: list[BacktestEngine]) -> BacktestEngine:
    built = engine(("TEST", ["10000 USD"]))
    made.append(built)
    acme = instrument(ACME)
    built.add_instrument(acme)
    built.add_data(bars(acme, CLOSES))
    built.run()
    return built


BAD: dict[str, tuple[Any, dict[str, Any], str]] = {
    "nothing": (lambda _: None, {}, "engine is a NoneType, not a BacktestEngine"),
    "a text": (lambda _: "engine", {}, "engine is a str"),
    "a number": (lambda _: 5, {}, "engine is a int"),
    "its class": (lambda _: BacktestEngine, {}, "engine is the class BacktestEngine"),
    "a strategy": (lambda _: script(ACME, {}), {}, "engine is a Script"),
    "a configuration": (lambda _: run_config([], [], []), {}, "wb.run(config)"),
    "its kernel": (lambda made: finished(made).kernel, {}, "engine is a NautilusKernel"),
    "one that has not run": (ready, {}, "the engine has not run. Call engine.run() first."),
    "an empty one": (lambda made: made.append(engine()) or made[-1], {}, "the engine has not run"),
    "a disposed one": (disposed, {}, "before engine.dispose()"),
    "one without strategies": (idle, {}, "neither strategies nor actors"),
    "a risk free rate": (finished, {"risk_free": 5}, "0.02"),
}


@pytest.mark.parametrize("wrong", BAD)
def test_what_cannot_be_recorded_is_refused(fresh_wb: Workbench, made: list[BacktestEngine], wrong: str) -> None:
    make, arguments, says = BAD[wrong]
    given = make(made)
    with pytest.raises(InvalidInput) as caught:
        fresh_wb.record(given, **arguments)
    assert says in str(caught.value)
    assert fresh_wb.history().empty


@pytest.mark.parametrize("wrong", [name for name in BAD if name not in ("one that has not run", "an empty one")])
def test_what_cannot_be_recorded_is_refused_of_a_block_too(
    fresh_wb: Workbench, made: list[BacktestEngine], wrong: str
) -> None:
    make, arguments, says = BAD[wrong]
    given = make(made)
    with pytest.raises(InvalidInput) as caught, fresh_wb.recording(given, **arguments):
        pass
    assert says in str(caught.value)
    assert fresh_wb.history().empty


def test_a_block_without_a_run_is_refused(fresh_wb: Workbench, made: list[BacktestEngine]) -> None:
    with pytest.raises(InvalidInput, match="has not run"), fresh_wb.recording(ready(made)):
        pass


def test_one_run_of_an_engine_is_recorded_once(fresh_wb: Workbench, made: list[BacktestEngine]) -> None:
    built = finished(made)
    first = fresh_wb.record(built)
    with pytest.raises(InvalidInput, match=f"recorded already: wb.get.'{first.id[:8]}'"):
        fresh_wb.record(built)
    with pytest.raises(InvalidInput, match="recorded already"), fresh_wb.recording(built):
        pass
    assert len(fresh_wb.history()) == 1
