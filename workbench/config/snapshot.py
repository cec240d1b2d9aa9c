"""The snapshot: everything a run was configured with, defaults resolved, in a form of our own.

It is engine-neutral JSON with a version, because NautilusTrader's own configuration JSON does not survive its upgrades.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from workbench.config.normalize import neutral
from workbench.config.terms import Fees, FillChance, VenueUse
from workbench.errors import ConfigurationTooLarge, InvalidInput

VERSION = 1
MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyUse:
    """Which strategy, with which parameters, from which code (module → sha256 of its source)."""

    path: str
    config_path: str | None
    name: str
    type: str
    params: Mapping[str, object]
    code: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataUse:
    """Which bars went in: source, rows, first and last close (ISO, UTC) and the sha256 of their content."""

    instrument_id: str
    bar: str
    source: str
    rows: int
    first: str
    last: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A run's whole configuration. Equal snapshots have equal text.

    `native` is NautilusTrader's own `BacktestRunConfig` as JSON values, for a run that was given as one.
    """

    strategies: tuple[StrategyUse, ...]
    instruments: Mapping[str, Mapping[str, object]]
    data: tuple[DataUse, ...]
    venues: tuple[VenueUse, ...]
    start: str
    end: str
    periods_per_year: int
    risk_free: float
    engine: Mapping[str, str]
    native: Mapping[str, object] | None = None
    version: int = VERSION

    @property
    def strategy(self) -> StrategyUse:
        """The first strategy: the one the record is filed under."""
        return self.strategies[0]

    @property
    def venue(self) -> VenueUse:
        """The first venue: the one whose account the capital is on."""
        return self.venues[0]

    @property
    def capital(self) -> Decimal:
        """Initial capital, in the venue's currency."""
        return Decimal(self.venue.capital)

    @property
    def period(self) -> tuple[datetime, datetime]:
        """First and last moment, both inclusive, aware UTC."""
        return datetime.fromisoformat(self.start), datetime.fromisoformat(self.end)

    def to_dict(self) -> dict[str, object]:
        """The snapshot as plain dicts, lists, text and numbers."""
        plain = asdict(self)
        if self.native is None:
            del plain["native"]
        return plain

    def text(self) -> str:
        """Canonical JSON: sorted keys, no spaces, no NaN.

        Raises:
            ConfigurationTooLarge: above 16 MB.
        """
        text = canonical(self.to_dict())
        size = len(text.encode())
        if size > MAX_BYTES:
            raise ConfigurationTooLarge(
                f"the configuration has {size / 1e6:.1f} MB and the limit is 16 MB. "
                "Put large tables in a file and give the strategy its path."
            )
        return text

    @classmethod
    def parse(cls, text: str) -> Snapshot:
        """Read a stored snapshot back; equal to the one that was written.

        Raises:
            InvalidInput: the text is none.
        """
        try:
            return cls._read(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise InvalidInput(f"it is not the configuration of a run: {type(error).__name__}: {error}") from error

    @classmethod
    def _read(cls, raw: dict[str, Any]) -> Snapshot:
        venues = (
            VenueUse(**{**venue, "fees": Fees(**venue["fees"]), "fill": FillChance(**venue["fill"])})
            for venue in raw.pop("venues")
        )
        return cls(
            strategies=tuple(StrategyUse(**strategy) for strategy in raw.pop("strategies")),
            data=tuple(DataUse(**data) for data in raw.pop("data")),
            venues=tuple(venues),
            **raw,
        )


def canonical(value: Any) -> str:
    """One text for one value: sorted keys, no spaces.

    Raises:
        InvalidInput: a NaN, an infinity or something JSON has no word for.
    """
    try:
        return _CANONICAL(value)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"the configuration cannot be stored as JSON: {error}") from error


# one encoder: to make another takes as long as a small value
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def sha256(text: str) -> str:
    """64 hexadecimal digits. Text that is not valid Unicode is hashed as it stands."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def iso(ns: int) -> str:
    """UTC nanoseconds as ISO text; the nanoseconds below a microsecond are dropped."""
    return datetime.fromtimestamp(ns // 1_000_000_000, UTC).replace(microsecond=ns // 1000 % 1_000_000).isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What a run *is*, whatever it is called and wherever its files lie: three digests, 64 hexadecimal digits each.

    `setup`: strategy and resolved parameters, instrument definitions, bar types, period, venue, capital, fees, fill
    model with its seed. `code`: the strategy's modules. `data`: the content of the bars. Runs are the same thing when
    all three are equal. Display names, the data's source, the engine's version and how it is measured are in none.
    """

    setup: str
    code: str
    data: str


def fingerprint(snapshot: Snapshot) -> Fingerprint:
    """Name what a run is."""
    # what it is made of is named here one by one: to copy the whole snapshot takes longer than all the rest
    raw: dict[str, Any] = {
        "strategies": [
            {
                "path": _as_first_recorded(use.path),
                "config_path": _as_first_recorded(use.config_path),
                "params": use.params,
            }
            for use in snapshot.strategies
        ],
        "instruments": snapshot.instruments,
        "data": [{"instrument_id": use.instrument_id, "bar": use.bar} for use in snapshot.data],
        "venues": [asdict(venue) for venue in snapshot.venues],
        "start": snapshot.start,
        "end": snapshot.end,
    }
    if snapshot.native is not None:
        raw["native"] = neutral(snapshot.native)
    data = [use.fingerprint for use in snapshot.data]
    return Fingerprint(setup=sha256(canonical(raw)), code=code_digest(snapshot), data=sha256(canonical(data)))


def _as_first_recorded(path: str | None) -> str | None:
    """The built-in strategies lay one folder higher once: those that were moved are still the same."""
    return None if path is None else path.replace("workbench.strategies.builtin.", "workbench.strategies.")


def code_digest(snapshot: Snapshot) -> str:
    """The `code` of its fingerprint alone."""
    return _digest(tuple(tuple(strategy.code.items()) for strategy in snapshot.strategies))


@lru_cache(maxsize=100)
def _digest(code: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    return sha256(canonical([dict(modules) for modules in code]))
