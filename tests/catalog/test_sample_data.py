from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.catalog import Catalog, MarketData
from workbench.catalog import catalog as catalog_module

DATA = Path(__file__).parents[2] / "data"
SAMPLE = DATA / "sample"


def test_the_sample_is_what_its_script_makes(tmp_path: Path) -> None:
    pytest.importorskip("bokeh_sampledata")
    spec = importlib.util.spec_from_file_location("make_sample", DATA / "make_sample.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    try:
        made = script.make(tmp_path)
    except SystemExit as other_version:
        pytest.skip(str(other_version))
    assert [file.name for file in made] == sorted(file.name for file in SAMPLE.glob("*.csv"))
    for file in made:
        assert file.read_bytes() == (SAMPLE / file.name).read_bytes()


def test_a_row_is_scaled_by_adjusted_close_over_close() -> None:
    lines = (SAMPLE / "AAPL.csv").read_text().splitlines()
    assert lines[0] == "date,open,high,low,close,volume"
    # the source has 118.56, 132.06, 118.5, 130.31 and an adjusted close of 4.186662803811: the factor is 0.0321284843,
    # 118.56 * 0.0321284843 = 3.80915, 132.06 * it = 4.24289, 118.5 * it = 3.80723
    assert lines[1] == "2000-03-01,3.8092,4.2429,3.8072,4.1867,9616100"


def test_the_sample_has_the_real_crash_and_none_of_the_false_ones(
    catalog: Catalog, load: Callable[..., MarketData]
) -> None:
    reports = catalog.import_sample(SAMPLE)
    assert [(r.instrument_id, r.rows) for r in reports] == [
        ("AAPL.NASDAQ", 3270),
        ("GOOG.NASDAQ", 2148),
        ("IBM.NYSE", 3270),
        ("MSFT.NASDAQ", 3270),
    ]
    moves = [w for report in reports for w in report.warnings if "moves" in w]
    assert len(moves) == 1
    assert "on 2000-09-29 (-51.9 %):" in moves[0]
    # the exchange was closed from 11 to 14 September 2001: the 10th and the 17th were days of trading
    assert [any("no bars from 2001-09-10 to 2001-09-17" in w for w in r.warnings) for r in reports] == [
        True, False, True, True,
    ]  # fmt: skip
    data = load("AAPL")
    assert str(data.time[:1].astype("datetime64[ns]")[0]) == "2000-03-01T23:59:59.000000000"
    assert data.instrument.price_precision == 4


def test_importing_the_sample_again_reads_no_bars(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    first = catalog.import_sample(SAMPLE)
    monkeypatch.setattr(catalog_module, "read_bar_file", lambda *_, **__: pytest.fail("read again"))
    again = catalog.import_sample(SAMPLE)
    assert [report.added for report in again] == [0, 0, 0, 0]
    assert [report.warnings for report in again] == [report.warnings for report in first]
