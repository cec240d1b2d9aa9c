"""A run that does not reconcile is told apart everywhere, and left out of what is best unless asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg
import pytest
from nautilus_trader.backtest.engine import BacktestEngine

from tests.support.engines import bars, engine, instrument, script
from workbench import Run, Workbench
from workbench.errors import InvalidInput
from workbench.panels import Panels
from workbench.storage.upkeep.check import Checkup

ACME = "ACME.TEST"


@pytest.fixture
def made() -> Iterator[list[BacktestEngine]]:
    """Engines that are disposed when the test is over."""
    engines: list[BacktestEngine] = []
    yield engines
    for one in engines:
        one.dispose()


def recorded(wb: Workbench, made: list[BacktestEngine], orders: dict[str, float], **more: Any) -> Run:
    built = engine(("TEST", ["10000 USD"]), account="CASH")
    made.append(built)
    built.add_instrument(instrument(ACME))
    built.add_data(bars(instrument(ACME), [100.0, 101.0, 103.0, 104.0]))
    built.add_strategy(script(ACME, orders, **more))
    built.run()
    return wb.record(built)


@pytest.fixture
def pair(fresh_wb: Workbench, made: list[BacktestEngine]) -> tuple[Run, Run]:
    """One that reconciles, and one that overdrew its account: 120 shares with money for 99."""
    return recorded(fresh_wb, made, {"1": 10, "3": -10}), recorded(fresh_wb, made, {"1": 60, "2": 60})


def test_lists_say_which_and_rankings_leave_the_other_out(fresh_wb: Workbench, pair: tuple[Run, Run]) -> None:
    good, bad = pair
    listed = fresh_wb.history().set_index("run_id")["reconciled"]
    assert (listed[good.id], listed[bad.id]) == ("yes", "no")
    assert list(fresh_wb.best("total_return")["run_id"]) == [good.id]
    assert set(fresh_wb.best("total_return", reconciled="any")["run_id"]) == {good.id, bad.id}
    assert list(fresh_wb.best("total_return", reconciled="no")["run_id"]) == [bad.id]
    assert list(fresh_wb.best("total_return", strategy="Script")["run_id"]) == [good.id]
    assert list(fresh_wb.history(reconciled=False)["run_id"]) == [bad.id]
    assert list(fresh_wb.history(reconciled="yes")["run_id"]) == [good.id]
    with pytest.raises(InvalidInput, match="reconciled='maybe' is not one of 'yes', 'no' and 'any'"):
        fresh_wb.best(reconciled="maybe")


def test_the_panel_marks_it(fresh_wb: Workbench, pair: tuple[Run, Run]) -> None:
    panel = Panels(fresh_wb).history()
    rows = panel.record.table._html.value.split("<tr ")[1:]
    assert [("≠" in row, pair[1].id in row) for row in rows] == [(True, True), (False, False)]


def test_card_details_and_comparison_say_both_numbers(fresh_wb: Workbench, pair: tuple[Run, Run]) -> None:
    _, bad = pair
    (said,) = [warning.message for warning in bad.warnings if warning.code == "unreconciled"]
    # 60 at 100 and 60 at 101 with 10,000: at the second close the first are worth 60 more
    assert said == (
        "does not reconcile: the equity ends at 10,060.00 USD, and NautilusTrader's accounts and open positions are "
        "worth 16,120.00 USD"
    )
    assert said in bad.card().text()
    details = fresh_wb.details(bad.id)
    assert list(details[details["name"] == "unreconciled"]["value"]) == [said]
    assert any(said in note for note in fresh_wb.compare(*pair).notes)


def test_a_stored_result_is_set_against_what_was_said_again(
    fresh_wb: Workbench, pair: tuple[Run, Run], sql_connection: psycopg.Connection
) -> None:
    good, _ = pair

    def findings() -> list[str]:
        return [str(one) for one in Checkup(fresh_wb._session.database).findings()]

    assert findings() == []
    sql_connection.execute("set session_replication_role = replica")
    sql_connection.execute(
        "update run_results set statement = jsonb_set(statement, '{balances,0,amount}', '10030.5') where run_id = %s",
        (good.id,),
    )
    assert findings() == [
        f"{good.id}: the equity ends at 10,030.00 USD, and NautilusTrader's accounts and open positions are worth "
        "10,030.50 USD"
    ]


def test_an_error_of_our_own_costs_a_figure_and_no_run(
    fresh_wb: Workbench, made: list[BacktestEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of our own")

    for number, name in enumerate(("ledger", "executions", "statement")):
        with monkeypatch.context() as patch:
            patch.setattr(f"workbench.engine.nautilus1.results.{name}", broken)
            run = recorded(fresh_wb, made, {"1": 10 + number, "3": -10})
        assert run.status.value == "completed"
        (told,) = {warning.message.partition(": ")[2] for warning in run.warnings if warning.code == "not_measured"}
        assert told == "ZeroDivisionError: of our own"
        assert run.metrics is not None
        # of what accounts and positions say the curve knows nothing
        assert (run.metrics.total_return is None) == (name != "statement")
        assert fresh_wb.get(run.id).metrics == run.metrics


@pytest.mark.parametrize("value", [np.array([1.0]), len, float("nan")], ids=["an array", "a function", "NaN"])
def test_an_engine_with_a_parameter_that_json_has_no_word_for_is_recorded(
    fresh_wb: Workbench, made: list[BacktestEngine], value: object
) -> None:
    run = recorded(fresh_wb, made, {"1": 10, "3": -10}, note=value)
    assert run.metrics is not None
    assert run.metrics.final_balance == 10_030
    assert isinstance(run.params["note"], str)
    json.dumps(run.params)
    (message,) = [warning.message for warning in run.warnings if warning.code == "not_repeatable"]
    assert "JSON has no word" in message
