"""Faults planted in the results of a run that reconciles: each is found, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.engine.test_equity_property import Case, cases, ran
from workbench.reconciliation import differences
from workbench.runs import Result, Statement

TRIES = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def found(result: Result, **changed: Any) -> list[str]:
    """What does not reconcile, with these in place of the result's own."""
    assert result.statement is not None
    final = changed.get("final", float(result.equity.value[-1]))
    trades, fills = changed.get("trades", result.trades), changed.get("fills", result.fills)
    return list(differences(final, trades, fills, Statement.read(result.statement.plain())))


def reconciling(case: Case) -> Result:
    """A run with fills that reconciles."""
    made, result = ran(case)
    made.dispose()
    assume(result.fills and not any(warning.code == "unreconciled" for warning in result.warnings))
    assert found(result) == []
    return result


@TRIES
@given(cases(), st.data())
def test_a_fill_that_is_missing_is_found(case: Case, data: st.DataObject) -> None:
    result = reconciling(case)
    gone = data.draw(st.integers(0, len(result.fills) - 1))
    assert found(result, fills=(*result.fills[:gone], *result.fills[gone + 1 :]))


@TRIES
@given(cases(), st.data())
def test_a_price_that_is_another_by_one_tick_is_found(case: Case, data: st.DataObject) -> None:
    result = reconciling(case)
    at = data.draw(st.integers(0, len(result.fills) - 1))
    fill = result.fills[at]
    tick = 0.00001 if fill.price < 2 else 0.01
    assert found(result, fills=(*result.fills[:at], replace(fill, price=fill.price + tick), *result.fills[at + 1 :]))


@TRIES
@given(cases(), st.data())
def test_a_commission_that_is_there_twice_is_found(case: Case, data: st.DataObject) -> None:
    result = reconciling(replace(case, fee=case.fee or "2 USD"))
    at = data.draw(st.integers(0, len(result.fills) - 1))
    fill = result.fills[at]
    twice = replace(fill, commission=2 * fill.commission)
    assert found(result, fills=(*result.fills[:at], twice, *result.fills[at + 1 :]))


@TRIES
@given(cases(), st.data())
def test_a_profit_that_is_another_by_a_cent_is_found(case: Case, data: st.DataObject) -> None:
    result = reconciling(case)
    assume(result.trades)
    at = data.draw(st.integers(0, len(result.trades) - 1))
    trade = result.trades[at]
    assert found(result, trades=(*result.trades[:at], replace(trade, pnl=trade.pnl + 0.01), *result.trades[at + 1 :]))


@TRIES
@given(cases(), st.sampled_from([-0.01, 0.01, 1000.0]))
def test_a_curve_that_ends_elsewhere_is_found(case: Case, more: float) -> None:
    result = reconciling(case)
    texts = found(result, final=float(result.equity.value[-1]) + more)
    assert [text.partition(",")[0][:15] for text in texts] == ["the equity ends", "the equity ends"]


def test_what_is_not_known_differs_from_nothing() -> None:
    statement = Statement(
        currency="USD", capital=1.0, balances=(), holdings=(), commissions={}, payments=None, revaluation=0.0
    )
    assert list(differences(None, (), (), statement)) == []
    assert list(differences(1.0, (), (), replace(statement, payments=0.0))) == [
        "the equity ends at 1.00 USD, and NautilusTrader's accounts and open positions are worth 0.00 USD"
    ]
    assert Statement.read(statement.plain()) == statement


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_statement_of_no_finite_number_is_kept_without_it(value: float) -> None:
    statement = Statement(
        currency="USD",
        capital=1.0,
        balances=(),
        holdings=(),
        commissions={"USD": value},
        payments=value,
        revaluation=0.0,
    )
    assert statement.plain()["payments"] is None
    assert statement.plain()["commissions"] == {"USD": None}
