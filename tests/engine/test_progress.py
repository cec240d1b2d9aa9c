"""Who waits is told how far it is; who does not is told nothing."""

from __future__ import annotations

import pytest

from workbench import Workbench
from workbench.config import Terms
from workbench.display import progress
from workbench.plans.execution import run_spec
from workbench.plans.from_request import Request, resolve


def test_a_long_run_tells_how_many_bars_are_done(fresh_wb: Workbench) -> None:
    # 14 days of minutes, 24 hours a day or fewer: at 20 µs a bar, a few fifths of a second
    fresh_wb.import_mock(instrument="MOCK.SIM", bar="1m", start="2024-01-01", end="2024-01-31")
    request = Request(
        strategy="sma_crossover",
        instrument="MOCK.SIM",
        bar=None,
        start=None,
        end=None,
        terms=Terms(),
        params={"fast_period": 50, "slow_period": 200},
        risk_free=0.0,
    )
    spec = resolve(request, fresh_wb._session.catalog)
    told: list[tuple[int, int]] = []
    result = run_spec(spec, fresh_wb._session.catalog, lambda done, total: told.append((done, total)))
    assert result.bars == sum(rows for months in spec.months.values() for _, rows, _ in months)
    assert told
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert all(0 <= done <= total == result.bars for done, total in told)


def test_the_bar_is_silent_where_the_output_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.bar("1a2b3c4d", "Momentum on IBM") as show:
        assert show is not None
        show(5, 10)
    with progress.unwatched("1a2b3c4d", "Momentum on IBM") as nobody:
        assert nobody is None
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
