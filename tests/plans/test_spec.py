"""A spec is data: it travels to another process and gives the same run there."""

from __future__ import annotations

import multiprocessing
import pickle
from pathlib import Path
from typing import Any

import pytest

from workbench import Workbench
from workbench.catalog import Catalog, MarketData
from workbench.config import Terms, sha256
from workbench.engine import Spec
from workbench.errors import InvalidMarketData
from workbench.metrics import Metrics
from workbench.plans import Request, resolve, resolve_all
from workbench.plans.execution import measured, run_spec
from workbench.plans.from_run_config import prepare_config
from workbench.provenance import SourceFile
from workbench.strategies import classes_of

CELL = """
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import OrderSide
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy


class BuysConfig(StrategyConfig, frozen=True):
    bar_type: BarType
    size: int = 3


class Buys(Strategy):
    def __init__(self, config: BuysConfig) -> None:
        super().__init__(config)
        self.count = 0

    def on_start(self) -> None:
        self.subscribe_bars(self.config.bar_type)

    def on_bar(self, bar) -> None:
        self.count += 1
        if self.count in (5, 50):
            instrument = self.cache.instrument(bar.bar_type.instrument_id)
            side = OrderSide.BUY if self.count == 5 else OrderSide.SELL
            quantity = instrument.make_qty(self.config.size)
            self.submit_order(self.order_factory.market(instrument.id, side, quantity))
"""

type Outcome = tuple[str | None, Metrics, str]


def outcome(spec: Spec, catalog: Catalog) -> Outcome:
    result = run_spec(spec, catalog)
    assert result.status.value == "completed", result.error
    return result.digest, measured(result, spec.snapshot), spec.fingerprint.setup


def in_child(pickled: bytes, root: Path, answer: Any) -> None:
    answer.send(outcome(pickle.loads(pickled), Catalog(root)))


def elsewhere(spec: Spec, catalog: Catalog) -> Outcome:
    """What a fresh process that was given the pickled spec has as its outcome."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    child = context.Process(target=in_child, args=(pickle.dumps(spec), catalog.path, there))
    child.start()
    there.close()
    try:
        received: Outcome = here.recv()
        return received
    finally:
        child.join()


def asked(strategy: str, **params: Any) -> Request:
    return Request(
        strategy=strategy,
        instrument="AAPL.NASDAQ",
        bar=None,
        start=None,
        end="2012-12-31",
        terms=Terms(slippage=0.5, seed=7, fees="1 USD"),
        params=params,
        risk_free=0.01,
    )


def test_a_pickled_spec_gives_the_same_run_in_a_fresh_process(wb: Workbench) -> None:
    spec = resolve(asked("sma_crossover", fast_period=10, slow_period=30), wb._session.catalog)
    here = outcome(spec, wb._session.catalog)
    assert (here[1].total_trades or 0) > 0
    assert elsewhere(spec, wb._session.catalog) == here


def test_recorded_source_of_a_notebook_travels_with_its_spec(wb: Workbench) -> None:
    source = SourceFile(module="__main__", text=CELL, sha256=sha256(CELL))
    with classes_of("__main__:Buys", "__main__:BuysConfig", {"__main__": source.sha256}, [source]) as (cls, config):
        from workbench.plans.from_request import Code
        from workbench.strategies import StrategyInfo

        info = StrategyInfo(
            key="buys", name="Buys", type="custom", path="__main__:Buys", config_path="__main__:BuysConfig",
            help="", registered=False,
        )  # fmt: skip
        code = Code(info=info, strategy_class=cls, config_class=config, sources=(source,))
        spec = resolve(asked("buys", size=4), wb._session.catalog, code)
        here = outcome(spec, wb._session.catalog)
    assert here[1].total_trades == 1
    assert elsewhere(spec, wb._session.catalog) == here


def test_a_run_config_travels_with_its_spec(wb: Workbench, tmp_path: Path) -> None:
    from nautilus_trader.backtest.config import BacktestRunConfig

    run = wb.run("momentum", instrument="IBM", end="2012-12-31", progress=False)
    text = wb.export_config(run, tmp_path / "run.json").read_text()
    spec = prepare_config(BacktestRunConfig.parse(text), wb._session.catalog)
    here = outcome(spec, wb._session.catalog)
    assert (here[1].total_trades or 0) > 0
    assert elsewhere(spec, wb._session.catalog) == here
    # it read its data once, when it was made; this time they are read again
    assert outcome(spec, wb._session.catalog) == here


def test_a_spec_is_resolved_without_loading_bars(wb: Workbench) -> None:
    catalog = Catalog(wb._session.catalog.path)
    spec = resolve(asked("sma_crossover"), catalog)
    assert not catalog._loaded
    loaded: MarketData = catalog.load(catalog.find("AAPL"), 0, 2**62)
    assert set(spec.months) <= {use.fingerprint for use in spec.snapshot.data}
    assert loaded.dataset.rows > spec.snapshot.data[0].rows


def test_data_that_have_changed_since_are_refused(fresh_wb: Workbench) -> None:
    fresh_wb.import_mock(instrument="MOCK.SIM", start="2024-01-01", end="2024-06-30")
    request = Request(
        strategy="momentum", instrument="MOCK.SIM", bar=None, start=None, end=None, terms=Terms(), params={},
        risk_free=0.0,
    )  # fmt: skip
    spec = resolve(request, fresh_wb._session.catalog)
    fresh_wb.import_mock(instrument="MOCK.SIM", start="2024-01-01", end="2024-06-30", seed=2, replace=True)
    with pytest.raises(InvalidMarketData, match="have changed since the run was prepared"):
        run_spec(spec, fresh_wb._session.catalog)


def test_specs_resolved_together_are_those_resolved_alone(wb: Workbench) -> None:
    requests = [asked("sma_crossover", fast_period=fast, slow_period=50) for fast in (5, 10, 20)]
    requests.append(asked("momentum"))
    together = list(resolve_all(requests, wb._session.catalog))
    alone = [resolve(request, wb._session.catalog) for request in requests]
    assert [spec.snapshot for spec in together] == [spec.snapshot for spec in alone]
    assert [spec.fingerprint for spec in together] == [spec.fingerprint for spec in alone]
    assert len({spec.fingerprint for spec in together}) == 4
