"""What an engine calls its own (its configurations, and engines that users have run), read for a plan as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from workbench.catalog import Catalog
from workbench.config import DataUse, RunConfig, Snapshot, VenueUse
from workbench.engine.protocol import Engine
from workbench.engine.spec import Spec

if TYPE_CHECKING:
    from nautilus_trader.backtest.engine import BacktestEngine

    from workbench.charts import Sheet

type UserEngine = BacktestEngine
"""NautilusTrader's own, under a name for rooms that it is not a guest of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A strategy, an actor or an execution algorithm: `kind` says which. `params` are plain values, unmasked."""

    kind: str
    cls: type
    config_class: type | None
    params: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setup:
    """What an engine is, or is to be, set up with.

    `venues`: the first has what all accounts begin with as its capital. `months` are the ``(month, rows, sha256)`` of
    each fingerprint of data. `start` and `end` are UTC nanoseconds, both inclusive. `native` is the configuration as
    JSON values, unmasked; None if not everything is known. `held` is the engine's own business: see `Native.keep`.
    """

    components: Sequence[Component]
    instruments: Mapping[str, Mapping[str, Any]]
    data: tuple[DataUse, ...]
    months: Mapping[str, Sequence[tuple[str, int, str]]]
    venues: tuple[VenueUse, ...]
    start: int
    end: int
    periods_per_year: int
    native: Mapping[str, Any] | None = field(repr=False)
    held: object = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finished:
    """A user's own engine after its run, and itself as an `Engine`; `ran` is when it began and ended.

    `lacks` says what of it nobody can know; `unlike` if that makes it one that never equals another.
    """

    setup: Setup
    engine: Engine
    ran: tuple[datetime, datetime]
    lacks: str
    unlike: bool


class Native(Protocol):
    """Reads and writes what the engine calls its own."""

    def version(self) -> dict[str, str]:
        """The engine's name and version."""
        ...

    def parse_config(self, text: str) -> RunConfig:
        """A configuration from its JSON.

        Raises:
            InvalidInput: not JSON, or not such a configuration.
        """
        ...

    def read_config(self, run_config: RunConfig, catalog: Catalog) -> Setup:
        """What a configuration sets up, checked.

        Raises:
            InvalidInput: in one of its kinds, for the first thing that is wrong.
        """
        ...

    def keep(self, spec: Spec, setup: Setup) -> None:
        """Spare this very spec a second reading of data, where they were read to make it."""
        ...

    def write_config(self, snapshot: Snapshot, catalog: Catalog) -> str:
        """The JSON of the configuration that does what a recorded run did.

        Raises:
            InvalidInput: there are no words for this run.
        """
        ...

    def check_engine(self, engine: UserEngine) -> None:
        """Refuse what cannot be recorded.

        Raises:
            InvalidInput: no engine, or one that was disposed.
        """
        ...

    def read_engine(self, engine: UserEngine, catalog: Catalog, ended: BaseException | None) -> Finished:
        """What can be known of an engine that has run; it is left as it is.

        Raises:
            InvalidInput: no such engine, or one that has not run.
        """
        ...

    def write_tearsheet(self, sheet: Sheet, path: Path) -> Path:
        """Write the engine's own tearsheet of one run as an HTML file, in place of one that is there."""
        ...
