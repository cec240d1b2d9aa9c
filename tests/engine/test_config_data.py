"""The data of a `BacktestRunConfig` are known without reading them, and as they would be if they were read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nautilus_trader.backtest.config import BacktestDataConfig, BacktestRunConfig
from nautilus_trader.model.data import Bar, QuoteTick

from tests.support.engines import data_config, run_config, script_config, venue_config
from workbench.catalog import Catalog
from workbench.engine.nautilus1.config_data import known_data, read_data
from workbench.engine.nautilus1.read_config import read_config
from workbench.errors import InvalidPeriod

type Entries = Callable[[Path], list[BacktestDataConfig]]

ONE, OTHER = "AAA.SIM", "BBB.SIM"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    made = Catalog(tmp_path_factory.mktemp("catalog"))
    for seed, name in enumerate((ONE, OTHER), start=1):
        made.import_mock(instrument=name, seed=seed, start="2022-01-01", end="2022-12-31")
    made.import_mock(instrument=ONE, bar="1-HOUR-LAST", start="2022-01-03", end="2022-01-31")
    return made


def configured(data: list[BacktestDataConfig], *balances: str, **period: Any) -> BacktestRunConfig:
    return run_config([venue_config("SIM", *balances)], data, [script_config(ONE, {"1": 1})], **period)


KNOWN: dict[str, tuple[Entries, dict[str, Any]]] = {
    "all bars": (lambda c: [data_config(c, ONE)], {}),
    "two instruments": (lambda c: [data_config(c, OTHER), data_config(c, ONE)], {}),
    "two bars of one": (lambda c: [data_config(c, ONE), data_config(c, ONE, bar_spec="1-HOUR-LAST")], {}),
    "a type of bars": (
        lambda c: [data_config(c, ONE, bar_spec=None, bar_types=[f"{ONE}-1-DAY-LAST-EXTERNAL"])],
        {},
    ),
    "a period of the data": (
        lambda c: [data_config(c, ONE, start_time="2022-02-10", end_time="2022-06-20T23:59:59Z")],
        {},
    ),
    "a period of the run": (lambda c: [data_config(c, ONE)], {"start": "2022-02-10", "end": "2022-06-20"}),
    "a period of both": (
        lambda c: [data_config(c, ONE, start_time="2022-03-10", end_time="2022-11-20")],
        {"start": "2022-02-10", "end": "2022-06-20T12:00:00Z"},
    ),
}


@pytest.mark.parametrize("case", KNOWN)
def test_what_is_known_of_the_catalogs_bars_is_what_reading_them_says(catalog: Catalog, case: str) -> None:
    entries, period = KNOWN[case]
    ready = configured(entries(catalog.path), **period)
    known = known_data(ready, catalog)
    assert known is not None
    assert _fields(known) == _fields(read_data(ready, catalog))


def _fields(data: Any) -> tuple[Any, ...]:
    months = {name: [tuple(month) for month in months] for name, months in data.months.items()}
    instruments = {name: type(each).to_dict(each) for name, each in data.instruments.items()}
    return instruments, list(data.instruments), data.uses, months, data.first, data.last


READ: dict[str, Entries] = {
    "bars twice": lambda c: [data_config(c, ONE), data_config(c, ONE)],
    "several instruments in one entry": lambda c: [
        BacktestDataConfig(catalog_path=str(c), data_cls=Bar, instrument_ids=[ONE, OTHER], bar_spec="1-DAY-LAST")
    ],
    "a filter": lambda c: [data_config(c, ONE, filter_expr="field('ts_init') > 0")],
    "ticks": lambda c: [data_config(c, ONE, QuoteTick)],
    "another folder": lambda c: [data_config(c / "elsewhere", ONE)],
    "bars that are not there": lambda c: [data_config(c, ONE, bar_spec="1-MINUTE-LAST")],
    "an instrument that is not there": lambda c: [data_config(c, "NOBODY.SIM")],
    "a period without bars": lambda c: [data_config(c, ONE, start_time="2025-01-01")],
    "a moment that is none": lambda c: [data_config(c, ONE, start_time="soon")],
}


@pytest.mark.parametrize("case", READ)
def test_all_else_is_left_to_reading(catalog: Catalog, case: str) -> None:
    assert known_data(configured(READ[case](catalog.path)), catalog) is None


def test_a_configuration_on_the_catalogs_bars_is_resolved_without_loading_them(catalog: Catalog) -> None:
    fresh = Catalog(catalog.path)
    setup = read_config(configured([data_config(catalog.path, ONE)]), fresh)
    assert setup.held is None
    assert not fresh._loaded
    # 52 weeks of five days, and a Saturday
    assert [use.rows for use in setup.data] == [260]
    assert setup.venues[0].capital == "10000"


def test_accounts_in_several_currencies_need_the_first_rate_and_so_the_bars(catalog: Catalog) -> None:
    config = configured([data_config(catalog.path, ONE)], "10000 USD", "5 EUR")
    assert read_config(config, catalog).held is not None


def test_a_period_without_bars_is_refused_in_the_words_of_the_configuration(catalog: Catalog) -> None:
    with pytest.raises(InvalidPeriod, match=r"data\[0\] \(Bar of AAA\.SIM in .*\) has no data from 2025-01-01"):
        read_config(configured([data_config(catalog.path, ONE)], start="2025-01-01"), catalog)
