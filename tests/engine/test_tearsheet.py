"""NautilusTrader's tearsheet from stored values."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from workbench.charts import Sheet
from workbench.engine.nautilus1.tearsheet import write_tearsheet
from workbench.metrics import Sample

DAY = 86_400_000_000_000


def sheet(periods_per_year: int = 252, days: int = 90) -> Sheet:
    equity = 10_000 * np.cumprod(np.where(np.arange(days) % 2, 1.02, 0.99))
    # from a Monday on, of a market with weekends or without
    number = np.arange(days) if periods_per_year == 365 else np.arange(days) // 5 * 7 + np.arange(days) % 5
    sample = Sample.from_bars(
        time=19_905 * DAY + (number + 1) * DAY,
        equity=equity,
        initial_capital=10_000.0,
        trade_pnls=np.empty(0),
        periods_per_year=periods_per_year,
    )
    words = {"Win rate": "60.00%"}
    return Sheet(
        title="SMA <b> on IBM.NYSE",
        currency="USD",
        sample=sample,
        run={"Run": "1a2b3c4d", "note": "<script>alert(1)</script>"},
        account={"Starting balance": "10,000.00 USD"},
        money={"Final balance": "12,345.00 USD"},
        returns={"Sharpe ratio": "1.23"},
        trades=words,
    )


def test_the_file_needs_no_network_and_has_what_was_stored(tmp_path: Path) -> None:
    path = write_tearsheet(sheet(), tmp_path / "sheet.html")
    text = path.read_text()
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=", text)
    for part in ("1a2b3c4d", "12,345.00 USD", "1.23", "60.00%", "Rolling Sharpe Ratio"):
        assert part in text, part


def test_names_in_it_are_text(tmp_path: Path) -> None:
    text = write_tearsheet(sheet(), tmp_path / "sheet.html").read_text()
    assert "<script>alert" not in text
    assert "\\u003cscript\\u003ealert" not in text


def test_a_market_of_365_days_has_no_rolling_sharpe_of_252(tmp_path: Path) -> None:
    text = write_tearsheet(sheet(365), tmp_path / "sheet.html").read_text()
    assert "Rolling Sharpe Ratio" not in text
    assert "left out: it assumes 252 periods a year, this market has 365" in text


@pytest.mark.parametrize("days", [1, 2])
def test_a_run_of_few_days_has_a_sheet(tmp_path: Path, days: int) -> None:
    assert write_tearsheet(sheet(days=days), tmp_path / "sheet.html").stat().st_size > 1_000_000
