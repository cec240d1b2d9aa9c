"""Market data: CSV files and a mock market into NautilusTrader's catalog, and bars out of it."""

from workbench.catalog.bar_spec import bar_name
from workbench.catalog.catalog import Catalog
from workbench.catalog.data_use import data_use
from workbench.catalog.dataset import Dataset, ImportReport, MarketData
from workbench.catalog.feed import Feed, feeds
from workbench.catalog.instrument_values import (
    build_instrument,
    instrument_values,
    periods_per_year,
    settlement_currency,
)
from workbench.catalog.month_digests import Content

__all__ = [
    "Catalog",
    "Content",
    "Dataset",
    "Feed",
    "ImportReport",
    "MarketData",
    "bar_name",
    "build_instrument",
    "data_use",
    "feeds",
    "instrument_values",
    "periods_per_year",
    "settlement_currency",
]
