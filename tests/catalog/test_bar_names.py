from __future__ import annotations

import pytest

from workbench.catalog import bar_name
from workbench.catalog.bar_spec import bar_spec
from workbench.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1d", "1-DAY-LAST-EXTERNAL"),
        ("1-DAY", "1-DAY-LAST-EXTERNAL"),
        ("1-day-last", "1-DAY-LAST-EXTERNAL"),
        ("1-DAY-LAST-EXTERNAL", "1-DAY-LAST-EXTERNAL"),
        ("1-DAY-EXTERNAL", "1-DAY-LAST-EXTERNAL"),
        (" 1H ", "1-HOUR-LAST-EXTERNAL"),
        ("5m", "5-MINUTE-LAST-EXTERNAL"),
        ("15min", "15-MINUTE-LAST-EXTERNAL"),
        ("30s", "30-SECOND-LAST-EXTERNAL"),
        ("1-MINUTE-BID", "1-MINUTE-BID-EXTERNAL"),
        ("7d", "7-DAY-LAST-EXTERNAL"),
    ],
)
def test_every_way_to_write_a_bar_has_one_name(text: str, name: str) -> None:
    assert bar_name(text) == name


@pytest.mark.parametrize(
    "text",
    ["", "d", "1", "1x", "0d", "-1d", "1.5h", "60m", "7m", "24h", "1-DAY-FOO", "1-DAY-LAST-FOO", "1-DAY-LAST-INTERNAL",
     "AAPL.NASDAQ-1-DAY-LAST-EXTERNAL", "1 week", None, 5],
)  # fmt: skip
def test_what_is_no_bar_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InvalidInput, match="'1d', '1h', '5m'"):
        bar_name(text)


def test_nautilustrader_takes_exactly_the_steps_that_we_take() -> None:
    from nautilus_trader.model.data import BarType

    for unit in ("SECOND", "MINUTE", "HOUR", "DAY"):
        for step in range(62):
            try:
                BarType.from_str(f"A.X-{step}-{unit}-LAST-EXTERNAL")
            except ValueError:
                with pytest.raises(InvalidInput):
                    bar_name(f"{step}-{unit}")
            else:
                assert bar_name(f"{step}-{unit}") == f"{step}-{unit}-LAST-EXTERNAL"


def test_a_bar_knows_its_length() -> None:
    assert bar_spec("5m").interval_ns == 5 * 60 * 10**9
    assert bar_spec("1d").interval_ns == 24 * 60 * 60 * 10**9
