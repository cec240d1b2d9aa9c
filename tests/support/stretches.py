"""Short stretches of the sample data, as the arguments of ``wb.run`` that tests share."""

from __future__ import annotations

from typing import TypedDict


class Stretch(TypedDict):
    """An instrument and its first and last day; no progress bar."""

    instrument: str
    start: str
    end: str
    progress: bool


SHORT: Stretch = {"instrument": "AAPL", "start": "2012-01-03", "end": "2012-03-01", "progress": False}
"""Forty bars of Apple."""
