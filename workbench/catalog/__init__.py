"""Market data: CSV files and a mock market into NautilusTrader's catalog, and bars out of it."""

from workbench.catalog.bar_spec import bar_name
from workbench.catalog.catalog import Catalog
from workbench.catalog.data_use import data_use
from workbench.catalog.dataset import Dataset, ImportReport, MarketData
from workbench.catalog.feed import UNKNOWN, Feed, feeds
from workbench.catalog.instrument_values import (
    build_instrument,
    instrument_values,
    periods_per_year,
    settlement_currency,
)
from workbench.catalog.month_digests import Content
from workbench.catalog.sessions import common_session

__all__ = [
    "UNKNOWN",
    "Catalog",
    "Content",
    "Dataset",
    "Feed",
    "ImportReport",
    "MarketData",
    "bar_name",
    "build_instrument",
    "common_session",
    "data_use",
    "feeds",
    "instrument_values",
    "periods_per_year",
    "settlement_currency",
]
