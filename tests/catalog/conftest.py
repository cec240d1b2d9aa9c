from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.catalog import Catalog, MarketData


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(tmp_path / "catalog")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def to_file(text: str | bytes, name: str = "bars.csv") -> Path:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return to_file


@pytest.fixture
def load(catalog: Catalog) -> Callable[..., MarketData]:
    def all_of(instrument: str, bar: str | None = None) -> MarketData:
        dataset = catalog.find(instrument, bar)
        return catalog.load(dataset, dataset.first_ns, dataset.last_ns)

    return all_of


@pytest.fixture
def shared() -> Path:
    """Real data that is not part of the product, beside the checkout on the machines that have it."""
    folder = Path(__file__).parents[3] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not on this machine")
    return folder
