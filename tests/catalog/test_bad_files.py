from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workbench.catalog import Catalog
from workbench.errors import InvalidInput, InvalidMarketData

Write = Callable[..., Path]
HEADER = "date,open,high,low,close,volume\n"
TWO_DAYS = HEADER + "2020-01-02,10.00,11.00,9.00,10.50,100\n2020-01-03,10.50,12.00,10.00,11.25,200\n"

BAD_ROWS = {
    "2020-01-06,x,11,9,10,1": "open 'x' is not a number",
    "2020-01-06,,11,9,10,1": "open is empty",
    "2020-01-06,10,NaN,9,10,1": r"high is missing \('NaN'\)",
    "2020-01-06,10,inf,9,10,1": "high is infinite",
    "2020-01-06,10,1e999,9,10,1": "high 1e999 is too large",
    "2020-01-06,10,2e13,9,10,1": "high 20000000000000 is too large",
    "2020-01-06,0x10,11,9,10,1": "open '0x10' is not a number",
    '2020-01-06,"1,010",11,9,10,1': "open '1,010' is not a number; write it as 1234.5",
    "2020-01-06,-10,11,9,10,1": "open -10 is not above zero",
    "2020-01-06,10,11,0,10,1": "low 0 is not above zero",
    "2020-01-06,10,11,9,10,-1": "volume -1 is negative",
    "2020-01-06,10,11,9,10,": "volume is empty",
    "2020-01-06,10,11,9,10,9e13": "volume 90000000000000 is too large",
    "2020-01-06,10,8,9,8,1": "high 8 is below low 9",
    "2020-01-06,10,9.5,9,9.2,1": "high 9.5 is below open 10",
    "2020-01-06,10,11,9,11.5,1": "high 11 is below close 11.5",
    "2020-01-06,10,11,10.5,10.6,1": "low 10.5 is above open 10",
    "2020-01-06,10,11,9.5,9,1": "low 9.5 is above close 9",
    "2020-01-03,10,11,9,10,1": "doubled, the same time as line 3",
    "2020-01-02,10,11,9,10,1": "unsorted, the bar closing 2020-01-02 23:59:59 comes after .* in line 3",
    "2020-01-06,10,11,9": "4 columns where the header has 6",
    "2020-01-06,10,11,9,10,1,5": "7 columns where the header has 6",
}

BAD_FILES: dict[str | bytes, str] = {
    "": "is empty",
    " \n\n": "is empty",
    HEADER: "has a header and no rows",
    HEADER + "\n\n": "has a header and no rows",
    TWO_DAYS.removeprefix(HEADER): "the first line must be the header",
    "date,open,high,close\n2020-01-02,1,1,1\n": "has no column low; it has 'date', 'open', 'high', 'close'",
    "open,high,low,close\n1,1,1,1\n": r"has no column timestamp \(or date\)",
    "date,open,high,low,close,Close\n2020-01-02,1,1,1,1,1\n": "has the column 'close' twice",
    TWO_DAYS.encode("utf-16"): r"is not UTF-8 text \(line 1\)",
    TWO_DAYS.encode() + b"\xff": r"is not UTF-8 text \(line 4\)",
    b"PK\x03\x04rest": "is not text but a zip, Excel or Parquet file",
    b"\x1f\x8brest": "is a damaged gzip file",
    gzip.compress(TWO_DAYS.encode(), mtime=0)[:-9]: "is a damaged gzip file",
    HEADER + "2020-01-03,1,1,1,1,1\n2020-01-02,1,1,1,1,1\n2020-01-01,1,1,1,1,1\n": "from newest to oldest",
}


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS.items())
def test_a_bad_row_is_named_by_file_and_line_and_nothing_is_written(
    catalog: Catalog, write: Write, row: str, reason: str
) -> None:
    file = write(TWO_DAYS + row + "\n")
    with pytest.raises(InvalidMarketData, match=f"^{file}, line 4: {reason}.*Nothing was written"):
        catalog.import_csv(file, instrument="A.X", bar="1d")
    assert sorted(catalog.path.parent.iterdir()) == [file]


