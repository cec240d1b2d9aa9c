"""How numbers are shown to people, and how what users name gets into HTML."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from workbench.display.card import Card
from workbench.display.format import day, number, quantity, seconds, signed
from workbench.display.html import escape, items, title


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (None, "fraction", "–"),
        (-0.12345, "fraction", "-12.35%"),
        (1234567.891, "money", "1,234,567.89 USD"),
        (1234.0, "count", "1,234"),
        (1.005001, "ratio", "1.01"),
    ],
)
def test_a_metric_is_shown_by_its_unit(value: float | None, unit: str, shown: str) -> None:
    assert number(value, unit, "USD") == shown


def test_a_gain_has_its_sign_and_a_loss_too() -> None:
    assert signed(1500.5, "money", "USD") == "+1,500.50 USD"
    assert signed(-0.025, "fraction") == "-2.50%"
    assert signed(0.0, "fraction") == "+0.00%"


def test_a_quantity_keeps_its_decimals_and_no_more() -> None:
    assert quantity(1234567.0) == "1,234,567"
    assert quantity(0.00012345) == "0.00012345"
    assert seconds(1.2345) == "1.23 s"


def test_a_day_shows_its_time_only_inside_the_day() -> None:
    assert day(datetime(2024, 1, 2, tzinfo=UTC)) == "2024-01-02"
    assert day(datetime(2024, 1, 2, 23, 59, 59, tzinfo=UTC)) == "2024-01-02"
    assert day(datetime(2024, 1, 2, 9, 30, tzinfo=UTC)) == "2024-01-02 09:30"


def test_what_a_user_names_never_becomes_markup() -> None:
    assert escape("<b a='1'>&") == "&lt;b a=&#x27;1&#x27;&gt;&amp;"
    assert items(["<i>"]) == "<ul><li>&lt;i&gt;</li></ul>"
    assert items([]) == ""
    assert title("'x" + "y" * 1000) == f" title='&#x27;x{'y' * 998}'"
    assert title(None) == ""
    card = Card(title="<t>", subtitle="<s>", facts=[("<l>", "<v>")], notes=["<n>"]).html()
    for letter in "tslvn":
        assert f"&lt;{letter}&gt;" in card
