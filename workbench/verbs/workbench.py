"""The front: every verb of the workbench, a line each. A group of verbs stands in a file of its own."""

from __future__ import annotations

from collections.abc import Callable

from workbench.checks import in_words
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

        self.connect = in_words(session.connect)
        self.close = in_words(session.close)
        self.use = in_words(session.use)

        self.run = in_words(running.run)
        self.rerun = in_words(running.rerun)
        self.record = in_words(recording.record)
        self.recording = in_words(recording.recording)
        self.export_config = in_words(recording.export_config)

        self.history = in_words(listing.history)
        self.history_pages = in_words(listing.history_pages)
        self.best = in_words(listing.best)
        self.strategy_history = in_words(listing.strategy_history)
        self.find_duplicates = in_words(listing.find_duplicates)

        self.get = in_words(viewing.get)
        self.details = in_words(viewing.details)
        self.compare = in_words(viewing.compare)
        self.diff = in_words(viewing.diff)

        self.tag = in_words(keeping.tag)
        self.note = in_words(keeping.note)
        self.delete = in_words(keeping.delete)
        self.status = in_words(keeping.status)

        self.strategies = in_words(data.strategies)
        self.instruments = in_words(data.instruments)
        self.import_csv = in_words(data.import_csv)
        self.import_mock = in_words(data.import_mock)
        self.import_sample = in_words(data.import_sample)

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