@pytest.mark.parametrize(("content", "reason"), BAD_FILES.items())
def test_a_file_of_something_else_is_refused_whole(
    catalog: Catalog, write: Write, content: str | bytes, reason: str
) -> None:
    file = write(content)
    with pytest.raises(InvalidMarketData, match=reason):
        catalog.import_csv(file, instrument="A.X", bar="1d")
    assert sorted(catalog.path.parent.iterdir()) == [file]


def test_blank_lines_are_passed_over_and_counted(catalog: Catalog, write: Write) -> None:
    assert catalog.import_csv(write(TWO_DAYS + "\n  \n"), instrument="A.X", bar="1d").rows == 2
    with pytest.raises(InvalidMarketData, match="line 6: open 'x'"):
        catalog.import_csv(write(TWO_DAYS + "\n\n2020-01-06,x,1,1,1,1\n"), instrument="A.X", bar="1d")


def test_five_bad_lines_are_shown_and_all_are_counted(catalog: Catalog, write: Write) -> None:
    rows = "".join(f"2020-01-{day:02},0,1,1,1,1\n" for day in range(1, 10))
    with pytest.raises(InvalidMarketData) as caught:
        catalog.import_csv(write(HEADER + rows), instrument="A.X", bar="1d")
    assert str(caught.value).count("line ") == 5
    assert "(9 bad lines, the first 5 are shown)" in str(caught.value)


def test_the_first_bad_lines_are_shown_whatever_is_wrong_with_them(catalog: Catalog, write: Write) -> None:
    text = HEADER + "2020-01-02,10,9,9,9,1\n2020-01-03,10,11,9,10,-1\n2020-01-06,x,11,9,10,1\n"
    with pytest.raises(InvalidMarketData, match=r"line 2: high 9 .* line 3: volume -1 .* line 4: open 'x'"):
        catalog.import_csv(write(text), instrument="A.X", bar="1d")


@pytest.mark.parametrize(
    "arguments",
    [
        {"instrument": "A"}, {"instrument": ""}, {"instrument": "../A.X"}, {"instrument": "A.X/.."},
        {"instrument": "A B.X"}, {"instrument": None}, {"instrument": 7}, {"instrument": "A/B/C.X"},
        {"bar": "1x"}, {"bar": None},
        {"currency": "XXX"}, {"currency": ""}, {"kind": "bond"}, {"kind": "crypto"}, {"kind": "fx"},
        {"instrument": "EUR/USD.X", "kind": "equity"}, {"instrument": "EUR/USD.X", "currency": "EUR"},
        {"instrument": "BTC/USD.X", "kind": "fx"}, {"instrument": "BTC/NOSUCH.X"},
        {"instrument": "NOSUCH/USD.X", "kind": "fx"},
    ],
)  # fmt: skip
def test_a_wrong_argument_is_refused_before_anything_is_written(
    catalog: Catalog, write: Write, arguments: dict[str, Any]
) -> None:
    file = write(TWO_DAYS)
    with pytest.raises(InvalidInput):
        catalog.import_csv(file, **{"instrument": "A.X", "bar": "1d", **arguments})
    assert sorted(catalog.path.parent.iterdir()) == [file]


def test_a_path_that_is_no_file_is_refused(catalog: Catalog, tmp_path: Path) -> None:
    wrong: list[tuple[Any, str]] = [
        (tmp_path / "no.csv", "there is no file"),
        (tmp_path, "is a folder"),
        (None, "path=None"),
        ("a\x00b", "NUL|null byte"),
        ("a" * 5000, "too long"),
    ]
    for path, reason in wrong:
        with pytest.raises(InvalidInput, match=reason):
            catalog.import_csv(path, instrument="A.X", bar="1d")
