"""What bars are is known without making them, and equals what loaded bars say."""

from __future__ import annotations

import json
import random
import stat
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from workbench.catalog import Catalog
from workbench.catalog.bar_columns import floats
from workbench.catalog.month_digests import FILE, content
from workbench.errors import InvalidPeriod

DAY = 86_400_000_000_000


def fill(catalog: Catalog, seed: int) -> None:
    """Bars of random length, decimals and number of files, as NautilusTrader writes them."""
    from nautilus_trader.model.data import Bar, BarType
    from nautilus_trader.model.objects import Price, Quantity
    from nautilus_trader.persistence.catalog import ParquetDataCatalog
    from nautilus_trader.test_kit.providers import TestInstrumentProvider

    chance = random.Random(seed)
    target = ParquetDataCatalog(str(catalog.path))
    target.write_data([TestInstrumentProvider.equity("ACME", "TEST")])
    bar_type, time = BarType.from_str("ACME.TEST-1-DAY-LAST-EXTERNAL"), 1_600_000_000_000_000_000
    decimals = chance.choice([0, 2, 5, 9, 16])
    size_decimals = chance.choice([0, 3, 16])
    for _ in range(chance.randint(1, 4)):
        if chance.random() < 0.3:
            decimals = chance.choice([1, 3])
        bars = []
        for _ in range(chance.randint(1, 80)):
            time += DAY * chance.randint(1, 3)
            price = chance.uniform(0.001, 1) * 10 ** chance.randint(1, 8) + 1
            low, high = Price(price, decimals), Price(price * 1.5, decimals)
            volume = Quantity(chance.uniform(0, 1) * 10 ** chance.randint(0, 12), size_decimals)
            bars.append(Bar(bar_type, low, high, low, high, volume, time, time))
        target.write_data(bars)


@pytest.mark.parametrize("seed", range(12))
def test_content_equals_that_of_loaded_bars(tmp_path: Path, seed: int) -> None:
    catalog = Catalog(tmp_path)
    fill(catalog, seed)
    dataset = catalog.find("ACME.TEST")
    chance = random.Random(seed)
    for _ in range(12):
        start, end = sorted(chance.randint(dataset.first_ns - DAY, dataset.last_ns + DAY) for _ in range(2))
        try:
            loaded = catalog.load(dataset, start, end)
        except InvalidPeriod:
            with pytest.raises(InvalidPeriod):
                catalog.content(dataset, start, end)
            continue
        known = catalog.content(dataset, start, end)
        assert (known.rows, known.first_ns, known.last_ns) == (len(loaded.bars), loaded.time[0], loaded.time[-1])
        assert known.months == loaded.months
        assert known.fingerprint == loaded.fingerprint


def test_wide_integers_become_the_nearest_float() -> None:
    chance = random.Random(1)
    numbers = [chance.randint(-(2**126), 2**126) >> chance.randint(0, 126) for _ in range(50_000)]
    numbers += [0, 1, -1, 2**53 + 1, 2**64 - 1, 2**64, -(2**64), 2**64 + 1, 2**117 + 2**63 + 1, 2**127 - 1, -(2**127)]
    column = pa.chunked_array([pa.array([n.to_bytes(16, "little", signed=True) for n in numbers], pa.binary(16))])
    # Python's own conversion rounds to the nearest, ties to even
    assert floats(column).tolist() == [float(number) / 1e16 for number in numbers]
    assert floats(column.slice(7, 5)).tolist() == [float(number) / 1e16 for number in numbers[7:12]]


def test_integers_of_64_bits_are_read_as_well() -> None:
    numbers = np.array([1_500_000_000, -250_000_000], dtype="<i8")
    column = pa.chunked_array([pa.array([number.tobytes() for number in numbers], pa.binary(8))])
    assert floats(column).tolist() == [1.5, -0.25]


def test_digests_lie_beside_the_bars_for_their_owner_alone(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)
    catalog.import_mock(start="2024-01-01", end="2024-03-31")
    dataset = catalog.find("MOCK.SIM")
    known = catalog.content(dataset, dataset.first_ns, dataset.last_ns)
    (file,) = tmp_path.rglob(FILE)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [month[:3] for month in json.loads(file.read_text())["months"]] == [list(month) for month in known.months]
    assert [path.name for path in file.parent.iterdir() if path.name.startswith("_months")] == [FILE]


def test_digests_of_other_files_are_passed_over(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)
    catalog.import_mock(start="2024-01-01", end="2024-03-31")
    dataset = catalog.find("MOCK.SIM")
    before = catalog.content(dataset, dataset.first_ns, dataset.last_ns)
    (file,) = tmp_path.rglob(FILE)
    noted = file.read_text()
    catalog.import_mock(start="2024-01-01", end="2024-03-31", seed=2, replace=True)
    file.write_text(noted)
    after = catalog.content(dataset, dataset.first_ns, dataset.last_ns)
    assert after.fingerprint != before.fingerprint
    assert after.fingerprint == catalog.load(dataset, dataset.first_ns, dataset.last_ns).fingerprint


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"format": 1}', "null"])
def test_damaged_digests_are_computed_again(tmp_path: Path, damage: str) -> None:
    catalog = Catalog(tmp_path)
    catalog.import_mock(start="2024-01-01", end="2024-03-31")
    dataset = catalog.find("MOCK.SIM")
    (folder,) = (tmp_path / "data" / "bar").iterdir()
    (folder / FILE).write_text(damage)
    content.cache_clear()
    known = catalog.content(dataset, dataset.first_ns, dataset.last_ns)
    assert known.fingerprint == catalog.load(dataset, dataset.first_ns, dataset.last_ns).fingerprint
