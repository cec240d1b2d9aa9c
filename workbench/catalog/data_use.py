"""Bars of the catalog as a configuration names them."""

from __future__ import annotations

from workbench.catalog.dataset import Dataset
from workbench.catalog.month_digests import Content
from workbench.config import DataUse, iso


def data_use(dataset: Dataset, content: Content) -> DataUse:
    """What a run says of the bars it uses: which they are, how many, from when to when, and their fingerprint."""
    return DataUse(
        instrument_id=dataset.instrument_id,
        bar=dataset.bar,
        source=dataset.source,
        rows=content.rows,
        first=iso(content.first_ns),
        last=iso(content.last_ns),
        fingerprint=content.fingerprint,
    )
