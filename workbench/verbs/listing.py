"""The verbs that list runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

from workbench import frames
from workbench.config import check_labels
from workbench.errors import Argument, InvalidInput
from workbench.frames import FrameKind
from workbench.verbs.duplicates import run_arguments
from workbench.verbs.filters import Filters, check_shape, checked, ranked_metric, with_filters
from workbench.verbs.planning import plan_of_arguments, plan_of_config
from workbench.verbs.run import Run
from workbench.verbs.running import taken_by_strategy
from workbench.verbs.session import Session, key

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from workbench.config import RunConfig
    from workbench.storage import Query


@dataclass(frozen=True, slots=True)
class ListVerbs:
    """Lists of saved runs."""

    session: Session

    @overload
    def history(
        self,
        strategy: str | type | None = None,
        *,
        order_by: str = "started_at",
        ascending: bool = False,
        limit: int = 20,
        frame: Literal["pandas"] | None = None,
        **filters: Unpack[Filters],
    ) -> pd.DataFrame: ...
    @overload
    def history(
        self,
        strategy: str | type | None = None,
        *,
        order_by: str = "started_at",
        ascending: bool = False,
        limit: int = 20,
        frame: Literal["polars"],
        **filters: Unpack[Filters],
    ) -> pl.DataFrame: ...
    @with_filters
    def history(
        self,
        strategy: str | type | None = None,
        *,
        order_by: str = "started_at",
        ascending: bool = False,
        limit: int = 20,
        frame: FrameKind | None = None,
        **filters: Unpack[Filters],
    ) -> pd.DataFrame | pl.DataFrame:
        """List saved runs, newest first: filtered, then ordered, then cut.

        Args:
            {filters}
            order_by: ``"started_at"``, ``"total_return"``, ``"sharpe_ratio"``, ``"max_drawdown"``, or a metric of your
                own; undefined values last.
            ascending: the lowest or oldest first.
            limit: 1 to 1000 rows.
            frame: ``"pandas"`` or ``"polars"``, for this call.

        In `params`, 10 is equal, [5, 10] one of, (5, 15) or (5, None) a range, both ends included; `wb.PRESENT` and
        `wb.ABSENT` ask for the parameter itself. Numbers compare as numbers; dots go into nested parameters.

        Returns:
            A row per run. Ratios are fractions, drawdown <= 0, times aware UTC, undefined metrics missing.
        """
        query = self._query({"strategy": strategy, **filters}, order_by=order_by, ascending=ascending, limit=limit)
        return self._list(query, frames.history(query.order_by), frame)  # type: ignore[no-any-return]

    @overload
    def history_pages(
        self,
        *,
        size: int = 1000,
        after: str | Run | None = None,
        strategy: str | type | None = None,
        order_by: str = "started_at",
        ascending: bool = False,
        frame: Literal["pandas"] | None = None,
        **filters: Unpack[Filters],
    ) -> Iterator[pd.DataFrame]: ...
    @overload
    def history_pages(
        self,
        *,
        size: int = 1000,
        after: str | Run | None = None,
        strategy: str | type | None = None,
        order_by: str = "started_at",
        ascending: bool = False,
        frame: Literal["polars"],
        **filters: Unpack[Filters],
    ) -> Iterator[pl.DataFrame]: ...
    @with_filters
    def history_pages(
        self,
        *,
        size: int = 1000,
        after: str | Run | None = None,
        strategy: str | type | None = None,
        order_by: str = "started_at",
        ascending: bool = False,
        frame: FrameKind | None = None,
        **filters: Unpack[Filters],
    ) -> Iterator[pd.DataFrame] | Iterator[pl.DataFrame]:
        """Go through all runs that match, however many, as frames of `size` rows; filters and order as in `history`.

        None comes twice and none is left out while others write: a page begins where the one before ended, the first
        one behind the run `after`, if one is given. From the second page on, the next one is read while one is used.

        Args:
            {filters}
            size: rows of a page, 1 to 1000.
            after: begin behind this run.
            order_by: as in `history`.
            ascending: as in `history`.
            frame: ``"pandas"`` or ``"polars"``, for this call.
        """
        from workbench.storage import MOST, pages, place_of

        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MOST:
            raise InvalidInput(f"size={size!r} must be a whole number from 1 to {MOST}: the rows of one page.")
        if "limit" in filters:
            raise InvalidInput("limit does not go with pages, which give every run. Type size=1000 for a page's rows.")
        query = self._query({"strategy": strategy, **filters}, order_by=order_by, ascending=ascending, limit=size)
        if after is not None:
            query = replace(query, after=place_of(self.session.records.get(key(after)), query.order_by))
        columns = frames.history(query.order_by)
        for page in pages(self.session.database, query, tuple(columns), size):
            yield frames.listed(page, columns, self.session.kind(frame))

    @overload
    def best(
        self,
        metric: str = "sharpe_ratio",
        strategy: str | type | None = None,
        *,
        limit: int = 20,
        frame: Literal["pandas"] | None = None,
        **filters: Unpack[Filters],
    ) -> pd.DataFrame: ...
    @overload
    def best(
        self,
        metric: str = "sharpe_ratio",
        strategy: str | type | None = None,
        *,
        limit: int = 20,
        frame: Literal["polars"],
        **filters: Unpack[Filters],
    ) -> pl.DataFrame: ...
    @with_filters
    def best(
        self,
        metric: str = "sharpe_ratio",
        strategy: str | type | None = None,
        *,
        limit: int = 20,
        frame: FrameKind | None = None,
        **filters: Unpack[Filters],
    ) -> pd.DataFrame | pl.DataFrame:
        """List the best runs by a metric, in the metric's own direction: a drawdown of -0.05 beats one of -0.20.

        Args:
            metric: any metric of which more or less is better, your own included: ``"sharpe_ratio"``, ``"cagr"`` …
            {filters}
            limit: 1 to 1000 rows.
            frame: ``"pandas"`` or ``"polars"``, for this call.

        Returns:
            The columns of `history`, the metric and what explains it first. Runs without a value are left out, and so
            are runs that do not reconcile, unless `reconciled` asks for them: ``"any"`` or ``"no"``.

        Raises:
            MetricNotFound: no metric has this name, or neither way of it is better; the nearest is named.
        """
        from workbench.storage import saved_metrics

        name, higher_is_better = ranked_metric(metric, lambda: saved_metrics(self.session.database))
        query = replace(
            self._query(
                {"strategy": strategy, "reconciled": True, **filters},
                order_by="started_at",
                ascending=False,
                limit=limit,
            ),
            order_by=name,
            ascending=not higher_is_better,
            defined=True,
        )
        return self._list(query, frames.best(name), frame)  # type: ignore[no-any-return]

    @overload
    def strategy_history(
        self, strategy: str | type, *, frame: Literal["pandas"] | None = None, **filters: Unpack[Filters]
    ) -> pd.DataFrame: ...
    @overload
    def strategy_history(
        self, strategy: str | type, *, frame: Literal["polars"], **filters: Unpack[Filters]
    ) -> pl.DataFrame: ...
    @with_filters
    def strategy_history(
        self, strategy: str | type, *, frame: FrameKind | None = None, **filters: Unpack[Filters]
    ) -> pd.DataFrame | pl.DataFrame:
        """List all runs of a strategy over time, oldest first, every parameter in a column of its own.

        A parameter that is called like a column of `history` gets the prefix ``param_``.

        Args:
            {filters}
            frame: ``"pandas"`` or ``"polars"``, for this call.
        """
        from workbench.storage import pages

        query = self._query({"strategy": strategy, **filters}, order_by="started_at", ascending=True, limit=1000)
        tables = list(pages(self.session.database, query, tuple(frames.HISTORY), 1000))
        return frames.spread(tables, self.session.kind(frame))  # type: ignore[no-any-return]

    @overload
    def find_duplicates(
        self,
        strategy: str | type | RunConfig | Run,
        *,
        params: Mapping[str, object] | None = None,
        limit: int = 20,
        frame: Literal["pandas"] | None = None,
        **arguments: object,
    ) -> pd.DataFrame: ...
    @overload
    def find_duplicates(
        self,
        strategy: str | type | RunConfig | Run,
        *,
        params: Mapping[str, object] | None = None,
        limit: int = 20,
        frame: Literal["polars"],
        **arguments: object,
    ) -> pl.DataFrame: ...
    def find_duplicates(
        self,
        strategy: str | type | RunConfig | Run,
        *,
        params: Mapping[str, object] | None = None,
        limit: int = 20,
        frame: FrameKind | None = None,
        **arguments: object,
    ) -> pd.DataFrame | pl.DataFrame:
        """List earlier runs of the same thing, the very same first, newest first; nothing is run.

        Args:
            strategy: with the other arguments as for `run`; or a `Run`, whose duplicates are looked for.
            params: strategy parameters, as for `run`.
            limit: at most so many rows.
            frame: ``"pandas"`` or ``"polars"``, for this call.
            arguments: the other arguments of `run`, and parameters by keyword.

        Returns:
            The columns of `history` after ``kind``: ``same``; ``other data``, ``other code`` or ``other code and
            data`` for the same configuration. Names, tags and where files lie do not count; failed runs neither.
        """
        from workbench.plans.from_request import merged_params, refuse_beside
        from workbench.storage import list_duplicates, list_like

        session, columns = self.session, tuple(frames.HISTORY)
        if isinstance(strategy, Run):
            for name, value in merged_params(params, arguments).items():
                raise InvalidInput(
                    Argument(name, repr(value)),
                    " does not go with a saved run, whose own configuration is looked for. Leave it out.",
                )
            rows = list_like(session.database, strategy.record.run_id, columns, limit)
            return frames.listed(rows, frames.DUPLICATES, session.kind(frame))  # type: ignore[no-any-return]
        if not isinstance(strategy, str | type):
            refuse_beside([strategy], merged_params(params, arguments))
            rows = list_duplicates(session.database, plan_of_config(session, strategy).fingerprint, columns, limit)
        else:
            request, labels, more_params = run_arguments(arguments)
            own = merged_params(params, {**more_params, **taken_by_strategy(strategy, labels)})
            check_labels(**labels)
            plan = plan_of_arguments(session, strategy, **request, params=own)
            rows = list_duplicates(session.database, plan.fingerprint, columns, limit)
        return frames.listed(rows, frames.DUPLICATES, session.kind(frame))  # type: ignore[no-any-return]

    def _query(self, filters: Mapping[str, Any], *, order_by: str, ascending: bool, limit: int) -> Query:
        from workbench.storage import MOST, Query, saved_metrics

        check_shape(order_by, ascending, limit, MOST, lambda: saved_metrics(self.session.database))
        return Query(**checked(filters), order_by=order_by, ascending=ascending, limit=limit)

    def _list(self, query: Query, columns: Mapping[str, str], frame: FrameKind | None) -> Any:
        from workbench.storage import list_runs

        table = list_runs(self.session.database, query, tuple(columns))
        return frames.listed(table, columns, self.session.kind(frame))
