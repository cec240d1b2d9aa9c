"""The polars frame that shows a comparison. Imported on first use only: polars is heavy."""

from __future__ import annotations

from typing import Any

import polars as pl

from workbench.comparison.columns import COLUMNS, texts
from workbench.comparison.html import html, with_notes
from workbench.comparison.rows import Comparison


class ComparisonFrame(pl.DataFrame):
    """A frame of `compare`. What is made from it is a plain frame, without the notes."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__(_plain(comparison))
        self.comparison = comparison

    @property
    def notes(self) -> tuple[str, ...]:
        """Where the numbers of the runs do not mean the same."""
        return self.comparison.notes

    @classmethod
    def _from_pydf(cls, py_df: Any) -> pl.DataFrame:
        # polars makes a slice or a copy of a frame of the frame's own class
        return pl.DataFrame._from_pydf(py_df)

    def __reduce__(self) -> Any:
        return type(self), (self.comparison,)

    def _is_as_made(self) -> bool:
        # a frame that was changed in place is shown as it is now
        return self.equals(_plain(self.comparison))

    def _repr_html_(self, **of_polars: Any) -> str:
        return html(self.comparison) if self._is_as_made() else super()._repr_html_(**of_polars)

    def __str__(self) -> str:
        return with_notes(super().__str__(), self.notes)


def _plain(comparison: Comparison) -> pl.DataFrame:
    names, values = texts(comparison)
    text, size = pl.Series(values=values, dtype=pl.String), len(comparison.rows)
    columns = [text.slice(at * size, size).alias(name) for at, name in enumerate(names)]
    differs = pl.Series("differs", [row.differs for row in comparison.rows], pl.Boolean)
    columns.insert(COLUMNS.index("differs"), differs)
    return pl.DataFrame(columns)
