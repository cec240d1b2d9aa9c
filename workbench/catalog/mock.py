"""A deterministic market for tests and first steps."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterator
from datetime import date
from statistics import NormalDist

import numpy as np

from workbench.arrays import Int64Array
from workbench.catalog.bar_spec import DAY_NS, SECOND_NS, BarSpec
from workbench.catalog.dataset import BarTable
from workbench.checks import real
from workbench.errors import Argument, InvalidInput

MAX_ROWS = 2_000_000
_STEPS = 4


def mock_bars(
    spec: BarSpec, *, start: str, end: str, seed: int, start_price: float, drift: float, volatility: float
) -> BarTable:
    """Make bars of a geometric Brownian motion.

    A bar is four steps of ``S * exp((drift - volatility**2 / 2) * dt + volatility * sqrt(dt) * z)``, opens where
    the last one closed, and its high and low are those of the five prices, all rounded to 2 decimals and at least 0.01.
    Volume is uniform between 100,000 and 999,999. Daily bars are made for Monday to Friday with a year of 252 days; all
    others around the clock with a year of 365 days. ``z`` comes from `random.Random(seed)` through the inverse normal
    distribution, which no numpy version can change.
    """
    time = _closes(spec, _date("start", start), _date("end", end))
    _check(seed, start_price, drift, volatility)
    year_ns = 252 * DAY_NS if spec.step == 1 and spec.daily else 365 * DAY_NS
    rng = random.Random(seed)
    path = _path(rng, start_price, drift, volatility, spec.interval_ns / year_ns / _STEPS)
    prices = np.array([next(path) for _ in time], dtype=np.float64)
    volume = np.array([100_000 + int(rng.random() * 900_000) for _ in time], dtype=np.float64)
    settings = f"mock {spec.name} {start} {end} {seed} {start_price!r} {drift!r} {volatility!r}"
    return BarTable(
        label=f"mock (seed {seed})",
        source="mock",
        sha256=hashlib.sha256(settings.encode()).hexdigest(),
        time=time,
        open=prices[:, 0],
        high=prices[:, 1],
        low=prices[:, 2],
        close=prices[:, 3],
        volume=volume,
        line=np.arange(1, len(time) + 1),
        price_decimals=np.full(len(time), 2),
        volume_decimals=np.zeros(len(time), dtype=np.int64),
        written_decimals=2,
        warnings=(),
    )


def _path(
    rng: random.Random, price: float, drift: float, volatility: float, dt: float
) -> Iterator[tuple[float, float, float, float]]:
    normal = NormalDist()
    mean, deviation = (drift - volatility**2 / 2) * dt, volatility * math.sqrt(dt)
    while True:
        prices = [price]
        for _ in range(_STEPS):
            # random() may be 0.0, whose inverse is minus infinity
            price *= math.exp(mean + deviation * normal.inv_cdf(rng.random() or 0.5))
            prices.append(price)
        rounded = [max(0.01, round(p, 2)) for p in prices]
        yield rounded[0], max(rounded), min(rounded), rounded[-1]


def _closes(spec: BarSpec, first: date, last: date) -> Int64Array:
    start, end = Argument("start", f"{first}"), Argument("end", f"{last}")
    if last < first:
        raise InvalidInput(end, " is before ", start, ".")
    if first.year < 1970 or last.year > 2200:
        raise InvalidInput(start, " and ", end, " must lie between 1970 and 2200.")
    days = np.arange(np.datetime64(first), np.datetime64(last) + np.timedelta64(1, "D"))
    if spec.daily and spec.step == 1:
        business = days[np.is_busday(days)]
        if not len(business):
            raise InvalidInput(start, " to ", end, " has no Monday to Friday.")
        return np.asarray(business.astype("datetime64[ns]").astype(np.int64) + DAY_NS - SECOND_NS)
    rows = len(days) * DAY_NS // spec.interval_ns
    if not 1 <= rows <= MAX_ROWS:
        raise InvalidInput(start, " to ", end, f" is {rows:,} bars of {spec.name}; mock makes 1 to {MAX_ROWS:,}.")
    begin = int(days[0].astype("datetime64[ns]").astype(np.int64))
    # a bar of days ends with its last day's last second, as those of files do
    return begin + np.arange(1, rows + 1, dtype=np.int64) * spec.interval_ns - (SECOND_NS if spec.daily else 0)


def _date(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise InvalidInput(Argument(name, repr(text)), " is not a date. Write it as '2020-01-31'.") from error


def _check(seed: int, start_price: float, drift: float, volatility: float) -> None:
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise InvalidInput(Argument("seed", repr(seed)), " is not a whole number.")
    if not 0.01 <= real("start_price", start_price) <= 1_000_000:
        raise InvalidInput(Argument("start_price", repr(start_price)), " must lie between 0.01 and 1,000,000.")
    if abs(real("drift", drift)) > 5:
        raise InvalidInput(Argument("drift", repr(drift)), " must lie between -5 and 5: 0.05 is 5 % a year.")
    if not 0 <= real("volatility", volatility) <= 5:
        raise InvalidInput(f"volatility={volatility!r} must lie between 0 and 5: 0.2 is 20 % a year.")
