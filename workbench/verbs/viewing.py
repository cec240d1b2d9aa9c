"""The verbs that show runs by their ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, overload

from workbench.frames import FrameKind
from workbench.verbs.run import Run
from workbench.verbs.session import Session, key

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from workbench.comparison.pandas_frame import ComparisonFrame as PandasComparison
    from workbench.comparison.polars_frame import ComparisonFrame as PolarsComparison
    from workbench.reproduction import Changes


@dataclass(frozen=True, slots=True)
class ViewVerbs:
    """One run, or several side by side."""

    session: Session

    def get(self, run_id: str | Run) -> Run:
        """The run itself, by its id or any unique start of it.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
        """
        return self.session.get(run_id)

    @overload
    def details(self, run_id: str | Run, *, frame: Literal["pandas"] | None = None) -> pd.DataFrame: ...
    @overload
    def details(self, run_id: str | Run, *, frame: Literal["polars"]) -> pl.DataFrame: ...
    def details(self, run_id: str | Run, *, frame: FrameKind | None = None) -> pd.DataFrame | pl.DataFrame:
        """Everything known of one run as a frame of section, name and value, the values as text in full.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
        """
        from workbench.views import facts_frame

        records = self.session.records
        ((record, snapshot),) = records.configured([key(run_id)])
        environment, remarks = records.environment(record.run_id), records.remarks(record.run_id)
        details: Any = facts_frame(record, snapshot, environment, remarks, self.session.kind(frame))
        return details  # type: ignore[no-any-return]

    @overload
    def compare(
        self, *run_ids: str | Run, only_differences: bool = False, frame: Literal["pandas"] | None = None
    ) -> PandasComparison: ...
    @overload
    def compare(
        self, *run_ids: str | Run, only_differences: bool = False, frame: Literal["polars"]
    ) -> PolarsComparison: ...
    def compare(
        self, *run_ids: str | Run, only_differences: bool = False, frame: FrameKind | None = None
    ) -> PandasComparison | PolarsComparison:
        """Put 2 to 10 runs side by side, in the order given: every metric, setting and parameter.

        Args:
            run_ids: ids, unique starts of ids, or runs, of any strategies, instruments and periods.
            only_differences: leave out the rows that are equal in all runs.
            frame: ``"pandas"`` or ``"polars"``, for this call.

        Returns:
            A frame of section, name, differs, best (ids of the best runs) and a column per run, named by its full id,
            whose values are text in full, empty where undefined. Jupyter shows it as a marked table; its `notes` say
            where the numbers do not mean the same.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
            InvalidInput: fewer than two runs, more than ten, or one given twice.
        """
        from workbench.comparison import check_number, compare

        kind = self.session.kind(frame)
        check_number(run_ids)
        runs = self.session.records.configured([key(run_id) for run_id in run_ids])
        saved = self.session.results.declarations([record for record, _ in runs])
        compared: Any = compare(runs, only_differences=only_differences, saved=saved, kind=kind)
        return compared  # type: ignore[no-any-return]

    @overload
    def diff(
        self, run_id: str | Run, other: str | Run, *, frame: Literal["pandas"] | None = None
    ) -> Changes[pd.DataFrame]: ...
    @overload
    def diff(self, run_id: str | Run, other: str | Run, *, frame: Literal["polars"]) -> Changes[pl.DataFrame]: ...
    def diff(
        self, run_id: str | Run, other: str | Run, *, frame: FrameKind | None = None
    ) -> Changes[pd.DataFrame] | Changes[pl.DataFrame]:
        """What changed from one run to another, which need not be a re-run of it.

        Returns:
            `Changes`: the frames ``configuration``, ``code``, ``data``, ``environment`` and ``trades``, each without a
            row where nothing differs, and ``verdict``, the same in words.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
        """
        from workbench.reproduction import changes

        results = self.session.results
        before, after = (results.evidence(self.session.get(run).record) for run in (run_id, other))
        return changes(before, after, self.session.kind(frame))
