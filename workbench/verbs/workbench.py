"""The front: every verb of the workbench, a line each. A group of verbs stands in a file of its own."""

from __future__ import annotations

from collections.abc import Callable

from workbench.display.progress import Watch
from workbench.settings import Settings
from workbench.verbs.keeping import KeepVerbs
from workbench.verbs.listing import ListVerbs
from workbench.verbs.market_data import DataVerbs
from workbench.verbs.plots import Plots
from workbench.verbs.recording import RecordVerbs
from workbench.verbs.running import RunVerbs
from workbench.verbs.session import Session
from workbench.verbs.viewing import ViewVerbs


class Workbench:
    """One database, one catalog, and the verbs on them. ``import workbench as wb`` binds the verbs of a default one.

    `tell` is how a verb says something beside its answer; it prints, until another function takes its place. `watch` is
    how the progress of a run is shown, in the same way.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._session = session = Session(settings)
        running, recording, keeping = RunVerbs(session), RecordVerbs(session), KeepVerbs(session)
        listing, viewing, data = ListVerbs(session), ViewVerbs(session), DataVerbs(session)

        self.connect = session.connect
        self.close = session.close
        self.use = session.use

        self.run = running.run
        self.rerun = running.rerun
        self.record = recording.record
        self.recording = recording.recording
        self.export_config = recording.export_config

        self.history = listing.history
        self.history_pages = listing.history_pages
        self.best = listing.best
        self.strategy_history = listing.strategy_history
        self.find_duplicates = listing.find_duplicates

        self.get = viewing.get
        self.details = viewing.details
        self.compare = viewing.compare
        self.diff = viewing.diff

        self.tag = keeping.tag
        self.note = keeping.note
        self.delete = keeping.delete
        self.status = keeping.status

        self.strategies = data.strategies
        self.instruments = data.instruments
        self.import_csv = data.import_csv
        self.import_mock = data.import_mock
        self.import_sample = data.import_sample

        self.plot = Plots(session, lambda strategy: list(listing.strategy_history(strategy, frame="polars")["run_id"]))

    @property
    def where(self) -> Settings:
        """The home and the database that every verb works with."""
        return self._session.where

    @property
    def tell(self) -> Callable[[str], None]:
        """How a verb says something beside its answer."""
        return self._session.tell

    @tell.setter
    def tell(self, tell: Callable[[str], None]) -> None:
        self._session.tell = tell

    @property
    def watch(self) -> Watch:
        """How the progress of a run is shown."""
        return self._session.watch

    @watch.setter
    def watch(self, watch: Watch) -> None:
        self._session.watch = watch

    def __repr__(self) -> str:
        return f"Workbench({self.where!r})"

    def __dir__(self) -> list[str]:
        return sorted(name for name in {*vars(self), *vars(type(self))} if not name.startswith("_"))
