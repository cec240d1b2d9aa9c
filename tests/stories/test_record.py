"""US1: every backtest is recorded, whatever becomes of it, and comes back with the right numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support import user_strategies
from workbench import Run, Status, Workbench
from workbench.arrays import FloatArray
from workbench.catalog import Catalog
from workbench.config import Terms
from workbench.engine import Spec
from workbench.errors import InvalidInput, RunFailed, RunInterrupted, UnknownParameter
from workbench.metrics import metric, registry
from workbench.runs import Result
from workbench.storage.upkeep.check import Checkup
from workbench.verbs.planning import plan_of_arguments
from workbench.verbs.running import execute

SCRIPT = "tests.support.user_strategies:Script"
CLOSES = (100, 100, 110, 120, 60, 80, 100, 120)
"""Bought at the first and sold at the seventh, they fall to 60 in between."""


def import_closes(wb: Workbench, folder: Path, closes: Iterable[float], instrument: str = "ACME.TEST") -> None:
    """A daily file of these closes from 2024-01-01 on, every day of the week."""
    rows = [
        f"{date(2024, 1, 1) + timedelta(days=i)},{close},{close},{close},{close},1000000"
        for i, close in enumerate(closes)
    ]
    file = folder / f"{instrument.replace('/', '')}.csv"
    file.write_text("date,open,high,low,close,volume\n" + "\n".join(rows) + "\n")
    wb.import_csv(file, instrument=instrument, bar="1d")


def run_script(wb: Workbench, orders: dict[str, float], **arguments: Any) -> Run:
    usual: dict[str, Any] = {"instrument": "ACME.TEST", "capital": 10_000, "progress": False}
    return wb.run(SCRIPT, orders=orders, **usual | arguments)


@pytest.fixture
def acme(fresh_wb: Workbench, tmp_path: Path) -> Workbench:
    import_closes(fresh_wb, tmp_path, CLOSES)
    return fresh_wb


@pytest.mark.parametrize("account", ["cash", "margin"])
def test_a_fall_and_a_recovery_inside_one_trade_is_a_drawdown(acme: Workbench, account: str) -> None:
    run = run_script(acme, {"1": 90, "7": -90}, account=account)
    assert run.metrics is not None
    # 90 shares at 100 of 10,000 USD: 1,000 in cash, 11,800 at the top of 120, 6,400 at 60: 6,400 / 11,800 - 1
    assert run.metrics.total_return == 0
    assert run.metrics.max_drawdown == pytest.approx(-0.4576, abs=5e-5)
    curve = run.equity()
    assert curve["equity"].tolist() == [10_000, 10_000, 10_900, 11_800, 6_400, 8_200, 10_000, 10_000]
    assert curve["time"][curve["drawdown"].argmin()].date() == date(2024, 1, 5)
    details = acme.details(run.id)
    assert details[details["name"] == "max_drawdown_at"]["value"].item().startswith("2024-01-05")


@pytest.mark.parametrize("account", ["cash", "margin"])
def test_an_open_position_at_the_end_is_in_the_balance_and_is_no_trade(acme: Workbench, account: str) -> None:
    run = run_script(acme, {"1": 90}, account=account)
    assert run.status is Status.COMPLETED
    assert run.metrics is not None
    # 1,000 in cash + 90 * 120
    assert run.metrics.final_balance == 11_800
    assert run.metrics.total_return == pytest.approx(0.18)
    assert run.metrics.total_trades == 0
    assert run.metrics.win_rate is None
    assert run.metrics.undefined["win_rate"].reason
    assert [warning.code for warning in run.warnings] == ["open_position"]


def test_netting_and_hedging_venues_give_the_same_trades(acme: Workbench) -> None:
    orders = {"1": 90.0, "3": -90.0, "5": 50.0, "7": -50.0}
    netting, hedging = (run_script(acme, orders, oms=oms) for oms in ("netting", "hedging"))
    assert netting.trades().to_dict() == hedging.trades().to_dict()
    # bought at 100, sold at 110; bought at 60, sold at 100
    assert netting.trades()["pnl"].tolist() == [900, 2_000]
    assert netting.trades()["return"].tolist() == pytest.approx([0.1, 40 / 60])


def test_a_trade_is_net_of_the_commissions_of_entry_and_exit(acme: Workbench) -> None:
    fixed = run_script(acme, {"1": 50, "3": -50}, fees="5 USD")
    # 50 * (110 - 100) - 5 - 5
    assert fixed.trades()["pnl"].tolist() == [490]
    assert fixed.trades()["commission"].tolist() == [10]
    rate = run_script(acme, {"1": 50, "3": -50}, fees=0.001)
    # 0.1 % of 5,000 and of 5,500
    assert rate.trades()["commission"].tolist() == pytest.approx([10.5])
    assert rate.metrics is not None
    assert rate.metrics.final_balance == pytest.approx(10_000 + 500 - 10.5)


def test_a_short_trade_that_gains_has_a_positive_result(acme: Workbench) -> None:
    run = run_script(acme, {"4": -50, "5": 50})
    assert run.trades()[["side", "pnl", "return"]].values.tolist() == [["SHORT", 3_000, 0.5]]


def test_zero_trades_is_a_completed_run_with_undefined_ratios(acme: Workbench) -> None:
    run = run_script(acme, {})
    assert run.status is Status.COMPLETED
    assert run.metrics is not None
    assert (run.metrics.total_return, run.metrics.max_drawdown, run.metrics.total_trades) == (0, 0, 0)
    assert run.metrics.sharpe_ratio is None
    assert [warning.code for warning in run.warnings] == ["no_orders"]
    assert acme.history()["sharpe_ratio"].isna().all()


def test_a_period_of_one_day_is_a_completed_run(acme: Workbench) -> None:
    run = run_script(acme, {"1": 90}, start="2024-01-03", end="2024-01-03")
    assert run.status is Status.COMPLETED
    assert len(run.equity()) == 1
    assert run.metrics is not None
    assert run.metrics.sharpe_ratio is None


def test_a_strategy_that_raises_leaves_a_failed_record_with_the_users_file_and_line(wb: Workbench) -> None:
    with pytest.raises(RunFailed, match=r"failed: ValueError: boom on bar 100.*wb\.details") as caught:
        wb.run(SCRIPT, instrument="AAPL", raise_on=100, orders={"1": 10}, progress=False)
    run = wb.get(caught.value.run.id)
    assert run.status is Status.FAILED
    assert run.error is not None
    assert run.error.message == "ValueError: boom on bar 100"
    assert 'user_strategies.py", line ' in run.error.trace
    assert isinstance(caught.value.__cause__, ValueError)
    assert run.metrics is None
    # what was done until then is there: 99 or 100 bars of equity and the fill of the first
    assert len(run.fills()) == 1
    assert 99 <= len(run.equity()) <= 100


def test_a_strategy_that_raises_in_its_constructor_is_a_failed_run(wb: Workbench) -> None:
    with pytest.raises(RunFailed, match="no licence file"):
        wb.run("tests.support.user_strategies:RaisesAtOnce", instrument="AAPL", progress=False)
    assert wb.history(status="failed")["error_message"].tolist() == ["RuntimeError: no licence file"]


def test_what_goes_wrong_outside_of_the_run_itself_is_a_failed_run_too(acme: Workbench) -> None:
    class Refuses:
        def load(self, spec: Spec, catalog: Catalog) -> None:
            """Nothing."""

        def run(self, spec: Spec, data: object, progress: object = None) -> Result:
            raise OSError("the catalog's disk has gone")

    asked: dict[str, Any] = {"bar": None, "start": None, "end": None, "terms": Terms(), "params": {}, "risk_free": 0.0}
    plan = plan_of_arguments(acme._session, "tests.support.user_strategies:Script", instrument="ACME.TEST", **asked)
    with pytest.raises(RunFailed, match="OSError: the catalog's disk has gone"):
        execute(acme._session, plan, engine=Refuses(), progress=False)
    (run_id,) = acme.history(status="failed")["run_id"]
    run = acme.get(run_id)
    assert run.error is not None
    assert "in run" in run.error.trace
    assert run.equity().empty
    assert list(Checkup(acme._session.database).findings()) == []


def test_the_stop_button_leaves_an_interrupted_record_and_still_stops(wb: Workbench) -> None:
    with pytest.raises(RunInterrupted, match="is saved as interrupted") as caught:
        wb.run(SCRIPT, instrument="AAPL", interrupt_on=50, orders={"1": 10}, progress=False)
    assert isinstance(caught.value, KeyboardInterrupt)
    assert wb.history()["status"].tolist() == ["interrupted"]
    run = wb.get(caught.value.run.id)
    assert run.params["interrupt_on"] == 50
    assert run.duration is not None


def test_a_strategy_that_shuts_the_engine_down_is_warned_of(acme: Workbench) -> None:
    run = run_script(acme, {"1": 10}, stop_on=3)
    assert "stopped_early" in [warning.code for warning in run.warnings]


def test_an_overdrawn_cash_account_is_warned_of(acme: Workbench) -> None:
    run = run_script(acme, {"1": 90, "2": 90}, account="cash")
    codes = {warning.code for warning in run.warnings}
    assert codes & {"stopped_early", "orders_denied", "orders_rejected"}


def test_orders_turned_down_for_one_reason_are_one_warning(acme: Workbench) -> None:
    run = run_script(acme, {"1": -10, "2": -10, "3": -10}, account="cash")
    messages = [warning.message for warning in run.warnings if warning.code == "orders_rejected"]
    assert messages == ["3 orders rejected: SHORT SELLING not permitted on a CASH account"]


def test_orders_that_are_denied_are_counted_with_their_reason(acme: Workbench) -> None:
    run = run_script(acme, {"1": 90, "2": 90}, order_on="NOBODY.TEST")
    assert [warning.code for warning in run.warnings] == ["no_fills", "orders_denied"]
    assert run.warnings[1].message.startswith("2 orders denied: ")
    assert "NOBODY" in run.warnings[1].message
    assert acme.get(run.id).warnings == run.warnings


def test_a_ruined_account_is_kept_with_its_return_out_of_range(acme: Workbench) -> None:
    # 500 shares at 120 of 10,000 USD on margin, at 60: 10,000 - 500 * 60 = -20,000
    run = run_script(acme, {"4": 500}, end="2024-01-05", leverage=10)
    assert run.status is Status.COMPLETED
    assert run.metrics is not None
    assert run.metrics.total_return is None
    assert run.metrics.undefined["total_return"].value == "-3.0"
    assert "ruined" in [warning.code for warning in run.warnings]
    details = acme.details(run.id)
    assert details.loc[(details["section"] == "undefined") & (details["name"] == "total_return"), "value"].item()


def test_the_snapshot_comes_back_equal_with_its_defaults_filled_in(acme: Workbench) -> None:
    run = run_script(acme, {"1": 90})
    config = acme.get(run.id).config
    assert config.strategy.params == {
        "orders": {"1": 90.0},
        "raise_on": 0,
        "stop_on": 0,
        "interrupt_on": 0,
        "hang_on": 0,
        "cut_on": 0,
        "call_on": 0,
        "url": "",
        "order_on": "",
        "note": "",
    }
    assert config.venue.capital == "10000"
    assert config.data[0].rows == 8
    assert config.engine == {"name": "nautilus_trader", "version": "1.231.0"}
    assert config.start == "2024-01-01T00:00:00+00:00"
    assert config.end == "2024-01-08T23:59:59.999999+00:00"


def test_a_configuration_of_five_megabytes_comes_back_equal(acme: Workbench) -> None:
    note = "ä€😀'\"\\{}" * 400_000  # 10 characters, 16 bytes: 6.4 MB
    run = run_script(acme, {}, note=note)
    assert acme.get(run.id).params["note"] == note
    assert acme.get(run.id).config.strategy.params["note"] == note


def test_the_recorded_source_is_the_users_own_module(acme: Workbench) -> None:
    run = acme.get(run_script(acme, {}).id)
    assert run.source == Path(user_strategies.__file__).read_text()
    # a package is imported before what lies in it
    assert [file.module for file in run.sources] == ["tests", "tests.support.user_strategies"]


def test_slippage_without_a_seed_gets_one_recorded_and_repeats_with_it(wb: Workbench) -> None:
    first = wb.run("sma_crossover", instrument="IBM", slippage=0.5, progress=False)
    seed = first.config.venue.fill.seed
    assert seed is not None
    again = wb.run("sma_crossover", instrument="IBM", slippage=0.5, seed=seed, progress=False)
    other = wb.run("sma_crossover", instrument="IBM", slippage=0.5, seed=seed + 1, progress=False)
    assert first.fills()["price"].tolist() == again.fills()["price"].tolist()
    assert first.fills()["price"].tolist() != other.fills()["price"].tolist()


@pytest.mark.parametrize(
    "strategy", ["SMA Crossover", "mean_reversion", "workbench.strategies.builtin.momentum:Momentum"]
)
def test_the_built_in_strategies_trade_on_the_sample_data(wb: Workbench, strategy: str) -> None:
    run = wb.run(strategy, instrument="AAPL", capital=10_000, progress=False)
    assert run.metrics is not None
    assert run.metrics.total_trades is not None
    assert run.metrics.total_trades > 10
    trades = run.trades()
    # the last balance is the capital and every trade's result, which NautilusTrader rounds to cents
    assert run.metrics.final_balance == pytest.approx(10_000 + trades["pnl"].sum(), abs=0.005 * len(trades))
    assert (trades["quantity"] % 1 == 0).all()


def test_a_user_strategy_needs_no_registration(acme: Workbench) -> None:
    from tests.support.user_strategies import Script

    by_class = acme.run(Script, instrument="ACME.TEST", progress=False)
    assert by_class.record.strategy_path == SCRIPT
    assert len(acme.history(strategy=SCRIPT)) == len(acme.history(strategy=Script)) == 1


def test_nothing_is_recorded_when_an_argument_is_wrong(acme: Workbench) -> None:
    with pytest.raises(UnknownParameter, match="Did you mean 'orders'"):
        acme.run(SCRIPT, instrument="ACME.TEST", order={})
    with pytest.raises(UnknownParameter, match="Did you mean 'tags'"):
        acme.run(SCRIPT, instrument="ACME.TEST", tag="ema")
    assert acme.history().empty


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "strategy": ({"strategy": "sma_crosover"}, "Did you mean"),
    "instrument": ({"instrument": "APPL"}, "Did you mean"),
    "bar": ({"bar": "5m"}, "1-DAY"),
    "end before start": ({"start": "2005-01-01", "end": "2004-01-01"}, "before start"),
    "no such day": ({"start": "2005-02-30"}, "start='2005-02-30'"),
    "before the data": ({"start": "1999-12-31"}, "bars from 2000-03-01"),
    "after the data": ({"end": "2014-01-01"}, "to 2013-03-01"),
    "a weekend": ({"start": "2005-01-01", "end": "2005-01-02"}, "no bar"),
    "no capital": ({"capital": 0}, "above 0"),
    "capital of nothing": ({"capital": float("nan")}, "finite"),
    "capital in words": ({"capital": "ten"}, "capital='ten'"),
    "capital beyond all numbers": ({"capital": "1e999999999"}, "capital='1e999999999' is not a finite number"),
    # NautilusTrader would begin with 100.00 or 100.01, and the record would say 100.005
    "capital finer than cents": ({"capital": 100.005}, "more decimals than USD has, which is 2"),
    "capital that rounds to nothing": ({"capital": "0.001"}, "Type capital='0.01 USD'"),
    # a balance that outgrows its money panics, which ends the process
    "capital beyond its money": ({"capital": 170_141_183_461}, "above 170,141,183,460 USD"),
    "a fee beyond its money": ({"fees": "1e13 USD"}, "above 17,014,118 USD"),
    "a fee finer than cents": ({"fees": "0.001 USD"}, "more decimals than USD has"),
    "a rate beyond all numbers": ({"risk_free": 10**400}, "is not a number. Type risk_free=0.02"),
    "another currency": ({"capital": "10000 EUR"}, "settles in USD"),
    "leverage": ({"leverage": 0.5}, "at least 1"),
    "leverage of a cash account": ({"account": "cash", "leverage": 2}, "margin"),
    "account": ({"account": "savings"}, "'margin'"),
    "oms": ({"oms": "nets"}, "'netting'"),
    "fees": ({"fees": 2}, "rate"),
    "fees in another currency": ({"fees": "1 EUR"}, "USD"),
    "slippage": ({"slippage": 1.5}, "0 … 1"),
    "seed": ({"seed": -1}, "seed"),
    "risk free": ({"risk_free": 5}, "0.02"),
    "parameter": ({"fast_periode": 5}, "Did you mean 'fast_period'"),
    "misspelt argument": ({"capitl": 5}, "Did you mean 'capital'"),
    "parameter of a wrong type": ({"fast_period": "ten"}, "fast_period='ten'"),
    "parameters in conflict": ({"fast_period": 30, "slow_period": 20}, "30 >= 20"),
    "parameter twice": ({"fast_period": 5, "params": {"fast_period": 6}}, "twice"),
    "params no mapping": ({"params": [1]}, "mapping"),
}


@pytest.mark.parametrize("wrong", BAD)
def test_bad_input_is_refused_before_anything_runs(wb: Workbench, wrong: str) -> None:
    arguments, says = BAD[wrong]
    usual: dict[str, Any] = {"strategy": "sma_crossover", "instrument": "AAPL", "progress": False}
    with pytest.raises(InvalidInput) as caught:
        wb.run(**usual | arguments)
    assert says in str(caught.value)
    assert wb.history().empty


def test_a_metric_that_raises_text_that_cannot_be_stored_loses_no_run(
    acme: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_specs", dict(registry._specs))

    @metric(higher_is_better=True)
    def broken(returns: FloatArray) -> float:
        raise ValueError("a\x00b \ud800")

    run = acme.get(run_script(acme, {}).id)
    assert run.metrics is not None
    assert run.metrics.undefined["broken"].reason == r"raised ValueError: a\x00b \ud800"
    assert list(Checkup(acme._session.database).findings()) == []
