"""One text for one configuration, and one fingerprint for one thing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workbench.config import DataUse, Fees, FillChance, Snapshot, StrategyUse, VenueUse, fingerprint
from workbench.errors import ConfigurationTooLarge, InvalidInput

STRATEGY = StrategyUse(
    path="m:C", config_path="m:Config", name="C", type="custom", params={"fast": 10, "slow": 20.0}, code={"m": "ab"}
)
DATA = DataUse(
    instrument_id="A.B",
    bar="1-DAY-LAST-EXTERNAL",
    source="csv",
    rows=3,
    first="2024-01-01T23:59:59+00:00",
    last="2024-01-03T23:59:59+00:00",
    fingerprint="cd",
)
VENUE = VenueUse(name="B", oms="netting", account="margin", currency="USD", capital="10000")
SNAPSHOT = Snapshot(
    strategies=(STRATEGY,),
    instruments={"A.B": {"type": "Equity", "taker_fee": "0"}},
    data=(DATA,),
    venues=(VENUE,),
    start="2024-01-01T00:00:00+00:00",
    end="2024-01-03T23:59:59.999999+00:00",
    periods_per_year=252,
    risk_free=0.0,
    engine={"name": "nautilus_trader", "version": "1.231.0"},
)


def test_a_snapshot_reads_back_equal() -> None:
    assert Snapshot.parse(SNAPSHOT.text()) == SNAPSHOT
    assert Snapshot.parse(SNAPSHOT.text()).text() == SNAPSHOT.text()


def test_the_order_of_names_does_not_matter() -> None:
    other = replace(SNAPSHOT, strategies=(replace(STRATEGY, params={"slow": 20.0, "fast": 10}),))
    assert other.text() == SNAPSHOT.text()


SAME: dict[str, dict[str, Any]] = {
    "display name": {"strategies": (replace(STRATEGY, name="Other", type="momentum"),)},
    "source of equal data": {"data": (replace(DATA, source="catalog"),)},
    "engine version": {"engine": {"name": "nautilus_trader", "version": "1.232.0"}},
    "how it is measured": {"risk_free": 0.02},
}
DIFFERENT: dict[str, dict[str, Any]] = {
    "a parameter": {"strategies": (replace(STRATEGY, params={"fast": 11, "slow": 20.0}),)},
    "the code": {"strategies": (replace(STRATEGY, code={"m": "ac"}),)},
    "the class": {"strategies": (replace(STRATEGY, path="m:D"),)},
    "the bars": {"data": (replace(DATA, bar="1-HOUR-LAST-EXTERNAL"),)},
    "a changed bar": {"data": (replace(DATA, fingerprint="ce"),)},
    "one day": {"end": "2024-01-02T23:59:59.999999+00:00"},
    "the capital": {"venues": (replace(VENUE, capital="10001"),)},
    "the account": {"venues": (replace(VENUE, account="cash"),)},
    "the venue's kind": {"venues": (replace(VENUE, oms="hedging"),)},
    "fees": {"venues": (replace(VENUE, fees=Fees(model="fixed", amount="1")),)},
    "the seed": {"venues": (replace(VENUE, fill=FillChance(seed=1)),)},
    "the instrument's fee": {"instruments": {"A.B": {"type": "Equity", "taker_fee": "0.001"}}},
}


@pytest.mark.parametrize("change", SAME)
def test_what_does_not_change_the_run_does_not_change_its_fingerprint(change: str) -> None:
    assert fingerprint(replace(SNAPSHOT, **SAME[change])) == fingerprint(SNAPSHOT)


@pytest.mark.parametrize("change", DIFFERENT)
def test_what_changes_the_run_changes_the_part_of_its_fingerprint_that_says_so(change: str) -> None:
    before, after = fingerprint(SNAPSHOT), fingerprint(replace(SNAPSHOT, **DIFFERENT[change]))
    changed = [part for part in ("setup", "code", "data") if getattr(before, part) != getattr(after, part)]
    assert changed == [{"the code": "code", "a changed bar": "data"}.get(change, "setup")]


def test_a_configuration_above_16_megabytes_is_refused_with_its_size() -> None:
    large = replace(SNAPSHOT, strategies=(replace(STRATEGY, params={"table": "x" * 17_000_000}),))
    with pytest.raises(ConfigurationTooLarge, match=r"17\.0 MB"):
        large.text()


def test_a_nan_cannot_enter_a_configuration() -> None:
    with pytest.raises(InvalidInput, match="JSON"):
        replace(SNAPSHOT, risk_free=float("nan")).text()


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "{", "[" * 100_000, '{"venues": [1]}'])
def test_what_is_no_configuration_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^it is not the configuration of a run: \w+Error"):
        Snapshot.parse(text)
