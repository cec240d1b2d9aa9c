"""One metric: how it is written, and which value is the best."""

from __future__ import annotations

import pytest

from workbench.charts import Scale

SHARPE = Scale(label="Sharpe ratio", higher_is_better=True)
MONEY = Scale(label="Final balance", unit="money", higher_is_better=True, currency="USD")


def test_the_best_is_marked_in_the_metrics_own_direction() -> None:
    volatility = Scale(label="Volatility", unit="fraction", higher_is_better=False)
    assert SHARPE.best([1.0, 2.0, None]) == [False, True, False]
    assert volatility.best([0.3, 0.1, 0.1]) == [False, True, True]


@pytest.mark.parametrize("values", [[], [1.0], [None, 1.0], [2.0, 2.0], [None, None]])
def test_nothing_is_best_where_nothing_differs(values: list[float | None]) -> None:
    assert SHARPE.best(values) == [False] * len(values)


def test_nothing_is_best_without_a_better_way_or_across_currencies() -> None:
    assert Scale(label="Trades", unit="count").best([1, 2]) == [False, False]
    assert Scale(label="Final balance", unit="money", higher_is_better=True, currency="USD, JPY").best([1, 2]) == [
        False,
        False,
    ]


def test_numbers_are_written_by_their_unit() -> None:
    fraction = Scale(label="Total return", unit="fraction")
    assert [fraction.text(0.12345), fraction.brief(0.12345), fraction.brief(22.127)] == ["12.35%", "12.3%", "2,213%"]
    assert [MONEY.text(1234.5), MONEY.brief(1234.5), MONEY.title] == ["1,234.50 USD", "1,234", "Final balance (USD)"]
    assert [SHARPE.text(None), SHARPE.brief(None), SHARPE.title] == ["–", "–", "Sharpe ratio"]
