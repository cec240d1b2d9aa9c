"""Runs as charts see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workbench.charts import Mark, Subject

START = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def run() -> Callable[..., Subject]:
    """Makes the subject of a number: started that many minutes after noon."""

    def make(number: int = 0, **given: Any) -> Subject:
        known = {
            "run_id": f"{number:08x}-1111-4111-8111-111111111111",
            "strategy": "SMA",
            "instrument": "IBM.NYSE",
            "started_at": START + timedelta(minutes=number),
        }
        return Subject(**{**known, **given})

    return make


@pytest.fixture
def mark(run: Callable[..., Subject]) -> Callable[..., Mark]:
    """Makes a mark of a number, a value and parameters."""

    def make(number: int, value: float | None, params: dict[str, Any] | None = None, **given: Any) -> Mark:
        return Mark(run=run(number, params=params or {}, **given), label=f"no. {number}", value=value)

    return make
