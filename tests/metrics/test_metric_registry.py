"""A metric is one function with its decorator: the standard ones and the user's own."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from workbench.errors import InvalidInput
from workbench.frames import HISTORY
from workbench.metrics import DAY, Metrics, Sample, Undefined, measure, metric, registered, standard
from workbench.metrics.registry import _specs
from workbench.storage.queries.columns import _COLUMNS as COLUMNS

EQUITY = np.array([10_100.0, 9_999.0])  # +1 %, then -1 %


@pytest.fixture(autouse=True)
def _forget_own_metrics() -> Iterator[None]:
    before = dict(_specs)
    yield
    _specs.clear()
    _specs.update(before)


def measured() -> Metrics:
    return measure(
        time=np.array([1, 2]) * DAY,
        equity=EQUITY,
        initial_capital=10_000.0,
        trade_pnls=np.array([5.0]),
        periods_per_year=252,
        risk_free=0.03,
    )


def test_the_standard_metrics_are_the_fields_of_metrics_in_the_same_order() -> None:
    others = ["custom", "undefined", "formulas_version"]
    assert [*registered(), *others] == [field.name for field in fields(Metrics)]
    assert all(spec.standard and spec.name == name for name, spec in registered().items())


def test_every_standard_metric_names_the_source_of_its_formula() -> None:
    for spec in registered().values():
        assert "Source: " in (inspect.getdoc(spec.function) or ""), spec.name


def test_a_label_is_what_a_trader_reads() -> None:
    labels = [spec.label for spec in registered().values()]
    assert labels == [
        *("Total return", "CAGR", "Sharpe ratio", "Sortino ratio", "Max drawdown", "Max drawdown on"),
        *("Volatility", "Calmar ratio", "Periods per year", "Final balance", "Trades", "Winning trades"),
        *(
            "Losing trades",
            "Break-even trades",
            "Win rate",
            "Profit factor",
            "Average win",
            "Average loss",
            "Expectancy",
        ),
    ]


def test_a_metric_knows_which_way_is_better() -> None:
    better = {name: spec.higher_is_better for name, spec in registered().items()}
    assert {name for name, higher in better.items() if higher is False} == {"volatility"}
    assert {name for name, higher in better.items() if higher is None} == {
        *("max_drawdown_at", "total_trades", "winning_trades", "losing_trades", "break_even_trades"),
        "periods_per_year",
    }


def test_a_metric_knows_its_unit() -> None:
    units: dict[str, set[str]] = {}
    for spec in registered().values():
        units.setdefault(spec.unit, set()).add(spec.name)
    assert units == {
        "fraction": {"total_return", "cagr", "max_drawdown", "volatility", "win_rate"},
        "ratio": {"sharpe_ratio", "sortino_ratio", "calmar_ratio", "profit_factor"},
        "money": {"final_balance", "average_win", "average_loss", "expectancy"},
        "count": {"total_trades", "winning_trades", "losing_trades", "break_even_trades", "periods_per_year"},
        "time": {"max_drawdown_at"},
    }


def test_own_metrics_are_measured_with_every_run() -> None:
    @metric(higher_is_better=True)
    def best_day(returns: np.ndarray) -> float:
        return float(returns.max())

    got = measured()
    assert got.custom == {"best_day": pytest.approx(0.01)}
    assert "best_day" not in got.undefined
    spec = registered()["best_day"]
    assert (spec.label, spec.standard, spec.unit, spec.higher_is_better) == ("Best day", False, "ratio", True)
    # the function stays what it was
    assert best_day(np.array([0.5])) == 0.5


def test_own_metrics_stand_behind_the_standard_ones() -> None:
    metric(name="b", higher_is_better=None)(lambda: 2.0)
    metric(name="a", higher_is_better=None)(lambda: 1.0)
    assert [*registered()][-2:] == ["b", "a"]


def test_a_metric_may_take_the_whole_sample() -> None:
    @metric(name="risk_free_twice", label="Twice", unit="fraction", higher_is_better=False)
    def twice(sample: Sample) -> float:
        return 2 * sample.risk_free

    assert measured().custom == {"risk_free_twice": 0.06}
    assert registered()["risk_free_twice"].label == "Twice"


def test_every_field_of_a_sample_can_be_asked_for() -> None:
    @metric(higher_is_better=None)
    def everything(  # type: ignore[no-untyped-def]
        time, equity, daily_time, daily_equity, returns, trade_pnls, initial_capital, periods_per_year, risk_free
    ):
        assert (initial_capital, periods_per_year, risk_free) == (10_000.0, 252, 0.03)
        assert time.tolist() == daily_time.tolist()
        return float((equity + daily_equity).sum() + returns.size + trade_pnls.size)

    # 2 × 20,099 + 2 returns + 1 trade
    assert measured().custom == {"everything": 40_201.0}


def test_a_parameter_with_a_default_keeps_it_unless_a_run_has_it() -> None:
    @metric(higher_is_better=None)
    def mixed(risk_free: float = 9.0, level: float = 0.5) -> float:
        return risk_free + level

    assert measured().custom == {"mixed": 0.53}


def test_an_own_metric_that_raises_loses_only_itself() -> None:
    @metric(higher_is_better=True)
    def broken(returns: np.ndarray) -> float:
        raise KeyError("missing")

    got = measured()
    assert got.custom == {"broken": None}
    assert got.undefined["broken"] == Undefined(value=None, reason="raised KeyError: 'missing'")
    assert got.total_return == pytest.approx(-0.0001)


class Silent(Exception):
    """Fails to say what it is."""

    def __str__(self) -> str:
        raise ValueError


def test_an_own_metric_that_raises_what_cannot_be_said_loses_only_itself() -> None:
    @metric(higher_is_better=True)
    def broken(returns: np.ndarray) -> float:
        raise Silent

    assert measured().undefined["broken"] == Undefined(value=None, reason="raised Silent")


@pytest.mark.parametrize("name", sorted({*HISTORY, *COLUMNS} - {spec.name for spec in standard()}))
def test_an_own_metric_is_not_called_like_a_column_of_runs(name: str) -> None:
    with pytest.raises(InvalidInput, match="taken by the workbench"):
        metric(name=name, higher_is_better=True)(lambda: 1.0)


@pytest.mark.parametrize(
    ("settings", "function", "says"),
    [
        ({"name": "own", "unit": "time"}, lambda: 1.0, "unit='time' of a metric is not one of 'fraction'"),
        ({"unit": ["money"]}, lambda: 1.0, "is not one of"),
        ({"label": 5}, lambda: 1.0, "label=5 is not text"),
        ({"label": "a\x00b"}, lambda: 1.0, "one line of printable text"),
        ({"label": "\ud800"}, lambda: 1.0, "one line of printable text"),
        ({"name": 5}, lambda: 1.0, "cannot be called '5'"),
        ({"name": "largest"}, max, "whose parameters can be read"),
        ({}, 5, "cannot be called ''"),
        ({"name": "five"}, 5, "whose parameters can be read"),
    ],
)
def test_a_wrong_argument_of_a_metric_is_refused(settings: dict[str, Any], function: Any, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        metric(higher_is_better=True, **settings)(function)


@pytest.mark.parametrize("answer", ["three", [1.0, 2.0], 10**400])
def test_an_own_metric_that_gives_no_number_loses_only_itself(answer: object) -> None:
    metric(name="odd", higher_is_better=True)(lambda: answer)  # type: ignore[type-var]
    got = measured()
    assert got.custom == {"odd": None}
    assert got.undefined["odd"].reason.startswith("raised ")


@pytest.mark.parametrize(
    ("answer", "value"), [(math.nan, "nan"), (-math.inf, "-inf"), (np.float64("inf"), "inf"), (None, None)]
)
def test_an_own_metric_without_a_value_says_why(answer: float | None, value: str | None) -> None:
    metric(name="plain", higher_is_better=True)(lambda: answer)
    metric(name="explained", higher_is_better=True, undefined="no full moon")(lambda: answer)
    got = measured()
    assert got.custom == {"plain": None, "explained": None}
    assert got.undefined["plain"] == Undefined(value=value, reason="not a finite number")
    assert got.undefined["explained"] == Undefined(value=value, reason="no full moon")


@pytest.mark.parametrize("answer", [np.float32(0.5), np.array(0.5), 0.5])
def test_a_number_of_numpy_becomes_a_plain_float(answer: float) -> None:
    metric(name="half", higher_is_better=True)(lambda: answer)
    assert type(measured().custom["half"]) is float


def test_the_ends_of_the_allowed_range_belong_to_it() -> None:
    for name, value in {"low": -1.0, "high": 2.0, "over": 2.5}.items():
        metric(name=name, higher_is_better=True, allowed=(-1.0, 2.0))(lambda value=value: value)
    got = measured()
    assert got.custom == {"low": -1.0, "high": 2.0, "over": None}
    assert got.undefined["over"] == Undefined(value="2.5", reason="outside -1 … 2")


def test_an_own_metric_cannot_change_the_equity_that_is_stored() -> None:
    @metric(higher_is_better=True)
    def sorts(equity: np.ndarray) -> float:
        equity.sort()
        return float(equity[0])

    assert measured().undefined["sorts"].reason.startswith("raised ValueError")
    assert EQUITY.tolist() == [10_100.0, 9_999.0]


def test_a_cell_that_registers_a_metric_can_run_again() -> None:
    metric(name="cell", higher_is_better=True)(lambda: 1.0)
    metric(name="cell", higher_is_better=True)(lambda: 2.0)
    assert measured().custom == {"cell": 2.0}


@pytest.mark.parametrize("name", ["sharpe_ratio", "total_trades", "custom", "undefined", "formulas_version"])
def test_a_name_of_the_workbench_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match=f"'{name}' is taken"):
        metric(name=name, higher_is_better=True)(lambda: 1.0)
    assert measured().total_trades == 1


@pytest.mark.parametrize("name", ["tail ratio", "<lambda>", "5d"])
def test_a_name_that_cannot_be_a_column_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be called"):
        metric(name=name, higher_is_better=True)(lambda: 1.0)


def test_a_parameter_no_run_has_is_refused_at_once() -> None:
    with pytest.raises(InvalidInput, match=r"'typo' asks for 'equty', which no run has.* sample, daily_equity"):
        metric(name="typo", higher_is_better=True)(lambda equty: 1.0)
    assert "typo" not in registered()


def test_the_list_of_metrics_is_read_only() -> None:
    with pytest.raises(TypeError):
        registered()["x"] = registered()["cagr"]  # type: ignore[index]
