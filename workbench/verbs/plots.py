"""The figures: ids or a frame → stored results → Plotly. The engine is not started."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard
from uuid import UUID

import numpy as np

from workbench import charts, config
from workbench.arrays import FloatArray, Int64Array
from workbench.checks import flag, methods_in_words, word
from workbench.errors import InvalidInput
from workbench.runs import Record
from workbench.verbs.run import Run
from workbench.verbs.session import Session

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    import polars as pl

    from workbench.catalog import MarketData
    from workbench.config import DataUse

type RunsLike = str | UUID | Run | type | pd.DataFrame | pl.DataFrame | Iterable[RunsLike]
"""An id or the start of one, a run, a frame of any verb, a strategy where that makes sense, or several of them."""

COMPARED = ("total_return", "sharpe_ratio", "max_drawdown", "win_rate")
_ID = re.compile(r"[0-9a-f-]{8,36}")
_START_OF_ID = re.compile(r"[0-9a-fA-F\s-]*")


@methods_in_words
@dataclass(frozen=True, slots=True)
class Plots:
    """Figures of stored runs.

    Runs are given as ids or starts of them, as `Run`, as a pandas or polars frame of any verb, or as lists of these.
    The same run twice is drawn once. The whole ids are in the figure's ``layout.meta["run_ids"]``.
    """

    _session: Session
    _ids_of: Callable[[str | type], Iterable[str]]

    def equity(self, *runs: RunsLike, rebased: bool = False) -> go.Figure:
        """Account value and drawdown of one or several runs over time.

        Args:
            runs: which ones.
            rebased: the change since the start as a fraction of each run's own capital, so that accounts of different
                sizes and currencies can be compared.

        Raises:
            RunNotFound: an id that no run has.
            InvalidInput: no run was given.
        """
        return charts.equity_figure(*self._curves(runs, "equity"), rebased=flag("rebased", rebased))

    def drawdown(self, *runs: RunsLike) -> go.Figure:
        """How deep each run is under its peak, over time, the deepest point marked; else as `equity`."""
        return charts.drawdown_figure(*self._curves(runs, "drawdown"))

    def compare(self, *runs: RunsLike, metrics: Sequence[str] = COMPARED) -> go.Figure:
        """Metrics side by side: a panel per metric, a bar per run in the given order, the best one marked ★.

        Raises:
            MetricNotFound: no metric has this name; the nearest is named.
            InvalidInput: no run or no metric was given.
        """
        records = self._records(runs, "compare")
        several = isinstance(metrics, Iterable) and not isinstance(metrics, str)
        names = list(dict.fromkeys(word("metric", metric) for metric in (metrics if several else [metrics])))
        if not names:
            raise InvalidInput("no metric was given. Type metrics=('total_return', 'sharpe_ratio').")
        panels = [
            charts.Bars(scale=charts.scale(name, records), values=[charts.value(name, record) for record in records])
            for name in names
        ]
        return charts.compare_figure([charts.subject(record) for record in records], panels)

    def scatter(self, *runs: RunsLike, metric: str = "sharpe_ratio", param: str | None = None) -> go.Figure:
        """A metric against a parameter: a point per run, a look per strategy and instrument.

        Args:
            runs: which ones. Those without the metric or the parameter are named in the figure.
            metric: any metric, the user's own included.
            param: its name, dotted inside nested ones (``"inner.level"``); else the one with the most values.

        Raises:
            MetricNotFound: no metric has this name.
            UnknownParameter: none of the runs has this parameter.
            InvalidInput: no run was given, or no parameter differs and none was named.
        """
        records = self._records(runs, "scatter")
        scale = charts.scale(metric, records)
        return charts.scatter_figure(charts.marks(metric, records), scale=scale, param=param)

    def heatmap(
        self, *runs: RunsLike, x: str | None = None, y: str | None = None, metric: str = "sharpe_ratio"
    ) -> go.Figure:
        """A metric over two parameters. A cell with several runs shows their median, one without any is blank.

        Args:
            runs: which ones. Those without the metric or a parameter are named in the figure.
            x: a parameter's name, as in `scatter`; else the one with the most values.
            y: the same for the other axis.
            metric: any metric, the user's own included. Brighter is better.

        Raises:
            MetricNotFound, UnknownParameter, InvalidInput: as `scatter`.
        """
        records = self._records(runs, "heatmap")
        scale = charts.scale(metric, records)
        return charts.heatmap_figure(charts.marks(metric, records), scale=scale, x=x, y=y)

    def timeline(self, *runs: RunsLike, metric: str = "sharpe_ratio") -> go.Figure:
        """What was tried when and how good it was, the status of each run marked, the best so far as a line.

        Args:
            runs: which ones; or a strategy: its class, or any name of it. Text of hexadecimal digits only is an id.
            metric: any metric, the user's own included.

        Raises:
            StrategyNotFound: neither a strategy nor an id.
            MetricNotFound: no metric has this name.
        """
        subjects: list[Any] = [list(self._ids_of(subject)) if _is_strategy(subject) else subject for subject in runs]
        records = self._records(subjects, "timeline")
        scale = charts.scale(metric, records)
        return charts.timeline_figure(charts.marks(metric, records), scale=scale)

    def trades(self, run: RunsLike) -> go.Figure:
        """Entries and exits of one run on the closes of the bars that it saw.

        The bars come from the catalog. If they are gone or no longer the ones that the run saw, the trades stand
        alone, and the figure says why.

        Raises:
            RunNotFound: an id that no run has.
            InvalidInput: not exactly one run was given.
        """
        single = self._only(run, "trades")
        use = single.config.data[0]
        time, close, notes = self._closes(use)
        tape = charts.Tape(
            run=charts.subject(single.record),
            instrument_id=use.instrument_id,
            time=time,
            close=close,
            trades=charts.round_trips(self._session.results.table(single.record, "trades")),
            notes=[*notes, *(warning.message for warning in single.warnings if warning.code == "open_position")],
        )
        return charts.trades_figure(tape)

    def tearsheet(self, run: RunsLike, path: str | Path) -> Path:
        """Write NautilusTrader's own tearsheet of one run, from its stored daily returns: HTML that needs no network.

        Open positions are valued at every close, as in all other figures here, so that it differs from one that
        NautilusTrader makes of a running engine.

        Returns:
            The path of the file, which takes the place of one that is there.

        Raises:
            InvalidInput: `path` does not end in ``.html``, not exactly one run was given, or it recorded no equity.
        """
        single = self._only(run, "tearsheet")
        file = Path(path) if isinstance(path, str | Path) else None
        if file is None or file.suffix.lower() != ".html":
            raise InvalidInput(
                f"path={str(path)!r} is not an .html file. Type wb.plot.tearsheet({single.id[:8]!r}, 'run.html')."
            )
        (label,) = charts.labels([charts.subject(single.record)])
        curve = charts.curve(single.record, label, self._session.results.table(single.record, "equity"))
        if not curve.equity.size:
            raise InvalidInput(
                f"run {single.id[:8]} is {single.status.value} and recorded no equity: there is no tearsheet."
            )
        from workbench.engine import native

        return native().write_tearsheet(charts.sheet(single.record, single.config, curve), file)

    def _runs(self, subjects: Iterable[Any], verb: str) -> list[Run]:
        """Every run that was given, once, in the order in which they were."""
        runs = {run.id: run for run in self._session.get_all(list(_ids(subjects)))}
        if not runs:
            start = f"wb.plot.{verb}('1a2b3c4d') with the start of an id"
            raise InvalidInput(f"no run was given. Type {start}, or wb.plot.{verb}(wb.history()).")
        return list(runs.values())

    def _records(self, subjects: Iterable[Any], verb: str) -> list[Record]:
        return [run.record for run in self._runs(subjects, verb)]

    def _only(self, subject: Any, verb: str) -> Run:
        runs = self._runs([subject], verb)
        if len(runs) > 1:
            raise InvalidInput(f"{len(runs)} runs were given and wb.plot.{verb} shows one. Give it one id.")
        return runs[0]

    def _curves(self, given: Iterable[Any], verb: str) -> tuple[list[charts.Curve], str]:
        """The curve of every run, and what they have in common."""
        records = self._records(given, verb)
        subjects = [charts.subject(record) for record in records]
        drawn = zip(records, charts.labels(subjects), self._session.results.tables(records, "equity"), strict=True)
        return [charts.curve(*one) for one in drawn], charts.together(subjects)

    def _market(self, use: DataUse) -> MarketData:
        """The bars that a run was fed, as the catalog has them now."""
        first, last = (config.nanoseconds(datetime.fromisoformat(moment)) for moment in (use.first, use.last))
        catalog = self._session.catalog
        return catalog.load(catalog.find(use.instrument_id, use.bar), first, last + 999)

    def _closes(self, use: DataUse) -> tuple[Int64Array, FloatArray, list[str]]:
        """The bars of a run if the catalog still has the same ones, else none and why."""
        what = f"{use.rows:,} bars of {use.instrument_id}-{use.bar}, {use.first[:10]} to {use.last[:10]}"
        try:
            market = self._market(use)
        except InvalidInput as error:
            why = f"the price is not drawn: the catalog no longer has the {what}. {error}"
        else:
            if market.fingerprint == use.fingerprint:
                return market.time, market.close, []
            why = f"the price is not drawn: the catalog now has other data than the {what}, that this run saw"
        return np.empty(0, dtype=np.int64), np.empty(0), [why]


def _ids(subject: Any) -> Iterator[str | Run]:
    """The runs in whatever names them."""
    if isinstance(subject, Run | str):
        yield subject
    elif isinstance(subject, UUID):
        yield str(subject)
    elif hasattr(subject, "columns"):
        yield from _ids_of_frame(subject)
    elif isinstance(subject, Iterable):
        for item in subject:
            yield from _ids(item)
    else:
        raise InvalidInput(
            f"{subject!r} is not a run. Give an id, the start of one, a Run, or a frame with a run_id column."
        )


def _ids_of_frame(frame: Any) -> list[str]:
    """A row per run (`history`, `best`), a column per run (`compare`), or the facts of one (`details`)."""
    columns = [str(name) for name in frame.columns]
    if "run_id" in columns:
        return [str(run_id) for run_id in frame["run_id"]]
    across = [name for name in columns if _ID.fullmatch(name)]
    if not across and {"name", "value"} <= set(columns):
        across = [str(fact) for name, fact in zip(frame["name"], frame["value"], strict=True) if name == "run_id"]
    if not across:
        raise InvalidInput(f"the frame names no run: it has the columns {', '.join(columns)}, and no run_id.")
    return across


def _is_strategy(subject: object) -> TypeGuard[str | type]:
    return isinstance(subject, type) or (isinstance(subject, str) and not _START_OF_ID.fullmatch(subject))
